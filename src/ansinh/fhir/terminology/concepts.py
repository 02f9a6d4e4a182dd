"""What a code means, on which day, and which codes match some words."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from ansinh.fhir.terminology.models import CodeList, ConceptRow
from ansinh.kernel import clock
from ansinh.kernel.text import fold

_WHOLE_SYSTEM = 3000  # systems up to this size are read at once, larger ones code by code
_FRESH_SECONDS = 5.0
_APART = str.maketrans("", "", ".- ")


@dataclass(frozen=True, slots=True)
class Concept:
    """A code with its meaning between two days; `valid_to` None while it holds. `folded`: its search key, if kept."""

    system: str
    code: str
    display: str
    english: str = ""
    parent: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    folded: str = field(default="", compare=False, repr=False)

    def holds(self, at: date) -> bool:
        """True when the code may be used on that day."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at <= self.valid_to)

    def words(self, language: str = "vi") -> str:
        """What the code means, in English where the list has it and `language` asks for it."""
        return self.english or self.display if language.startswith("en") else self.display

    @property
    def is_abstract(self) -> bool:
        """True for a heading, which groups codes and is not used itself."""
        return bool(self.properties.get("abstract"))

    def matches(self, words: Iterable[str], key: str) -> bool:
        """True when each of the folded words begins one of its words, or its code begins with `key` (`f32`)."""
        folded = self.folded or search_key((self.display, self.english))
        for word in words:
            if f" {word}" not in folded:
                return bool(key) and code_key(self.code).startswith(key)
        return True


class _Cache:
    """Codes read so far in this process; dropped when another process loaded lists (seen within 5 seconds)."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.token: str | None = None
        self.checked = 0.0
        self.systems: dict[str, dict[str, tuple[Concept, ...]]] = {}
        self.ordered: dict[str, tuple[Concept, ...]] = {}
        self.whole: dict[str, tuple[Concept, ...]] = {}
        self.large: set[str] = set()

    def versions(self, system: str, code: str) -> tuple[Concept, ...]:
        self._stay_fresh()
        known = self.systems.get(system)
        if known is None:
            known = self._read_system(system)
        if code not in known and system in self.large:
            # Only what exists is kept: callers may ask for any text.
            read = ConceptRow.objects.filter(system=system, code=code).values_list(*_COLUMNS)
            known |= _grouped(Concept(*values) for values in read)
        return known.get(code, ())

    def generation(self) -> str:
        self._stay_fresh()
        return self.token or ""

    def _stay_fresh(self) -> None:
        now = time.monotonic()
        if now - self.checked < _FRESH_SECONDS:
            return
        token = "".join(CodeList.objects.order_by("origin").values_list("token", flat=True))
        if token != self.token:
            self.clear()
        self.token, self.checked = token, now

    def is_large(self, system: str) -> bool:
        self._stay_fresh()
        if system not in self.systems:
            self._read_system(system)
        return system in self.large

    def _read_system(self, system: str) -> dict[str, tuple[Concept, ...]]:
        read = ConceptRow.objects.filter(system=system).order_by("position").values_list(*_COLUMNS)
        rows = [Concept(*values) for values in read[: _WHOLE_SYSTEM + 1]]
        if len(rows) > _WHOLE_SYSTEM:
            self.large.add(system)
            rows = []
        self.systems[system] = known = _grouped(rows)
        self.ordered[system] = tuple(rows)
        return known

    def all_of(self, system: str) -> tuple[Concept, ...]:
        """Every version of every code in the order of the list; a large system is read whole on its first use."""
        self._stay_fresh()
        if system not in self.systems:
            self._read_system(system)
        if system in self.large and system not in self.whole:
            rows = ConceptRow.objects.filter(system=system).order_by("position")
            # Values instead of objects of the ORM: half the time for 15,000 rows.
            self.whole[system] = tuple(Concept(*values) for values in rows.values_list(*_COLUMNS))
        return self.whole[system] if system in self.large else self.ordered[system]


_COLUMNS = tuple(one.name for one in fields(Concept))
_cache = _Cache()


def generation() -> str:
    """Changes when lists were loaded, here or by another process (seen within 5 seconds). For caches."""
    return _cache.generation()


def clear_cache() -> None:
    """Forget what was read; called after a load."""
    _cache.clear()


def lookup(system: str, code: str, at: date | None = None) -> Concept | None:
    """The meaning of a code on a day (default today in Vietnam), or None when it does not hold then."""
    day = at or clock.today()
    return next((concept for concept in _cache.versions(system, code) if concept.holds(day)), None)


def display(system: str, code: str, language: str = "vi") -> str:
    """Words for a code, also for one that has ended; the code itself when it is unknown. No query a row."""
    versions = _cache.versions(system, code)
    if not versions:
        return code
    return versions[-1].words(language)


def find(system: str, text: str, *, limit: int = 20, at: date | None = None) -> list[Concept]:
    """Codes whose words begin with all words of `text`, in any order and without marks, or whose code begins so.

    One query. Order: exact code, beginning of the code, common codes, then the shorter display first.
    """
    words, key = search_key([text]).split(), code_key(text)
    if not words:
        return []
    in_words = Q()
    for word in words:
        in_words &= Q(folded__contains=f" {word}")
    rows = (
        _usable(system, at or clock.today())
        .filter(in_words | Q(code_key__startswith=key) if key else in_words)
        .annotate(
            rank=Case(
                When(code_key=key, then=Value(0)),
                When(code_key__startswith=key, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
            if key
            else Value(2),
            length=Length("display"),
        )
        .order_by("rank", "-common", "length", "position")
    )
    return [_concept(row) for row in rows[:limit] if not row.properties.get("abstract")]


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of a system's codes in the order of its list, and how many there are in all."""

    concepts: list[Concept]
    total: int


def is_large(system: str) -> bool:
    """True for a system that is not read whole to show a part of it."""
    return _cache.is_large(system)


def part(system: str, text: str = "", *, offset: int, count: int, at: date | None = None) -> Slice:
    """Codes that may be used on a day and match `text` as `Concept.matches` has it. Two queries, whatever the size."""
    rows = _usable(system, at or clock.today())
    for name in ("abstract", "inactive"):
        rows = rows.filter(Q(**{f"properties__{name}__isnull": True}) | Q(**{f"properties__{name}": False}))
    words, key = search_key([text]).split(), code_key(text)
    if words:
        in_words = Q()
        for word in words:
            in_words &= Q(folded__contains=f" {word}")
        rows = rows.filter(in_words | Q(code_key__startswith=key) if key else in_words)
    shown = rows.order_by("position", "valid_from")[offset : offset + count]
    return Slice([_concept(row) for row in shown], rows.count())


def members(system: str, *, at: date | None = None, parent: str | None = None) -> list[Concept]:
    """All codes of a system in the order of its file, headings too; or those directly below `parent`."""
    day = at or clock.today()
    return [one for one in _cache.all_of(system) if one.holds(day) and (parent is None or one.parent == parent)]


def versions(system: str) -> tuple[Concept, ...]:
    """Every meaning of every code, ended ones too, in the order of the list. Kept in memory after the first use."""
    return _cache.all_of(system)


def descendants(system: str, code: str) -> frozenset[str]:
    """Codes below a code, whenever they held; one query for each level."""
    found, level = set[str](), {code}
    while level:
        rows = ConceptRow.objects.filter(system=system, parent__in=level).values_list("code", flat=True)
        level = set(rows) - found - {code}
        found |= level
    return frozenset(found)


def ancestors(system: str, code: str) -> tuple[str, ...]:
    """Codes above a code, the nearest first."""
    found: list[str] = []
    versions = _cache.versions(system, code)
    while versions and (parent := versions[-1].parent) and parent not in (*found, code):
        found.append(parent)
        versions = _cache.versions(system, parent)
    return tuple(found)


def is_known_system(system: str) -> bool:
    """True when some list of this system was loaded."""
    return _is_known(system, generation())


@lru_cache(maxsize=1024)
def _is_known(system: str, _generation: str) -> bool:
    return ConceptRow.objects.filter(system=system).exists()


def systems() -> tuple[str, ...]:
    """Every system of which some list was loaded."""
    return _systems(generation())


@lru_cache(maxsize=1)
def _systems(_generation: str) -> tuple[str, ...]:
    return tuple(ConceptRow.objects.order_by("system").values_list("system", flat=True).distinct())


def title(system: str) -> str:
    """The title of the list that brought a system, "" when there is none."""
    found = CodeList.objects.filter(url=system).order_by("origin").values_list("title", flat=True).first()
    return found or ""


def code_key(code: str) -> str:
    """`F32.1` → `f321`."""
    return (code.lower() if code.isascii() else fold(code)).translate(_APART)


def search_key(texts: Iterable[str]) -> str:
    """Folded words, punctuation apart, each with a space before it."""
    words = "".join(char if char.isalnum() else " " for text in texts for char in f"{fold(text)} ").split()
    return "".join(f" {word}" for word in dict.fromkeys(words))


def _usable(system: str, day: date) -> QuerySet[ConceptRow]:
    begun = ConceptRow.objects.filter(system=system, valid_from__lte=day)
    return begun.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def _grouped(rows: Iterable[Concept]) -> dict[str, tuple[Concept, ...]]:
    found: dict[str, list[Concept]] = {}
    for one in sorted(rows, key=lambda one: one.valid_from or date.min):
        found.setdefault(one.code, []).append(one)
    return {code: tuple(versions) for code, versions in found.items()}


def _concept(row: ConceptRow) -> Concept:
    return Concept(
        system=row.system,
        code=row.code,
        display=row.display,
        english=row.english,
        parent=row.parent,
        properties=row.properties,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        folded=row.folded,
    )
