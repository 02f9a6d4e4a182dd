"""The worker's part: the steps are known to it, and nothing personal gets into logs."""

import logging

import pytest

from ansinh.fhir.jobs import steps
from ansinh.fhir.subscriptions import matching
from ansinh.fhir.subscriptions.topics import topic_of

pytestmark = pytest.mark.django_db

CANARY = "Nguyễn Thị Bí Mật"


def test_worker_knows_the_steps():
    assert {"subscription-events", "subscription-letters", "subscription-rest"} <= set(steps._steps)


def test_nothing_personal_is_logged_on_the_way(node, mai, receiver, a_subscription, register, caplog, row_of):
    caplog.set_level(logging.DEBUG)
    node.subscribed(mai, a_subscription(content="full-resource", header=["X-Khoa: bi-mat-1942"]))
    receiver.answers = [500, 0]
    register("p1", name=[{"text": CANARY}])
    node.turn()

    own = [one.getMessage() for one in caplog.records if not one.name.startswith(("django", "ansinh.fhir.store"))]
    assert [line for line in own if CANARY in line or "bi-mat" in line or "127.0.0.1" in line] == []
    assert CANARY not in row_of("kenh")["error"]


def test_criterion_that_fails_is_logged_without_the_record(caplog):
    data = {"resource": "Patient", "fhirPathCriteria": "(%current.name.text | 'b').toInteger() = 1"}
    topic = topic_of({"url": "u", "title": "t", "resourceTrigger": [data]})
    person = {"resourceType": "Patient", "id": "p", "name": [{"text": CANARY}]}

    assert matching.triggers(topic, "Patient", "create", None, person) is False
    assert [record.getMessage() for record in caplog.records] == ["subscription criterion failed on Patient: PathError"]
