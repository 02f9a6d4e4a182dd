"""Guards: what a record of its own seals is neither changed nor deleted, whichever way the change comes."""

import pytest

from ansinh.fhir.store import Repository, rules
from ansinh.fhir.transactions import process
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound, Problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_rules(monkeypatch):
    for kept in ("_plain", "_locked", "_guards"):
        monkeypatch.setattr(rules, kept, {})


@pytest.fixture
def asked():
    """What the guard of groups was asked: (seal's id, name before, name after); it refuses every other name."""
    seen = []

    def check(seal, before, after, context):
        seen.append((seal["id"], before["name"], after and after.get("name")))
        if after is None or after.get("name") != before["name"]:
            yield Problem("business-rule", "Đã khóa", "Group", key="sealed")

    rules.guard("Group", lambda before: ("Basic", f"seal-{before['id']}"), check)
    return seen


def a_group(name, **more):
    return {"resourceType": "Group", "type": "person", "actual": True, "name": name} | more


@pytest.fixture
def group(system, asked):
    return system.create({**a_group("trước")}, id="mot").resource


@pytest.fixture
def sealed(system, group):
    system.create({"resourceType": "Basic", "code": {"text": "khóa"}}, id="seal-mot")
    return group


def test_guard_is_not_asked_while_nothing_seals(system, group, asked):
    system.update(group | {"name": "sau"})

    assert system.read("Group", "mot")["name"] == "sau"
    assert asked == []


def test_guard_is_not_asked_of_what_is_created(system, sealed, asked):
    system.create(a_group("khác"), id="hai")

    assert asked == []


@pytest.mark.parametrize("verb", ["update", "save"])
def test_guard_refuses_a_change_of_what_is_sealed(system, sealed, asked, verb):
    with pytest.raises(Invalid) as refusal:
        getattr(system, verb)(sealed | {"name": "sau"})

    assert [one.key for one in refusal.value.problems] == ["sealed"]
    assert asked == [("seal-mot", "trước", "sau")]
    assert system.read("Group", "mot") == sealed


def test_guard_refuses_to_delete_what_is_sealed(system, sealed, asked):
    with pytest.raises(Invalid):
        system.delete("Group", "mot")

    assert asked == [("seal-mot", "trước", None)]
    assert system.read("Group", "mot") == sealed


def test_guard_lets_through_what_it_permits(system, sealed):
    assert system.update(sealed | {"quantity": 3}).version == 2


def test_guard_of_a_seal_that_was_deleted_is_silent(system, sealed, asked):
    system.delete("Basic", "seal-mot")

    assert system.update(sealed | {"name": "sau"}).version == 2
    assert asked == []


def test_guard_sees_a_seal_that_stands_in_the_same_transaction(system, group):
    def both():
        with system.transaction():
            system.create({"resourceType": "Basic", "code": {"text": "khóa"}}, id="seal-mot")
            system.update(group | {"name": "sau"})

    with pytest.raises(Invalid):
        both()

    assert system.read("Group", "mot") == group
    with pytest.raises(NotFound):
        system.read("Basic", "seal-mot")


def test_guard_is_not_asked_of_the_nodes_own_loaders(sealed, asked):
    Repository(system_context(), validate=False).update(sealed | {"name": "sau"})

    assert asked == []


def test_guard_without_a_seal_for_this_one_is_silent(system, monkeypatch):
    rules.guard("Group", lambda before: None, lambda *told: [Problem("business-rule", "x")])
    system.create(a_group("trước"), id="mot")

    assert system.update(a_group("sau", id="mot")).version == 2


def test_guard_registered_twice_is_asked_once(system, sealed, asked):
    seal_of, check = rules._guards["Group"][0]
    rules.guard("Group", seal_of, check)
    system.update(sealed | {"quantity": 1})

    assert len(asked) == 1


def test_guard_is_asked_of_what_a_bundle_changes(system, sealed):
    assert rules.is_guarded("Group")
    entry = {"request": {"method": "PUT", "url": "Group/mot"}, "resource": sealed | {"name": "sau"}}

    with pytest.raises(Invalid):
        process(system, {"resourceType": "Bundle", "type": "transaction", "entry": [entry]})

    assert system.read("Group", "mot") == sealed
