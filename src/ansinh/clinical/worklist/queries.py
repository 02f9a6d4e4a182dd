"""What is due at a facility: five queries, however many people there are; two while nothing of it is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.clinical.registry.queries import marks_of
from ansinh.clinical.wards import queries as wards
from ansinh.clinical.wards.rules import natural
from ansinh.clinical.worklist import rules
from ansinh.clinical.worklist.rules import Source
from ansinh.fhir.store import reach
from ansinh.fhir.views import changes, kept, live, rebuilding, tables
from ansinh.kernel import clock, yaml
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import COUNT, TEXT, WORDS, misfits

PAGE = 40
MOST = 1000  # of one kind; more than that is no list for a day
_OF_PLACES = ("location", "bed_use", "episode")
_SHAPE = {
    "id": TEXT, "order": COUNT, "title": TEXT, "title_en": TEXT, "permission": TEXT, "action": TEXT, "target": TEXT,
    "button": TEXT, "button_en": TEXT, "source": TEXT, "views": [TEXT], "sql": TEXT, "months?": COUNT, "soon?": COUNT,
    "catalogue?": WORDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do for one person. place: words of the bed; day: since when it counts, due: until when."""

    source: Source
    person: str
    ref: str
    due: date
    tone: str
    words: str
    words_en: str
    name: str = ""
    birth: str = ""
    location: str = ""
    place: str = ""

    def title(self, language: str) -> str:
        """What it is about: the task's own words, or the kind of work."""
        own = self.words_en if language == "en" and self.words_en else self.words
        return own or self.source.words(language)

    @property
    def target(self) -> str:
        """What the address of the action takes."""
        return self.person if self.source.target == "person" else self.ref


@dataclass(frozen=True, slots=True)
class Filters:
    """ward: id of a ward, "" for all; kind: id of a source, "" for all."""

    ward: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page of what is due. counts: by kind, of the chosen ward; cut: kinds with more than can be listed."""

    works: Sequence[Work]
    total: int
    page: int
    counts: Mapping[str, int]
    cut: frozenset[str]
    sources: Sequence[Source]
    places: wards.Places

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def sources_in(folder: Path) -> list[Source]:
    """The kinds of work of a folder, in their order. Raises Invalid with the file and the place of what is wrong."""
    return sorted((_source(path) for path in sorted(folder.glob("*.yaml"))), key=lambda one: (one.order, one.id))


def _source(path: Path) -> Source:
    said = yaml.read(path)
    if wrong := list(misfits(said, _SHAPE)):
        place, what = wrong[0]
        raise Invalid(f"{path.name}: {place} {what}.", code="worklist-file", field=place)
    if said["target"] not in ("person", "ref"):
        raise Invalid(f"{path.name}: target phải là person hoặc ref.", code="worklist-file", field="target")
    if catalogue := said.pop("catalogue", ""):
        said["months"] = int(yaml.read(settings.DEFINITIONS / "catalogues" / f"{catalogue}.yaml")["months"])
    return Source(**said)


@cache
def sources() -> list[Source]:
    """The kinds of work of this node (definitions/worklist)."""
    return sources_in(Path(settings.DEFINITIONS) / "worklist")


def offered(context: Context) -> list[Source]:
    """The kinds that this reader may do, and whose views are kept here."""
    mine = [source for source in sources() if context.has(source.permission)]
    kept = live.known({view for source in mine for view in source.views})
    return [source for source in mine if all(view in kept for view in source.views)]


def work(context: Context, facility: str, filters: Filters, page: int = 1) -> WorkPage:
    """What is due at a facility, the most pressing first; of one ward in the order of its rooms.

    Five queries; two while no record of these kinds is written anywhere on the node."""
    mine = offered(context)
    found, places = _kept(context, facility, mine)
    cut = frozenset(kind for kind, count in Counter(one.source.id for one in found).items() if count >= MOST)
    if filters.ward:
        found = [one for one in found if one.location and places.ward_of(one.location) == filters.ward]
    counts = Counter(one.source.id for one in found)
    if filters.kind:
        found = [one for one in found if one.source.id == filters.kind]
    by_room = bool(filters.ward)
    found = sorted(found, key=lambda one: _by_room(one, places) if by_room else _by_need(one))
    page = max(1, min(page, -(-len(found) // PAGE) or 1))
    shown = _named(context, found[(page - 1) * PAGE : page * PAGE], places)
    return WorkPage(shown, len(found), page, counts, cut, mine, places)


def _kept(context: Context, facility: str, mine: Sequence[Source]) -> tuple[Sequence[Work], wards.Places]:
    """Everything due and the places: what was read before, while that is still true for what this reader sees."""
    views = sorted({*_OF_PLACES, *(view for source in mine for view in source.views)})
    rebuilding.refuse_unready(views)
    known = live.known(views)
    types = sorted({"Patient", *(known[name].resource for name in views)})  # a person who moves takes records along
    key = ("work", facility, reach.condition(context, "org"), tuple(one.id for one in mine), clock.today())
    marks = (changes.marks(types), tuple(rebuilding.marks(views)))
    return kept.once(key, marks, lambda: _read(context, facility, mine))


def _read(context: Context, facility: str, mine: Sequence[Source]) -> tuple[Sequence[Work], wards.Places]:
    places, used = wards.places(context, facility), wards.used_places(context, facility)
    lies = {one: place for place, people in used.items() for one in people}
    return _due(context, facility, mine, lies), places


def _due(context: Context, facility: str, mine: Sequence[Source], lies: Mapping[str, str]) -> list[Work]:
    """Everything due, without names. One query, none for a reader with no kind of work."""
    if not mine:
        return []
    today = clock.today()
    params = {"facility": facility, "today": today.isoformat(), "most": MOST}
    params |= {f"last_{number}": source.last_day(today).isoformat() for number, source in enumerate(mine)}
    rows = tables.rows(context, _all_kinds(tuple(source.sql for source in mine)), params)
    return [_work(mine[row["number"]], row, lies, today) for row in rows]


@cache
def _all_kinds(kinds: tuple[str, ...]) -> str:
    """One statement for several kinds; `number` says whose row it is.

    `subject` and not `patient_id`: of hundreds of people the page shows some; those are read by name (`_named`), which
    is what the audit is to hold.
    """
    return "\nUNION ALL\n".join(
        _ONE_KIND.replace("/*sql*/", sql).replace("/*number*/", str(number)) for number, sql in enumerate(kinds)
    )


_ONE_KIND = """SELECT k.* FROM (
SELECT /*number*/ AS number, s.patient_id AS subject, s.ref, s.urgent, s.words, s.words_en, s.day FROM (
/*sql*/
) s WHERE s.day IS NOT NULL AND substr(s.day, 1, 10) <= :last_/*number*/ ORDER BY s.urgent DESC, s.day LIMIT :most) k"""


def _work(source: Source, row: Mapping[str, Any], lies: Mapping[str, str], today: date) -> Work:
    day = _day(row["day"])
    due = source.due(day)
    return Work(
        source=source,
        person=row["subject"],
        ref=row["ref"] or "",
        due=due,
        tone=rules.tone(due, today, urgent=bool(row["urgent"]), months=source.months, last=day),
        words=row["words"] or "",
        words_en=row["words_en"] or "",
        location=lies.get(row["subject"], ""),
    )


def _day(text: str) -> date:
    """The day of a FHIR date or dateTime; of a month or a year its first day."""
    return date.fromisoformat((text[:10] + "-01-01")[:10])


_TONES = ("bad", "warn", "")


def _by_need(work: Work) -> tuple[Any, ...]:
    return _TONES.index(work.tone), work.due, work.source.order, work.person, work.ref


def _by_room(work: Work, places: wards.Places) -> tuple[Any, ...]:
    room = places.parent.get(work.location, "")
    named = places.names.get(room, "") if places.parent.get(room) else ""
    return natural(named), natural(places.names.get(work.location, "")), work.person, *_by_need(work)


def _named(context: Context, works: Sequence[Work], places: wards.Places) -> list[Work]:
    """The works of one page with names and places. One query."""
    if not works:
        return []
    params: dict[str, Any] = {}
    marks = marks_of("id", dict.fromkeys(one.person for one in works), params)
    sql = f"SELECT p.id, p.full_name, p.birth_date FROM view_patient p WHERE {{reach:p}} AND p.id IN ({marks})"
    people = {row["id"]: row for row in tables.rows(context, sql, params)}
    return [
        replace(
            one,
            name=people[one.person]["full_name"] or "",
            birth=people[one.person]["birth_date"] or "",
            place=places.words(one.location) if one.location else "",
        )
        for one in works
        if one.person in people
    ]
