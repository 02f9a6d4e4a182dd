"""Random changes and random criteria: who is told is exactly who would be found by a search in the database."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.subscriptions import matching
from ansinh.fhir.subscriptions.topics import query_of, topic_of
from ansinh.kernel.context import system_context
from tests.support.stores import empty_store

pytestmark = pytest.mark.django_db

LOINC = "http://loinc.org"
codings = st.lists(
    st.fixed_dictionaries({}, optional={"system": st.sampled_from([LOINC, "s"]), "code": st.sampled_from("abc")}),
    max_size=2,
)
days = st.sampled_from(["2026", "2026-03", "2026-03-02", "2026-03-02T08:00:00+07:00", "2025-12-31T23:59:59Z"])
amounts = st.fixed_dictionaries({"value": st.sampled_from([1, 5, 5.5, 100]), "unit": st.sampled_from(["kg", "mmHg"])})
states = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["preliminary", "final", "amended"]),
        "code": codings.map(lambda found: {"coding": found} if found else {"text": "đo"}),
    },
    optional={
        "subject": st.sampled_from(["p1", "p2"]).map(lambda one: {"reference": f"Patient/{one}"}),
        "effectiveDateTime": days,
        "valueQuantity": amounts,
    },
)
prefixes = st.sampled_from(["", "ne", "gt", "lt", "ge", "le", "sa", "eb"])


def asked(code: str, values: st.SearchStrategy) -> st.SearchStrategy:
    return values.map(lambda value: (code, value))


criteria = st.lists(
    st.one_of(
        asked("status", st.sampled_from(["final", "final,amended"])),
        asked("status:not", st.sampled_from(["final", "preliminary,amended"])),
        asked("code", st.sampled_from(["a", f"{LOINC}|a", "|b", "s|", "a,b", "s|c"])),
        asked("code:not", st.sampled_from(["a", f"{LOINC}|b"])),
        asked("code:missing", st.sampled_from(["true", "false"])),
        asked("patient", st.sampled_from(["p1", "Patient/p1,Patient/p2"])),
        asked("patient:missing", st.sampled_from(["true", "false"])),
        asked("date", st.tuples(prefixes, days).map("".join)),
        asked("value-quantity", st.tuples(prefixes, st.sampled_from(["5", "5.5||kg", "1e2"])).map("".join)),
        asked("_id", st.sampled_from(["n0", "n0,n1"])),
    ),
    min_size=1,
    max_size=3,
)
changes = st.lists(st.tuples(st.integers(0, 1), states | st.none()), min_size=1, max_size=5)


def is_found(params: list[tuple[str, str]], fhir_id: str) -> bool:
    found = search(Repository(system_context()), "Observation", params).resources
    return fhir_id in [one["id"] for one in found]


@given(changes, st.lists(criteria, min_size=1, max_size=3))
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_criterion_holds_of_a_state_exactly_when_search_finds_it(changes, asked_for):
    repository = Repository(system_context(), validate=False)
    with transaction.atomic():
        empty_store()
        for number, state in changes:
            fhir_id = f"n{number}"
            if state is None:
                continue
            stored = repository.update({"resourceType": "Observation", "id": fhir_id, **state}).resource
            for params in asked_for:
                told = matching.holds(query_of("Observation", params), stored)
                assert told == is_found(params, fhir_id), (params, stored)
        transaction.set_rollback(True)


@given(changes, criteria, criteria, st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_trigger_fires_exactly_when_searches_before_and_after_say_so(
    changes, previous, current, both, on_create, on_delete
):
    trigger = topic_of(_topic(previous, current, both, on_create, on_delete)).triggers[0]
    repository = Repository(system_context(), validate=False)
    with transaction.atomic():
        empty_store()
        for number, state in changes:
            fhir_id = f"n{number}"
            before = repository.find("Observation", fhir_id)
            if before is None and state is None:
                continue
            held_before = on_create if before is None else is_found(previous, fhir_id)
            if state is None:
                repository.delete("Observation", fhir_id)
            else:
                repository.update({"resourceType": "Observation", "id": fhir_id, **state})
            held_after = on_delete if state is None else is_found(current, fhir_id)

            entry = journal.entries(journal.position() - 1)[0]
            after = None if entry.method == "delete" else entry.resource
            fired = matching.fires(trigger, entry.method, before, after)
            assert fired == ((held_before and held_after) if both else (held_before or held_after))
        transaction.set_rollback(True)


def _topic(previous, current, both: bool, on_create: bool, on_delete: bool) -> dict:
    query = {
        "previous": _text(previous),
        "current": _text(current),
        "requireBoth": both,
        "resultForCreate": "test-passes" if on_create else "test-fails",
        "resultForDelete": "test-passes" if on_delete else "test-fails",
    }
    return {"url": "u", "title": "t", "resourceTrigger": [{"resource": "Observation", "queryCriteria": query}]}


def _text(params: list[tuple[str, str]]) -> str:
    return "&".join(f"{code}={value.replace('+', '%2B')}" for code, value in params)
