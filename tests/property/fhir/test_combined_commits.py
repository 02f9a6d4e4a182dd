"""Orders that share a transaction do what the same orders would do one after the other, whatever each of them is."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.store import Repository, committing, journal
from ansinh.fhir.store.committing import Order
from ansinh.fhir.store.planning import Plan
from ansinh.fhir.views import live
from ansinh.kernel.context import Context, system_context

pytestmark = pytest.mark.django_db

ALL = {"*": frozenset({"*"})}
WRITERS = {
    "": system_context(),
    "a": Context(actor="Practitioner/a", role="nurse", unit="a", reach=frozenset({"a"}), may=ALL),
    "b": Context(actor="Practitioner/b", role="nurse", unit="b", reach=frozenset({"b"}), may=ALL),
}

writers = st.sampled_from(["", "a", "b"])
people = st.builds(
    lambda fhir_id, unit, gender: {
        "resourceType": "Patient",
        "id": fhir_id,
        "gender": gender,
        "managingOrganization": {"reference": f"Organization/{unit}"},
    },
    st.sampled_from(["p1", "p2"]),
    st.sampled_from("ab"),
    st.sampled_from(["male", "female"]),
)
notes = st.builds(
    lambda fhir_id, person, status: {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": status,
        "code": {"text": status},
        "subject": {"reference": f"Patient/{person}"},
    },
    st.sampled_from(["o1", "o2"]),
    st.sampled_from(["p1", "p2"]),
    st.sampled_from(["final", "amended"]),
)
wishes = st.tuples(
    writers,
    st.sampled_from(["create", "update", "save", "delete"]),
    people | notes,
    st.sampled_from([None, None, 1, 2]),
)
orders = st.lists(st.lists(wishes, min_size=1, max_size=3), min_size=1, max_size=8)


def order(wished: list[tuple]) -> Order:
    plans = []
    for writer, verb, resource, if_match in wished:
        name = {"resourceType": resource["resourceType"], "id": resource["id"]}
        person = resource.get("subject", {}).get("reference", "").rpartition("/")[2]
        plans.append(
            Plan(
                WRITERS[writer],
                verb,
                name if verb == "delete" else resource,
                if_match=if_match if verb != "create" else None,
                mentions=[("Patient", person)] if person and writer and verb != "delete" else [],
            )
        )
    return Order(plans)


def outcome(one: Order, start: int) -> object:
    """What the caller is told, with positions counted from the start."""
    if one.error is not None:
        return type(one.error).__name__, one.reached
    return [(saved.version, saved.position - start, saved.created, saved.changed) for saved in one.saved]


def content(start: int) -> dict[str, list]:
    """Every table of the store, without what depends on the time."""
    tables = {
        "journal": "SELECT position - %s, key, version, method, author FROM journal WHERE position > %s",
        "resource": "SELECT key, version, position - %s, deleted, patient_key, org, follows FROM resource "
        "WHERE position > %s",
        "audit": "SELECT a.position - %s, w.actor, a.verb, a.key, a.patient FROM audit_row a "
        "JOIN audit_who w ON w.who = a.who WHERE a.position > %s",
    }
    for name in ("token", "ref", "date", "string", "number", "uri", "quantity"):
        tables[name] = f"SELECT i.rid - %s, i.* FROM ix_{name} i WHERE i.rid > %s"
    with connection.cursor() as cursor:
        found = {}
        for name, sql in tables.items():
            cursor.execute(sql, [start, start])
            found[name] = sorted(map(repr, cursor.fetchall()))
        return found


def play(asked: list[list[tuple]], size: int) -> tuple:
    """Carry out so many orders at once, look, and undo everything."""
    start, made = journal.position(), [order(wished) for wished in asked]
    with transaction.atomic():
        for first in range(0, len(made), size):
            committing.carry_out(made[first : first + size])
        seen = [outcome(one, start) for one in made], content(start), journal.verify() - start
        assert all(live.differences(name) == [] for name in ("patient", "observation") if name in live.names())
        transaction.set_rollback(True)
    return seen


@given(orders, st.integers(2, 8))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_orders_of_one_transaction_equal_orders_one_after_the_other(asked, size):
    assert play(asked, size) == play(asked, 1)


@given(orders)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_orders_within_a_transaction_equal_orders_on_their_own(asked):
    alone = play(asked, 1)
    start, made = journal.position(), [order(wished) for wished in asked]
    repository = Repository(system_context(), validate=False)

    with transaction.atomic():
        with repository.transaction(batch=500):
            told = [outcome(committing.commit(one.plans), start) for one in made]
        seen = content(start)
        transaction.set_rollback(True)

    assert (told, seen) == alone[:2]
