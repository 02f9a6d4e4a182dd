"""What the forms of visits and checks need: the catalogues, diagnoses by words, what was measured before."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.encounters.rules import CheckPlan, Vital
from ansinh.clinical.registry import record
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.context import Context
from ansinh.kernel.naming import ICD10
from ansinh.ui.language import language


def _catalogue(name: str) -> dict[str, Any]:
    path = settings.DEFINITIONS / "catalogues" / f"{name}.yaml"
    return yaml.read(path)


@cache
def vitals() -> Mapping[str, Vital]:
    """What can be measured, by name, in the order of the form (definitions/catalogues/vital-ranges.yaml)."""
    entries = _catalogue("vital-ranges")["vitals"]
    limits = [{"min": Decimal(str(entry["min"])), "max": Decimal(str(entry["max"]))} for entry in entries]
    return {entry["name"]: Vital(**{**entry, **limit}) for entry, limit in zip(entries, limits, strict=True)}


@cache
def check_plan() -> CheckPlan:
    """How often people are checked, and the parts looked at (definitions/catalogues/periodic-check.yaml)."""
    plan = _catalogue("periodic-check")
    parts = {part["code"]: part["label"] for part in plan["parts"]}
    return CheckPlan(plan["months"], plan["source"], plan["says"], parts)


def diagnosis_name(code: str) -> str | None:
    """Words of an ICD-10 code in the reader's language, None when it is not in the list."""
    concept = concepts.lookup(ICD10, code)
    return concept.words(language()) if concept and not concept.is_abstract else None


def diagnosis(code: str, day: date) -> concepts.Concept | None:
    """What an ICD-10 code meant on a day, or means today; None for one that never may be written, as a heading."""
    found = concepts.lookup(ICD10, code, at=day) or concepts.lookup(ICD10, code)
    return None if found is None or found.is_abstract else found


def find_diagnoses(text: str) -> list[dict[str, str]]:
    """ICD-10 by code or by words without marks, for the combobox. One query."""
    return [
        {"code": found.code, "display": found.words(language()), "detail": _other_words(found)}
        for found in concepts.find(ICD10, text, limit=20)
    ]


def _other_words(found: concepts.Concept) -> str:
    """The name in the language that the page does not speak: many know a disease by only one of them."""
    return found.display if language() == "en" and found.english else found.english if language() != "en" else ""


def last_height(context: Context, person_id: str) -> Decimal | None:
    """The height measured last: adults need not be measured each time. One query."""
    code = vitals()["height"].loinc
    return record.last_measures(context, person_id, [code]).get(code)


def last_check(context: Context, person_id: str) -> tuple[str, str]:
    """(FHIR dateTime of the last periodic check, day the next is due), "" for none. One query."""
    sql = """SELECT e.start, i.next_due FROM view_encounter e
             LEFT JOIN view_clinical_impression i ON i.encounter_id = e.id AND i.patient_id = :person AND {reach:i}
             WHERE {reach:e} AND e.patient_id = :person AND e.kind = 'periodic-check' AND e.status = 'finished'
             ORDER BY e.start DESC LIMIT 1"""
    rows = tables.rows(context, sql, {"person": person_id})
    return (rows[0]["start"] or "", rows[0]["next_due"] or "") if rows else ("", "")
