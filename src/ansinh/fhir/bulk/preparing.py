"""What can be told of a line before it is written: parsed, validated, its index rows, its rows of live views.

`main` is a process of its own that reads blocks from stdin and writes what it prepared to stdout; without such
processes the importing one calls `prepare` itself.
"""

import pickle
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ansinh.fhir.bulk.lines import Block
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.model import json
from ansinh.fhir.store import checking, given, projections, rules
from ansinh.fhir.store.given import Given
from ansinh.kernel.errors import Problem, UserError

_LENGTH = struct.Struct(">Q")
_EMPTY = Problem("structure", "Dòng trống, hoặc dài quá 10 MB.", key="line")
_NO_ID = Problem("required", "Tài nguyên nhập hàng loạt phải có mã (id).", "id", key="import-id")
_TWICE = Problem("structure", "Một đối tượng nêu hai lần cùng một khóa.", key="duplicate-key")


@dataclass(slots=True)
class Prepared:
    """One line. given: the resource, complete, None when it is refused; problems: why; mentions: number → (type, id)
    of what it names; judged: rules of the house look at other records before it is written."""

    given: Given | None = None
    mentions: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    judged: bool = False
    problems: tuple[Problem, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes it again: a hundred thousand go through the pipes of an import."""
        return Prepared, (self.given, self.mentions, self.judged, self.problems)


def prepare(block: Block, *, validated: bool, unit: str = "") -> list[Prepared]:
    """Each line of a block, in order; `unit` is that of the importing account."""
    return [_line(data, validated, unit) for data in block.lines]


def _line(data: bytes, validated: bool, unit: str) -> Prepared:
    if not data.strip():
        return Prepared(problems=(_EMPTY,))
    try:
        resource = json.composed(data, json.loads(data))
        _, fhir_id = checking.check_shape(resource)
        if not fhir_id:
            return Prepared(problems=(_NO_ID,))
        mentions: dict[int, tuple[str, str]] = {}
        if validated:
            if json.has_duplicate_keys(data, resource):
                return Prepared(problems=(_TWICE,))
            checking.check_standard(resource, lambda *named: bool(mentions.setdefault(key_of(*named), named)))
        one = given.read(resource, unit)
        one.complete()
        return Prepared(one, mentions, rules.looks_at_others(resource))
    except UserError as error:
        return Prepared(problems=error.problems)


def send(stream: BinaryIO, value: Any) -> None:
    """One message: its length, then the pickle."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    data = stream.read(_LENGTH.unpack(head)[0])
    return pickle.loads(data)  # from the process that we started or were started by, over a pipe of ours


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Prepare one block after another until the source ends; each comes with what projections go by in the process that
    writes. An error that is none of a line's ends the process."""
    while (task := receive(source)) is not None:
        block, how, known = task
        projections.learn(known)
        send(target, prepare(block, **how))


def main() -> None:
    """What is printed by accident must not get between the messages, so stdout is given away first."""
    import gc

    import django

    target, sys.stdout = sys.stdout.buffer, sys.stderr
    django.setup()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    serve(sys.stdin.buffer, target)
