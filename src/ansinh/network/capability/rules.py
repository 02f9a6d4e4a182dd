"""How much of a catalogue a facility covers, what a new declaration changes, what an import changes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a catalogue. required: the facility is not ready without it (lists that say so)."""

    code: str
    text: str
    group: str = ""
    required: bool = False
    source: str = ""
    english: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """True between its days, both included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def number(self) -> str:
        """The code that people know the line by (17.0046); "" for a word that only the files of this node use."""
        return self.code if any(sign.isdigit() for sign in self.code) else ""

    def words(self, language: str) -> str:
        """The line in English where the list gives it and `language` asks for it."""
        return self.english or self.text if language == "en" else self.text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A dated list. kinds: facility kinds it is meant for, empty for all."""

    id: str
    title: str
    system: str
    source: str
    confirmed: bool
    items: tuple[Item, ...]
    english: str = ""
    note: str = ""
    kinds: tuple[str, ...] = ()

    def words(self, language: str) -> str:
        """The title in English where there is one and `language` asks for it."""
        return self.english or self.title if language == "en" else self.title

    def on(self, day: date) -> tuple[Item, ...]:
        """The items that hold on a day."""
        return tuple(item for item in self.items if item.holds_on(day))


@dataclass(frozen=True, slots=True)
class Declaration:
    """An item that a facility declared, with its dates and the words of its evidence."""

    id: str
    code: str
    valid_from: date | None
    valid_to: date | None = None
    evidence: str = ""

    def holds_on(self, day: date) -> bool:
        """True between its days, both included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Declared items of those that hold. percent: one decimal, rounded down so that 79,99 is never shown as 80;
    None when the catalogue has no item. ready: every required item is declared (None when none is required)."""

    declared: int
    total: int
    required_declared: int
    required_total: int
    percent: Decimal | None
    ready: bool | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What saving a declaration does: items to begin, declarations to end, declarations whose evidence changed."""

    begun: tuple[str, ...]
    ended: tuple[Declaration, ...]
    evidence: tuple[Declaration, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many items change."""
        return len(self.begun) + len(self.ended) + len(self.evidence)


def coverage(catalogue: Catalogue, declarations: Iterable[Declaration], day: date) -> Coverage:
    """How much of the catalogue is declared on a day. Items that no longer hold count for nothing."""
    items = catalogue.on(day)
    codes = {item.code for item in declarations if item.holds_on(day)}
    declared = sum(1 for item in items if item.code in codes)
    required = [item for item in items if item.required]
    met = sum(1 for item in required if item.code in codes)
    percent = None
    if items:
        percent = (Decimal(100 * declared) / len(items)).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return Coverage(declared, len(items), met, len(required), percent, met == len(required) if required else None)


def difference(
    catalogue: Catalogue,
    declarations: Sequence[Declaration],
    chosen: Iterable[str],
    evidence: Mapping[str, str],
    day: date,
) -> Difference:
    """What changes when exactly `chosen` is declared from `day` on. Items that no longer hold are left alone.

    An item may be declared more than once (from an earlier day later on, or over the FHIR door): all of its
    declarations end, those as well that begin after `day`.
    """
    listed = {item.code for item in catalogue.on(day)}
    wanted = set(chosen) & listed
    current = [item for item in declarations if item.code in listed and (item.valid_to is None or item.valid_to >= day)]
    # One that holds on the day and has ended since says nothing of the days after its end.
    held = {item.code for item in current if item.holds_on(day) and item.valid_to is None}
    changed = tuple(
        replace(item, evidence=evidence[item.code])
        for item in current
        if item.code in wanted and item.code in evidence and evidence[item.code] != item.evidence
    )
    begun = tuple(item.code for item in catalogue.on(day) if item.code in wanted - held)
    return Difference(begun, tuple(item for item in current if item.code not in wanted), changed)


def renewed(catalogue: Catalogue, items: Sequence[Item], start: date) -> tuple[Item, ...]:
    """The catalogue's items after an import that holds from `start`: what is not in it ends the day before."""
    listed = {item.code: item for item in items}
    kept: list[Item] = []
    for item in catalogue.items:
        if not (item.valid_to is None or item.valid_to >= start):
            kept.append(item)
            continue
        new = listed.get(item.code)
        if new and (new.text, new.group, new.required) == (item.text, item.group, item.required):
            kept.append(item)
            del listed[item.code]
        elif item.valid_from is None or item.valid_from < start:
            kept.append(replace(item, valid_to=start - timedelta(days=1)))
    return (*kept, *(replace(item, valid_from=start) for item in items if item.code in listed))
