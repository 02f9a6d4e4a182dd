"""Letters bring what their topic's shape names, as far as the owner may see it."""

import pytest

from ansinh.fhir.store.audit import trail
from ansinh.fhir.subscriptions import topics
from ansinh.fhir.validation import validate

pytestmark = pytest.mark.django_db

BASE = "https://nut.example.vn/fhir"


@pytest.fixture
def stay(system, register, world):
    """Admit a synthetic person; the id of the stay."""

    def made(fhir_id: str, unit: str = "") -> str:
        register(f"p-{fhir_id}", unit)
        episode = {
            "resourceType": "EpisodeOfCare",
            "id": fhir_id,
            "status": "active",
            "patient": {"reference": f"Patient/p-{fhir_id}"},
            "managingOrganization": {"reference": f"Organization/{unit or world.a}"},
        }
        system.update(episode)
        return fhir_id

    return made


def context_of(letter) -> list[str]:
    told = [one for part in letter.bundle["entry"][0]["resource"]["parameter"] for one in part.get("part", ())]
    return sorted(one["valueReference"]["reference"] for one in told if one["name"] == "additional-context")


def test_whole_records_come_with_whom_and_where_they_are_about(node, mai, receiver, a_subscription, stay, world):
    node.subscribed(mai, a_subscription("stay", content="full-resource"))
    stay("s1")
    node.turn()

    (letter,) = receiver.of_kind("event-notification")
    kinds = [entry["resource"]["resourceType"] for entry in letter.bundle["entry"]]
    assert kinds[:2] == ["Parameters", "EpisodeOfCare"]
    assert sorted(kinds[2:]) == ["Organization", "Patient"]
    assert context_of(letter) == [f"{BASE}/Organization/{world.a}", f"{BASE}/Patient/p-s1"]
    assert not [one for one in validate(letter.bundle) if one.severity == "error"]
    for kind, identity in (("EpisodeOfCare", "s1"), ("Organization", world.a), ("Patient", "p-s1")):
        assert [row.actor for row in trail.of_resource(kind, identity) if row.verb == "export"] == [mai.actor]


def test_names_alone_bring_only_names(node, mai, receiver, a_subscription, stay, world):
    node.subscribed(mai, a_subscription("stay", content="id-only"))
    stay("s1")
    node.turn()

    (letter,) = receiver.of_kind("event-notification")
    assert len(letter.bundle["entry"]) == 2
    assert context_of(letter) == [f"{BASE}/Organization/{world.a}", f"{BASE}/Patient/p-s1"]


def test_empty_letter_names_nothing(node, mai, receiver, a_subscription, stay):
    node.subscribed(mai, a_subscription("stay", content="empty"))
    stay("s1")
    node.turn()

    (letter,) = receiver.of_kind("event-notification")
    assert context_of(letter) == []


def test_topic_without_shape_brings_the_record_alone(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription("person", content="full-resource"))
    register("p1")
    node.turn()

    (letter,) = receiver.of_kind("event-notification")
    assert len(letter.bundle["entry"]) == 2


def test_owner_who_may_not_search_the_kind_gets_the_record_alone(
    node, mai, receiver, a_subscription, stay, monkeypatch
):
    from ansinh.kernel.context import Context

    may = Context.allows
    node.subscribed(mai, a_subscription("stay", content="full-resource"))
    stay("s1")
    monkeypatch.setattr(
        Context,
        "allows",
        lambda self, verb, kind: (verb, kind) != ("search", "EpisodeOfCare") and may(self, verb, kind),
    )
    node.turn()

    (letter,) = receiver.of_kind("event-notification")
    assert [entry["resource"]["resourceType"] for entry in letter.bundle["entry"]] == ["Parameters", "EpisodeOfCare"]


def test_shipped_topic_of_stays_has_a_shape():
    found = topics.topics()["https://ansinh.vn/fhir/SubscriptionTopic/stay"]

    assert set(found.shapes) == {"EpisodeOfCare"}
