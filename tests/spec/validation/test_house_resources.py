"""What the house itself writes without asking (definitions, sample people) obeys the standard and uses known codes."""

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.store import journal
from ansinh.fhir.terminology import concepts
from ansinh.fhir.validation import validate

PEOPLE = 12
# Lists that stand in code systems of this project; other codes are ids of definitions or of questionnaire options.
LISTS = (
    "beneficiary-group", "contact-relationship", "data-kind", "disability-kind", "disability-level",
    "discharge-reason", "encounter-type", "ethnicity", "facility-kind", "session-tolerance", "staff-figure",
    "staff-figure-code", "staff-post", "stay-kind", "task-type", "technique", "unit-relation",
)  # fmt: skip


@pytest.fixture
def written(world):
    """Resources as JSON gives them back: the loaded definitions and some synthetic people."""
    from sample_data import care, people, records
    from sample_data.places import places

    made = [entry.resource for entry in journal.every() if entry.method != "delete"]
    for person in people.draw(1, places(), PEOPLE):
        made += [json.loads(json.dumps(one)) for one in records.build(person, care.draw(1, person))]
    return made


def codings(value):
    """All Codings below a JSON value."""
    if isinstance(value, dict):
        if isinstance(value.get("system"), str) and isinstance(value.get("code"), str):
            yield value["system"], value["code"]
        for below in value.values():
            yield from codings(below)
    elif isinstance(value, list):
        for below in value:
            yield from codings(below)


def test_nothing_the_house_writes_breaks_the_standard(written):
    broken = {
        (resource["resourceType"], problem.key, problem.expression)
        for resource in written
        for problem in validate(resource)
        if problem.severity == "error"
    }

    assert len(written) > 200
    assert broken == set()


def test_every_code_of_a_project_list_is_in_the_list(written):
    used = {pair for resource in written for pair in codings(resource) if pair[0].rpartition("/")[2] in LISTS}
    ours = {pair for pair in used if pair[0].startswith("https://ansinh.vn/")}

    assert len(ours) > 30
    assert {pair for pair in ours if not concepts.lookup(*pair) and concepts.display(*pair) == pair[1]} == set()
