"""What an order is asked to hold: several plans at once, their mentions, and failures that must not spread."""

import pytest

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, committing, journal, projections, rules
from ansinh.fhir.store.committing import Order
from ansinh.fhir.transactions import conditional, process
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Problem, Stale, UserError

pytestmark = pytest.mark.django_db

ALL = {"*": frozenset({"*"})}


@pytest.fixture
def at_a() -> Repository:
    for unit in ("a", "b"):
        Repository(system_context()).save({"resourceType": "Organization", "id": unit, "name": unit})
    return Repository(Context(actor="Practitioner/a", role="doctor", unit="a", reach=frozenset({"a"}), may=ALL))


def person(fhir_id: str, unit: str = "a", **more) -> dict:
    unit_of_person = {"reference": f"Organization/{unit}"}
    return {"resourceType": "Patient", "id": fhir_id, "managingOrganization": unit_of_person, **more}


def note(fhir_id: str, who: str, **more) -> dict:
    code, subject = {"text": "Mạch"}, {"reference": f"Patient/{who}"}
    return {"resourceType": "Observation", "id": fhir_id, "status": "final", "code": code, "subject": subject, **more}


def test_plans_that_mention_each_other_are_written_together(at_a):
    first = note("1", "p", hasMember=[{"reference": "Observation/2"}])
    plans = [at_a.to_update(person("p")), at_a.to_update(first), at_a.to_update(note("2", "p"))]
    before = journal.position()

    saved = at_a.carry_out(plans)

    assert [one.position - before for one in saved] == [1, 2, 3]
    assert all(one.created for one in saved)


def test_plan_that_is_refused_takes_the_others_of_its_order_with_it(at_a):
    told = []
    at_a.update(person("q"))
    plans = [at_a.to_update(person("p")), at_a.to_create(person("x"), id="q"), at_a.to_update(note("1", "p"))]
    before = journal.position()

    with pytest.raises(Conflict):
        at_a.carry_out(plans, placed=lambda number, error: told.append(number) or error)

    assert journal.position() == before
    assert (at_a.find("Patient", "p"), told) == (None, [1])


def test_nothing_to_carry_out_is_nothing_done(at_a):
    before = journal.position()

    assert at_a.carry_out([]) == []
    assert journal.position() == before


@pytest.mark.parametrize("missing", ["nobody", "deleted", "theirs"])
def test_mention_of_what_is_not_there_is_told_with_all_other_problems(at_a, missing):
    system = Repository(system_context())
    at_a.update(person("p"))
    system.update(note("theirs", "q") | {"subject": {"reference": "Patient/q"}})
    system.update(person("q", "b"))
    at_a.update(note("deleted", "p"))
    at_a.delete("Observation", "deleted")
    wrong = note("1", "p", hasMember=[{"reference": f"Observation/{missing}"}])

    with pytest.raises(Invalid) as refused:
        at_a.update(wrong)
    with pytest.raises(Invalid) as both:
        at_a.update({**wrong, "status": "xong"})

    assert [one.key for one in refused.value.problems] == ["ref-missing"]
    assert len(both.value.problems) >= 2
    assert "ref-missing" in [one.key for one in both.value.problems]


def test_what_was_mentioned_may_go_between_validation_and_write(at_a):
    at_a.update(person("p"))
    at_a.update(note("2", "p"))
    plan = at_a.to_update(note("1", "p", hasMember=[{"reference": "Observation/2"}]))
    at_a.delete("Observation", "2")

    with pytest.raises(Invalid, match="tham chiếu"):
        at_a.carry_out([plan])

    assert at_a.find("Observation", "1") is None


def test_a_refused_neighbour_changes_nothing_for_the_others(at_a):
    at_a.update(person("p"))
    start = journal.position()
    orders = [
        Order([at_a.to_create(note("x", "p"), id="1")]),
        Order([at_a.to_update(person("p"), if_match=7)]),
        Order([at_a.to_create(note("x", "p"), id="1")]),
        Order([at_a.to_update(person("p", gender="female"), if_match=1)]),
    ]

    committing.carry_out(orders)

    assert [type(one.error) for one in orders] == [type(None), Stale, Conflict, type(None)]
    assert [one.saved[0].position - start for one in orders if one.saved] == [1, 2]
    assert journal.verify() == start + 2


def test_records_follow_a_person_who_moves_within_the_same_transaction(at_a):
    """The order after the move sees the records where they are then, though nothing is in the database yet."""
    system = Repository(system_context())
    at_a.update(person("p"))
    at_a.update(note("1", "p"))
    moving = Order([system.to_update(person("p", "b"))])
    late = Order([at_a.to_update(note("1", "p", status="amended"))])

    committing.carry_out([moving, late])

    assert isinstance(late.error, NotFound)
    assert at_a.find("Observation", "1") is None
    assert system.read("Observation", "1")["meta"]["versionId"] == "1"


def test_rule_that_looks_at_others_sees_what_the_same_order_wrote_before(at_a, monkeypatch):
    def one_pulse(resource):
        found = search(at_a, "Observation", [("subject", resource["subject"]["reference"])]).resources
        return [Problem("conflict", "Đã có mạch.", "Observation", key="twice")] if found else []

    monkeypatch.setattr(rules, "_locked", {"Observation": [one_pulse]})
    plans = [at_a.to_update(one) for one in (person("p"), note("1", "p"), note("2", "p"))]

    with pytest.raises(Invalid, match="Đã có mạch"):
        at_a.carry_out(plans)

    assert at_a.find("Patient", "p") is None
    assert at_a.carry_out(plans[:2])[1].created


class Failing:
    """A projection that cannot take one of the resources."""

    name = "failing"

    def apply(self, changes):
        for change in changes:
            if change.id == "bad":
                raise Invalid("Không ghi được.")


def test_projection_that_fails_makes_the_write_fail(at_a):
    projections.register(Failing())
    try:
        with pytest.raises(Invalid, match="Không ghi được"):
            at_a.update(person("bad"))
    finally:
        projections.unregister("failing")


def test_commit_that_fails_is_not_tried_again(at_a, monkeypatch):
    class Commits:
        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            if kind is None:
                raise ConnectionError("lost while committing")

    tried = []
    orders = [Order([at_a.to_update(person(one))]) for one in ("p", "q")]
    monkeypatch.setattr(committing.transaction, "atomic", lambda savepoint=True: tried.append(1) or Commits())

    committing.carry_out(orders)

    assert [type(one.error) for one in orders] == [ConnectionError, ConnectionError]
    assert (tried, [one.saved for one in orders]) == ([1], [[], []])


def test_bundle_that_only_writes_is_one_order_and_says_which_entry_failed(at_a):
    def entry(resource, **request):
        return {"request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}", **request},
                "resource": resource}  # fmt: skip

    entries = [entry(note("1", "p")), entry(person("p")), entry(note("2", "p"), ifMatch='W/"3"')]
    before = journal.position()

    with pytest.raises(Stale, match="Mục 3"):
        process(at_a, {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    entries.pop()
    answer = process(at_a, {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    assert [one["response"]["status"] for one in answer["entry"]] == ["201 Created", "201 Created"]
    assert journal.position() == before + 2


def test_patch_meets_another_write_and_is_applied_to_what_is_current_then(at_a, monkeypatch):
    at_a.update(person("p", gender="male"))
    read, times = Repository.read, []

    def slow(self, kind, fhir_id):
        found = read(self, kind, fhir_id)
        if not times:
            times.append(1)
            at_a.update(person("p", gender="female"))
        return found

    monkeypatch.setattr(Repository, "read", slow)
    operations = [{"op": "add", "path": "/birthDate", "value": "1950"}]

    saved = conditional.patch(at_a, "Patient", "p", operations)

    assert (saved.resource["gender"], saved.resource["birthDate"], saved.version) == ("female", "1950", 3)
    times.clear()
    with pytest.raises(UserError):
        conditional.patch(at_a, "Patient", "p", operations, if_match=3)
