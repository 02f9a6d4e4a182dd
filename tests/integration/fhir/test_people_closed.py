"""A role that opens no people: their records do not exist for it, in no way of asking."""

from dataclasses import replace

import pytest

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import EVERYWHERE, Context, system_context
from ansinh.kernel.errors import NotFound

pytestmark = pytest.mark.django_db
ALL = {"*": frozenset({"*"})}


def reader(*, persons: bool, reach: str = "a") -> Context:
    return Context("Practitioner/o", "officer", unit="a", reach=frozenset({reach}), may=ALL, persons=persons)


def task(task_id: str, **more) -> dict:
    return {"resourceType": "Task", "id": task_id, "status": "requested", "intent": "order",
            "owner": {"reference": "Organization/a"}, **more}  # fmt: skip


@pytest.fixture(autouse=True)
def records():
    system = Repository(system_context())
    system.create({"resourceType": "Organization", "name": "A"}, id="a")
    system.create(
        {"resourceType": "Patient", "managingOrganization": {"reference": "Organization/a"}, "gender": "female"}, id="p"
    )
    system.create(task("of-plan"), id="of-plan")
    system.create(task("of-person", **{"for": {"reference": "Patient/p"}}), id="of-person")


@pytest.mark.parametrize("reach", ["a", EVERYWHERE])
def test_tasks_of_people_are_closed_and_tasks_of_the_plan_are_open(reach):
    officer = Repository(reader(persons=False, reach=reach))

    assert [found["id"] for found in search(officer, "Task", []).resources] == ["of-plan"]
    assert officer.find("Task", "of-person") is None
    assert officer.read_many("Task", ["of-plan", "of-person"]).keys() == {"of-plan"}
    with pytest.raises(NotFound):
        officer.history("Task", "of-person")


@pytest.mark.parametrize("reach", ["a", EVERYWHERE])
def test_people_are_closed_even_where_the_type_is_allowed(reach):
    officer = Repository(reader(persons=False, reach=reach))

    assert officer.find("Patient", "p") is None
    assert search(officer, "Patient", [("gender", "female")]).resources == []
    assert search(officer, "Task", [("patient.gender", "female")]).resources == []


def test_a_role_that_opens_people_sees_both():
    nurse = Repository(reader(persons=True))

    assert {found["id"] for found in search(nurse, "Task", []).resources} == {"of-plan", "of-person"}


def test_a_role_that_opens_no_people_cannot_write_about_one():
    officer = Repository(reader(persons=False))

    with pytest.raises(NotFound):
        officer.update(task("of-person", description="x", **{"for": {"reference": "Patient/p"}}))
    with pytest.raises(Exception, match=r"phạm vi|Không tìm thấy|Không có hồ sơ"):
        officer.create(task("new", **{"for": {"reference": "Patient/p"}}))


def test_contexts_that_differ_only_in_persons_are_told_apart():
    open_reader = reader(persons=True)
    closed_reader = replace(open_reader, persons=False)

    assert Repository(open_reader).find("Patient", "p")
    assert Repository(closed_reader).find("Patient", "p") is None
