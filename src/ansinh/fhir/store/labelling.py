"""Sensitive compartments: what bears a security label has an owner of its own, so that every filter of reach holds it.

    registered labels ─► mark: meta.security ─► mask ─► owner's number ^ mask_number ─► reach, search, views

A reader whose role holds a label's right has the numbers with it among those within reach; to everybody else the record
does not exist, at no door and in no count. The engine knows no label by name: rooms above register theirs. A label `of
the person` stands on the Patient and goes for everything that follows it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from ansinh.fhir.index.numbers import LABEL_BITS, mask_number
from ansinh.kernel.context import EVERYWHERE, Context

Resource = dict[str, Any]
ALL = "*"


@dataclass(frozen=True, slots=True)
class Label:
    """One label. bit: its place in a mask, for ever. applies: whether a resource bears it though it does not say so.
    hint: text one of which the JSON of such a resource holds (a regular expression), so that others cost nothing."""

    bit: int
    system: str
    code: str
    display: str
    of_person: bool = False
    hint: str = ""
    applies: Callable[[Resource], bool] = lambda _resource: False


_labels: tuple[Label, ...] = ()
_hint: "re.Pattern[bytes] | None" = None


def register(labels: Sequence[Label]) -> None:
    """From now on these labels hold, and no others. Raises ValueError for two of one bit, or a bit there is not."""
    global _labels, _hint
    bits = [one.bit for one in labels]
    if len(set(bits)) != len(bits) or not all(0 <= bit < LABEL_BITS for bit in bits):
        raise ValueError(f"bits of labels are different ones from 0 to {LABEL_BITS - 1}: {bits}")
    hints = [one.hint for one in labels if one.hint]
    _labels, _hint = tuple(labels), re.compile("|".join(hints).encode()) if hints else None
    _allowed.cache_clear()
    masks.cache_clear()


def registered() -> tuple[Label, ...]:
    """The labels that hold."""
    return _labels


def may_bear(data: bytes) -> bool:
    """False for the JSON of a resource that surely bears no label that it does not say."""
    return _hint is not None and _hint.search(data) is not None


def mark(resource: Resource, meta: Resource, data: bytes) -> Resource:
    """`meta` with the labels that the resource bears by what it says; the same object where there is none to add.
    data: its JSON."""
    if not may_bear(data):
        return meta
    said = {(one.get("system"), one.get("code")) for one in meta.get("security", ())}
    more = [
        {"system": one.system, "code": one.code, "display": one.display}
        for one in _labels
        if one.hint and (one.system, one.code) not in said and one.applies(resource)
    ]
    return {**meta, "security": [*meta.get("security", ()), *more]} if more else meta


def mask(resource_type: str, meta: Resource) -> int:
    """The labels that the `meta` of a resource names. Those of the person count on a Patient only, the others on what
    is no Patient."""
    said = meta.get("security")
    if not said:
        return 0
    codes = {(one.get("system"), one.get("code")) for one in said}
    person = resource_type == "Patient"
    return sum(1 << one.bit for one in _labels if one.of_person == person and (one.system, one.code) in codes)


def missing(context: Context, wanted: int) -> list[Label]:
    """The labels of a mask that the reader's role has no right to."""
    allowed = _allowed(context.labels)
    return [one for one in _labels if wanted & ~allowed & (1 << one.bit)]


@lru_cache(maxsize=256)
def _allowed(codes: frozenset[str]) -> int:
    return sum(1 << one.bit for one in _labels if ALL in codes or one.code in codes)


@lru_cache(maxsize=256)
def masks(codes: frozenset[str]) -> tuple[int, ...]:
    """Every mask that somebody with the rights to these labels may meet; 0 is the first."""
    bits = [1 << one.bit for one in _labels if ALL in codes or one.code in codes]
    return tuple(sum(some) for count in range(len(bits) + 1) for some in combinations(bits, count))


def unlimited(context: Context) -> bool:
    """True for a reader of the whole node, whom no label keeps out."""
    return EVERYWHERE in context.reach


def of_follower(vendor: str, org: str, follows: str) -> str:
    """SQL: the owner of a record that follows a patient, from the patient's owner and what the record's row says."""
    cases = " ".join(f"WHEN {number} THEN {mask_number(number)}" for number in range(1 << LABEL_BITS))
    label = f"(CASE {follows} >> 1 {cases} END)"
    return f"({org} # {label})" if vendor == "postgresql" else f"(({org} | {label}) - ({org} & {label}))"
