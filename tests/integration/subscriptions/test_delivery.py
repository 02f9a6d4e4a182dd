"""Notifications that arrive: in order, once more rather than not at all, with what was asked for."""

import threading
from datetime import timedelta

import pytest

from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import trail
from ansinh.fhir.subscriptions import addresses, evaluation, names, retrying, sending, state
from ansinh.fhir.validation import validate
from ansinh.kernel import clock

pytestmark = pytest.mark.django_db


def later(**by):
    return clock.frozen(clock.now() + timedelta(**by))


def test_handshake_that_is_answered_makes_the_subscription_active(node, mai, receiver, a_subscription):
    node.subscribed(mai, a_subscription())

    assert [letter.kind for letter in receiver.letters] == ["handshake"]
    assert receiver.letters[0].status["status"] == "requested"
    assert Repository(mai).read("Subscription", "kenh")["status"] == "active"


def test_change_after_activation_is_told_and_one_before_is_not(node, mai, receiver, a_subscription, register):
    register("truoc")
    node.subscribed(mai, a_subscription())
    register("sau")
    node.turn()

    told = receiver.of_kind("event-notification")
    assert [letter.status["notification-event"][0]["focus"] for letter in told] == [
        "https://nut.example.vn/fhir/Patient/sau"
    ]
    assert told[0].status["events-since-subscription-start"] == "1"


def test_notification_bundle_is_sound_r4(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription(content="full-resource"))
    register("p1")
    register("p1", gender="female")
    node.turn()

    for letter in receiver.letters:
        assert [one for one in validate(letter.bundle) if one.severity == "error"] == []
        assert letter.bundle["meta"]["profile"] == [names.NOTIFICATION]
        assert letter.bundle["entry"][0]["request"]["url"].endswith("/Subscription/kenh/$status")


@pytest.mark.parametrize(
    ("content", "topic", "focus", "resources"),
    [("empty", False, False, []), ("id-only", True, True, [None]), ("full-resource", True, True, ["p1"])],
)
def test_content_decides_what_a_notification_says(
    node, mai, receiver, a_subscription, register, content, topic, focus, resources
):
    node.subscribed(mai, a_subscription(content=content))
    register("p1")
    node.turn()

    letter = receiver.of_kind("event-notification")[0]
    assert ("topic" in letter.status) == topic
    assert ("focus" in letter.status["notification-event"][0]) == focus
    assert [entry.get("resource", {}).get("id") for entry in letter.bundle["entry"][1:]] == resources


def test_versions_of_one_record_are_told_as_they_were_then(node, mai, receiver, a_subscription, register, system):
    node.subscribed(mai, a_subscription(content="full-resource"))
    register("p1", gender="male")
    register("p1", gender="female")
    system.delete("Patient", "p1")
    node.turn()

    entries = receiver.of_kind("event-notification")[0].bundle["entry"][1:]
    assert [entry["request"]["method"] for entry in entries] == ["POST", "PUT", "DELETE"]
    assert [entry.get("resource", {}).get("gender") for entry in entries] == ["male", "female", None]
    assert [entry["response"]["etag"] for entry in entries] == ['W/"1"', 'W/"2"', 'W/"3"']


def test_many_events_come_in_order_without_gap_and_bounded(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription(max_count=3))
    for number in range(7):
        register(f"p{number}")
    node.turn()

    assert receiver.numbers == [1, 2, 3, 4, 5, 6, 7]
    assert [len(letter.numbers) for letter in receiver.of_kind("event-notification")] == [3, 3, 1]


def test_headers_are_sent_as_asked(node, mai, receiver, a_subscription):
    node.subscribed(mai, a_subscription(header=["Authorization: Bearer khoa", "X-Don-Vi:a"]))

    sent = receiver.letters[0].headers
    assert (sent["Authorization"], sent["X-Don-Vi"]) == ("Bearer khoa", "a")
    assert sent["Content-Type"].startswith("application/fhir+json")
    assert sent["Host"] == f"127.0.0.1:{receiver.port}"


def test_failed_notification_is_sent_again_later_with_the_same_numbers(
    node, mai, receiver, a_subscription, register, row_of
):
    node.subscribed(mai, a_subscription())
    register("p1")
    receiver.answers = [503]
    node.turn()
    register("p2")
    node.turn()
    assert receiver.numbers == [1]
    assert (row_of("kenh")["failures"], row_of("kenh")["delivered"]) == (1, 0)

    with later(seconds=10):
        node.turn()

    assert receiver.numbers == [1, 1, 2]
    assert (row_of("kenh")["failures"], row_of("kenh")["error"]) == (0, "")


@pytest.mark.parametrize("answer", [0, 301, 404, 500])
def test_only_2xx_acknowledges(node, mai, receiver, a_subscription, register, row_of, answer):
    node.subscribed(mai, a_subscription())
    register("p1")
    receiver.answers = [answer]
    node.turn()

    assert row_of("kenh")["delivered"] == 0
    assert {letter.path for letter in receiver.letters} == {"/tin"}


def test_receiver_that_never_answers_leads_to_error_and_events_go_on_counting(
    node, mai, receiver, a_subscription, register, row_of
):
    node.subscribed(mai, a_subscription())
    register("p1")
    receiver.answers = [503] * 100
    for hours in range(retrying.MOST_FAILURES):
        with later(hours=2 * hours):
            node.turn()
    with later(hours=100):
        register("p2")
        node.turn()

    assert len(receiver.of_kind("event-notification")) == retrying.MOST_FAILURES
    stored = Repository(mai).read("Subscription", "kenh")
    assert (stored["status"], "503" in stored["error"]) == ("error", True)
    assert (row_of("kenh")["events"], row_of("kenh")["delivered"]) == (2, 0)


def test_subscription_in_error_goes_on_where_it_stopped_when_asked_again(
    node, mai, receiver, a_subscription, register, monkeypatch
):
    monkeypatch.setattr(retrying, "MOST_FAILURES", 1)
    node.subscribed(mai, a_subscription())
    register("p1")
    receiver.answers = [500]
    node.turn()
    register("p2")
    stored = Repository(mai).read("Subscription", "kenh")
    assert stored["status"] == "error"

    Repository(mai).update(stored | {"status": "requested"})
    node.turn()

    assert [letter.kind for letter in receiver.letters[2:]] == ["handshake", "event-notification"]
    assert receiver.letters[-1].numbers == [1, 2]
    assert "error" not in Repository(mai).read("Subscription", "kenh")


def test_subscription_in_error_for_a_week_is_switched_off(node, mai, receiver, a_subscription, row_of, monkeypatch):
    monkeypatch.setattr(retrying, "MOST_FAILURES", 1)
    receiver.answers = [500]
    node.subscribed(mai, a_subscription())
    with later(days=6):
        sending.rest()
        assert row_of("kenh")["status"] == "error"
    with later(days=8):
        sending.rest()

    assert Repository(mai).read("Subscription", "kenh")["status"] == "off"


def test_process_that_dies_between_sending_and_noting_sends_again(
    node, mai, receiver, a_subscription, register, row_of
):
    node.subscribed(mai, a_subscription())
    register("p1")
    evaluation.evaluate()
    letter = sending.letter_for(state.of(["kenh"])["kenh"])
    assert letter is not None  # claimed, perhaps sent, never noted: the process is gone

    node.turn()
    assert receiver.numbers == []
    with later(minutes=2):
        node.turn()

    assert receiver.numbers == [1]


def test_two_senders_never_hold_the_same_subscription(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription())
    register("p1")
    evaluation.evaluate()
    one = state.of(["kenh"])["kenh"]

    assert [sending.letter_for(one) is not None, sending.letter_for(one) is not None] == [True, False]


def test_answer_that_comes_after_the_lease_ended_is_not_noted(node, mai, receiver, a_subscription, register, row_of):
    node.subscribed(mai, a_subscription())
    register("p1")
    evaluation.evaluate()
    old = sending.letter_for(state.of(["kenh"])["kenh"])
    with later(minutes=2):
        sending.letter_for(state.of(["kenh"])["kenh"])
        sending.settle(old, sending.Outcome())

    assert row_of("kenh")["delivered"] == 0


def test_heartbeat_comes_after_silence_and_counts_no_event(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription(heartbeat=60))
    node.turn()
    assert receiver.of_kind("heartbeat") == []

    with later(seconds=61):
        node.turn()
        register("p1")
        node.turn()
    with later(seconds=100):
        node.turn()

    beats = receiver.of_kind("heartbeat")
    assert [beat.status["events-since-subscription-start"] for beat in beats] == ["0"]
    assert receiver.numbers == [1]


def test_slow_receiver_does_not_hold_the_others(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription(endpoint=f"{receiver.origin}/cham"), id="cham")
    node.subscribed(mai, a_subscription(), id="nhanh")
    receiver.held = threading.Event()
    register("p1")
    evaluation.evaluate()

    node.sender.turn(patience=0.3)
    register("p2")
    evaluation.evaluate()
    node.sender.turn(patience=0.3)
    came = [letter.path for letter in receiver.of_kind("event-notification")]
    receiver.held.set()
    node.finish()

    assert came == ["/tin", "/tin"]
    assert [one.numbers for one in receiver.of_kind("event-notification") if one.path == "/cham"] == [[1], [2]]


def test_subscription_that_is_switched_off_counts_nothing_and_starts_anew(
    node, mai, receiver, a_subscription, register, row_of
):
    node.subscribed(mai, a_subscription())
    stored = Repository(mai).read("Subscription", "kenh")
    Repository(mai).update(stored | {"status": "off"})
    register("p1")
    node.turn()
    assert row_of("kenh")["events"] == 0

    Repository(mai).update(stored | {"status": "requested"})
    node.turn()
    register("p2")
    node.turn()

    assert [one["focus"] for one in receiver.letters[-1].status["notification-event"]] == [
        "https://nut.example.vn/fhir/Patient/p2"
    ]


def test_deleted_subscription_leaves_nothing_behind(node, mai, system, receiver, a_subscription, register, row_of):
    from ansinh.fhir.subscriptions.models import SubscriptionEvent

    node.subscribed(mai, a_subscription())
    register("p1")
    evaluation.evaluate()
    system.delete("Subscription", "kenh")
    node.turn()

    assert (row_of("kenh"), SubscriptionEvent.objects.count(), receiver.numbers) == ({}, 0, [])


def test_subscription_ends_at_its_end(node, mai, receiver, a_subscription, register):
    end = clock.instant(clock.now() + timedelta(hours=1))
    node.subscribed(mai, a_subscription() | {"end": end})
    with later(hours=2):
        register("p1")
        node.turn()
        node.turn()

    assert Repository(mai).read("Subscription", "kenh")["status"] == "off"
    assert receiver.numbers == []


def test_whole_records_that_leave_are_audited_as_export(node, mai, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription(content="full-resource"))
    register("p1")
    node.turn()

    exported = [row for row in trail.of_resource("Patient", "p1") if row.verb == "export"]
    assert [(row.actor, row.unit, row.what) for row in exported] == [(mai.actor, mai.unit, {"Patient": 1})]


def test_acknowledged_events_are_forgotten_after_a_month_and_others_never(
    node, mai, receiver, a_subscription, register
):
    from ansinh.fhir.subscriptions.models import SubscriptionEvent

    node.subscribed(mai, a_subscription())
    register("p1")
    node.turn()
    receiver.answers = [500]
    register("p2")
    node.turn()
    with later(days=31):
        sending.rest()

    assert list(SubscriptionEvent.objects.values_list("number", flat=True)) == [2]


def test_node_that_no_longer_allows_the_address_sets_error_and_sends_nothing(
    node, mai, receiver, a_subscription, register, settings
):
    node.subscribed(mai, a_subscription())
    register("p1")
    evaluation.evaluate()
    settings.NOTIFY_TO = []
    node.turn()

    stored = Repository(mai).read("Subscription", "kenh")
    assert (stored["status"], receiver.numbers) == ("error", [])
    assert "ANSINH_NOTIFY_TO" in stored["error"]


def test_name_that_now_points_inside_is_not_tried_again(node, mai, receiver, a_subscription, register, monkeypatch):
    node.subscribed(mai, a_subscription())
    register("p1")

    def inside(target):
        raise addresses.Forbidden("Máy chủ nhận tin nằm trong mạng nội bộ.")

    monkeypatch.setattr(addresses, "resolve", inside)
    node.turn()

    stored = Repository(mai).read("Subscription", "kenh")
    assert (stored["status"], stored["error"]) == ("error", "Máy chủ nhận tin nằm trong mạng nội bộ.")


@pytest.mark.parametrize("outcome", [sending.Outcome(), sending.Outcome("Không nối được.", lasting=True)])
def test_subscription_that_was_switched_off_while_its_handshake_was_away_stays_off(
    node, mai, receiver, a_subscription, outcome
):
    Repository(mai).create(a_subscription(), id="kenh")
    letter = sending.letter_for(state.of(["kenh"])["kenh"])
    stored = Repository(mai).read("Subscription", "kenh")
    Repository(mai).update(stored | {"status": "off"})

    sending.settle(letter, outcome)

    assert Repository(mai).read("Subscription", "kenh")["status"] == "off"
    assert state.of(["kenh"])["kenh"].status == "off"


def test_handshake_that_fails_is_tried_again_and_then_active(node, mai, receiver, a_subscription, row_of):
    receiver.answers = [404, 404]
    Repository(mai).create(a_subscription(), id="kenh")
    for seconds in (0, 10, 30):
        with later(seconds=seconds):
            node.turn()

    assert [letter.kind for letter in receiver.letters] == ["handshake"] * 3
    assert (row_of("kenh")["status"], row_of("kenh")["failures"]) == ("active", 0)


def test_subscription_deleted_while_its_letter_was_away_is_no_error(
    node, mai, system, receiver, a_subscription, row_of
):
    Repository(mai).create(a_subscription(), id="kenh")
    letter = sending.letter_for(state.of(["kenh"])["kenh"])
    system.delete("Subscription", "kenh")

    sending.settle(letter, sending.Outcome())

    assert row_of("kenh") == {}


def test_more_due_than_can_go_at_once_all_go(node, mai, receiver, a_subscription):
    for number in range(sending.AT_ONCE + 3):
        Repository(mai).create(a_subscription(), id=f"kenh-{number}")
    node.turn()

    assert len(receiver.of_kind("handshake")) == sending.AT_ONCE + 3
