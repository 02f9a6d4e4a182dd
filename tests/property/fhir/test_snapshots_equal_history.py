"""A snapshot at a position is what a plain replay of the history gives, whatever is written while it is read."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.bulk import snapshot
from ansinh.fhir.bulk.narrowing import Narrowing, filter_query
from ansinh.fhir.index.numbers import key
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, bodies, journal
from ansinh.kernel.context import system_context

IDS = [f"o{number}" for number in range(4)]
PEOPLE = ("p1", "p2")
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["write", "write", "delete"]), st.sampled_from(IDS), st.sampled_from(PEOPLE),
              st.integers(0, 3)),
    max_size=8,
)  # fmt: skip

# What is asked for, and the same of the plain model (patient, value).
ALL = Narrowing("Observation"), lambda patient, value: True
LARGE = Narrowing("Observation", filters=(filter_query("Observation?value-quantity=gt1"),)), lambda _, value: value > 1
OF_P1 = (
    Narrowing("Observation", of_patients=True, patients=frozenset({key("Patient", "p1")})),
    lambda patient, _: patient == "p1",
)
OF_PEOPLE = Narrowing("Observation", of_patients=True), lambda patient, value: True


def observation(fhir_id: str, patient: str, value: int) -> dict:
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    quantity = {"value": value, "system": "http://unitsofmeasure.org", "code": "/min"}
    resource = {"resourceType": "Observation", "id": fhir_id, "status": "final", "code": code}
    return {**resource, "subject": {"reference": f"Patient/{patient}"}, "valueQuantity": quantity}


def carry_out(repository: Repository, operations, state: dict[str, tuple[str, int]]) -> None:
    """Write, and keep the plain model: id → (patient, value)."""
    for verb, fhir_id, patient, value in operations:
        if verb == "write":
            repository.update(observation(fhir_id, patient, value))
            state[fhir_id] = (patient, value)
        elif state.pop(fhir_id, None) is not None:
            repository.delete("Observation", fhir_id)


def read(page_of, narrowing, *, until: int, after: int = 0, between=lambda: None):
    """Every record of a snapshot (id, patient, value) and what went, one row a page; `between` runs after each page."""
    records, gone = [], []
    while page := page_of(system_context(), narrowing, until=until, after=after, limit=1):
        for _, body in page.records:
            one = json.loads(bodies.unpack(body))
            patient = one["subject"]["reference"].removeprefix("Patient/")
            records.append((one["id"], patient, one["valueQuantity"]["value"]))
        gone += page.gone
        after = page.after
        between()
    return sorted(records), sorted(gone)


@pytest.mark.parametrize("asked", [ALL, LARGE, OF_P1, OF_PEOPLE], ids=["all", "filter", "patient", "people"])
@pytest.mark.django_db
@settings(max_examples=20)
@given(before=OPERATIONS, at_once=OPERATIONS, while_read=st.lists(OPERATIONS, max_size=4))
def test_snapshot_equals_the_history_up_to_its_position(asked, before, at_once, while_read):
    narrowing, holds = asked
    with transaction.atomic():
        repository, state = Repository(system_context(), validate=False), {}
        for person in PEOPLE:
            repository.save({"resourceType": "Patient", "id": person})
        carry_out(repository, before, state)
        until, expected = journal.position(), sorted((one, *said) for one, said in state.items() if holds(*said))
        carry_out(repository, at_once, state)
        left = iter(while_read)

        found, gone = read(
            snapshot.current, narrowing, until=until, between=lambda: carry_out(repository, next(left, ()), state)
        )

        assert (found, gone) == (expected, [])
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=30)
@given(before=OPERATIONS, since=OPERATIONS, later=OPERATIONS)
def test_a_snapshot_and_what_changed_since_give_the_next_snapshot(before, since, later):
    with transaction.atomic():
        repository, state = Repository(system_context(), validate=False), {}
        for person in PEOPLE:
            repository.save({"resourceType": "Patient", "id": person})
        carry_out(repository, before, state)
        first = journal.position()
        known = {one[0]: one for one in read(snapshot.current, ALL[0], until=first)[0]}
        carry_out(repository, since, state)
        second, expected = journal.position(), sorted((one, *said) for one, said in state.items())
        carry_out(repository, later, state)

        records, gone = read(snapshot.changed, ALL[0], until=second, after=first)

        known |= {one[0]: one for one in records}
        assert sorted(one for one in known.values() if one[0] not in gone) == expected
        transaction.set_rollback(True)
