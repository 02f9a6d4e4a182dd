"""What triggers and filters mean: one topic, one change, told or not."""

import pytest

from ansinh.fhir.subscriptions.matching import fires, passes, triggers
from ansinh.fhir.subscriptions.requests import filter_of
from ansinh.fhir.subscriptions.topics import topic_of


def task(status: str, **more):
    """A stored Task."""
    meta = {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00.000+07:00"}
    return {"resourceType": "Task", "id": "t", "meta": meta, "status": status, "intent": "order", **more}


def trigger_of(**words):
    data = {"url": "u", "title": "t", "resourceTrigger": [{"resource": "Task"} | words]}
    return topic_of(data).triggers[0]


DRAFT, READY, DONE = task("draft"), task("ready"), task("completed")

# What happened to a Task, and how each criterion answers. The columns are:
# create a ready one · update draft → ready · update ready → ready · update ready → completed · delete a ready one
CHANGES = [
    ("create", None, READY),
    ("update", DRAFT, READY),
    ("update", READY, READY),
    ("update", READY, DONE),
    ("delete", READY, None),
]
PREVIOUS = {"previous": "status:not=ready"}
CURRENT = {"current": "status=ready"}
BOTH = {"requireBoth": True}
FAILS_ON_CREATE, FAILS_ON_DELETE = {"resultForCreate": "test-fails"}, {"resultForDelete": "test-fails"}

TABLE = [
    ("no criterion", {}, "yes yes yes yes yes"),
    ("only create", {"supportedInteraction": ["create"]}, "yes no no no no"),
    ("update and delete", {"supportedInteraction": ["update", "delete"]}, "no yes yes yes yes"),
    ("current", {"queryCriteria": CURRENT}, "yes yes yes no yes"),
    ("current, fails on delete", {"queryCriteria": CURRENT | FAILS_ON_DELETE}, "yes yes yes no no"),
    ("previous", {"queryCriteria": PREVIOUS}, "yes yes no no no"),
    ("previous, fails on create", {"queryCriteria": PREVIOUS | FAILS_ON_CREATE}, "no yes no no no"),
    ("either", {"queryCriteria": PREVIOUS | CURRENT}, "yes yes yes no yes"),
    ("both", {"queryCriteria": PREVIOUS | CURRENT | BOTH}, "yes yes no no no"),
    ("both, fails on create", {"queryCriteria": PREVIOUS | CURRENT | BOTH | FAILS_ON_CREATE}, "no yes no no no"),
    ("path on current", {"fhirPathCriteria": "%current.status = 'ready'"}, "yes yes yes no no"),
    ("path on both", {"fhirPathCriteria": "%previous.status != %current.status"}, "no yes no yes no"),
    ("path of a creation", {"fhirPathCriteria": "%previous.empty()"}, "yes no no no no"),
    ("path of a deletion", {"fhirPathCriteria": "%current.empty()"}, "no no no no yes"),
    ("path and query", {"queryCriteria": CURRENT, "fhirPathCriteria": "%previous.exists()"}, "no yes yes no yes"),
    ("path that is no truth", {"fhirPathCriteria": "%current.status"}, "no no no no no"),
    ("path that fails on the data", {"fhirPathCriteria": "(1 | 2) + 1 = 2"}, "no no no no no"),
]


@pytest.mark.parametrize(("words", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_trigger_fires_as_its_criteria_say(words, expected):
    trigger = trigger_of(**words)

    told = ["yes" if fires(trigger, *change) else "no" for change in CHANGES]

    assert told == expected.split()


FILTERED = topic_of(
    {
        "url": "u",
        "title": "t",
        "resourceTrigger": [{"resource": "Task"}, {"resource": "Flag"}],
        "canFilterBy": [
            {"filterParameter": "status", "resource": "Task", "modifier": ["not"]},
            {"filterParameter": "patient"},
            {"filterParameter": "period", "resource": "Task", "comparator": ["ge"]},
        ],
    }
)
MINE = {"for": {"reference": "Patient/p1"}, "executionPeriod": {"start": "2026-03-01", "end": "2026-03-02"}}
FILTER_TABLE = [
    ([], "yes"),
    (["Task?status=ready"], "yes"),
    (["Task?status=draft"], "no"),
    (["Task?status=draft,ready"], "yes"),
    (["Task?status:not=draft"], "yes"),
    (["Task?patient=Patient/p1"], "yes"),
    (["Task?patient=p1"], "yes"),
    (["Task?patient=Patient/p2"], "no"),
    (["Task?patient=Patient/p1&status=ready"], "yes"),
    (["Task?patient=Patient/p1&status=draft"], "no"),
    (["Task?patient=Patient/p1", "Task?status=draft"], "no"),
    (["Task?period=ge2026-03"], "yes"),
    (["Task?period=ge2026-04"], "no"),
    (["Flag?patient=Patient/p2"], "yes"),
    (["Task?patient=Patient%2Fp1"], "yes"),
]


@pytest.mark.parametrize(("texts", "expected"), FILTER_TABLE)
def test_filters_of_the_type_must_all_hold(texts, expected):
    filters: dict = {}
    for text in texts:
        kind, query = filter_of(FILTERED, text)
        filters.setdefault(kind, []).append(query)
    changed = task("ready", **MINE)

    assert passes(filters, "Task", None, changed) == (expected == "yes")


def test_deletion_is_filtered_by_the_state_before():
    kind, query = filter_of(FILTERED, "Task?patient=Patient/p1")

    assert passes({kind: [query]}, "Task", task("ready", **MINE), None)
    assert not passes({kind: [query]}, "Task", task("ready"), None)


def test_type_that_no_trigger_watches_concerns_nobody():
    assert triggers(FILTERED, "Flag", "create", None, {"resourceType": "Flag", "id": "f"})
    assert not triggers(FILTERED, "Goal", "create", None, {"resourceType": "Goal", "id": "g"})
