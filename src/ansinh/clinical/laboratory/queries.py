"""Orders, reports and their values, and what the forms offer. Each function says its number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.laboratory import resources
from ansinh.clinical.laboratory.rules.reports import Band, Whose
from ansinh.clinical.registry import rules as person_rules
from ansinh.clinical.registry.queries import marks_of
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import BHYT, CCCD, CMND, MRN
from ansinh.kernel.text import fold

Resource = dict[str, Any]
WAITING_MOST = 200
POINTS = 40  # values of one chart
OPEN_TASKS = ("requested", "received", "accepted", "ready", "in-progress", "on-hold")


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the catalogue: what is measured, in which unit, with how many decimals."""

    name: str
    label: str
    label_en: str
    loinc: str
    unit: str
    ucum: str
    places: int = 1

    def words(self, language: str) -> str:
        """What it is called."""
        return self.label_en if language == "en" else self.label


@dataclass(frozen=True, slots=True)
class Panel:
    """Tests that are asked for together."""

    name: str
    label: str
    label_en: str
    tests: tuple[Test, ...]

    def words(self, language: str) -> str:
        """What it is called."""
        return self.label_en if language == "en" else self.label


@cache
def panels() -> tuple[Panel, ...]:
    """The tests that the forms offer (definitions/catalogues/laboratory-tests.yaml)."""
    said = yaml.read(settings.DEFINITIONS / "catalogues" / "laboratory-tests.yaml")
    return tuple(
        Panel(one["name"], one["label"], one["label_en"], tuple(Test(**test) for test in one["tests"]))
        for one in said["panels"]
    )


def panel_named(name: str) -> Panel | None:
    """A panel of the catalogue."""
    return next((panel for panel in panels() if panel.name == name), None)


# --- whose is it ---------------------------------------------------------------------------------------------


def people_like(context: Context, whose: Whose) -> list[str]:
    """Ids of the people within reach who have one of the numbers. One query for each number."""
    found: dict[str, None] = {}
    for number in whose.numbers:
        for system, value in _identifiers(number):
            page = search(Repository(context), "Patient", [("identifier", f"{system}|{value}"), ("_count", "3")])
            found |= dict.fromkeys(one["id"] for one in page.resources)
    return list(found)


def _identifiers(number: str) -> Iterable[tuple[str, str]]:
    """What a number may be: of a citizen card, an old one, an insurance card, else the facility's own."""
    for system, read in ((CCCD, person_rules.citizen_number), (CMND, person_rules.old_citizen_number),
                         (BHYT, person_rules.insurance_card)):  # fmt: skip
        try:
            yield system, read(number)
        except Invalid:
            continue
    yield MRN, number.strip().upper()


def is_this(context: Context, person_id: str, whose: Whose) -> bool:
    """True when name and year of birth, as far as the report says them, are those of the person. One read.

    A number alone is mistyped easily: with a number that fits and a name that does not, a clerk decides.
    """
    patient = Repository(context).read("Patient", person_id)
    name = patient.get("name", [{}])[0].get("text", "")
    birth = patient.get("birthDate", "")
    same_name = not whose.name or sorted(fold(whose.name).split()) == sorted(fold(name).split())
    same_birth = not (whose.birth and birth) or whose.birth[:4] == birth[:4]
    same_sex = not (whose.gender and patient.get("gender")) or whose.gender in (patient["gender"], "unknown", "other")
    return same_name and same_birth and same_sex


# --- ranges --------------------------------------------------------------------------------------------------


def bands(context: Context, codes: Iterable[str]) -> dict[str, list[Band]]:
    """Imported ranges by code. One query."""
    ids = {resources.range_id(code): code for code in codes if code}
    found = Repository(context).read_many("ObservationDefinition", list(ids)) if ids else {}
    return {ids[one]: resources.bands_of(body) for one, body in found.items()}


# --- reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A report in a list. at: FHIR date or dateTime."""

    id: str
    at: str
    title: str
    category: str
    status: str
    laboratory: str
    reviewed: bool
    critical: bool


def reports(context: Context, person_id: str, most: int = 50) -> list[Row]:
    """Reports of a person, the newest first. One query."""
    sql = """SELECT d.* FROM view_diagnostic_report d WHERE {reach:d} AND d.patient_id = :person
             ORDER BY d.effective DESC, d.id LIMIT :most"""
    return [
        Row(row["id"], row["effective"] or "", row["title"] or "", row["category"] or "", row["status"],
            row["laboratory"] or "", bool(row["reviewed"]), bool(row["critical"]))
        for row in tables.rows(context, sql, {"person": person_id, "most": most})
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """An order in a list."""

    id: str
    title: str
    kind: str
    status: str
    at: str
    wanted: str
    urgent: bool


def orders(context: Context, person_id: str) -> list[Order]:
    """Orders that wait for a result. One query."""
    sql = """SELECT s.* FROM view_service_request s WHERE {reach:s} AND s.patient_id = :person
             AND s.status IN ('active', 'on-hold') AND s.category IN ('laboratory', 'imaging')
             ORDER BY s.authored DESC, s.id LIMIT 50"""
    return [
        Order(row["id"], row["title"] or "", row["category"] or "", row["status"], row["authored"] or "",
              row["wanted"] or "", row["priority"] == "urgent")
        for row in tables.rows(context, sql, {"person": person_id})
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one test. low, high: of the range that came with it; said: as the laboratory wrote it."""

    at: str
    value: Decimal | None
    words: str
    comparator: str
    unit: str
    flag: str
    low: Decimal | None
    high: Decimal | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A test with its values, oldest first."""

    code: str
    name: str
    values: tuple[Value, ...]

    @property
    def last(self) -> Value:
        """The newest one."""
        return self.values[-1]


def lines(context: Context, person_id: str, code: str = "", points: int = 12) -> list[Line]:
    """Tests of a person with their newest values; only one with `code`. One query."""
    one = "AND r.code = :code" if code else ""
    sql = f"""SELECT * FROM (
                SELECT r.*, ROW_NUMBER() OVER (PARTITION BY COALESCE(r.code, r.name)
                                               ORDER BY r.effective DESC, r.id DESC) AS place
                FROM view_laboratory_result r
                WHERE {{reach:r}} AND r.patient_id = :person AND r.effective IS NOT NULL
                  AND r.status <> 'cancelled' {one}) newest
              WHERE place <= :most ORDER BY name, effective, id"""
    found: dict[str, list[Mapping[str, Any]]] = {}
    params = {"person": person_id, "most": points} | ({"code": code} if code else {})
    for row in tables.rows(context, sql, params):
        found.setdefault(row["code"] or row["name"] or "", []).append(row)
    return [Line(key, rows[-1]["name"] or key, tuple(map(_value, rows))) for key, rows in found.items()]


def _value(row: Mapping[str, Any]) -> Value:
    return Value(row["effective"], _decimal(row["value"]), row["words"] or "", row["comparator"] or "",
                 row["unit"] or "", row["flag"] or "", _decimal(row["low"]), _decimal(row["high"]),
                 row["range_words"] or "")  # fmt: skip


def _decimal(value: Any) -> Decimal | None:
    """Databases give a float, an integer or a Decimal; people read 6.8, not 6.7999999."""
    return None if value is None else Decimal(str(value)).normalize() + 0


def result_lines(context: Context, report: Mapping[str, Any]) -> list[Resource]:
    """The Observations of a report in its order, contained ones too. At most one query."""
    inner = {f"#{one['id']}": one for one in report.get("contained", [])}
    names = [one["reference"] for one in report.get("result", []) if one.get("reference")]
    ids = [name.partition("/")[2] for name in names if name.startswith("Observation/")]
    stored = Repository(context).read_many("Observation", ids) if ids else {}
    found = [inner.get(name) or stored.get(name.partition("/")[2]) for name in names]
    return [one for one in found if one]


def files(context: Context, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Title, kind, size and id of each file of a report; the bytes are left out. One query."""
    ids = resources.files_of(report)
    found = Repository(context).read_many("DocumentReference", ids) if ids else {}
    return [
        {"id": one["id"], "date": one.get("date", "")}
        | {key: one["content"][0]["attachment"].get(key, "") for key in ("title", "contentType", "size")}
        for one in found.values()
        if one["status"] == "current"
    ]


def waiting(context: Context) -> list[Mapping[str, Any]]:
    """Reports whose person is not known, the newest first. One query."""
    sql = """SELECT d.id, d.title, d.effective, d.laboratory, d.said_name, d.said_number, d.critical
             FROM view_diagnostic_report d WHERE {reach:d} AND d.patient_id IS NULL
               AND (d.said_name IS NOT NULL OR d.said_number IS NOT NULL)
             ORDER BY d.effective DESC, d.id LIMIT :most"""
    return list(tables.rows(context, sql, {"most": WAITING_MOST}))


def open_order(context: Context, person_id: str, order_id: str) -> Resource | None:
    """An order of this person that waits for its result, None for anything else. One read."""
    found = Repository(context).find("ServiceRequest", order_id) if order_id else None
    mine = found is not None and found.get("subject", {}).get("reference") == f"Patient/{person_id}"
    return found if mine and found and found["status"] in ("active", "on-hold") else None


def tasks_about(context: Context, report_id: str) -> list[Resource]:
    """Open tasks that a report brought about. One query."""
    asked = [("focus", f"DiagnosticReport/{report_id}"), ("_count", "20")]
    found = search(Repository(context), "Task", asked).resources
    return [one for one in found if one["status"] in OPEN_TASKS]


def people_named(context: Context, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Name and birth of people, by id. One query, none for nobody."""
    if not ids:
        return {}
    params: dict[str, Any] = {}
    marks = marks_of("id", dict.fromkeys(ids), params)
    sql = f"""SELECT p.id, p.full_name, p.birth_date, p.gender FROM view_patient p
              WHERE {{reach:p}} AND p.id IN ({marks})"""
    return {row["id"]: row for row in tables.rows(context, sql, params)}


def day_of(moment: str) -> date:
    """The day of a FHIR date or dateTime."""
    return date.fromisoformat(moment[:10])


def waiting_count(context: Context) -> int:
    """How many reports wait to be matched. One query."""
    sql = """SELECT COUNT(*) AS n FROM view_diagnostic_report d WHERE {reach:d} AND d.patient_id IS NULL
               AND (d.said_name IS NOT NULL OR d.said_number IS NOT NULL)"""
    return int(tables.rows(context, sql)[0]["n"])
