"""What the person page shows besides who it is: problems, values, screenings, rehabilitation, tasks, following.

Every function takes the Context, reads the live views and runs one or two queries however long the record is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.registry.following import MEASURE, Following, following, year_before
from ansinh.clinical.registry.queries import PersonCard
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.context import Context
from ansinh.kernel.naming import CS, ICD10

RECENT = 12  # values behind one small chart
_FIGURES = "('15074-8', '2339-0')"  # glucose is taken on rounds; other results stand on their own page


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnosis as the page lists it. long_term: on the list of problems; times: how often it was written."""

    id: str
    code: str
    display: str
    long_term: bool
    first: str
    last: str
    times: int


@dataclass(frozen=True, slots=True)
class Trend:
    """The last values of one kind, oldest first: (FHIR dateTime, value, id). second: diastolic of a pressure."""

    code: str
    unit: str
    points: tuple[tuple[str, Decimal, str], ...]
    second: tuple[Decimal, ...] = ()

    @property
    def last(self) -> str:
        """When the last one was taken."""
        return self.points[-1][0]


@dataclass(frozen=True, slots=True)
class Screening:
    """The last scores of one tool, oldest first: (FHIR dateTime, total, id of the Observation)."""

    tool: str
    code: str
    points: tuple[tuple[str, Decimal, str], ...]


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Something to be done about the person."""

    id: str
    title: str
    urgent: bool
    authored: str
    due: str


@dataclass(frozen=True, slots=True)
class Practised:
    """A technique of rehabilitation: how often and when last."""

    code: str
    display: str
    times: int
    last: str


def problems(context: Context, person_id: str, language: str = "vi") -> list[Problem]:
    """Problems of the list first, then diagnoses, each code once, the latest first. One query."""
    sql = """SELECT c.id, c.code, c.display, c.category, c.recorded FROM view_condition c
             WHERE {reach:c} AND c.patient_id = :person AND COALESCE(c.clinical_status, 'active') = 'active'
             ORDER BY c.recorded DESC, c.id DESC LIMIT 300"""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tables.rows(context, sql, {"person": person_id}):
        found.setdefault(row["code"] or row["display"] or "", []).append(row)
    listed = [_problem(rows, language) for rows in found.values()]
    return sorted(listed, key=lambda one: not one.long_term)


def disease(row: Mapping[str, Any], language: str) -> str:
    """What a diagnosis is called: as it was written, or for English readers as ICD-10 says it."""
    concept = concepts.lookup(ICD10, row["code"] or "") if language == "en" else None
    return (concept.english if concept else "") or row["display"] or ""


def _problem(rows: Sequence[dict[str, Any]], language: str) -> Problem:
    newest, oldest = rows[0], rows[-1]
    return Problem(
        id=newest["id"],
        code=newest["code"] or "",
        display=disease(newest, language) or newest["code"] or "",
        long_term=any(row["category"] == "problem-list-item" for row in rows),
        first=oldest["recorded"] or "",
        last=newest["recorded"] or "",
        times=len(rows),
    )


def trends(context: Context, person_id: str) -> list[Trend]:
    """Last values of vital signs and glucose. One query."""
    sql = f"""SELECT * FROM (
                SELECT o.id, o.code, o.effective, o.value, o.unit, o.systolic, o.diastolic,
                       ROW_NUMBER() OVER (PARTITION BY o.code ORDER BY o.effective DESC, o.id DESC) AS place
                FROM view_observation o
                WHERE {{reach:o}} AND o.patient_id = :person AND (o.category = 'vital-signs' OR o.code IN {_FIGURES})
                  AND o.effective IS NOT NULL) newest
              WHERE place <= {RECENT} ORDER BY code, effective, id"""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tables.rows(context, sql, {"person": person_id}):
        if (row["systolic"] if row["value"] is None else row["value"]) is not None:
            found.setdefault(row["code"] or "", []).append(row)
    return [_trend(code, rows) for code, rows in found.items()]


def _trend(code: str, rows: Sequence[dict[str, Any]]) -> Trend:
    values = [row["systolic"] if row["value"] is None else row["value"] for row in rows]
    points = tuple((row["effective"], _number(value), row["id"]) for row, value in zip(rows, values, strict=True))
    second = tuple(_number(row["diastolic"]) for row in rows if row["diastolic"] is not None)
    return Trend(code, rows[-1]["unit"] or ("mmHg" if second else ""), points, second)


def _number(value: Any) -> Decimal:
    """Databases give a float, an integer or a Decimal; people read 36.7, not 36.70000000000000."""
    return Decimal(str(value)).normalize() + 0


def screenings(context: Context, person_id: str) -> list[Screening]:
    """Last totals of each screening tool. One query."""
    sql = f"""SELECT * FROM (
                SELECT s.id, s.code, s.questionnaire, s.value, s.effective,
                       ROW_NUMBER() OVER (PARTITION BY s.code ORDER BY s.effective DESC, s.id DESC) AS place
                FROM view_score s WHERE {{reach:s}} AND s.patient_id = :person) newest
              WHERE place <= {RECENT} ORDER BY code, effective, id"""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tables.rows(context, sql, {"person": person_id}):
        if row["value"] is not None:
            found.setdefault(row["code"] or "", []).append(row)
    return [
        Screening(
            tool=(rows[-1]["questionnaire"] or "").split("|")[0].rpartition("/")[2],
            code=code,
            points=tuple((row["effective"] or "", _number(row["value"]), row["id"]) for row in rows),
        )
        for code, rows in found.items()
    ]


def open_tasks(context: Context, person_id: str, language: str = "vi") -> list[OpenTask]:
    """What is still to be done about the person, urgent first. One query."""
    sql = """SELECT t.id, t.code, t.priority, t.authored, t.due FROM view_task t
             WHERE {reach:t} AND t.patient_id = :person
               AND t.status IN ('requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')
             ORDER BY t.authored DESC LIMIT 50"""
    tasks = [
        OpenTask(
            id=row["id"],
            title=concepts.display(CS("task-type"), row["code"] or "", language),
            urgent=row["priority"] in ("urgent", "asap", "stat"),
            authored=row["authored"] or "",
            due=row["due"] or "",
        )
        for row in tables.rows(context, sql, {"person": person_id})
    ]
    return sorted(tasks, key=lambda task: not task.urgent)


def practised(context: Context, person_id: str, language: str = "vi") -> list[Practised]:
    """Techniques done, the most frequent first. One query."""
    sql = """SELECT r.code, COUNT(*) AS times, MAX(r.performed) AS last FROM view_procedure r
             WHERE {reach:r} AND r.patient_id = :person AND r.status = 'completed'
             GROUP BY r.code ORDER BY times DESC, last DESC LIMIT 12"""
    rows = tables.rows(context, sql, {"person": person_id})
    names = {row["code"]: concepts.display(CS("technique"), row["code"] or "", language) for row in rows}
    return [Practised(row["code"] or "", names[row["code"]], row["times"], row["last"] or "") for row in rows]


def managed(context: Context, card: PersonCard, on: date) -> Following:
    """Whether the person counts for the goal of electronic management, and what is missing. Three queries."""
    since = {"person": card.id, "first": year_before(on).isoformat(), "today": on.isoformat()}
    found = {name: tables.rows(context, sql, since)[0]["day"] for name, sql in _FOLLOWED.items()}
    return following(
        counted=card.stay is not None and not card.deceased,
        name=card.name,
        gender=card.draft.gender,
        birth=card.draft.birth_date,
        checks=[found["checks"]] if found["checks"] else [],
        vitals=[found["vitals"]] if found["vitals"] else [],
        problems_recorded=[] if found["problems"] is None else [found["problems"]],
        on=on,
    )


# what the measure looks for → the one day of this person that decides it
_FOLLOWED = {
    "checks": """SELECT MAX(e.start) AS day FROM view_encounter e
                 WHERE {reach:e} AND e.patient_id = :person AND e.kind = 'periodic-check'
                   AND e.status IN ('finished', 'in-progress')
                   AND substr(e.start, 1, 10) BETWEEN :first AND :today""",
    "vitals": """SELECT MAX(o.effective) AS day FROM view_observation o
                 WHERE {reach:o} AND o.patient_id = :person AND o.category = 'vital-signs'
                   AND substr(o.effective, 1, 10) BETWEEN :first AND :today""",
    "problems": """SELECT MIN(COALESCE(c.recorded, '')) AS day FROM view_condition c
                   WHERE {reach:c} AND c.patient_id = :person
                     AND COALESCE(substr(c.recorded, 1, 10), '') <= :today""",
}


@cache
def measure_words() -> dict[str, Any]:
    """The measure's own words: `numerator` and `missing` (key → sentence)."""
    path = settings.DEFINITIONS / "measures" / MEASURE / "measure.yaml"
    definition = yaml.read(path)
    return {"numerator": definition["numerator"], "missing": definition["missing"], "sources": definition["sources"]}


def last_measures(context: Context, person_id: str, codes: Sequence[str]) -> dict[str, Decimal]:
    """The latest value of each LOINC code, for defaults of a form (height). One query."""
    found = {trend.code: trend.points[-1][1] for trend in trends(context, person_id)}
    return {code: found[code] for code in codes if code in found}
