"""Subscriptions, topics and endpoints with something wrong in a random place: judged, never a crash or a way out."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.path import PathError
from ansinh.fhir.subscriptions import addresses, names, requests
from ansinh.fhir.subscriptions.topics import topic_of
from ansinh.fhir.validation import validate
from ansinh.kernel.errors import Invalid, Malformed
from tests.support.spoiling import junk, places, spoiled, ways

SUBSCRIPTION = {
    "resourceType": "Subscription",
    "id": "kenh",
    "status": "requested",
    "end": "2100-01-01T00:00:00Z",
    "reason": "Đồng bộ",
    "criteria": "https://ansinh.vn/fhir/SubscriptionTopic/observation",
    "_criteria": {"extension": [{"url": names.FILTER, "valueString": "Observation?code=8480-6&patient=Patient/1"}]},
    "channel": {
        "type": "rest-hook",
        "endpoint": "https://his.example.vn/tin",
        "header": ["Authorization: Bearer khoa", "X-A: b"],
        "payload": "application/fhir+json",
        "_payload": {"extension": [{"url": names.CONTENT, "valueCode": "id-only"}]},
        "extension": [
            {"url": names.HEARTBEAT, "valueUnsignedInt": 60},
            {"url": names.MAX_COUNT, "valuePositiveInt": 5},
        ],
    },
}
TOPIC = {
    "url": "https://a.vn/t",
    "title": "T",
    "resourceTrigger": [
        {
            "resource": "Observation",
            "supportedInteraction": ["create", "update"],
            "queryCriteria": {
                "previous": "status:not=final",
                "current": "status=final&code=1",
                "resultForCreate": "test-passes",
                "requireBoth": True,
            },
            "fhirPathCriteria": "%current.status = 'final'",
        }
    ],
    "canFilterBy": [{"filterParameter": "date", "comparator": ["ge"], "modifier": ["missing"]}],
}  # fmt: skip
TEXTS = st.sampled_from(
    ["", "?", "Observation?", "Observation?code", "Observation?code=%", "Observation?code=a&code=b", "a" * 5000, "\x00",
     "Observation?code:in=http://x", "Observation?code=|", "Observation?value-quantity=ge|||", "code=%FF",
     "http://[", "https://his.example.vn:x/", "2026-13-45", "9999-12-31T23:59:59Z"]
)  # fmt: skip


@pytest.fixture(autouse=True)
def _allowed(settings):
    settings.NOTIFY_TO = ["https://his.example.vn"]


def is_json(value: object) -> bool:
    """What a body can hold: a date is a text there, a key always one."""
    return not isinstance(value, date) and not (isinstance(value, dict) and any(type(key) is int for key in value))


@given(st.data())
@settings(max_examples=200)
def test_subscription_that_passed_the_standard_is_judged_without_a_crash(data):
    way = data.draw(st.sampled_from(places(SUBSCRIPTION)[1:]))
    made = spoiled(SUBSCRIPTION, way, data.draw(junk.filter(is_json) | TEXTS), data.draw(ways))
    if any(one.severity in ("error", "fatal") for one in validate(made)):
        return

    problems = requests.check(made)
    request, found = requests.read(made)

    assert (request is None) == bool(found)
    assert all(one.message and one.expression for one in problems)
    assert requests.heartbeat_of(made) >= 0
    assert requests.end_of(made) is None or isinstance(requests.end_of(made), int)


@given(st.data())
@settings(max_examples=200)
def test_topic_with_one_wrong_place_is_read_or_refused(data):
    way = data.draw(st.sampled_from(places(TOPIC)))
    made = spoiled(TOPIC, way, data.draw(junk | TEXTS), data.draw(ways))

    try:
        topic = topic_of(made)
    except (Invalid, Malformed, PathError):
        return
    assert topic.types
    assert isinstance(topic.url, str)


parts = st.sampled_from(
    ["https://", "http://", "his.example.vn", "evil.example", "@", ":", "443", "/", "\\", "#", "?", "%2f", ".", "..",
     "[::1]", "127.0.0.1", "\t", " ", "\n", "user", "xn--", "０", "ｈ", "0x7f.1", "2130706433"]
)  # fmt: skip


@given(st.lists(parts, max_size=8).map("".join))
@settings(max_examples=500)
def test_endpoint_leads_to_the_allowed_host_or_nowhere(endpoint):
    try:
        target = addresses.target_of(endpoint)
    except addresses.Forbidden:
        return
    assert (target.scheme, target.host, target.port) == ("https", "his.example.vn", 443)
    assert target.path.startswith("/")
    assert not set(target.path) & set("\r\n \t")
