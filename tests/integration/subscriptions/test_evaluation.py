"""From the journal to numbered events: nothing lost, nothing twice, nothing that the owner may not see."""

import time

import pytest
from django.db import connection

from ansinh.fhir.store import Repository, journal
from ansinh.fhir.subscriptions import evaluation, events, state
from ansinh.fhir.subscriptions.models import SubscriptionCursor, SubscriptionEvent
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db


def numbers() -> list[int]:
    return list(SubscriptionEvent.objects.order_by("number").values_list("number", flat=True))


def cursor() -> int:
    return SubscriptionCursor.objects.get().position


def told(fhir_id: str = "kenh") -> list[tuple[str, str]]:
    one = state.of([fhir_id])[fhir_id]
    return [(event.method, event.id) for event in events.between(system_context(), one.key, 1, one.events)]


def test_without_subscriptions_the_cursor_goes_along_and_no_entry_is_read(node, register, monkeypatch):
    register("p1")
    monkeypatch.setattr(evaluation, "_resource", None)

    assert evaluation.evaluate() is False
    assert cursor() == journal.position()


def test_nothing_new_costs_two_small_queries(node, mai, a_subscription, django_assert_num_queries):
    node.subscribed(mai, a_subscription())
    evaluation.evaluate()

    with django_assert_num_queries(2):
        assert evaluation.evaluate() is False


def test_entries_are_judged_in_batches_until_none_is_left(node, mai, a_subscription, register):
    node.subscribed(mai, a_subscription())
    for number in range(5):
        register(f"p{number}")

    assert [evaluation.evaluate(2), evaluation.evaluate(2), evaluation.evaluate(2)] == [True, True, False]
    assert numbers() == [1, 2, 3, 4, 5]
    assert told() == [("create", f"p{number}") for number in range(5)]


def test_crash_while_events_are_kept_keeps_none_and_the_next_turn_finds_all(
    node, mai, a_subscription, register, monkeypatch
):
    node.subscribed(mai, a_subscription(), id="a")
    node.subscribed(mai, a_subscription(), id="b")
    register("p1")
    before, keep, calls = cursor(), evaluation._number, []

    def dies(key, positions):
        keep(key, positions)
        calls.append(key)
        if len(calls) == 2:
            raise MemoryError

    monkeypatch.setattr(evaluation, "_number", dies)
    with pytest.raises(MemoryError):
        evaluation.evaluate()
    assert (cursor(), SubscriptionEvent.objects.count(), state.of(["a"])["a"].events) == (before, 0, 0)
    monkeypatch.undo()
    evaluation.evaluate()

    assert (told("a"), told("b")) == ([("create", "p1")], [("create", "p1")])


def test_second_process_that_judged_the_same_entries_numbers_nothing_twice(
    node, mai, a_subscription, register, monkeypatch
):
    node.subscribed(mai, a_subscription())
    register("p1")
    real, inner = evaluation._concerned, []

    def overtaken(watchers, rows):
        if not inner:
            inner.append(True)
            evaluation.evaluate()
        return real(watchers, rows)

    monkeypatch.setattr(evaluation, "_concerned", overtaken)
    evaluation.evaluate()

    assert numbers() == [1]


def test_interrupted_subscription_goes_on_counting(node, mai, a_subscription, register):
    node.subscribed(mai, a_subscription())
    stored = Repository(mai).read("Subscription", "kenh")
    Repository(mai).update(stored | {"status": "requested", "reason": "Sửa"})
    register("p1")
    evaluation.evaluate()

    assert told() == [("create", "p1")]


def test_subscription_that_was_never_active_counts_nothing(node, mai, a_subscription, register):
    Repository(mai).create(a_subscription(), id="kenh")
    register("p1")
    evaluation.evaluate()

    assert numbers() == []


@pytest.mark.parametrize(
    ("topic", "filters", "expected"),
    [
        ("person", [], ["create", "update", "delete"]),
        ("person", ["Patient?_id=p1"], ["create", "update", "delete"]),
        ("person", ["Patient?_id=p2"], []),
        ("person", ["Patient?birthdate=ge1950"], ["update", "delete"]),
        ("person", ["Patient?birthdate=lt1950"], ["create"]),
        ("person", ["Patient?birthdate=lt1950", "Patient?birthdate=ge1940"], ["create"]),
        ("task", [], []),
    ],
)
def test_topic_and_filters_choose_the_changes(node, mai, system, a_subscription, register, topic, filters, expected):
    node.subscribed(mai, a_subscription(topic, *filters))
    register("p1", birthDate="1948")
    register("p1", birthDate="1951")
    system.delete("Patient", "p1")
    evaluation.evaluate()

    assert [method for method, _ in told()] == expected


def test_update_is_judged_against_the_version_before_it(node, mai, system, a_subscription, register, world):
    node.subscribed(mai, a_subscription("stay"))
    register("p1")
    stay = {
        "resourceType": "EpisodeOfCare",
        "id": "dot-1",
        "patient": {"reference": "Patient/p1"},
        "managingOrganization": {"reference": f"Organization/{world.a}"},
    }
    for status in ("planned", "active", "active", "onhold", "active", "finished", "finished"):
        system.update(stay | {"status": status})
    evaluation.evaluate()

    one = state.of(["kenh"])["kenh"]
    found = events.between(system_context(), one.key, 1, 99)
    assert [(event.version, event.resource["status"]) for event in found] == [
        (2, "active"), (5, "active"), (6, "finished"),
    ]  # fmt: skip


def test_record_that_is_made_again_after_deletion_is_a_creation(node, mai, system, a_subscription, register):
    node.subscribed(mai, a_subscription())
    register("p1")
    system.delete("Patient", "p1")
    register("p1")
    evaluation.evaluate()

    assert [method for method, _ in told()] == ["create", "delete", "create"]


def test_subscription_that_this_node_can_no_longer_carry_out_does_not_stop_the_others(
    node, mai, a_subscription, register, settings
):
    node.subscribed(mai, a_subscription(endpoint="http://127.0.0.1:1/x") | {"status": "off"}, id="cu")
    node.subscribed(mai, a_subscription())
    with connection.cursor() as raw:
        raw.execute("UPDATE subscription_state SET since = 0, status = 'active' WHERE fhir_id = 'cu'")
    register("p1")

    evaluation.evaluate()

    assert told() == [("create", "p1")]
    assert state.of(["cu"])["cu"].events == 0


def test_cpu_time_of_an_entry_is_bounded(node, mai, a_subscription, world):
    """Ten subscribers with filters; the best of three batches, against machines that stutter."""
    for number in range(10):
        node.subscribed(mai, a_subscription("person", f"Patient?birthdate=ge{1940 + number}"), id=f"kenh-{number}")
    loader = Repository(system_context(), validate=False)
    owner = {"managingOrganization": {"reference": f"Organization/{world.a}"}}
    with loader.transaction():
        for number in range(150):
            loader.update(
                {"resourceType": "Patient", "id": f"n{number}", "birthDate": f"{1930 + number % 30}", **owner}
            )
    spent = []
    for _ in range(3):
        began = time.process_time()
        evaluation.evaluate(50)
        spent.append((time.process_time() - began) / 50)

    assert state.of(["kenh-0"])["kenh-0"].events == 150 * 20 // 30
    assert min(spent) < 0.002, spent
