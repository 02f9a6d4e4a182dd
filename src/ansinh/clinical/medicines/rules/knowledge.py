"""A file of knowledge about substances, as it is installed: names, classes, interactions, doses. Pure.

Each interaction and dose names its source; a file without one is refused. An Sinh ships no clinical content.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
        """Both: a substance that the two call by different names has the first one's, so that nothing is lost of it."""
        shared = {other.names[name]: self.names[name] for name in other.names if name in self.names}
        theirs = other.renamed(shared)
        mine = self.renamed({self.names[name]: theirs.names[name] for name in theirs.names if name in self.names})
        classes = {name: mine.classes.get(name, frozenset()) | theirs.classes.get(name, frozenset())
                   for name in {*mine.classes, *theirs.classes}}  # fmt: skip
        names = {**mine.names, **theirs.names}
        joined = (*mine.interactions, *theirs.interactions), (*mine.doses, *theirs.doses)
        return Knowledge(names, classes, *joined).renamed(names)  # one file may use a name that only the other explains

    def renamed(self, to: Mapping[str, str]) -> "Knowledge":
        """The same with other names of substances; two that get one name are one."""
        classes: dict[str, frozenset[str]] = {}
        for name, kinds in self.classes.items():
            classes[to.get(name, name)] = classes.get(to.get(name, name), frozenset()) | kinds
        return Knowledge(
            {one: to.get(name, name) for one, name in self.names.items()},
            classes,
            [replace(one, one=to.get(one.one, one.one), other=to.get(one.other, one.other))
             for one in self.interactions],
            [replace(one, substance=to.get(one.substance, one.substance)) for one in self.doses],
        )  # fmt: skip


def read(document: Any) -> Knowledge:
    """The content of a file. Raises Invalid with every problem and its place (`interactions[3].source`)."""
    problems = list(_problems(document))
    if problems:
        raise Invalid(problems[0].message, code="knowledge", field="file", problems=problems)
    names: dict[str, str] = {}
    classes: dict[str, frozenset[str]] = {}
    for one in document.get("substances") or ():
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
            for one in document.get("interactions") or ()
        ),
        tuple(_dose(one, known) for one in document.get("doses") or ()),
    )  # fmt: skip


def _dose(one: Mapping[str, Any], known: Knowledge) -> Dose:
    ages = one.get("ages") or {}
    end = ages.get("to")
    return Dose(known.name(one["substance"]), Decimal(str(one["most_per_kg"])), one["unit"], nfc(one["source"]),
                Decimal(str(ages.get("from") or 0)), None if end is None else Decimal(str(end)))  # fmt: skip


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
    if not _number(one.get("most_per_kg")):
        yield Problem("value", phrase("«%(place)s» phải là một số lớn hơn 0.", place=f"{place}.most_per_kg"),
                      f"{place}.most_per_kg", key="knowledge-number")  # fmt: skip
    if not _are_ages(one.get("ages") or {}):
        yield Problem("value", phrase("«%(place)s» phải là tuổi từ một số đến một số lớn hơn.", place=f"{place}.ages"),
                      f"{place}.ages", key="knowledge-ages")  # fmt: skip


def _are_ages(ages: Any) -> bool:
    if not isinstance(ages, Mapping):
        return False
    start, end = ages.get("from") or 0, ages.get("to")
    if start != 0 and not _number(start):
        return False
    return end is None or (_number(end) and Decimal(str(end)) > Decimal(str(start)))


def _number(value: Any) -> bool:
    """A finite number above 0."""
    try:
        return Decimal(str(value)).is_finite() and Decimal(str(value)) > 0
    except InvalidOperation:
        return False
