"""A receiver that listens, a Subscription to it, and turns of the worker by hand."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from typing import Any

import pytest
from django.db import connection

from ansinh.fhir.store import Repository
from ansinh.fhir.subscriptions import evaluation, names, sending
from tests.support.receivers import Receiver, listening

TOPIC = "https://ansinh.vn/fhir/SubscriptionTopic"


@pytest.fixture(scope="session")
def _listening() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def receiver(_listening, settings) -> Receiver:
    """An empty receiver that this node may send to."""
    settings.NOTIFY_TO = [_listening.origin]
    settings.NOTIFY_NETWORKS = ["127.0.0.0/8"]
    settings.FHIR_BASE = "https://nut.example.vn/fhir"
    _listening.letters, _listening.answers, _listening.held = [], [], None
    return _listening


@pytest.fixture
def a_subscription(receiver) -> Callable[..., dict[str, Any]]:
    """A Subscription as a client would send it: `a_subscription("person", "Patient?_id=p1", content="empty")`."""

    def made(topic: str = "person", *filters: str, content: str = "id-only", **channel: Any) -> dict[str, Any]:
        extensions = [
            {"url": url, key: channel.pop(name)}
            for name, url, key in (
                ("heartbeat", names.HEARTBEAT, "valueUnsignedInt"),
                ("timeout", names.TIMEOUT, "valueUnsignedInt"),
                ("max_count", names.MAX_COUNT, "valuePositiveInt"),
            )
            if name in channel
        ]
        subscription = {
            "resourceType": "Subscription",
            "meta": {"profile": [names.PROFILE]},
            "status": "requested",
            "reason": "Kiểm thử",
            "criteria": f"{TOPIC}/{topic}",
            "channel": {
                "type": "rest-hook",
                "endpoint": receiver.url,
                "payload": "application/fhir+json",
                "_payload": {"extension": [{"url": names.CONTENT, "valueCode": content}]},
                **({"extension": extensions} if extensions else {}),
                **channel,
            },
        }
        if filters:
            listed = [{"url": names.FILTER, "valueString": one} for one in filters]
            subscription["_criteria"] = {"extension": listed}
        return subscription

    return made


class Node:
    """The worker of this node, one turn at a time."""

    def __init__(self) -> None:
        self.sender = sending.Sender()

    def turn(self) -> None:
        """Find what is new, then send until nothing is left to send now."""
        while evaluation.evaluate():
            pass
        while self.sender.turn():
            pass

    def finish(self) -> None:
        """Wait for what is on its way, until nothing is left to send."""
        while self.sender.turn() or self.sender.away:
            wait(self.sender.away)

    def subscribed(self, context: Any, subscription: dict[str, Any], *, id: str = "kenh") -> str:
        """Written by `context` and active; its id."""
        Repository(context).create(subscription, id=id)
        self.turn()
        return id


@pytest.fixture
def node(db) -> Node:
    return Node()


@pytest.fixture
def row_of() -> Callable[[str], dict[str, Any]]:
    """The state row of a Subscription by column."""

    def row(fhir_id: str) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM subscription_state WHERE fhir_id = %s", [fhir_id])
            assert cursor.description is not None
            found = cursor.fetchall()
            return dict(zip([one[0] for one in cursor.description], found[0], strict=True)) if found else {}

    return row


@pytest.fixture
def register(world, system) -> Callable[..., str]:
    """Register a synthetic person of facility A (or another unit); the id."""

    def person(fhir_id: str, unit: str = "", **more: Any) -> str:
        owner = {"managingOrganization": {"reference": f"Organization/{unit or world.a}"}}
        patient = {"resourceType": "Patient", "id": fhir_id, "name": [{"text": "Người Mẫu"}], **owner, **more}
        system.update(patient)
        return fhir_id

    return person
