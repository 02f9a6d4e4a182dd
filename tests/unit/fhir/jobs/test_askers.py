"""A job may do what its asker was allowed when asking and still is."""

import pytest

from ansinh.fhir.jobs import askers
from ansinh.kernel.context import EVERYWHERE, Context, system_context
from ansinh.kernel.errors import Refused


@pytest.fixture(autouse=True)
def nobody_known():
    found = askers._find
    yield
    askers.contexts_by(found)


def someone(**changes) -> Context:
    values = {
        "actor": "Practitioner/1",
        "role": "doctor",
        "unit": "a",
        "reach": frozenset({"a", "b"}),
        "may": {"Patient": frozenset({"read", "search"}), "*": frozenset({"read"})},
        "permissions": frozenset({"person.open"}),
        "login": "7",
    }
    return Context(**{**values, **changes})


def test_asker_of_an_account_comes_back_as_it_was():
    asked = someone()
    askers.contexts_by(lambda login, role, unit: asked)

    found = askers.context_of(askers.asker_of(asked))

    assert (found.actor, found.role, found.unit, found.login) == ("Practitioner/1", "doctor", "a", "7")
    assert found.reach == {"a", "b"}
    assert found.allows("search", "Patient")
    assert not found.allows("search", "Observation")


def test_context_of_the_node_itself_needs_no_account():
    found = askers.context_of(askers.asker_of(system_context("HRESCH")))

    assert found.allows("delete", "Patient")
    assert (found.role, found.purpose, found.reach) == ("system", "HRESCH", {EVERYWHERE})


def test_asker_without_account_is_refused():
    with pytest.raises(Refused):
        askers.asker_of(someone(login=""))


def test_context_of_a_role_that_was_taken_back_is_refused():
    askers.contexts_by(lambda login, role, unit: None)

    with pytest.raises(Refused) as refusal:
        askers.context_of(askers.asker_of(someone()))

    assert refusal.value.code == "rights-gone"


REACHES = (
    # then, now, both
    ({"a", "b"}, {"b", "c"}, {"b"}),
    ({EVERYWHERE}, {"b"}, {"b"}),
    ({"a"}, {EVERYWHERE}, {"a"}),
    ({EVERYWHERE}, {EVERYWHERE}, {EVERYWHERE}),
    (set(), {EVERYWHERE}, set()),
)


@pytest.mark.parametrize(("then", "now", "both"), REACHES)
def test_narrowed_reach_is_what_both_reach(then, now, both):
    found = askers.narrowed(someone(reach=frozenset(then)), someone(reach=frozenset(now)))

    assert found.reach == both


MAYS = (
    # then, now, asked for, allowed
    ({"*": {"*"}}, {"Patient": {"read"}}, ("read", "Patient"), True),
    ({"*": {"*"}}, {"Patient": {"read"}}, ("read", "Observation"), False),
    ({"Patient": {"read"}}, {"*": {"*"}}, ("read", "Observation"), False),
    ({"*": {"read"}, "Patient": set()}, {"*": {"read"}}, ("read", "Patient"), False),
    ({"*": {"read"}}, {"*": {"read"}, "Patient": set()}, ("read", "Patient"), False),
    ({"*": {"read", "search"}}, {"*": {"read"}}, ("search", "Patient"), False),
    ({"Patient": {"*"}}, {"Patient": {"delete"}}, ("delete", "Patient"), True),
)


@pytest.mark.parametrize(("then", "now", "asked", "allowed"), MAYS)
def test_narrowed_verbs_are_what_both_allow(then, now, asked, allowed):
    sets = [{kind: frozenset(verbs) for kind, verbs in may.items()} for may in (then, now)]

    found = askers.narrowed(someone(may=sets[0]), someone(may=sets[1]))

    assert found.allows(*asked) is allowed


def test_narrowed_never_opens_people_again():
    assert not askers.narrowed(someone(persons=False), someone()).persons
    assert not askers.narrowed(someone(), someone(persons=False)).persons
