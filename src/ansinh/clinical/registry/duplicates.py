"""Who on record may be the person of a draft: asked before a record is made and before numbers are corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.clinical.registry import queries, resources
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.registry.likeness import Identity, Likeness, likeness
from ansinh.clinical.registry.queries import PersonRow
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context
from ansinh.kernel.naming import BHYT, CCCD, CMND

_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on record who may be the same person, and why."""

    row: PersonRow
    likeness: Likeness


def likely_duplicates(
    context: Context, draft: PersonDraft, *, exclude: str = "", language: str = "vi"
) -> list[Candidate]:
    """People on record within reach who may be the person of the draft, the likeliest first. At most 9 queries."""
    wanted = draft.identity()
    proven = _same_numbers(context, draft)
    near = _near(context, draft)
    ids = [one for one in dict.fromkeys([*proven, *near]) if one != exclude][:_CANDIDATES]
    if not ids:
        return []
    known = Repository(context).read_many("Patient", ids)
    graded = {one: likeness(wanted, resources.read_patient(patient).identity()) for one, patient in known.items()}
    likely = [one for one, found in graded.items() if found.worth_showing]
    likely.sort(key=lambda one: -graded[one].score)
    return [Candidate(row, graded[row.id]) for row in queries.people_rows(context, likely[:8], language)]


def _same_numbers(context: Context, draft: PersonDraft) -> list[str]:
    card = draft.insurance.card if draft.insurance else ""
    numbers = {CCCD: draft.citizen_number, CMND: draft.old_citizen_number, BHYT: card and f"%{card[-10:]}"}
    given = [(system, value) for system, value in numbers.items() if value]
    if not given:
        return []
    params: dict[str, str] = {}
    for index, (system, value) in enumerate(given):
        params |= {f"s{index}": system, f"v{index}": value, f"e{index}": value[-queries.ENDING :]}
    clauses = " OR ".join(
        f"(i.ending = :e{index} AND i.system = :s{index} AND i.value LIKE :v{index})" for index in range(len(given))
    )
    sql = f"SELECT DISTINCT i.id FROM view_patient_identifier i WHERE {{reach:i}} AND ({clauses}) LIMIT 20"
    return [row["id"] for row in tables.rows(context, sql, params)]


def _near(context: Context, draft: PersonDraft) -> list[str]:
    """The nearest by name, birth and sex alone, among those of the same birth year and those of the same name."""
    found: dict[str, Mapping[str, Any]] = {}
    if draft.birth_date:
        sql = """SELECT p.id, p.full_name, p.birth_date, p.gender FROM view_patient p
                 WHERE {reach:p} AND p.birth_date LIKE :year LIMIT 3000"""
        found |= {row["id"]: row for row in tables.rows(context, sql, {"year": f"{draft.birth_date[:4]}%"})}
    for patient in queries.named(context, draft.full_name, 50):
        found.setdefault(patient["id"], _plain(patient))
    wanted = draft.identity()
    scores = {one: likeness(wanted, _identity(row)) for one, row in found.items()}
    near = [one for one, likely in scores.items() if likely.worth_showing]
    return sorted(near, key=lambda one: -scores[one].score)


def _plain(patient: dict[str, Any]) -> dict[str, Any]:
    keys = {"birth_date": patient.get("birthDate"), "gender": patient.get("gender")}
    return {"id": patient["id"], "full_name": resources.full_name(patient), **keys}


def _identity(row: Mapping[str, Any]) -> Identity:
    return PersonDraft(row["full_name"] or "", row["gender"] or "", row["birth_date"] or "").identity()
