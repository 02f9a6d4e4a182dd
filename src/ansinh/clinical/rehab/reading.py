"""What pages of rehabilitation show besides sessions: results over time, goals, the plan, the timetable.

Each takes the reader's Context and says its queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.registry.queries import PersonCard, marks_of
from ansinh.clinical.rehab import careplan, library
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.goals import Measured
from ansinh.clinical.rehab.outcomes import Change, Point, change, reached
from ansinh.clinical.rehab.timetable import Booking, Hours
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import CS, LOINC
from ansinh.kernel.shapes import COUNT, TEXT, misfits

_LOINC = ("96761-2", "72514-3")
_HOURS = {
    "id": TEXT, "title": TEXT, "source": TEXT, "opens": TEXT, "rest_from": TEXT, "rest_to": TEXT, "closes": TEXT,
    "days": [COUNT], "step": COUNT, "room_places": COUNT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """Results of one measure, oldest first; change is None with fewer than two."""

    code: str
    unit: str
    points: tuple[Point, ...]
    change: Change | None

    @property
    def last(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal as pages show it. now: the latest result of its measure; is_reached: None where it has no number."""

    id: str
    words: str
    discipline: str
    status: str
    state: str
    due: str
    measure: str = ""
    target: Decimal | None = None
    unit: str = ""
    qualifier: int | None = None
    baseline: Decimal | None = None
    now: Decimal | None = None
    is_reached: bool | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Slot:
    """A session in the timetable as pages show it."""

    booking: Booking
    name: str
    discipline: str
    words: str
    therapist: str = ""
    room: str = ""
    machine: str = ""

    @property
    def day(self) -> date:
        return self.booking.start.astimezone(VIETNAM).date()


def outcomes(context: Context, person_id: str) -> list[Outcome]:
    """Every measure of the library that the person has results of, in the order of the library. One query."""
    known = library.library()
    sql = """SELECT o.id, o.code, o.value, o.unit, o.effective FROM view_observation o
        WHERE {reach:o} AND o.patient_id = :person AND o.category = 'survey' AND o.value IS NOT NULL
        ORDER BY o.effective, o.id"""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in tables.rows(context, sql, {"person": person_id}):
        if row["code"] in known.better:
            rows.setdefault(row["code"], []).append(row)
    return [_outcome(code, rows[code], known) for code in known.better if code in rows]


def _outcome(code: str, rows: Sequence[Mapping[str, Any]], known: library.Library) -> Outcome:
    points = tuple(Point(row["effective"] or "", plain(row["value"]), row["id"]) for row in rows)
    return Outcome(code, rows[-1]["unit"] or "", points, change(points, known.better[code], known.mcids_of(code)))


def plain(stored: Any) -> Decimal:
    """A number of a database without the digits it may add."""
    value = Decimal(str(stored)).quantize(Decimal("0.001"))
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def goal_lines(context: Context, person_id: str, *, found: Sequence[Outcome]) -> list[GoalLine]:
    """Goals of a person, open ones first. One query."""
    sql = """SELECT g.* FROM view_goal g WHERE {reach:g} AND g.patient_id = :person
        ORDER BY CASE WHEN g.status = 'active' THEN 0 ELSE 1 END, g.due, g.id"""
    latest = {one.code: one.last.value for one in found}
    return [_goal_line(row, latest) for row in tables.rows(context, sql, {"person": person_id})]


def _goal_line(row: Mapping[str, Any], latest: Mapping[str, Decimal]) -> GoalLine:
    target = None if row["target"] is None else plain(row["target"])
    now, better = latest.get(row["measure"] or ""), library.library().better.get(row["measure"] or "", "higher")
    return GoalLine(
        id=row["id"],
        words=row["words"] or "",
        discipline=row["discipline"] or "",
        status=row["status"] or "",
        state=row["state"] or "in-progress",
        due=row["due"] or "",
        measure=row["measure"] or "",
        target=target,
        unit=row["unit"] or "",
        qualifier=row["qualifier"],
        baseline=None if row["baseline"] is None else plain(row["baseline"]),
        now=now,
        is_reached=None if target is None or now is None else reached(now, target, better),
    )


def measured(context: Context, person_id: str, code: str) -> Measured | None:
    """The measure of a goal and where the person stands; None for a code that the library has not. One query."""
    better = library.library().better.get(code)
    if better is None:
        return None
    last = next((one for one in outcomes(context, person_id) if one.code == code), None)
    system = LOINC if code in _LOINC else CS("assessment")
    coding = {"system": system, "code": code, "display": measure_words(code)}
    return Measured(coding, library.units().get(code, {}), better, last.last.value if last else None)


def measure_words(code: str, language: str = "vi") -> str:
    """What a total is called."""
    if code == "96761-2":
        return "Barthel"
    if code == "72514-3":
        return "Pain (0–10)" if language == "en" else "Mức đau (0–10)"
    return concepts.display(CS("assessment"), code, language)


def plan_of(context: Context, card: PersonCard) -> dict[str, Any] | None:
    """The plan of the person's stay, None while there is none."""
    found = Repository(context).find("CarePlan", careplan.plan_id(card.id, card.stay.id if card.stay else ""))
    return found if found and found["status"] == "active" else None


def planned(context: Context, card: PersonCard) -> list[Activity]:
    """Lines of the plan that are going on."""
    return careplan.going_on(careplan.activities(plan_of(context, card)))


@cache
def hours() -> Hours:
    """definitions/catalogues/timetable.yaml. Raises Invalid naming what is wrong with it."""
    said = yaml.read(settings.DEFINITIONS / "catalogues" / "timetable.yaml")
    for place, what in misfits(said, _HOURS):
        raise Invalid(f"timetable.yaml, {place or 'tệp'}: {what}.", field=place)
    times = {name: time.fromisoformat(said[name]) for name in ("opens", "rest_from", "rest_to", "closes")}
    return Hours(**times, days=said["days"], step=max(5, said["step"]), room_places=said["room_places"])


_BOOKED = """SELECT a.id, a.patient_id, a.therapist_id, a.room_id, a.machine_id, a.start, a.end_, a.discipline, a.words
    FROM view_appointment a WHERE {reach:a} AND a.start >= :first AND a.start < :last ORDER BY a.start, a.id"""


def bookings(context: Context, first: date, days: int = 7) -> list[Booking]:
    """Every booking within reach that begins in these days. One query."""
    return [_booking(row) for row in _rows(context, first, days)]


def _rows(context: Context, first: date, days: int) -> list[dict[str, Any]]:
    # A day more on both sides: another machine may have written the hour in another zone.
    begin, end = first - timedelta(days=1), first + timedelta(days=days + 1)
    rows = tables.rows(context, _BOOKED, {"first": begin.isoformat(), "last": end.isoformat()})
    wanted = {first + timedelta(days=number) for number in range(days)}
    return [row for row in rows if row["end_"] and moment(row["start"]).date() in wanted]


def moment(text: str) -> datetime:
    """A FHIR instant as a time of Vietnam."""
    return datetime.fromisoformat(text).astimezone(VIETNAM)


def _booking(row: Mapping[str, Any]) -> Booking:
    return Booking(
        id=row["id"],
        start=moment(row["start"]),
        end=moment(row["end_"]),
        person=row["patient_id"] or "",
        therapist=row["therapist_id"] or "",
        room=row["room_id"] or "",
        machine=row["machine_id"] or "",
    )


def week(context: Context, facility: str, monday: date, person_id: str = "") -> list[Slot]:
    """The timetable of a facility's people for a week, with names. Five queries."""
    rows = _rows(context, monday, 7)
    if person_id:
        rows = [row for row in rows if row["patient_id"] == person_id]
    people = _people(context, facility, {row["patient_id"] for row in rows if row["patient_id"]})
    staff, places = dict(therapists(context, facility)), dict(rooms(context, facility))
    devices = dict(machines(context, facility))
    return [
        Slot(
            booking=_booking(row),
            name=people[row["patient_id"]],
            discipline=row["discipline"] or "",
            words=row["words"] or "",
            therapist=staff.get(row["therapist_id"] or "", ""),
            room=places.get(row["room_id"] or "", ""),
            machine=devices.get(row["machine_id"] or "", ""),
        )
        for row in rows
        if row["patient_id"] in people
    ]


def _people(context: Context, facility: str, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    params: dict[str, Any] = {"facility": facility}
    marks = marks_of("id", sorted(ids), params)
    sql = f"""SELECT p.id, p.full_name FROM view_patient p
        WHERE {{reach:p}} AND p.facility_id = :facility AND p.id IN ({marks})"""
    return {row["id"]: row["full_name"] or "" for row in tables.rows(context, sql, params)}


_THERAPISTS = ("rehab-technician", "doctor", "physician-assistant", "nurse", "psychologist", "social-worker")


def therapists(context: Context, facility: str) -> list[tuple[str, str]]:
    """(id, name) of staff who may treat, by name; rehabilitation technicians first. One query."""
    sql = """SELECT DISTINCT r.practitioner_id, r.practitioner_name, r.post FROM view_practitioner_role r
        WHERE {reach:r} AND r.facility_id = :facility AND r.practitioner_id IS NOT NULL AND r.to_date IS NULL"""
    rows = [row for row in tables.rows(context, sql, {"facility": facility}) if row["post"] in _THERAPISTS]
    rows.sort(key=lambda row: (_THERAPISTS.index(row["post"]), row["practitioner_name"] or ""))
    return list({row["practitioner_id"]: row["practitioner_name"] or "" for row in rows}.items())


def rooms(context: Context, facility: str) -> list[tuple[str, str]]:
    """(id, name) of the rooms of a facility. One query."""
    sql = """SELECT l.id, l.name FROM view_location l WHERE l.facility_id = :facility AND l.kind = 'ro'
        AND l.status = 'active' ORDER BY l.name, l.id"""
    return [(row["id"], row["name"] or "") for row in tables.rows(context, sql, {"facility": facility})]


def machines(context: Context, facility: str) -> list[tuple[str, str]]:
    """(id, name) of the machines that a facility books. One query."""
    sql = "SELECT m.id, m.name FROM view_machine m WHERE m.facility_id = :facility ORDER BY m.name, m.id"
    return [(row["id"], row["name"] or "") for row in tables.rows(context, sql, {"facility": facility})]


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def shifted(booking: Booking, weeks: int) -> Booking:
    """The same booking some weeks later."""
    later = timedelta(weeks=weeks)
    return replace(booking, start=booking.start + later, end=booking.end + later)
