"""Techniques by words, the facility's own first, and the sessions of a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.naming import CS
from ansinh.kernel.text import fold

_LIMIT = 20


@dataclass(frozen=True, slots=True)
class PastSession:
    """One session on record. at: FHIR dateTime; techniques: displays."""

    id: str
    at: str
    techniques: tuple[str, ...]


def declared(context: Context, facility: str) -> list[str]:
    """Codes of chapter 17 that the facility declares today, in order. One query."""
    sql = """SELECT DISTINCT h.code FROM view_healthcare_service h
             WHERE h.facility_id = :facility AND h.code LIKE '17.%' AND COALESCE(h.active, 1 = 1)
               AND COALESCE(h.valid_from, '') <= :today AND (h.valid_to IS NULL OR h.valid_to >= :today)
             ORDER BY h.code"""
    params = {"facility": facility, "today": clock.today().isoformat()}
    return [row["code"] for row in tables.rows(context, sql, params)]


def technique_name(code: str) -> str | None:
    """Words of a technique of chapter 17, None when it is not in the list."""
    concept = concepts.lookup(CS("technique"), code)
    return concept.display if concept and not concept.is_abstract else None


def find_techniques(context: Context, facility: str, text: str) -> list[dict[str, str]]:
    """Techniques by part of their name or code, those that the facility declares first. Two queries."""
    own = set(declared(context, facility)) if facility else set()
    if fold(text):
        found = [(one.code, one.display) for one in concepts.find(CS("technique"), text, limit=60)]
    else:
        found = [(code, concepts.display(CS("technique"), code)) for code in sorted(own)]
    found.sort(key=lambda one: one[0] not in own)
    return [{"code": code, "display": display} for code, display in found[:_LIMIT]]


def sessions(context: Context, patient_id: str, *, limit: int = 30, language: str = "vi") -> list[PastSession]:
    """Sessions of a person, the newest first. Two queries."""
    sql = """SELECT e.id, e.start FROM view_encounter e
             WHERE {reach:e} AND e.patient_id = :person AND e.kind = 'rehab-session' AND e.status <> 'entered-in-error'
             ORDER BY e.start DESC, e.id DESC LIMIT :most"""
    found = tables.rows(context, sql, {"person": patient_id, "most": limit})
    done = _techniques(context, patient_id, [row["id"] for row in found], language)
    return [PastSession(row["id"], row["start"] or "", tuple(done.get(row["id"], ()))) for row in found]


def _techniques(context: Context, patient_id: str, sessions: Sequence[str], language: str) -> dict[str, list[str]]:
    if not sessions:
        return {}
    params = {f"session_{index}": one for index, one in enumerate(sessions)}
    marks = ", ".join(f":{name}" for name in params)
    params["person"] = patient_id
    sql = f"""SELECT r.encounter_id, r.code FROM view_procedure r
              WHERE {{reach:r}} AND r.patient_id = :person AND r.encounter_id IN ({marks}) ORDER BY r.code"""
    found: dict[str, list[str]] = {}
    for row in tables.rows(context, sql, params):
        words = concepts.display(CS("technique"), row["code"] or "", language)
        found.setdefault(row["encounter_id"], []).append(words)
    return found


def usual_techniques(context: Context, patient_id: str) -> list[str]:
    """Codes done in the last session: most sessions repeat them. One query."""
    sql = """SELECT r.code FROM view_procedure r WHERE {reach:r} AND r.patient_id = :person AND r.encounter_id = (
               SELECT e.id FROM view_encounter e WHERE {reach:e} AND e.patient_id = :person AND e.kind = 'rehab-session'
               ORDER BY e.start DESC, e.id DESC LIMIT 1) ORDER BY r.code"""
    return [row["code"] for row in tables.rows(context, sql, {"person": patient_id}) if row["code"]]
