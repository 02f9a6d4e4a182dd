"""What can be told of a line before the database is asked: parsed, validated, its index rows.

`main` is a process of its own that reads blocks from stdin and writes what it prepared to stdout; without such
processes the importing one calls `prepare` itself.
"""

import pickle
import struct
import sys
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ansinh.fhir import index
from ansinh.fhir.bulk.lines import Block
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.model import json
from ansinh.fhir.store import checking
from ansinh.kernel.errors import Problem, UserError

_LENGTH = struct.Struct(">Q")
_EMPTY = Problem("structure", "Dòng trống, hoặc dài quá 10 MB.", key="line")
_NO_ID = Problem("required", "Tài nguyên nhập hàng loạt phải có mã (id).", "id", key="import-id")
_TWICE = Problem("structure", "Một đối tượng nêu hai lần cùng một khóa.", key="duplicate-key")


@dataclass(slots=True)
class Prepared:
    """One line. problems: why it is refused, or (); rows: what finds it; mentions: (type, id) that it names."""

    rows: Rows | None = None
    mentions: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def prepare(block: Block, *, validated: bool) -> list[Prepared]:
    """Each line of a block, in order."""
    return [_line(data, validated) for data in block.lines]


def _line(data: bytes, validated: bool) -> Prepared:
    if not data.strip():
        return Prepared(problems=(_EMPTY,))
    try:
        resource = json.composed(data, json.loads(data))
        _, fhir_id = checking.check_shape(resource)
        if not fhir_id:
            return Prepared(problems=(_NO_ID,))
        mentions: dict[tuple[str, str], bool] = {}
        if validated:
            if json.has_duplicate_keys(data, resource):
                return Prepared(problems=(_TWICE,))
            checking.check_standard(resource, lambda *named: mentions.setdefault(named, True))
        return Prepared(index.extract(resource), tuple(mentions))
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
    """Prepare one block after another until the source ends. An error that is none of a line's ends the process."""
    while (task := receive(source)) is not None:
        block, validated = task
        send(target, prepare(block, validated=validated))


def main() -> None:
    """What is printed by accident must not get between the messages, so stdout is given away first."""
    import gc

    import django

    target, sys.stdout = sys.stdout.buffer, sys.stderr
    django.setup()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    serve(sys.stdin.buffer, target)
