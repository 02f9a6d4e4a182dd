"""The lines behind a figure, by the names that a reader knows: a person, a facility, a technique, a task, a post."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context
from ansinh.network.facilities import queries as facilities
from ansinh.programme.measures.definition import Definition

_ITEMS = "SELECT DISTINCT code, display FROM view_catalogue_item"


@dataclass(frozen=True, slots=True)
class Subject:
    """One line of the list behind a figure. person_id "" where the subject is not a person or may not be opened."""

    subject_id: str
    person_id: str
    name: str
    counted: bool
    missing: tuple[str, ...]


def named(context: Context, measure: Definition, rows: Sequence[dict[str, Any]]) -> list[Subject]:
    """The rows of a measure's statement as lines to read; one question for all names of a kind."""
    names = _people(context, rows) if measure.people else _things(context, measure, rows)
    return [
        Subject(
            str(row["subject_id"]),
            str(row["person_id"]) if measure.people and str(row["person_id"]) in names else "",
            names.get(str(row["person_id"] if measure.people else row["subject_id"]), ""),
            bool(row["numerator"]),
            tuple(measure.words(row.get("missing"))),
        )
        for row in rows
    ]


def _people(context: Context, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Names by person, of those within reach."""
    ids = sorted({str(row["person_id"]) for row in rows if row.get("person_id")})
    known = Repository(context).read_many("Patient", ids) if ids else {}
    return {key: (person.get("name") or [{}])[0].get("text", "") for key, person in known.items()}


def _things(context: Context, measure: Definition, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Names by subject. Its id says what it is: the facility itself, an item of a catalogue, or a resource."""
    if any(row.get("item") for row in rows):
        return _items(context, rows)
    ids = sorted({str(row["subject_id"]) for row in rows})
    if "plan_task" in measure.views:
        tasks = Repository(context).read_many("Task", ids)
        return {key: task.get("description", "") for key, task in tasks.items()}
    if "practitioner_role" in measure.views:
        posts = Repository(context).read_many("PractitionerRole", ids)
        return {key: _post(role) for key, role in posts.items()}
    units = (
        {unit.id: unit.name for unit in facilities.register(context, (get_language() or "vi")[:2]).units}
        if rows
        else {}
    )
    return {key: units.get(key, "") for key in ids}


def _items(context: Context, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    displays = {row["code"]: row["display"] for row in tables.rows(context, _ITEMS)}
    return {
        str(row["subject_id"]): " – ".join(part for part in (row["item"], displays.get(row["item"])) if part)
        for row in rows
    }


def _post(role: dict[str, Any]) -> str:
    """What the post is; whoever fills it is not named here."""
    coding: dict[str, Any] = next((each for code in role.get("code", []) for each in code.get("coding", [])), {})
    return concepts.display(coding.get("system", ""), coding.get("code", ""), _language())


def _language() -> str:
    return (get_language() or "vi")[:2]
