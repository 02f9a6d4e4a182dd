"""Who may subscribe, to what, and what each may see: at writing, at judging and at sending."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ansinh.access.models import Assignment
from ansinh.fhir.store import Repository
from ansinh.fhir.subscriptions import evaluation, names
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound, Refused
from tests.support.fhir_door import FhirClient

pytestmark = pytest.mark.django_db


def focuses(receiver) -> list[str]:
    return [
        one.get("focus", "").rpartition("/")[2]
        for letter in receiver.of_kind("event-notification")
        for one in letter.status["notification-event"]
    ]


def test_subscriber_is_told_of_own_facility_only(node, mai, son, receiver, a_subscription, register, world):
    node.subscribed(mai, a_subscription(endpoint=f"{receiver.origin}/a"), id="cua-a")
    node.subscribed(son, a_subscription(endpoint=f"{receiver.origin}/b"), id="cua-b")
    register("nguoi-a", world.a)
    register("nguoi-b", world.b)
    node.turn()

    came = {letter.path: letter.status["notification-event"] for letter in receiver.of_kind("event-notification")}
    assert {path: [one["focus"].rpartition("/")[2] for one in told] for path, told in came.items()} == {
        "/a": ["nguoi-a"],
        "/b": ["nguoi-b"],
    }


def test_role_that_opens_no_people_is_told_of_no_people(node, admin, receiver, a_subscription, register, system, world):
    node.subscribed(admin, a_subscription("person"), id="nguoi")
    node.subscribed(admin, a_subscription("facility"), id="co-so")
    register("p1")
    unit = system.read("Organization", world.a)
    system.update(unit | {"alias": ["Bệnh viện"]})
    node.turn()

    assert focuses(receiver) == [world.a]


def test_person_who_moved_away_before_sending_is_a_number_without_a_record(
    node, mai, receiver, a_subscription, register, world
):
    node.subscribed(mai, a_subscription(content="full-resource"))
    register("di")
    register("o")
    evaluation.evaluate()
    register("di", world.b)
    node.turn()

    letter = receiver.of_kind("event-notification")[0]
    assert letter.numbers == [1, 2]
    assert focuses(receiver) == ["", "o"]
    assert [entry["resource"]["id"] for entry in letter.bundle["entry"][1:]] == ["o"]
    assert "Patient/di" not in str(letter.bundle)


def test_owner_who_lost_the_role_is_told_nothing_and_the_channel_is_off(
    node, mai, receiver, a_subscription, register, system
):
    node.subscribed(mai, a_subscription())
    register("p1")
    evaluation.evaluate()
    Assignment.objects.filter(user_id=mai.login).update(
        from_date=clock.today() - timedelta(days=9), to_date=clock.today() - timedelta(days=1)
    )
    node.turn()

    assert receiver.numbers == []
    stored = system.read("Subscription", "kenh")
    assert (stored["status"], stored["error"]) == ("off", "Người đặt kênh không còn giữ vai trò đó.")


def test_rights_are_those_of_whoever_wrote_the_subscription_last(node, mai, admin, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription())
    stored = Repository(admin).read("Subscription", "kenh")
    Repository(admin).update(stored | {"status": "requested"})
    node.turn()
    register("p1")
    node.turn()

    assert receiver.numbers == []


def test_login_with_less_than_its_role_gets_no_more_by_subscribing(node, mai, receiver, a_subscription, register):
    narrow = replace(mai, may={"Subscription": frozenset({"*"}), "Observation": frozenset({"read"})})
    node.subscribed(narrow, a_subscription("person"))
    register("p1")
    node.turn()

    assert receiver.numbers == []


def test_writer_without_an_account_can_not_be_told_anything(node, mai, receiver, a_subscription, register):
    node.subscribed(replace(mai, login=""), a_subscription())
    register("p1")
    node.turn()

    assert (receiver.letters, Repository(mai).read("Subscription", "kenh")["status"]) == ([], "off")


def test_other_units_see_neither_the_subscription_nor_its_secret(node, mai, son, a_subscription):
    node.subscribed(mai, a_subscription(header=["Authorization: Bearer khoa-bi-mat"]))

    with pytest.raises(NotFound):
        Repository(son).read("Subscription", "kenh")
    with pytest.raises(NotFound):
        Repository(son).update(a_subscription() | {"id": "kenh"})


def test_subscription_stays_with_its_unit_when_the_node_writes_its_status(node, mai, son, admin, a_subscription):
    node.subscribed(mai, a_subscription())

    assert Repository(mai).read("Subscription", "kenh")["status"] == "active"
    assert Repository(mai).history("Subscription", "kenh")[0].author == "system"
    with pytest.raises(NotFound):
        Repository(son).read("Subscription", "kenh")


@pytest.mark.parametrize("name", ["lan", "binh", "officer", "leader"])
def test_roles_without_the_right_cannot_subscribe(request, name, a_subscription):
    with pytest.raises(Refused):
        Repository(request.getfixturevalue(name)).create(a_subscription())


def test_bad_subscription_changes_nothing_and_names_every_problem(mai, a_subscription, row_of):
    bad = a_subscription("nothing", endpoint="https://evil.example/x")

    with pytest.raises(Invalid) as refusal:
        Repository(mai).create(bad, id="xau")

    assert {one.key for one in refusal.value.problems if one.severity == "error"} == {
        "subscription-topic",
        "subscription-endpoint",
    }
    assert row_of("xau") == {}


# At the door


@pytest.fixture
def door(mai, account_of) -> FhirClient:
    return FhirClient(account_of("mai"))


@pytest.fixture
def stranger(son, account_of) -> FhirClient:
    return FhirClient(account_of("son"))


def parameters(bundle) -> list[dict]:
    found = []
    for entry in bundle.get("entry", []):
        if entry.get("resource", {}).get("resourceType") == "Parameters":
            values = {}
            for part in entry["resource"]["parameter"]:
                key = next((one for one in part if one.startswith("value")), "")
                values[part["name"]] = part.get(key)
            found.append(values)
    return found


def test_subscription_goes_through_the_door(node, door, receiver, a_subscription):
    made = door.call("POST", "/Subscription", a_subscription())
    node.turn()
    read = door.call("GET", f"/Subscription/{made.json['id']}")

    assert (made.status_code, read.json["status"], len(receiver.letters)) == (201, "active", 1)


def test_refusal_at_the_door_is_an_outcome_in_words(door, a_subscription):
    answer = door.call("POST", "/Subscription", a_subscription(endpoint="https://evil.example/x"))

    assert answer.status_code == 422
    assert "evil" not in answer.text
    assert [one["expression"] for one in answer.json["issue"] if one["severity"] == "error"] == [
        ["Subscription.channel.endpoint"]
    ]


def test_status_of_one_tells_state_count_and_error(node, mai, door, receiver, a_subscription, register):
    node.subscribed(mai, a_subscription())
    register("p1")
    receiver.answers = [503]
    node.turn()

    answer = door.call("GET", "/Subscription/kenh/$status")

    assert answer.json["type"] == "searchset"
    told = parameters(answer.json)[0]
    assert told["subscription"]["reference"].endswith("/fhir/Subscription/kenh")
    assert (told["status"], told["type"], told["events-since-subscription-start"]) == ("active", "query-status", "1")
    assert "503" in told["error"]["text"]


def test_status_of_all_is_narrowed_by_id_and_status_and_by_reach(node, mai, son, door, stranger, a_subscription):
    node.subscribed(mai, a_subscription(), id="mot")
    node.subscribed(mai, a_subscription(), id="hai")
    node.subscribed(son, a_subscription(), id="khac")
    Repository(mai).update(Repository(mai).read("Subscription", "hai") | {"status": "off"})

    def ids(client, query: str) -> set[str]:
        told = parameters(client.call("GET", f"/Subscription/$status{query}").json)
        return {one["subscription"]["reference"].rpartition("/")[2] for one in told}

    assert ids(door, "") == {"mot", "hai"}
    assert ids(stranger, "") == {"khac"}
    assert ids(door, "?id=mot,khac") == {"mot"}
    assert ids(door, "?id=mot&id=hai&status=off") == {"hai"}
    assert ids(door, "?status=error") == set()


def test_status_and_events_of_another_unit_do_not_exist(node, mai, stranger, a_subscription):
    node.subscribed(mai, a_subscription())

    for path in ("/Subscription/kenh/$status", "/Subscription/kenh/$events"):
        assert stranger.call("GET", path).status_code == 404


def test_events_are_given_between_numbers_both_included(node, mai, door, a_subscription, register):
    node.subscribed(mai, a_subscription())
    for number in range(5):
        register(f"p{number}")
    node.turn()

    answer = door.call(
        "GET", "/Subscription/kenh/$events?eventsSinceNumber=2&eventsUntilNumber=3&content=full-resource"
    )

    assert answer.json["type"] == "history"
    assert answer.json["meta"]["profile"] == [names.NOTIFICATION]
    assert parameters(answer.json)[0]["type"] == "query-event"
    assert [entry["resource"]["id"] for entry in answer.json["entry"][1:]] == ["p1", "p2"]


def test_events_show_what_the_caller_may_see_now(node, mai, door, a_subscription, register, world):
    node.subscribed(mai, a_subscription())
    register("p1")
    node.turn()
    register("p1", world.b)

    answer = door.call("GET", "/Subscription/kenh/$events")

    assert "p1" not in answer.text
    assert len(answer.json["entry"]) == 1


@pytest.mark.parametrize(
    "query", ["?content=all", "?eventsSinceNumber=x", "?eventsUntilNumber=-1", "?eventsSinceNumber=99999999999999"]
)
def test_events_refuse_what_they_cannot_read(node, mai, door, a_subscription, query):
    node.subscribed(mai, a_subscription())

    assert door.call("GET", f"/Subscription/kenh/$events{query}").status_code == 400


def test_capabilities_name_topics_profile_and_operations(door):
    statement = door.call("GET", "/metadata").json
    found = next(one for one in statement["rest"][0]["resource"] if one["type"] == "Subscription")

    topics = {one["valueCanonical"] for one in found["extension"] if one["url"] == names.TOPIC_OF_SERVER}
    assert "https://ansinh.vn/fhir/SubscriptionTopic/person" in topics
    assert names.PROFILE in found["supportedProfile"]
    assert {"status", "events"} <= {one["name"] for one in found["operation"]}
    assert names.SERVER in statement["instantiates"]
