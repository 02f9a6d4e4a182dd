"""Whatever fails, dies or waits: each number arrives, first arrivals are in order, and nothing is told that was not."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, database
from ansinh.fhir.subscriptions import evaluation, names, owners, sending, state
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from tests.support.stores import empty_store

pytestmark = pytest.mark.django_db

MANAGER = Context(
    actor="Practitioner/m", role="manager", unit="a", reach=frozenset({"a"}), may={"*": frozenset({"*"})}, login="1"
)
SUBSCRIPTION = {
    "resourceType": "Subscription",
    "id": "kenh",
    "status": "requested",
    "reason": "x",
    "criteria": "https://ansinh.vn/fhir/SubscriptionTopic/person",
    "channel": {
        "type": "rest-hook",
        "endpoint": "http://127.0.0.1:9/tin",
        "payload": "application/fhir+json",
        "_payload": {"extension": [{"url": names.CONTENT, "valueCode": "id-only"}]},
        "extension": [{"url": names.MAX_COUNT, "valuePositiveInt": 2}],
    },
}
steps = st.lists(
    st.sampled_from(["write", "write", "judge", "send", "send", "refuse", "die", "lose answer", "ask again"]),
    max_size=25,
)


@dataclass
class World:
    """What was written, what arrived, and the time."""

    written: int = 0
    arrived: list[int] = field(default_factory=list)
    hours: int = 0

    def write(self) -> None:
        self.written += 1
        person = {"resourceType": "Patient", "id": f"p{self.written}"}
        owner = {"managingOrganization": {"reference": "Organization/a"}}
        Repository(system_context(), validate=False).update(person | owner)

    def send(self, how: str) -> None:
        """One letter: taken and noted, refused, never sent, or taken and never noted."""
        self.hours += 2
        with clock.frozen(clock.now() + timedelta(hours=self.hours)):
            for one in state.due(state.now_us(), 1):
                letter = sending.letter_for(one)
                if letter is None or how == "die":
                    continue
                if how != "refuse":
                    self.arrived += _numbers(letter.body)
                if how != "lose answer":
                    sending.settle(letter, sending.Outcome("" if how == "send" else "Không nối được."))

    def run(self, step: str) -> None:
        match step:
            case "write":
                self.write()
            case "judge":
                evaluation.evaluate(2)
            case "ask again":
                Repository(MANAGER, validate=False).update(SUBSCRIPTION)
            case _:
                self.send(step)


def _numbers(body: bytes) -> list[int]:
    status = json.loads(body)["entry"][0]["resource"]
    events = [one["part"] for one in status["parameter"] if one["name"] == "notification-event"]
    return [int(parts[0]["valueString"]) for parts in events]


@given(steps)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_every_number_arrives_in_order_whatever_happens(steps):
    world = World()
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(owners, "context_of", lambda owner: MANAGER)
        patch.setattr("django.conf.settings.NOTIFY_TO", ["http://127.0.0.1:9"])
        patch.setattr("django.conf.settings.NOTIFY_NETWORKS", ["127.0.0.0/8"])
        empty_store()
        for table in ("subscription_state", "subscription_event", "subscription_cursor"):
            database.run(f"DELETE FROM {table}")
        Repository(MANAGER, validate=False).update(SUBSCRIPTION)
        world.send("send")
        for step in steps:
            world.run(step)
        while evaluation.evaluate():
            pass
        while (one := state.of(["kenh"])["kenh"]).delivered < one.events or one.status != "active":
            world.send("send")
        transaction.set_rollback(True)

    assert list(dict.fromkeys(world.arrived)) == list(range(1, world.written + 1))
