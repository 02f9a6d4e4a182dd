"""What the pages of records read: forms, retention, the entries of a person with their signatures, everything of one.

Lists read live views, one query each; the whole record is read by search, a query for each type.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings

from ansinh.clinical.records import rules
from ansinh.clinical.records.rules import Group, Retention, RetentionClass
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.screening import queries as screening
from ansinh.clinical.signing import queries as signing
from ansinh.clinical.signing.queries import Mark
from ansinh.clinical.signing.rules import AUTHOR, COUNTER
from ansinh.fhir.path import compile_path
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.naming import CS

Resource = dict[str, Any]

PAGE = 25
# Everything that belongs to a person's record and may be printed; what a reader's role may not search is left out.
TYPES = (
    "RelatedPerson", "Coverage", "AllergyIntolerance", "Immunization", "EpisodeOfCare", "Encounter", "Observation",
    "Condition", "Procedure", "ClinicalImpression", "QuestionnaireResponse", "Composition", "MedicationRequest",
    "MedicationAdministration", "MedicationDispense", "MedicationStatement", "ServiceRequest", "DiagnosticReport",
    "DeviceRequest", "DeviceUseStatement", "CarePlan", "Goal",
)  # fmt: skip
_COUNT = "200"


@dataclass(frozen=True, slots=True)
class Form:
    """A paper of the record. permission: who may write it; signers: capacities below it, the confirming one second."""

    id: str
    title: str
    permission: str
    loinc: str
    signers: tuple[str, ...]

    @property
    def questionnaire(self) -> str:
        return f"record-{self.id}"


@cache
def _catalogue(name: str) -> dict[str, Any]:
    return yaml.read(settings.DEFINITIONS / "catalogues" / f"{name}.yaml")


def forms(language: str = "vi") -> list[Form]:
    """Every form, in the order of the catalogue."""
    return [
        Form(
            one["id"],
            concepts.display(CS("record-form"), one["id"], language),
            one["permission"],
            one.get("loinc", ""),
            tuple(one["signers"]),
        )
        for one in _catalogue("record-forms")["forms"]
    ]


def form(name: str, language: str = "vi") -> Form:
    """One form. Raises NotFound."""
    found = next((one for one in forms(language) if one.id == name), None)
    if found is None:
        raise NotFound("Không có mẫu giấy này.")
    return found


def questionnaire(one: Form) -> Resource:
    """The questions of a form."""
    return screening.questionnaire(one.questionnaire)


@cache
def groups() -> tuple[Group, ...]:
    """The groups of an electronic record, in the order in which they take entries."""
    return tuple(Group(one["id"], one["title"], _takes(one)) for one in _catalogue("record-groups")["groups"])


def _takes(one: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    kinds, condition = frozenset(one["types"]), one.get("when", "")
    path = compile_path(condition) if condition else None

    def takes(resource: Mapping[str, Any]) -> bool:
        return resource["resourceType"] in kinds and (path is None or path(dict(resource)) == [True])

    return takes


def group_order() -> list[str]:
    """Ids of the groups as they are printed."""
    return list(_catalogue("record-groups")["order"])


def groups_source() -> str:
    """Where the groups come from."""
    return str(_catalogue("record-groups")["source"])


def retention_source() -> str:
    """Where the years come from."""
    return str(_catalogue("retention")["source"])


def retention_classes() -> list[RetentionClass]:
    """How long each kind of record is kept."""
    return [
        RetentionClass(one["id"], one["years"], one["title"], one["row"], tuple(one.get("icd10", ())))
        for one in _catalogue("retention")["classes"]
    ]


def retention(context: Context, card: PersonCard) -> Retention:
    """How long this person's record is kept; while a stay is open, only as what. Two queries."""
    sql = "SELECT DISTINCT c.code FROM view_condition c WHERE {reach:c} AND c.patient_id = :person"
    codes = [row["code"] for row in tables.rows(context, sql, {"person": card.id}) if row["code"]]
    ended = None if card.stay and not card.deceased else _last_day(context, card)
    return rules.retention(retention_classes(), codes=codes, died=bool(card.deceased), ended=ended)


def _last_day(context: Context, card: PersonCard) -> date | None:
    """The last day on which something was done for the person, or they died, or a stay ended."""
    sql = "SELECT MAX(e.start) AS day FROM view_encounter e WHERE {reach:e} AND e.patient_id = :person"
    last = tables.rows(context, sql, {"person": card.id})[0]["day"] or ""
    days = [last, *(stay.end for stay in card.stays), card.deceased if card.deceased[:1].isdigit() else ""]
    found = max((day[:10] for day in days if len(day or "") >= 10), default="")
    return date.fromisoformat(found) if found else None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the record in a list. form: the document when it is one of our forms. marks: its signatures."""

    id: str
    at: str
    kind: str
    title: str
    document: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def state(self) -> str:
        """unsigned, signed or confirmed."""
        purposes = {mark.purpose for mark in self.marks}
        return "confirmed" if COUNTER in purposes else "signed" if AUTHOR in purposes else "unsigned"


@dataclass(frozen=True, slots=True)
class LinePage:
    """Entries, the newest first; `after` is the cursor of the next page."""

    lines: tuple[Line, ...]
    after: str = ""


def lines(context: Context, person_id: str, *, after: str = "", language: str = "vi") -> LinePage:
    """A page of a person's entries with their signatures. Three queries."""
    where, params = "", {"person": person_id, "more": PAGE + 1}
    if len(cursor := after.split("~")) == 2:
        where = " AND (e.start, e.id) < (:at, :id)"
        params |= {"at": cursor[0], "id": cursor[1]}
    sql = f"""SELECT e.id, e.start, e.kind, d.id AS document, d.title FROM view_encounter e
              LEFT JOIN view_record_document d ON d.encounter_id = e.id AND d.patient_id = :person AND {{reach:d}}
              WHERE {{reach:e}} AND e.patient_id = :person AND e.start IS NOT NULL{where}
              ORDER BY e.start DESC, e.id DESC LIMIT :more"""
    rows = tables.rows(context, sql, params)
    marks = signing.signatures_of(context, person_id) if context.allows("search", "Provenance") else {}
    shown = tuple(_line(row, marks, language) for row in rows[:PAGE])
    return LinePage(shown, f"{shown[-1].at}~{shown[-1].id}" if len(rows) > PAGE else "")


def _line(row: Mapping[str, Any], marks: Mapping[tuple[str, str], list[Mark]], language: str) -> Line:
    kind = row["kind"] or "other"
    title = row["title"] or concepts.display(CS("encounter-type"), kind, language)
    return Line(
        row["id"], row["start"], kind, title, row["document"] or "", tuple(marks.get(("Encounter", row["id"]), ()))
    )


def everything(context: Context, person_id: str) -> list[Resource]:
    """The person and every entry of their record that this reader may see, those in error too."""
    repository = Repository(context)
    patient = repository.read("Patient", person_id)
    kinds = [kind for kind in TYPES if context.allows("search", kind)]
    return [patient, *(one for kind in kinds for one in _of(repository, kind, person_id))]


def _of(repository: Repository, kind: str, person_id: str) -> Iterator[Resource]:
    asked = [("patient", f"Patient/{person_id}"), ("_count", _COUNT)]
    cursor: str | None = ""
    while cursor is not None:
        page = search(repository, kind, [*asked, ("_cursor", cursor)] if cursor else asked)
        yield from page.resources
        cursor = page.next


def provenances(context: Context, person_id: str) -> list[Resource]:
    """Every signature of a person's record as it is stored."""
    if not context.allows("search", "Provenance"):
        return []
    return list(_of(Repository(context), "Provenance", person_id))
