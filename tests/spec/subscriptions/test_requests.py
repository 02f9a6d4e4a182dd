"""What a Subscription may ask, and every refusal in one table: the change that makes a good one bad, and its key."""

import copy

import pytest

from ansinh.fhir.subscriptions import names, requests
from ansinh.fhir.subscriptions.addresses import Target

TOPIC = "https://ansinh.vn/fhir/SubscriptionTopic"
GOOD = {
    "resourceType": "Subscription",
    "status": "requested",
    "reason": "Đồng bộ",
    "criteria": f"{TOPIC}/observation",
    "_criteria": {"extension": [{"url": names.FILTER, "valueString": "Observation?code=8480-6"}]},
    "channel": {
        "type": "rest-hook",
        "endpoint": "https://his.example.vn/tin",
        "header": ["Authorization: Bearer khoa"],
        "payload": "application/fhir+json",
        "_payload": {"extension": [{"url": names.CONTENT, "valueCode": "full-resource"}]},
        "extension": [
            {"url": names.HEARTBEAT, "valueUnsignedInt": 60},
            {"url": names.TIMEOUT, "valueUnsignedInt": 30},
            {"url": names.MAX_COUNT, "valuePositiveInt": 5},
        ],
    },
}


@pytest.fixture(autouse=True)
def _allowed(settings):
    settings.NOTIFY_TO = ["https://his.example.vn", "http://his.example.vn", "http://127.0.0.1:9000"]
    settings.NOTIFY_NETWORKS = ["127.0.0.0/8"]


def with_channel(**more):
    return {"channel": GOOD["channel"] | more}


def with_filters(*texts):
    return {"_criteria": {"extension": [{"url": names.FILTER, "valueString": text} for text in texts]}}


def with_number(url, value):
    rest = [one for one in GOOD["channel"]["extension"] if one["url"] != url]
    return with_channel(extension=[*rest, {"url": url, "valueUnsignedInt": value}])


def with_content(code):
    return with_channel(_payload={"extension": [{"url": names.CONTENT, "valueCode": code}]})


def test_good_subscription_is_read_whole():
    request, problems = requests.read(GOOD)

    assert problems == requests.check(GOOD) == []
    assert (request.topic.url, list(request.filters)) == (GOOD["criteria"], ["Observation"])
    assert request.target == Target("https", "his.example.vn", 443, "/tin")
    assert request.headers == (("Authorization", "Bearer khoa"),)
    assert (request.content, request.heartbeat, request.timeout, request.max_count) == ("full-resource", 60, 30, 5)


def test_what_is_not_asked_has_defaults():
    request, _ = requests.read(GOOD | with_channel(extension=[], header=[]))

    assert (request.headers, request.heartbeat, request.timeout, request.max_count) == ((), 0, 10, 20)


REFUSED = [
    ("unknown topic", {"criteria": f"{TOPIC}/nothing"}, {"subscription-topic"}),
    ("a search as in R4", {"criteria": "Observation?code=8480-6"}, {"subscription-topic"}),
    ("filter of another type", with_filters("Patient?_id=1"), {"subscription-filter"}),
    ("filter by what the topic does not offer", with_filters("Observation?date=ge2026"), {"subscription-filter"}),
    ("filter by what nobody knows", with_filters("Observation?nothing=1"), {"subscription-filter"}),
    ("modifier that is not offered", with_filters("Observation?code:not=1"), {"subscription-filter"}),
    ("comparison that is not offered", with_filters("Observation?value-quantity=ne5"), {"subscription-filter"}),
    ("chain", with_filters("Observation?patient.name=an"), {"subscription-filter"}),
    ("empty filter", with_filters("Observation?"), {"subscription-filter"}),
    ("filter without value", with_filters("Observation?code="), {"subscription-filter"}),
    ("filter that is no text", {"_criteria": {"extension": [{"url": names.FILTER}]}}, {"subscription-filter"}),
    ("websocket", with_channel(type="websocket"), {"subscription-channel"}),
    ("own channel", with_channel(_type={"extension": [{"url": names.CHANNEL_TYPE, "valueCoding": {"code": "z"}}]}),
     {"subscription-channel"}),
    ("no payload", {"channel": {k: v for k, v in GOOD["channel"].items() if "payload" not in k}},
     {"subscription-payload", "subscription-content"}),
    ("XML", with_channel(payload="application/fhir+xml"), {"subscription-payload"}),
    ("unknown content", with_content("all"), {"subscription-content"}),
    ("no endpoint", {"channel": {k: v for k, v in GOOD["channel"].items() if k != "endpoint"}},
     {"subscription-endpoint"}),
    ("endpoint elsewhere", with_channel(endpoint="https://evil.example/tin"), {"subscription-endpoint"}),
    ("whole records without https", with_channel(endpoint="http://his.example.vn/tin"), {"subscription-endpoint"}),
    ("header without colon", with_channel(header=["Authorization"]), {"subscription-header"}),
    ("header with a line break", with_channel(header=["A: b\r\nC: d"]), {"subscription-header"}),
    ("header of the protocol", with_channel(header=["Host: evil.example"]), {"subscription-header"}),
    ("second header wrong", with_channel(header=["A: b", "Content-Length: 3"]), {"subscription-header"}),
    ("heartbeat too fast", with_number(names.HEARTBEAT, 1), {"subscription-backport-heartbeat-period"}),
    ("timeout too long", with_number(names.TIMEOUT, 61), {"subscription-backport-timeout"}),
    ("timeout of nothing", with_number(names.TIMEOUT, 0), {"subscription-backport-timeout"}),
    ("too many at once", with_number(names.MAX_COUNT, 101), {"subscription-backport-max-count"}),
    ("number that is a text", with_number(names.MAX_COUNT, "5"), {"subscription-backport-max-count"}),
    ("status of the node", {"status": "error"}, {"subscription-status"}),
    ("over already", {"end": "2020-01-01T00:00:00Z"}, {"subscription-end"}),
    ("several at once", {"criteria": "x", "end": "2020-01-01T00:00:00Z"} | with_channel(type="email"),
     {"subscription-topic", "subscription-end", "subscription-channel"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "keys"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_bad_subscription_is_refused_with_every_problem(change, keys):
    problems = requests.check(GOOD | change)

    assert {one.key for one in problems} == keys
    assert all(one.expression.startswith("Subscription.") and one.message.endswith(".") for one in problems)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "active"},
        {"status": "off", "criteria": "https://a.vn/gone"},
        with_filters(),
        with_filters("code=8480-6"),
        with_filters("Observation?value-quantity=gt140"),
        with_filters("Observation?code=8480-6", "Observation?patient=Patient/1"),
        with_content("empty"),
        {"channel": copy.deepcopy(with_content("id-only"))["channel"] | {"endpoint": "http://his.example.vn/tin"}},
        with_channel(endpoint="http://127.0.0.1:9000/tin"),
        with_channel(header=["X-Rong:", "A: b"][1:]),
    ],
)
def test_other_good_subscriptions_are_taken(change):
    assert requests.check(GOOD | change) == []


def test_refusals_repeat_nothing_that_was_sent():
    secret = "khoa-bi-mat-1942"
    changed = GOOD | with_channel(header=[f"Host: {secret}"], endpoint=f"https://{secret}.example/")

    assert all(secret not in one.message for one in requests.check(changed))
