"""A file of knowledge about substances, as it is installed: names, classes, interactions, doses. Pure.

Each interaction and dose names its source; a file without one is refused. An Sinh ships no clinical content.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import fold, nfc

SEVERITIES = ("contraindicated", "major", "moderate", "minor")
STOPPING = ("contraindicated", "major")
UNITS = ("mg", "g", "µg", "ml", "IU")
_KEYS = {"id", "version", "title", "source", "licence", "valid_from", "substances", "interactions", "doses"}
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two substances or classes that do not go together."""

    one: str
    other: str
    severity: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Dose:
    """The most of a substance for each kg in one dose; ages in years, `to` not included."""

    substance: str
    most_per_kg: Decimal
    unit: str
    source: str
    age_from: Decimal = Decimal(0)
    age_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of it, by folded names. names: other name → name; classes: name → its classes."""

    names: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    interactions: Sequence[Interaction] = ()
    doses: Sequence[Dose] = ()

    def name(self, text: str) -> str:
        """The name under which a substance is known here; its own folded name when it is not."""
        folded = fold(text)
        return self.names.get(folded, folded)

    def kinds(self, text: str) -> frozenset[str]:
        """The substance itself and its classes."""
        name = self.name(text)
        return frozenset({name}) | self.classes.get(name, frozenset())

    def __or__(self, other: "Knowledge") -> "Knowledge":
        classes = {name: self.classes.get(name, frozenset()) | other.classes.get(name, frozenset())
                   for name in {*self.classes, *other.classes}}  # fmt: skip
        return Knowledge(
            {**self.names, **other.names},
            classes,
            (*self.interactions, *other.interactions),
            (*self.doses, *other.doses),
        )


def read(document: Any) -> Knowledge:
    """The content of a file. Raises Invalid with every problem and its place (`interactions[3].source`)."""
    problems = list(_problems(document))
    if problems:
        raise Invalid(problems[0].message, code="knowledge", field="file", problems=problems)
    names: dict[str, str] = {}
    classes: dict[str, frozenset[str]] = {}
    for one in document.get("substances", ()):
        name = fold(one["name"])
        names |= {fold(other): name for other in (one["name"], *one.get("also", ()))}
        classes[name] = frozenset(map(fold, one.get("classes", ())))
    known = Knowledge(names, classes)
    return Knowledge(
        names,
        classes,
        tuple(
            Interaction(known.name(one["between"][0]), known.name(one["between"][1]), one["severity"], nfc(one["says"]),
                        nfc(one["source"]))
            for one in document.get("interactions", ())
        ),
        tuple(_dose(one, known) for one in document.get("doses", ())),
    )  # fmt: skip


def _dose(one: Mapping[str, Any], known: Knowledge) -> Dose:
    ages = one.get("ages") or {}
    end = ages.get("to")
    return Dose(known.name(one["substance"]), Decimal(str(one["most_per_kg"])), one["unit"], nfc(one["source"]),
                Decimal(str(ages.get("from", 0))), None if end is None else Decimal(str(end)))  # fmt: skip


def _problems(document: Any) -> Iterator[Problem]:
    if not isinstance(document, Mapping):
        yield Problem("structure", phrase("Tệp phải là một danh mục có tên các phần."), "file", key="knowledge-shape")
        return
    for key in ("id", "version", "title", "source"):
        if not isinstance(document.get(key), str) or not document[key].strip():
            yield _missing(key)
    for key in document.keys() - _KEYS:
        yield Problem("not-supported", phrase("Không biết phần «%(key)s».", key=str(key)[:40]), str(key)[:40],
                      key="knowledge-key")  # fmt: skip
    checks = (("substances", _substance), ("interactions", _interaction), ("doses", _dose_problems))
    for part, check in checks:
        entries = document.get(part) or []
        if not isinstance(entries, list) or len(entries) > _MOST:
            yield Problem("structure", phrase("Phần «%(part)s» phải là một danh sách.", part=part), part,
                          key="knowledge-shape")  # fmt: skip
            continue
        for number, one in enumerate(entries):
            yield from check(one if isinstance(one, Mapping) else {}, f"{part}[{number}]")


def _missing(place: str) -> Problem:
    return Problem("required", phrase("Thiếu «%(place)s».", place=place), place, key="knowledge-missing")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _substance(one: Mapping[str, Any], place: str) -> Iterator[Problem]:
    if not _text(one.get("name")):
        yield _missing(f"{place}.name")
    for key in ("also", "classes"):
        words = one.get(key, [])
        if not isinstance(words, list) or not all(map(_text, words)):
            yield Problem("structure", phrase("«%(place)s» phải là một danh sách chữ.", place=f"{place}.{key}"),
                          f"{place}.{key}", key="knowledge-shape")  # fmt: skip


def _interaction(one: Mapping[str, Any], place: str) -> Iterator[Problem]:
    between = one.get("between")
    if not isinstance(between, list) or len(between) != 2 or not all(map(_text, between)):
        yield Problem("structure", phrase("«%(place)s» phải nêu hai chất.", place=f"{place}.between"),
                      f"{place}.between", key="knowledge-between")  # fmt: skip
    if one.get("severity") not in SEVERITIES:
        words = phrase("«%(place)s» phải là một trong: %(severities)s.", place=f"{place}.severity",
                       severities=", ".join(SEVERITIES))  # fmt: skip
        yield Problem("code-invalid", words, f"{place}.severity", key="knowledge-severity")
    for key in ("says", "source"):
        if not _text(one.get(key)):
            yield _missing(f"{place}.{key}")


def _dose_problems(one: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for key in ("substance", "source"):
        if not _text(one.get(key)):
            yield _missing(f"{place}.{key}")
    if one.get("unit") not in UNITS:
        yield Problem("code-invalid", phrase("«%(place)s» phải là đơn vị của liều.", place=f"{place}.unit"),
                      f"{place}.unit", key="knowledge-unit")  # fmt: skip
    try:
        right = Decimal(str(one.get("most_per_kg"))) > 0
    except InvalidOperation:
        right = False
    if not right:
        yield Problem("value", phrase("«%(place)s» phải là một số lớn hơn 0.", place=f"{place}.most_per_kg"),
                      f"{place}.most_per_kg", key="knowledge-number")  # fmt: skip
