"""Problems, vaccinations, growth and pregnancy of a person. Each function says its number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ansinh.clinical.background import resources, rules
from ansinh.clinical.background.rules import Tables
from ansinh.clinical.encounters import queries as encounters
from ansinh.clinical.registry import record
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.ids import stable_id

Resource = dict[str, Any]
ACTIVE = ("active", "recurrence", "relapse")  # codes of Condition.clinicalStatus that say that it is there now


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnosis or problem. long_term: it stands on the list of problems."""

    id: str
    code: str
    display: str
    long_term: bool
    status: str
    recorded: str


def problems(context: Context, person_id: str, language: str) -> tuple[list[Problem], list[Problem], list[Problem]]:
    """(on the list and active, other diagnoses, resolved), each code once, the latest first. One query."""
    sql = """SELECT c.id, c.code, c.display, c.category, c.clinical_status, c.recorded FROM view_condition c
             WHERE {reach:c} AND c.patient_id = :person ORDER BY c.recorded DESC, c.id DESC LIMIT 400"""
    return sorted_out([_problem(row, language) for row in tables.rows(context, sql, {"person": person_id})])


def sorted_out(every: Sequence[Problem]) -> tuple[list[Problem], list[Problem], list[Problem]]:
    """(on the list and active, other diagnoses, resolved) of problems, the latest first: each code once in its part,
    and one that is on the list is no other diagnosis besides. What has no code is told apart by its words."""
    parts: dict[str, dict[str, Problem]] = {"listed": {}, "other": {}, "resolved": {}}
    for one in every:
        part = "resolved" if one.status not in ACTIVE else "listed" if one.long_term else "other"
        parts[part].setdefault(one.code or one.display, one)
    other = [one for name, one in parts["other"].items() if name not in parts["listed"]]
    return list(parts["listed"].values()), other, list(parts["resolved"].values())


def _problem(row: Mapping[str, Any], language: str) -> Problem:
    return Problem(
        row["id"],
        row["code"] or "",
        record.disease(row, language),
        row["category"] == "problem-list-item",
        row["clinical_status"] or "active",
        row["recorded"] or "",
    )


def shots(context: Context, person_id: str) -> list[Mapping[str, Any]]:
    """Vaccinations, the newest first. One query."""
    sql = """SELECT i.* FROM view_immunization i WHERE {reach:i} AND i.patient_id = :person
             ORDER BY i.occurred DESC, i.id LIMIT 200"""
    return list(tables.rows(context, sql, {"person": person_id}))


def vaccines(context: Context) -> list[str]:
    """Names of vaccines that were written before within reach, the most frequent first. One query."""
    sql = """SELECT i.vaccine, COUNT(*) AS n FROM view_immunization i WHERE {reach:i} AND i.vaccine IS NOT NULL
             GROUP BY i.vaccine ORDER BY n DESC, i.vaccine LIMIT 30"""
    return [row["vaccine"] for row in tables.rows(context, sql)]


@dataclass(frozen=True, slots=True)
class Growing:
    """One measurement of a child: FHIR dateTime, value, z-score as far as a table says one."""

    at: str
    value: Decimal
    days: int
    z: float | None = None


def growth(context: Context, person_id: str, birth: str, gender: str) -> dict[str, list[Growing]]:
    """Weights and heights of a child by indicator, oldest first, with z-scores where tables are installed. Two
    queries; {} for somebody whose birth date is not known to the day."""
    if len(birth) < 10:
        return {}
    vitals, born = encounters.vitals(), date.fromisoformat(birth)
    codes = {vitals["weight"].loinc: "weight-for-age", vitals["height"].loinc: "height-for-age",
             "39156-5": "bmi-for-age"}  # fmt: skip
    sql = """SELECT o.code, o.effective, o.value FROM view_observation o
             WHERE {reach:o} AND o.patient_id = :person AND o.category = 'vital-signs' AND o.value IS NOT NULL
               AND o.code IN (:weight, :height, '39156-5') ORDER BY o.effective, o.id"""
    params = {"person": person_id, "weight": vitals["weight"].loinc, "height": vitals["height"].loinc}
    lms = growth_tables()
    found: dict[str, list[Growing]] = {}
    for row in tables.rows(context, sql, params):
        indicator, value = codes[row["code"]], Decimal(str(row["value"])).normalize() + 0
        days = (date.fromisoformat(row["effective"][:10]) - born).days
        at = rules.lms_at(lms.get((indicator, gender), []), days)
        z = rules.z_score(float(value), at) if at else None
        found.setdefault(indicator, []).append(Growing(row["effective"], value, days, z))
    return found


def growth_tables() -> Tables:
    """The imported tables, {} while none are. One read; parsed once for each version."""
    library = growth_source()
    return _parsed(int(library["meta"]["versionId"]), resources.growth_bytes(library)) if library else {}


def growth_source() -> Resource | None:
    """The Library of the imported tables. One read."""
    return Repository(system_context()).find("Library", stable_id("growth-tables"))


@lru_cache(maxsize=2)
def _parsed(_version: int, data: bytes) -> Tables:
    return rules.read_lms(data)


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """The last that was said of a pregnancy. dates: FHIR dates, "" where not known."""

    id: str
    state: str
    at: str
    last_period: str = ""
    due: str = ""

    def weeks(self, on: date) -> tuple[int, int] | None:
        """(weeks, days) on a day; None for a pregnancy that has ended, was never ended on paper, or has no first day
        that is known to the day."""
        if self.state != resources.STATES["pregnant"] or len(self.last_period) < 10:
            return None
        first = date.fromisoformat(self.last_period[:10])
        return rules.gestation(first, on) if first <= on <= first + rules.LONGEST_PREGNANCY else None


def pregnancy(context: Context, person_id: str) -> Pregnancy | None:
    """What was said last, None when nothing was. One query and one read."""
    sql = """SELECT o.id, o.code, o.effective FROM view_observation o WHERE {reach:o} AND o.patient_id = :person
             AND o.category = 'social-history' AND o.code IN ('82810-3', '8665-2', '11778-8')
             ORDER BY o.effective DESC, o.id LIMIT 3"""
    rows = list(tables.rows(context, sql, {"person": person_id}))
    latest = [row for row in rows if row["effective"] == rows[0]["effective"]] if rows else []
    bodies = Repository(context).read_many("Observation", [row["id"] for row in latest])
    said = {one["code"]["coding"][0]["code"]: one for one in bodies.values()}
    if resources.STATUS not in said:
        return None
    status = said[resources.STATUS]
    dates = [said.get(code, {}).get("valueDateTime", "") for code in (resources.LAST_PERIOD, resources.DUE)]
    return Pregnancy(status["id"], status["valueCodeableConcept"].get("text", ""), status["effectiveDateTime"], *dates)
