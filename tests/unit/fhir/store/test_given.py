"""What a resource tells before anything is locked, and that it says the same in another process."""

import pickle

import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from ansinh.fhir import index
from ansinh.fhir.model import json
from ansinh.fhir.store import given, projections
from ansinh.kernel.errors import Invalid

PULSE = {
    "resourceType": "Observation",
    "status": "final",
    "id": "o1",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "subject": {"reference": "Patient/p1"},
    "valueQuantity": {"value": 72},
}

texts = st.sampled_from(["An", "Lê", '"', "\\", "ệ", ""])
metas = st.fixed_dictionaries(
    {},
    optional={
        "versionId": st.just("7"),
        "source": texts,
        "lastUpdated": st.just("2020-01-01T00:00:00Z"),
        "tag": st.just([{"code": "x"}]),
    },
)
resources = st.fixed_dictionaries(
    {"resourceType": st.just("Basic"), "id": st.just("b-1.2")},
    optional={"meta": metas, "code": st.fixed_dictionaries({"text": texts}), "language": texts},
)


def stamped(resource: dict, version: int, updated: str) -> dict:
    """What the store makes of it, said plainly."""
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": updated}
    head = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    return {**head, **{name: value for name, value in resource.items() if name not in head}}


@settings(max_examples=100, deadline=None)
@given_by(resources, st.permutations(["resourceType", "id", "meta", "code", "language"]), st.integers(1, 12))
def test_stored_json_is_the_resource_with_the_stores_meta(resource, order, version):
    resource = {name: resource[name] for name in order if name in resource}

    stored = given.read(resource, "").stored(version, "2026-01-01T00:00:00.000+07:00")

    assert stored.data == json.dumps(stamped(resource, version, "2026-01-01T00:00:00.000+07:00"))
    assert stored.resource == json.loads(stored.data)


def test_another_process_hands_over_all_but_the_resource():
    one = given.read(PULSE, "")
    one.complete()

    other = pickle.loads(pickle.dumps(one))

    assert (other.kind, other.id, other.key, other.owner) == ("Observation", "o1", one.key, one.owner)
    assert (other.rows.tables, other.rows.tokens) == (one.rows.tables, one.rows.tokens)
    assert other.stored(1, "x").data == one.stored(1, "x").data
    assert other.resource == {**PULSE}


@pytest.mark.parametrize("meta", [{}, {"source": "http://x"}])
def test_resource_is_read_again_from_its_parts(meta):
    whole = {**PULSE, **({"meta": meta} if meta else {})}

    again = pickle.loads(pickle.dumps(given.read(whole, "")))

    assert again.resource == whole
    assert again.resource is again.resource


def test_owner_named_and_owner_of_the_writer_are_told():
    task = {"resourceType": "Task", "id": "t", "owner": {"reference": "Organization/a"}}

    assert given.read(task, "b").named == "a"
    assert given.read({"resourceType": "Basic", "id": "b"}, "b").owner.org is not None


class Lengths:
    """A projection that can tell early."""

    name = "lengths"

    def apply(self, changes) -> None:
        """Keeps nothing."""

    def look(self) -> int:
        """Nothing of the database."""
        return 1

    def learn(self, known) -> None:
        """Keeps it."""
        self.known = known

    def foretell(self, resource) -> int:
        """How many elements; refuses the empty one."""
        if len(resource) == 2:
            raise Invalid("empty")
        return len(resource)


class Plain:
    """One that cannot."""

    name = "plain"

    def apply(self, changes) -> None:
        """Keeps nothing."""


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(projections, "_registered", {"lengths": Lengths(), "plain": Plain()})


def test_complete_asks_the_projections_that_can_foretell(two):
    one = given.read(PULSE, "")
    one.complete()

    assert one.foretold == {"lengths": 6}
    assert one.rows.tables == index.extract(PULSE).tables


def test_what_projections_go_by_is_learnt_by_name(two):
    projections.learn(projections.look() | {"unknown": 2})

    assert [getattr(one, "known", None) for one in projections.registered()] == [1, None]


def test_what_was_found_elsewhere_is_not_found_again(two, monkeypatch):
    one = given.read(PULSE, "")
    one.complete()
    monkeypatch.setattr(index, "extract", lambda resource: pytest.fail("indexed twice"))

    again = pickle.loads(pickle.dumps(one))
    again.complete()

    assert again.foretold == {"lengths": 6}


def test_resource_that_a_projection_would_fail_at_is_refused_early(two):
    with pytest.raises(Invalid, match="empty"):
        given.read({"resourceType": "Basic", "id": "b"}, "").complete()
