"""Rules that rooms above register: asked of every validated write, inside its transaction where they look at others."""

import pytest

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, rules
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Invalid, NotFound, Problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_rules(monkeypatch):
    monkeypatch.setattr(rules, "_plain", {})
    monkeypatch.setattr(rules, "_locked", {})


def no_nameless_group(resource):
    if "name" not in resource:
        yield Problem("required", "Nhóm cần có tên", "Group.name", key="group-name")


def one_group_of_a_name(resource):
    found = search(Repository(system_context()), "Group", [("_id", "first")]).resources
    if found and resource["id"] != "first":
        yield Problem("conflict", "Đã có nhóm", "Group", key="group-twice")


def a_group(**more):
    return {"resourceType": "Group", "type": "person", "actual": True} | more


def test_rule_that_finds_an_error_refuses_the_write_and_names_it(system):
    rules.register("Group", no_nameless_group)

    with pytest.raises(Invalid) as refusal:
        system.create(a_group(), id="first")
    system.create(a_group(name="một"), id="second")

    assert [(one.key, one.expression) for one in refusal.value.problems] == [("group-name", "Group.name")]
    assert system.find("Group", "first") is None


def test_rule_registered_twice_is_asked_once(system):
    rules.register("Group", no_nameless_group)
    rules.register("Group", no_nameless_group)

    with pytest.raises(Invalid) as refusal:
        system.create(a_group())

    assert len(refusal.value.problems) == 1


def test_rule_that_only_warns_refuses_nothing(system):
    rules.register("Group", lambda resource: [Problem("value", "Lạ", "Group", severity="warning", key="odd")])

    assert system.create(a_group()).created


def test_rule_is_not_asked_about_what_breaks_the_standard(system):
    rules.register("Group", lambda resource: [Problem("value", "", key=resource["type"])])

    with pytest.raises(Invalid) as refusal:
        system.create({"resourceType": "Group", "actual": True})

    assert "required" in {one.key for one in refusal.value.problems}


def test_rule_is_not_asked_of_the_nodes_own_loaders(system):
    rules.register("Group", no_nameless_group)
    rules.register("Group", no_nameless_group, locked=True)

    assert Repository(system.context, validate=False).create(a_group()).created


@pytest.mark.parametrize("batch", [0, 500])
def test_locked_rule_sees_what_the_same_transaction_wrote(system, batch):
    rules.register("Group", one_group_of_a_name, locked=True)

    def write_both():
        with system.transaction(batch=batch):
            system.create(a_group(), id="first")
            system.create(a_group(), id="second")

    with pytest.raises(Invalid):
        write_both()

    assert system.find("Group", "first") is None


def test_locked_rule_hides_what_the_writer_may_not_see(system):
    rules.register("Patient", lambda resource: [Problem("value", "Lạ", "Patient", key="odd")], locked=True)
    mine = {"resourceType": "Patient", "managingOrganization": {"reference": "Organization/a"}}
    Repository(system.context, validate=False).create(mine, id="theirs")
    may = {"Patient": frozenset({"read", "create", "update"})}
    stranger = Context(actor="Device/b", role="nurse", unit="b", reach=frozenset({"b"}), may=may)

    with pytest.raises(NotFound):
        Repository(stranger).update({"resourceType": "Patient", "id": "theirs"})


def test_locked_rule_with_concerns_is_asked_only_of_what_it_concerns(system, monkeypatch):
    monkeypatch.setattr(rules, "_concerns", {})
    rules.register("Group", one_group_of_a_name, locked=True, concerns=lambda group: group.get("code") is not None)
    system.create(a_group(), id="first")

    system.create(a_group(), id="second")
    with pytest.raises(Invalid):
        system.create(a_group(code={"text": "tổ"}), id="third")

    assert not rules.looks_at_others(a_group())
    assert rules.looks_at_others(a_group(code={"text": "tổ"}))
