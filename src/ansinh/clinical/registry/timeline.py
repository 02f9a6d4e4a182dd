"""Everything that happened to a person, newest first: one page of it, filtered by kind, at a constant cost.

A contact (visit, check, session, screening) is one entry with what was measured, found and done in it; what stands
outside a contact is an entry of its own. One query finds the page, one for each kind of content says what was in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ansinh.clinical.registry.queries import marks_of
from ansinh.clinical.registry.record import disease
from ansinh.clinical.registry.retractions import Retraction
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.context import Context
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_number
from ansinh.ui.language import in_language
from ansinh.ui.language import language as spoken

PAGE = 20
KINDS = (
    "visit", "periodic-check", "rehab-session", "screening", "result", "medicine", "vaccination", "stay", "task",
    "insurance", "other",
)  # fmt: skip

_SOURCES = """
  SELECT e.start AS at, 'Encounter' AS type, e.id, COALESCE(e.kind, 'other') AS kind,
         '' AS code, '' AS words, '' AS place FROM view_encounter e WHERE {reach:e} AND e.patient_id = :person
  UNION ALL
  SELECT g.start, 'Encounter', g.id, COALESCE(g.kind, 'other'), '', '', 'retracted'
    FROM view_retraction g WHERE {reach:g} AND g.patient_id = :person
  UNION ALL
  SELECT s.start_date, 'EpisodeOfCare', s.id, 'stay', s.kind, '', 'start'
    FROM view_episode s WHERE {reach:s} AND s.patient_id = :person
  UNION ALL
  SELECT x.end_date, 'EpisodeOfCare', x.id, 'stay', x.kind, '', 'end'
    FROM view_episode x WHERE {reach:x} AND x.patient_id = :person AND x.end_date IS NOT NULL
  UNION ALL
  SELECT k.start_date, 'EpisodeOfCare', k.id, 'stay', k.kind, '', 'retracted'
    FROM view_stay_retraction k WHERE {reach:k} AND k.patient_id = :person
  UNION ALL
  SELECT c.recorded, 'Condition', c.id, 'other', c.code, c.display, ''
    FROM view_condition c WHERE {reach:c} AND c.patient_id = :person AND c.encounter_id IS NULL
  UNION ALL
  SELECT o.effective, 'Observation', o.id, 'other', o.code, '', ''
    FROM view_observation o WHERE {reach:o} AND o.patient_id = :person AND o.encounter_id IS NULL
     AND COALESCE(o.category, '') <> 'survey'
     AND NOT EXISTS (SELECT 1 FROM view_laboratory_result w
                     WHERE {reach:w} AND w.patient_id = :person AND w.id = o.id AND w.report_id IS NOT NULL)
  UNION ALL
  SELECT d.effective, 'DiagnosticReport', d.id, 'result', '', d.title, ''
    FROM view_diagnostic_report d WHERE {reach:d} AND d.patient_id = :person
  UNION ALL
  SELECT m.authored, 'MedicationRequest', m.id, 'medicine', m.status, m.said, ''
    FROM view_medication_request m WHERE {reach:m} AND m.patient_id = :person
  UNION ALL
  SELECT a.recorded, 'AllergyIntolerance', a.id, 'medicine', '', a.substance, ''
    FROM view_allergy a WHERE {reach:a} AND a.patient_id = :person
  UNION ALL
  SELECT i.occurred, 'Immunization', i.id, 'vaccination', '', i.vaccine, ''
    FROM view_immunization i WHERE {reach:i} AND i.patient_id = :person
  UNION ALL
  SELECT r.performed, 'Procedure', r.id, 'other', r.code, '', ''
    FROM view_procedure r WHERE {reach:r} AND r.patient_id = :person AND r.encounter_id IS NULL
  UNION ALL
  SELECT q.authored, 'QuestionnaireResponse', q.id, 'screening', '', q.questionnaire, ''
    FROM view_questionnaire_response q WHERE {reach:q} AND q.patient_id = :person AND q.encounter_id IS NULL
  UNION ALL
  SELECT t.authored, 'Task', t.id, 'task', t.code, t.status, ''
    FROM view_task t WHERE {reach:t} AND t.patient_id = :person
  UNION ALL
  SELECT v.start_date, 'Coverage', v.id, 'insurance', '', v.card, ''
    FROM view_coverage v WHERE {reach:v} AND v.patient_id = :person
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. at: FHIR date or dateTime; type and id lead to its source; lines: what was in it.

    retraction: set for what was entered in error; it has no lines any more.
    """

    at: str
    type: str
    id: str
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    retraction: Retraction | None = None


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, newest first; `after` is the cursor of the next page, "" at the end."""

    entries: Sequence[Entry]
    after: str = ""


def timeline(
    context: Context, person_id: str, *, kind: str = "", after: str = "", language: str = "vi"
) -> TimelinePage:
    """One page of what happened. At most 9 queries. `after` comes from the page before; a broken one is the start."""
    where, params = ["at IS NOT NULL"], {"person": person_id}
    if kind in KINDS:
        where.append("kind = :kind")
        params["kind"] = kind
    if len(cursor := after.split("~")) == 3:
        # a stay of one day has two entries with the same day and id: their places order them
        where.append("(at < :at OR (at = :at AND (id < :id OR (id = :id AND place > :place))))")
        params |= dict(zip(("at", "id", "place"), cursor, strict=True))
    sql = f"SELECT * FROM ({_SOURCES}) everything WHERE {' AND '.join(where)} ORDER BY at DESC, id DESC, place"
    found = tables.rows(context, f"{sql} LIMIT {PAGE + 1}", params)
    rows = found[:PAGE]
    lines = _contents(context, person_id, [row["id"] for row in rows if row["type"] == "Encounter"], language)
    gone = _retractions(context, person_id, [row["id"] for row in rows if row["place"] == "retracted"])
    entries = [_entry(row, lines.get(row["id"], ()), gone.get(row["id"]), language) for row in rows]
    last = rows[-1] if len(found) > PAGE else None
    return TimelinePage(entries, f"{last['at']}~{last['id']}~{last['place']}" if last else "")


def _entry(row: Mapping[str, Any], lines: Sequence[str], gone: Retraction | None, language: str) -> Entry:
    title, more = _title(row, language)
    return Entry(row["at"], row["type"], row["id"], row["kind"], title, (*more, *lines), gone)


def _retractions(context: Context, person_id: str, entries: Sequence[str]) -> dict[str, Retraction]:
    """Who took these contacts and stays back, when and why. One query, none when there are none."""
    if not entries:
        return {}
    params: dict[str, Any] = {"person": person_id}
    marks = marks_of("entry", entries, params)
    sql = f"""SELECT g.id, g.reason, g.retracted, g.retracted_by FROM view_retraction g
              WHERE {{reach:g}} AND g.patient_id = :person AND g.id IN ({marks})
              UNION ALL
              SELECT k.id, k.reason, k.retracted, k.retracted_by FROM view_stay_retraction k
              WHERE {{reach:k}} AND k.patient_id = :person AND k.id IN ({marks})"""
    rows = tables.rows(context, sql, params)
    return {
        row["id"]: Retraction(row["reason"] or "", row["retracted"] or "", actor_name=row["retracted_by"] or "")
        for row in rows
    }


def _title(row: Mapping[str, Any], language: str) -> tuple[str, tuple[str, ...]]:
    """What the entry is called, and its one line when it has no contents of its own."""
    code = row["code"] or ""
    match row["type"]:
        case "Encounter":
            return concepts.display(CS("encounter-type"), row["kind"], language), ()
        case "EpisodeOfCare":
            words = concepts.display(CS("stay-kind"), code, language)
            return (_("Ra khỏi cơ sở") if row["place"] == "end" else _("Vào cơ sở")), (words,) if words else ()
        case "Task":
            return concepts.display(CS("task-type"), code, language), ()
        case "Coverage":
            return _("Thẻ bảo hiểm y tế"), (row["words"],) if row["words"] else ()
        case "Condition":
            return _("Chẩn đoán"), (
                f"{code} – {disease({'code': code, 'display': row['words']}, language)}".rstrip(" –"),
            )
        case "QuestionnaireResponse":
            return _("Phiếu sàng lọc"), ((row["words"] or "").split("|")[0].rpartition("/")[2].upper(),)
        case "Procedure":
            return _("Kỹ thuật"), (concepts.display(CS("technique"), code, language),)
        case "Observation":
            return _("Chỉ số"), (measure_label(code),)
        case other:
            return _titles()[other], (row["words"],) if row["words"] else ()


def _titles() -> dict[str, str]:
    """What entries are called whose words are their own."""
    return {
        "DiagnosticReport": _("Phiếu kết quả"),
        "MedicationRequest": _("Y lệnh thuốc"),
        "AllergyIntolerance": _("Dị ứng"),
        "Immunization": _("Tiêm chủng"),
    }


def measure_label(code: str) -> str:
    """What a LOINC code measures, in words; the code itself when it is none that the pages write."""
    labels = {
        "85354-9": _("Huyết áp"),
        "8867-4": _("Mạch"),
        "8310-5": _("Nhiệt độ"),
        "9279-1": _("Nhịp thở"),
        "2708-6": "SpO2",
        "29463-7": _("Cân nặng"),
        "8302-2": _("Chiều cao"),
        "39156-5": _("BMI"),
        "15074-8": _("Đường huyết"),
        "2339-0": _("Đường huyết"),
        "72514-3": _("Mức đau"),
        "44261-6": "PHQ-9",
        "44260-8": _("PHQ-9, câu 9"),
        "70274-6": "GAD-7",
        "75626-2": "AUDIT-C",
        "96761-2": "Barthel",
    }
    if code in labels or code in laboratory_tests():
        return labels.get(code) or laboratory_tests()[code]["en" if spoken() == "en" else "vi"]
    return concepts.display(CS("assessment"), code, spoken())


@cache
def laboratory_tests() -> dict[str, dict[str, str]]:
    """LOINC code → names of a laboratory test by language (definitions/catalogues/laboratory-tests.yaml)."""
    said = yaml.read(settings.DEFINITIONS / "catalogues" / "laboratory-tests.yaml")
    tests = [test for panel in said["panels"] for test in panel["tests"]]
    return {test["loinc"]: {"vi": test["label"], "en": test["label_en"]} for test in tests}


def _contents(context: Context, person_id: str, encounters: Sequence[str], language: str) -> dict[str, tuple[str, ...]]:
    """Lines of each contact: figures, diagnoses, techniques, note and advice. Four queries.

    The person is named in each: the views are indexed by person, not by contact.
    """
    if not encounters:
        return {}
    params: dict[str, Any] = {"person": person_id}
    marks = marks_of("encounter", encounters, params)
    found: dict[str, list[str]] = {}
    for encounter, line in (
        *_figures(context, marks, params),
        *_diagnoses(context, marks, params, language),
        *_techniques(context, marks, params, language),
        *_words(context, marks, params),
    ):
        found.setdefault(encounter, []).append(line)
    return {encounter: tuple(lines) for encounter, lines in found.items()}


def _figures(context: Context, marks: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sql = f"""SELECT o.encounter_id, o.code, o.value, o.unit, o.systolic, o.diastolic FROM view_observation o
              WHERE {{reach:o}} AND o.patient_id = :person AND o.encounter_id IN ({marks})
              ORDER BY o.encounter_id, o.code DESC"""
    grouped: dict[str, list[str]] = {}
    for row in tables.rows(context, sql, params):
        if text := _figure(row):
            grouped.setdefault(row["encounter_id"], []).append(text)
    for encounter, figures in grouped.items():
        yield encounter, " · ".join(figures)


def _figure(row: Mapping[str, Any]) -> str:
    label = measure_label(row["code"] or "")
    if row["systolic"] is not None:
        return f"{label} {_plain(row['systolic'])}/{_plain(row['diastolic'])} mmHg"
    if row["value"] is None:
        return ""
    return f"{label} {_plain(row['value'])} {in_language(row['unit'] or '')}".strip()


def _plain(value: Any) -> str:
    """A figure of the database without the digits that binary fractions leave behind."""
    if value is None:
        return "–"
    number = float(value)
    return format_number(int(number)) if number.is_integer() else format_number(round(number, 2))


def _diagnoses(context: Context, marks: str, params: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    sql = f"""SELECT c.encounter_id, c.code, c.display FROM view_condition c
              WHERE {{reach:c}} AND c.patient_id = :person AND c.encounter_id IN ({marks}) ORDER BY c.code"""
    for row in tables.rows(context, sql, params):
        yield row["encounter_id"], f"{row['code'] or ''} – {disease(row, language)}".strip(" –")


def _techniques(context: Context, marks: str, params: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    sql = f"""SELECT r.encounter_id, r.code FROM view_procedure r
              WHERE {{reach:r}} AND r.patient_id = :person AND r.encounter_id IN ({marks}) ORDER BY r.code"""
    for row in tables.rows(context, sql, params):
        yield row["encounter_id"], concepts.display(CS("technique"), row["code"] or "", language)


def _words(context: Context, marks: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    sql = f"""SELECT i.encounter_id, i.summary, i.advice FROM view_clinical_impression i
              WHERE {{reach:i}} AND i.patient_id = :person AND i.encounter_id IN ({marks})"""
    for row in tables.rows(context, sql, params):
        for text in (row["summary"], row["advice"]):
            if text:
                yield row["encounter_id"], text


def parts(context: Context, person_id: str, encounter: str, language: str = "vi") -> list[tuple[str, str, str]]:
    """(type, id, words) of every entry written within a contact of the person. Five queries."""
    found: list[tuple[str, str, str]] = []
    for kind, (view, order) in _PARTS.items():
        sql = f"""SELECT v.* FROM {view} v WHERE {{reach:v}} AND v.patient_id = :person
                  AND v.encounter_id = :encounter ORDER BY v.{order}"""
        rows = tables.rows(context, sql, {"person": person_id, "encounter": encounter})
        found.extend((kind, row["id"], _part_words(kind, row, language)) for row in rows)
    return found


# type → (view, order of its entries within a contact)
_PARTS = {
    "Observation": ("view_observation", "code"),
    "Condition": ("view_condition", "code"),
    "Procedure": ("view_procedure", "code"),
    "ClinicalImpression": ("view_clinical_impression", "id"),
    "QuestionnaireResponse": ("view_questionnaire_response", "id"),
}


def _part_words(kind: str, row: Mapping[str, Any], language: str) -> str:
    match kind:
        case "Observation":
            return _figure(row) or measure_label(row["code"] or "")
        case "Condition":
            return f"{row['code'] or ''} – {disease(row, language)}".strip(" –")
        case "Procedure":
            return concepts.display(CS("technique"), row["code"] or "", language)
        case "ClinicalImpression":
            return row["summary"] or row["advice"] or ""
        case _:
            return (row["questionnaire"] or "").split("|")[0].rpartition("/")[2].upper()
