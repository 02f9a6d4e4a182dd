"""Medicines, orders, doses, allergies, stock: what the pages and the checks read. Each says its number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ansinh.clinical.encounters import queries as encounters
from ansinh.clinical.medicines import resources
from ansinh.clinical.medicines.models import StockLot, StockMove
from ansinh.clinical.medicines.rules import knowledge as knowledge_rules
from ansinh.clinical.medicines.rules import times
from ansinh.clinical.medicines.rules.checks import Allergy, Drug
from ansinh.clinical.medicines.rules.knowledge import Knowledge
from ansinh.clinical.medicines.rules.prescribing import Shape
from ansinh.clinical.medicines.rules.times import Course
from ansinh.clinical.registry import record
from ansinh.clinical.registry.queries import marks_of
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock, yaml
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.text import fold

Resource = dict[str, Any]
OPEN = ("active", "on-hold")


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine of the facility's list. listed: False for one that left it."""

    id: str
    code: str
    name: str
    substances: tuple[str, ...]
    unit: str
    form: str
    controlled: str
    barcode: str
    listed: bool = True

    @property
    def drug(self) -> Drug:
        """As the checks take it."""
        return Drug(self.code, self.name, self.substances)


@cache
def _catalogue(name: str) -> dict[str, Any]:
    said: dict[str, Any] = yaml.read(settings.DEFINITIONS / "catalogues" / f"{name}.yaml")
    return said


def usual_hours() -> list[str]:
    """The hours that the order form offers."""
    return list(_catalogue("medicine-hours")["hours"])


def routes(language: str = "vi") -> list[tuple[str, str]]:
    """(code, words) of the ways in which a medicine is taken."""
    key = "label_en" if language == "en" else "label"
    return [(one["code"], one[key]) for one in _catalogue("medicine-hours")["routes"]]


def prescription_shape() -> Shape:
    """How the code of a prescription is made."""
    said = _catalogue("prescription")
    return Shape(said["facility"], said["own"], said["separator"], said["endings"], said["verified"], said["source"])


# --- the list ------------------------------------------------------------------------------------------------


def medicines(context: Context, facility: str, *, left: bool = False) -> list[Medicine]:
    """The facility's list, by name; with `left` also what left it, for orders and stock that go on. One query."""
    only = "" if left else "AND m.status = 'active'"
    sql = f"SELECT m.* FROM view_medication m WHERE m.facility_id = :facility {only} ORDER BY m.name, m.id"
    return [_medicine(row) for row in tables.rows(context, sql, {"facility": facility})]


def medicine(context: Context, facility: str, code: str, *, left: bool = False) -> Medicine | None:
    """A medicine of the list by its code; with `left` also one that left it. One query."""
    only = "" if left else "AND m.status = 'active'"
    sql = f"SELECT m.* FROM view_medication m WHERE m.facility_id = :facility AND m.code = :code {only}"
    rows = tables.rows(context, sql, {"facility": facility, "code": code})
    return _medicine(rows[0]) if rows else None


def _medicine(row: Mapping[str, Any]) -> Medicine:
    return Medicine(row["id"], row["code"] or "", row["name"] or "", resources.substances_of(row["substances"] or ""),
                    row["unit"] or "", row["form"] or "", row["controlled"] or "", row["barcode"] or "",
                    row["status"] == "active")  # fmt: skip


def find_medicines(context: Context, facility: str, text: str) -> list[dict[str, str]]:
    """Medicines by words of their name or substances without marks, or by code; at most twenty. One query."""
    words = fold(text).split()
    found = []
    for one in medicines(context, facility):
        said = f" {fold(' '.join((one.name, *one.substances)))}"
        if all(f" {word}" in said for word in words) or (words and fold(one.code).startswith(words[0])):
            found.append({"code": one.code, "display": one.name, "detail": " + ".join(one.substances)})
    return found[:20]


# --- knowledge -----------------------------------------------------------------------------------------------


def known(context: Context) -> Knowledge:
    """Everything that installed files say, joined. One query; files are read once for each version."""
    joined = Knowledge()
    for one in libraries(context):
        joined = joined | _read(one["id"], int(one["meta"]["versionId"]), resources.knowledge_bytes(one))
    return joined


def libraries(context: Context) -> list[Resource]:
    """The installed files that are in force. One query."""
    asked = [("identifier", f"{resources.KNOWLEDGE}|"), ("status", "active"), ("_count", "50")]
    return search(Repository(context), "Library", asked).resources


@lru_cache(maxsize=16)
def _read(_library: str, _version: int, data: bytes) -> Knowledge:
    return knowledge_rules.read(yaml.parse(data))


# --- of one person -------------------------------------------------------------------------------------------


def allergies(context: Context, people: Sequence[str]) -> dict[str, list[Allergy]]:
    """What people do not bear, by person. One query, none for nobody."""
    if not people:
        return {}
    params: dict[str, Any] = {}
    marks = marks_of("person", people, params)
    sql = f"""SELECT a.id, a.patient_id, a.substance, a.criticality FROM view_allergy a
              WHERE {{reach:a}} AND a.patient_id IN ({marks}) AND COALESCE(a.clinical_status, 'active') = 'active'
              ORDER BY a.recorded, a.id"""
    found: dict[str, list[Allergy]] = {}
    for row in tables.rows(context, sql, params):
        one = Allergy(row["id"], row["substance"] or "", row["criticality"] == "high")
        found.setdefault(row["patient_id"], []).append(one)
    return found


def allergy_rows(context: Context, person_id: str) -> list[Mapping[str, Any]]:
    """Allergies with their reactions, for the page. One query."""
    sql = """SELECT a.* FROM view_allergy a WHERE {reach:a} AND a.patient_id = :person
               AND COALESCE(a.clinical_status, 'active') = 'active' ORDER BY a.recorded DESC, a.id"""
    return list(tables.rows(context, sql, {"person": person_id}))


@dataclass(frozen=True, slots=True)
class Order:
    """An order in a list."""

    course: Course
    status: str
    authored: str
    prescription: str

    @property
    def runs(self) -> bool:
        """Neither stopped nor past its last day; one that begins later runs too."""
        return self.status in OPEN and not times.is_over(self.course.end, clock.now())


def orders(
    context: Context, people: Sequence[str], *, running: bool, day: date | None = None, most: int = 400
) -> list[Order]:
    """Orders of people, the newest first; running: all that go on (on a day: that have not ended before it), otherwise
    at most `most`. One query, none for nobody."""
    if not people:
        return []
    # A day's grace: an end may be written with another offset. A month or year holds whatever day it says.
    params: dict[str, Any] = {"first": ((day or clock.today()) - timedelta(days=1)).isoformat()} if running else {}
    marks = marks_of("person", people, params)
    only = (
        """AND m.status IN ('active', 'on-hold')
              AND (m.end_date IS NULL OR m.end_date >= substr(:first, 1, length(m.end_date)))"""
        if running
        else ""
    )
    bound = "" if running else f"LIMIT {most:d}"  # who takes something for years must not fall off a long round
    sql = f"""SELECT m.* FROM view_medication_request m
              WHERE {{reach:m}} AND m.patient_id IN ({marks}) {only} ORDER BY m.authored DESC, m.id {bound}"""
    return [
        Order(resources.course_of(row), row["status"], row["authored"] or "", row["prescription"] or "")
        for row in tables.rows(context, sql, params)
    ]


def present_drugs(context: Context, person_id: str, facility: str) -> list[tuple[str, Drug]]:
    """(id of the order, its medicine) of everything that runs today. Two queries."""
    now = clock.now()
    by_code = {one.code: one.drug for one in medicines(context, facility, left=True)}
    running = [one.course for one in orders(context, [person_id], running=True)]
    return [
        (course.id, by_code.get(course.medicine, Drug(course.medicine, course.name, (course.name,))))
        for course in running
        if not times.is_over(course.end, now)
    ]


def last_weight(context: Context, person_id: str) -> Decimal | None:
    """The weight measured last, kg. One query."""
    code = encounters.vitals()["weight"].loinc
    return record.last_measures(context, person_id, [code]).get(code)


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose on record."""

    id: str
    request: str
    status: str
    reason: str
    slot: str
    at: str
    by: str


def doses(context: Context, people: Sequence[str], day: date) -> dict[tuple[str, str], Dose]:
    """Doses of a day by order and hour. One query, none for nobody."""
    if not people:
        return {}
    params: dict[str, Any] = {"first": day.isoformat(), "last": f"{day.isoformat()}T99"}
    marks = marks_of("person", people, params)
    sql = f"""SELECT a.* FROM view_medication_administration a
              WHERE {{reach:a}} AND a.patient_id IN ({marks}) AND a.slot >= :first AND a.slot < :last"""
    return {(row["request_id"] or "", row["slot"] or ""): _dose(row) for row in tables.rows(context, sql, params)}


def recent_doses(context: Context, person_id: str, most: int = 60) -> list[Dose]:
    """The last doses of a person, the newest first. One query."""
    sql = """SELECT a.* FROM view_medication_administration a WHERE {reach:a} AND a.patient_id = :person
             ORDER BY a.slot DESC, a.id LIMIT :most"""
    return [_dose(row) for row in tables.rows(context, sql, {"person": person_id, "most": most})]


def _dose(row: Mapping[str, Any]) -> Dose:
    return Dose(row["id"], row["request_id"] or "", row["status"], row["reason"] or "", row["slot"] or "",
                row["at"] or "", row["by"] or "")  # fmt: skip


def numbers_of(context: Context, people: Sequence[str]) -> dict[str, set[str]]:
    """Numbers of people as their papers show them, for a scan. One query, none for nobody."""
    if not people:
        return {}
    params: dict[str, Any] = {}
    marks = marks_of("person", people, params)
    sql = f"SELECT i.id, i.value FROM view_patient_identifier i WHERE {{reach:i}} AND i.id IN ({marks})"
    found: dict[str, set[str]] = {}
    for row in tables.rows(context, sql, params):
        found.setdefault(row["id"], set()).add((row["value"] or "").upper())
    return found


def prescribed(context: Context, code: str) -> list[Resource]:
    """The orders of a prescription. One query."""
    sql = """SELECT m.id FROM view_medication_request m WHERE {reach:m} AND m.prescription = :code
             ORDER BY m.authored, m.id LIMIT 50"""
    ids = [row["id"] for row in tables.rows(context, sql, {"code": code})]
    return list(Repository(context).read_many("MedicationRequest", ids).values()) if ids else []


# --- stock ---------------------------------------------------------------------------------------------------


def lots(context: Context, unit: str, medicine_id: str = "") -> list[StockLot]:
    """What the unit has, the first to expire first. One query. Another unit's stock is nobody's business."""
    if not context.reaches(unit):
        return []
    found = StockLot.objects.filter(unit=unit, quantity__gt=0)
    return list((found.filter(medicine=medicine_id) if medicine_id else found).order_by("expiry", "lot"))


def lots_by_medicine(context: Context, unit: str) -> dict[str, list[StockLot]]:
    """What the unit has, by medicine. One query."""
    found: dict[str, list[StockLot]] = {}
    for one in lots(context, unit):
        found.setdefault(one.medicine, []).append(one)
    return found


def facility_code(facility: str) -> str:
    """The five-character code of a facility in the national system, "" where its record names none. One read."""
    found = Repository(system_context()).find("Organization", facility) or {}
    values = (one.get("value", "") for one in found.get("identifier", []))
    return next((value for value in values if len(value) == 5 and value.isdigit()), "")


def drugs_named(context: Context, facility: str, codes: Iterable[str]) -> dict[str, Medicine]:
    """Medicines by code, of the list or gone from it. One query."""
    wanted = set(codes)
    return {one.code: one for one in medicines(context, facility, left=True) if one.code in wanted}


def day_of(moment: str) -> date:
    """The day of a FHIR date or dateTime; ValueError for anything else."""
    return date.fromisoformat(moment[:10])


def lot(context: Context, number: int) -> StockLot:
    """A lot of the reader's own unit. One query. Raises NotFound for another unit's."""
    found = StockLot.objects.filter(pk=number, unit=context.unit).first()
    if found is None:
        raise NotFound(_("Không có lô này trong kho."))
    return found


def moves(of: StockLot, most: int = 100) -> list[StockMove]:
    """The steps of a lot, the newest first. One query."""
    return list(StockMove.objects.filter(lot=of).order_by("-at", "-pk")[:most])
