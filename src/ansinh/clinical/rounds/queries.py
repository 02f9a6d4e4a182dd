"""What the grids of a ward need beside its residents. Each function says its number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ansinh.clinical.encounters import queries as encounters
from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.registry.queries import marks_of
from ansinh.clinical.rounds import resources, rules
from ansinh.clinical.rounds.rules import Shift
from ansinh.clinical.wards import queries as wards
from ansinh.clinical.wards.queries import Resident
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock, yaml
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.ids import stable_id


def columns() -> list[Vital]:
    """What a round measures, with the limits of entry."""
    known = encounters.vitals()
    return [known[name] for name in rules.COLUMNS if name in known]


def entry_id(round_id: str, person: str) -> str:
    """Id of one person's part of a round: the same round and person give the same."""
    return stable_id("vitals-round", round_id, person)


def written(context: Context, round_id: str, people: Iterable[str]) -> set[str]:
    """Whose part of a round is on record. One query."""
    ids = {entry_id(round_id, person): person for person in people}
    return {ids[found] for found in Repository(context).read_many("Encounter", list(ids))} if ids else set()


def present(ward: wards.Ward) -> list[tuple[Resident, str]]:
    """(resident, room) of everybody who is in, by room and bed: the rows of a grid."""
    return [(one, room.name) for room in ward.rooms for one in room.residents if not one.away]


def last_heights(context: Context, people: Sequence[str]) -> dict[str, Decimal]:
    """The height measured last, by person. One query, none for nobody."""
    if not people:
        return {}
    params: dict[str, str] = {"code": encounters.vitals()["height"].loinc}
    marks = marks_of("person", people, params)
    sql = f"""SELECT o.patient_id, o.value FROM view_observation o
              WHERE {{reach:o}} AND o.code = :code AND o.patient_id IN ({marks}) AND o.value IS NOT NULL
              ORDER BY o.effective"""
    return {row["patient_id"]: Decimal(str(row["value"])) for row in tables.rows(context, sql, params)}


# --- care log and handover -----------------------------------------------------------------------------------


@cache
def shifts() -> list[Shift]:
    """The parts of the day (definitions/catalogues/shifts.yaml)."""
    said = yaml.read(settings.DEFINITIONS / "catalogues" / "shifts.yaml")
    return [Shift(**shift) for shift in said["shifts"]]


def shift_now() -> tuple[date, Shift]:
    """(day, shift) of this moment."""
    return rules.shift_at(clock.now().astimezone(clock.VIETNAM), shifts())


def shift_named(day: str, code: str) -> tuple[date, Shift]:
    """The shift that an address names; the present one for anything else, and for one that has not begun."""
    today, present = shift_now()
    found = next((shift for shift in shifts() if shift.code == code), None)
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return today, present
    if found is None or (asked, found.begin) > (today, present.begin):
        return today, present
    return asked, found


def span(day: date, shift: Shift) -> tuple[str, str]:
    """[first moment, first moment after] of a shift as FHIR dateTimes of Vietnam."""
    following = [rules.begins(day + timedelta(days=ahead), each) for ahead in (0, 1) for each in shifts()]
    begin = rules.begins(day, shift)
    end = min(moment for moment in following if moment > begin)
    first, last = (moment.replace(tzinfo=clock.VIETNAM).isoformat(timespec="seconds") for moment in (begin, end))
    return first, last


def log_form() -> dict[str, Any]:
    """The Questionnaire of the care log. One read; raises NotFound where the node has none."""
    found = Repository(system_context()).find("Questionnaire", resources.CARE_LOG)
    if found is None:
        raise NotFound(_("Không có mẫu sổ chăm sóc."), field="questionnaire")
    return found


def logs(context: Context, people: Sequence[str], day: date, shift: Shift) -> dict[str, dict[str, Any]]:
    """Lines of the log on record, by person. One query."""
    ids = {resources.LogPlace(one, "", day.isoformat(), shift.code).id: one for one in people}
    found = Repository(context).read_many("QuestionnaireResponse", list(ids)) if ids else {}
    return {ids[one]: body for one, body in found.items() if body["status"] != "entered-in-error"}


def measured(context: Context, people: Sequence[str], begin: str, end: str) -> dict[str, list[Mapping[str, Any]]]:
    """What was measured between two moments, by person, the latest of each kind. One query."""
    if not people:
        return {}
    params: dict[str, Any] = {"begin": begin, "end": end}
    marks = marks_of("person", people, params)
    sql = f"""SELECT o.patient_id, o.code, o.value, o.unit, o.systolic, o.diastolic, o.effective FROM view_observation o
              WHERE {{reach:o}} AND o.patient_id IN ({marks}) AND o.category IN ('vital-signs', 'laboratory')
                AND o.effective >= :begin AND o.effective < :end ORDER BY o.effective"""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in tables.rows(context, sql, params):
        found.setdefault(row["patient_id"], {})[row["code"] or ""] = row
    return {person: list(by_code.values()) for person, by_code in found.items()}


def open_tasks(context: Context, people: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Tasks about these people that are still open, by person. One query."""
    if not people:
        return {}
    params: dict[str, Any] = {}
    marks = marks_of("person", people, params)
    sql = f"""SELECT t.patient_id, t.title, t.title_en, t.priority FROM view_task t
              WHERE {{reach:t}} AND t.patient_id IN ({marks})
                AND t.status IN ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
              ORDER BY t.due, t.id"""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in tables.rows(context, sql, params):
        found.setdefault(row["patient_id"], []).append(row)
    return found
