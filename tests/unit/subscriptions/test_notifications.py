"""Notification Bundles: what the guide asks for, by kind and content."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.subscriptions import names, notifications
from ansinh.fhir.subscriptions.events import Event
from ansinh.fhir.validation import validate

BASE = "https://nut.example.vn/fhir"
SUBSCRIPTION = {"resourceType": "Subscription", "id": "kenh", "criteria": "https://a.vn/t", "status": "active"}
AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


def an_event(number: int = 1, method: str = "create", seen: bool = True, **more) -> Event:
    resource = None if method == "delete" else {"resourceType": "Flag", "id": "f1"}
    return Event(number, 100 + number, AT, seen, "Flag", "f1", 3, method, more.get("resource", resource))


def told(kind: str = "event-notification", content: str = "id-only", events=(), error: str = "") -> dict:
    return notifications.status(
        BASE, SUBSCRIPTION, state="active", kind=kind, count=7, content=content, events=events, error=error
    )


def part(parameters: dict, name: str) -> list[dict]:
    return [one for one in parameters["parameter"] if one["name"] == name]


def test_status_says_whose_and_what_and_how_many():
    status = told("heartbeat")

    assert status["meta"]["profile"] == [names.STATUS]
    assert [(one["name"], value) for one in status["parameter"] for key, value in one.items() if key != "name"] == [
        ("subscription", {"reference": f"{BASE}/Subscription/kenh"}),
        ("topic", "https://a.vn/t"),
        ("status", "active"),
        ("type", "heartbeat"),
        ("events-since-subscription-start", "7"),
    ]


def test_numbers_are_texts_because_r4_has_no_64_bit_integers():
    event = part(told(events=[an_event(2**40)]), "notification-event")[0]

    assert event["part"][0] == {"name": "event-number", "valueString": str(2**40)}
    assert event["part"][1] == {"name": "timestamp", "valueInstant": "2026-03-01T08:30:00.000+07:00"}


def test_error_is_told_in_words_only_when_there_is_one():
    assert part(told(error="Máy nhận trả lời 503."), "error")[0]["valueCodeableConcept"]["text"].endswith("503.")
    assert part(told(), "error") == []


def test_empty_content_names_no_topic_no_record_and_has_no_entry():
    status = told(content="empty", events=[an_event()])
    bundle = notifications.bundle(BASE, status, "kenh", "empty", [an_event()])

    assert part(status, "topic") == []
    assert [one["name"] for one in part(status, "notification-event")[0]["part"]] == ["event-number", "timestamp"]
    assert len(bundle["entry"]) == 1
    assert "Flag" not in str(bundle)


@pytest.mark.parametrize(
    ("method", "request_", "status"),
    [
        ("create", {"method": "POST", "url": "Flag"}, "201"),
        ("update", {"method": "PUT", "url": "Flag/f1"}, "200"),
        ("delete", {"method": "DELETE", "url": "Flag/f1"}, "204"),
    ],
)
@pytest.mark.parametrize("content", ["id-only", "full-resource"])
def test_entry_says_what_was_done(method, request_, status, content):
    events = [an_event(method=method)]
    entry = notifications.bundle(BASE, told(events=events), "kenh", content, events)["entry"][1]

    assert (entry["fullUrl"], entry["request"], entry["response"]["status"]) == (f"{BASE}/Flag/f1", request_, status)
    assert ("resource" in entry) == (content == "full-resource" and method != "delete")


def test_event_that_may_not_be_seen_is_a_number_and_a_time():
    events = [an_event(1, seen=False), an_event(2)]
    status = told(content="full-resource", events=events)
    bundle = notifications.bundle(BASE, status, "kenh", "full-resource", events)

    hidden, shown = part(status, "notification-event")
    assert [one["name"] for one in hidden["part"]] == ["event-number", "timestamp"]
    assert [one["name"] for one in shown["part"]] == ["event-number", "timestamp", "focus"]
    assert len(bundle["entry"]) == 2


def test_two_bundles_have_different_ids():
    first, second = (notifications.bundle(BASE, told(), "kenh", "empty") for _ in range(2))

    assert first["id"] != second["id"]
    assert first["entry"][0]["fullUrl"] != second["entry"][0]["fullUrl"]


@given(
    st.lists(st.tuples(st.sampled_from(["create", "update", "delete"]), st.booleans()), max_size=5),
    st.sampled_from(["empty", "id-only", "full-resource"]),
)
def test_every_bundle_is_sound_r4_and_begins_with_the_status(kinds, content):
    flag = {"resourceType": "Flag", "id": "f1", "status": "active", "code": {"text": "x"},
            "subject": {"reference": "Patient/p1"}}  # fmt: skip
    events = [
        an_event(number, method, seen, resource=None if method == "delete" else flag)
        for number, (method, seen) in enumerate(kinds, start=1)
    ]
    bundle = notifications.bundle(BASE, told(content=content, events=events), "kenh", content, events)

    assert [one for one in validate(bundle) if one.severity == "error"] == []
    assert (bundle["type"], bundle["entry"][0]["resource"]["resourceType"]) == ("history", "Parameters")


RELATED = {"resourceType": "Organization", "id": "o1", "name": "A"} | {
    "meta": {"versionId": "2", "lastUpdated": "2026-01-01T00:00:00.000+07:00"}
}


@pytest.mark.parametrize(("content", "entries"), [("empty", 1), ("id-only", 3), ("full-resource", 4)])
def test_related_records_are_named_and_with_whole_records_sent_once(content, entries):
    found = [an_event(1), an_event(2)]
    around = {1: [RELATED], 2: [RELATED]} if content != "empty" else {}
    status = notifications.status(
        "https://a.vn/fhir", {"resourceType": "Subscription", "id": "k"}, state="active", kind="event-notification",
        count=2, content=content, events=found, around=around,
    )  # fmt: skip

    bundle = notifications.bundle("https://a.vn/fhir", status, "k", content, found, around)

    told = [one for event in part(status, "notification-event") for one in event["part"]]
    named = [one["valueReference"]["reference"] for one in told if one["name"] == "additional-context"]
    assert named == ([] if content == "empty" else ["https://a.vn/fhir/Organization/o1"] * 2)
    assert len(bundle["entry"]) == entries
    if content == "full-resource":
        assert bundle["entry"][-1]["resource"] == RELATED
        assert bundle["entry"][-1]["request"] == {"method": "GET", "url": "Organization/o1"}


def test_related_record_that_an_event_is_about_is_not_sent_twice():
    event = an_event(1)
    same = RELATED | {"resourceType": event.type, "id": event.id}

    bundle = notifications.bundle("b", {"id": "s"}, "k", "full-resource", [event], {1: [same]})

    assert len(bundle["entry"]) == 2
