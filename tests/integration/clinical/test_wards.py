"""Beds given, changed and given back; leave and return; death; what no door lets through."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.wards import actions, queries, resources
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
LATER = MOMENT + timedelta(days=1)


@pytest.fixture
def room(mai) -> queries.Room:
    """Room 101 of ward A with two beds, 14 m²."""
    actions.add_room(mai, facility=mai.unit, ward="", ward_name="Khoa A", name="Phòng 101", beds=2, area=14)
    return queries.places(mai, mai.unit).wards[0].rooms[0]


@pytest.fixture
def sang(lan) -> str:
    """Id of Trần Văn Sang, in stay at facility A."""
    draft = PersonDraft("Trần Văn Sang", "male", "1961")
    return registry_actions.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))


def put(context, person, place, moment=MOMENT, **more):
    return actions.assign_place(context, person_id=person, place=place, moment=moment, **more)


def shown(context, room):
    """Names by bed, as the board has them."""
    places = queries.places(context, context.unit)
    ward = queries.occupied(context, context.unit, places.ward(places.ward_of(room.id)))
    return [[one.name for one in each.residents] for each in ward.rooms]


def refusal_of(act, *args, **kwargs) -> str:
    with pytest.raises(Invalid) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def test_person_put_into_a_bed_is_on_the_board_and_no_longer_waits(lan, an, room):
    assert [one.id for one in queries.without_place(lan, lan.unit)] == [an]

    put(lan, an, room.beds[0].id)

    assert shown(lan, room) == [["Nguyễn Văn An"]]
    assert queries.without_place(lan, lan.unit) == []
    assert queries.places(lan, lan.unit).words(room.beds[0].id) == "Phòng 101, Giường 1"


def test_bed_of_somebody_is_refused_until_it_is_given_back(lan, an, sang, room):
    put(lan, an, room.beds[0].id)

    assert refusal_of(put, lan, sang, room.beds[0].id) == "bed-taken"
    put(lan, an, room.beds[1].id, LATER)
    put(lan, sang, room.beds[0].id, LATER)

    assert shown(lan, room) == [["Trần Văn Sang", "Nguyễn Văn An"]]


def test_move_keeps_the_history_of_beds(lan, an, room):
    put(lan, an, room.beds[0].id)
    put(lan, an, room.beds[1].id, LATER)

    residence = queries.residence(lan, registry.person(lan, an).stay.id)
    history = queries.history(residence, queries.places(lan, lan.unit))

    assert [words for words, _from, _to in history] == ["Phòng 101, Giường 2", "Phòng 101, Giường 1"]
    assert history[1][2] == history[0][1] == "2026-03-11T08:30:00+07:00"


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2026, 1, 4, tzinfo=UTC), "move-order"),
        (datetime(2099, 1, 1, tzinfo=UTC), "move-future"),
    ],
)
def test_bed_before_the_stay_or_in_the_future_is_refused(lan, an, room, moment, code):
    assert refusal_of(put, lan, an, room.beds[0].id, moment) == code


def test_move_before_the_last_one_is_refused_and_changes_nothing(lan, an, room):
    put(lan, an, room.beds[0].id, LATER)

    assert refusal_of(put, lan, an, room.beds[1].id, MOMENT) == "move-order"
    assert refusal_of(put, lan, an, room.beds[0].id, LATER) == "place-same"
    assert shown(lan, room) == [["Nguyễn Văn An"]]


def test_full_room_takes_another_only_when_it_is_said_on_purpose_and_the_board_warns(lan, an, sang, room, client_of):
    third = registry_actions.register_person(
        lan, draft=PersonDraft("Lê Thị Hoa", "female", "1970"), admission=Admission("voluntary", "2026-01-05")
    )
    put(lan, an, room.beds[0].id)
    put(lan, sang, room.beds[1].id)

    with pytest.raises(actions.RoomFull):
        put(lan, third, room.id)
    put(lan, third, room.id, confirmed_full=True)

    page = client_of("lan").get(reverse("wards")).content.decode()
    assert "Phòng 101: 3 người, 2 giường." in page
    assert "Nằm ghép" in page


def test_cramped_room_is_warned_with_the_norm_and_its_source(lan, mai, an, client_of):
    actions.add_room(mai, facility=mai.unit, ward="", ward_name="Khoa B", name="Phòng nhỏ", beds=1, area=5.5)
    put(lan, an, queries.places(lan, lan.unit).wards[0].rooms[0].beds[0].id)

    page = client_of("lan").get(reverse("wards")).content.decode()

    assert "chưa đủ 6 m² mỗi người (Nghị định 103/2017/NĐ-CP, Điều 24)" in page


def test_bed_of_another_facility_is_refused(lan, son, an):
    actions.add_room(son, facility=son.unit, ward="", ward_name="Khu 1", name="P1", beds=1)
    other = queries.places(son, son.unit).wards[0].rooms[0].beds[0]

    assert refusal_of(put, lan, an, other.id) == "bed-elsewhere"


def test_person_of_another_facility_is_not_found(cuc, an, room):
    with pytest.raises(NotFound):
        put(cuc, an, room.beds[0].id)


def test_closed_bed_is_refused_and_a_used_one_cannot_be_closed(lan, mai, an, room):
    actions.set_open(mai, facility=mai.unit, place=room.beds[0].id, is_open=False)

    assert refusal_of(put, lan, an, room.beds[0].id) == "bed-closed"
    put(lan, an, room.beds[1].id)
    with pytest.raises(Conflict):
        actions.set_open(mai, facility=mai.unit, place=room.beds[1].id, is_open=False)
    actions.set_open(mai, facility=mai.unit, place=room.beds[0].id, is_open=True)
    assert put(lan, an, room.beds[0].id, LATER)


def test_somebody_followed_from_home_gets_no_bed(lan, room):
    draft = PersonDraft("Y Bhin", "male", "1970")
    person = registry_actions.register_person(lan, draft=draft, admission=Admission("community", "2026-01-05"))

    assert refusal_of(put, lan, person, room.beds[0].id) == "stay-no-bed"
    assert queries.without_place(lan, lan.unit) == []


def test_machine_that_writes_a_taken_bed_is_refused_at_the_door(lan, an, sang, room):
    put(lan, an, room.beds[0].id)
    stay = registry.person(lan, sang).stay
    body = resources.residence_resource(
        stay.id, sang, lan.unit, "Lưu trú", room.beds[0].id, "2026-03-10T08:30:00+07:00"
    )

    with pytest.raises(Invalid) as refusal:
        Repository(lan).create(body)

    assert [(p.key, p.expression) for p in refusal.value.problems] == [("bed-taken", "Encounter.location[0].location")]


def test_machine_that_writes_two_beds_is_refused(lan, an, room):
    stay = registry.person(lan, an).stay
    body = resources.residence_resource(stay.id, an, lan.unit, "Lưu trú", room.beds[0].id, "2026-03-10T08:30:00+07:00")
    second = {"location": {"reference": f"Location/{room.beds[1].id}"}, "status": "active"}

    with pytest.raises(Invalid) as refusal:
        Repository(lan).create(body | {"location": [*body["location"], second]})

    assert "bed-two" in [problem.key for problem in refusal.value.problems]


def test_leave_keeps_the_bed_and_return_takes_it_again(lan, an, sang, room):
    put(lan, an, room.beds[0].id)
    actions.start_leave(lan, person_id=an, moment=LATER, due=date(2026, 3, 15), reason="Về thăm nhà", companion="Con")

    (away,) = queries.residents_in(lan, lan.unit, [room.beds[0].id])
    assert (away.away[:10], away.due, away.overdue) == ("2026-03-11", "2026-03-15", True)
    assert refusal_of(put, lan, sang, room.beds[0].id) == "bed-taken"

    actions.end_leave(lan, person_id=an, moment=LATER + timedelta(days=2))
    (back,) = queries.residents_in(lan, lan.unit, [room.beds[0].id])
    assert back.away == ""


def test_leave_twice_return_without_leave_and_leave_without_a_bed_are_refused(lan, an, room):
    go = {"person_id": an, "moment": LATER, "due": None, "reason": "Đi khám"}

    assert refusal_of(actions.start_leave, lan, **go) == "bed-none"
    put(lan, an, room.beds[0].id)
    with pytest.raises(Conflict):
        actions.end_leave(lan, person_id=an, moment=LATER)
    actions.start_leave(lan, **go)
    with pytest.raises(Conflict):
        actions.start_leave(lan, **go)
    assert refusal_of(actions.start_leave, lan, **(go | {"reason": " "})) == "leave-reason"


def test_stay_that_ends_gives_the_bed_back(lan, an, sang, room):
    put(lan, an, room.beds[0].id)
    stay = registry.person(lan, an).stay

    registry_actions.discharge(
        lan, person_id=an, stay_id=stay.id, end="2026-03-12", reason="recovered", version=stay.version
    )

    residence = queries.residence(lan, stay.id)
    assert (residence["status"], resources.held(residence)) == ("finished", None)
    assert residence["period"]["end"].startswith("2026-03-12T23:59")
    put(lan, sang, room.beds[0].id, LATER)


def test_stay_ended_by_a_machine_frees_the_bed_as_well(lan, an, sang, room):
    put(lan, an, room.beds[0].id)
    repository = Repository(lan)
    stay = repository.read("EpisodeOfCare", registry.person(lan, an).stay.id)

    repository.update(stay | {"status": "finished", "period": {**stay["period"], "end": "2026-03-12"}})

    put(lan, sang, room.beds[0].id, LATER)
    assert shown(lan, room) == [["Trần Văn Sang"]]


def test_death_ends_the_stay_with_hour_place_and_cause(lan, an, room):
    put(lan, an, room.beds[0].id)

    actions.record_death(lan, person_id=an, moment=LATER, place="Tại cơ sở", cause="I10", note="Suy tim")

    card = registry.person(lan, an)
    (cause,) = [Repository(lan).read("Observation", resources.stable_id("death", an))]
    assert (card.deceased, card.stay) == ("2026-03-11T08:30:00+07:00", None)
    assert cause["valueCodeableConcept"]["coding"][0]["code"] == "I10"
    assert [note["text"] for note in cause["note"]] == ["Tại cơ sở", "Suy tim"]
    assert shown(lan, room) == [[]]


def test_death_before_the_last_move_or_of_an_unknown_cause_changes_nothing(lan, an, room):
    put(lan, an, room.beds[0].id, LATER)
    told = {"person_id": an, "place": "Tại cơ sở"}

    assert refusal_of(actions.record_death, lan, moment=MOMENT, **told) == "move-order"
    assert refusal_of(actions.record_death, lan, moment=LATER, cause="X99.9.9", **told) == "icd-unknown"
    card = registry.person(lan, an)
    assert (card.deceased, card.stay is None) == ("", False)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "Phòng 101", "ward": "first"}, "room-twice"),
        ({"ward_name": "khoa a"}, "ward-twice"),
        ({"ward_name": ""}, "ward-required"),
        ({"name": " "}, "room-name"),
        ({"beds": 61}, "room-beds"),
    ],
)
def test_room_that_cannot_be_is_refused(mai, room, given, code):
    first = queries.places(mai, mai.unit).wards[0].id
    asked = {"ward": "", "ward_name": "Khoa mới", "name": "Phòng 2", "beds": 2} | given
    asked["ward"] = first if asked["ward"] == "first" else asked["ward"]

    assert refusal_of(actions.add_room, mai, facility=mai.unit, **asked) == code


def test_board_remembers_the_ward_of_each_account(lan, mai, room, client_of):
    actions.add_room(mai, facility=mai.unit, ward="", ward_name="Khoa B", name="Phòng 201", beds=1)
    second = queries.places(lan, lan.unit).wards[1]
    lan_page, mai_page = client_of("lan"), client_of("mai")

    lan_page.get(reverse("wards") + f"?khoa={second.id}")

    assert "Phòng 201" in lan_page.get(reverse("wards")).content.decode()
    assert "Phòng 201" not in mai_page.get(reverse("wards")).content.decode()


def test_pages_of_a_bed_move_leave_and_die(lan, an, room, client_of):
    client, now = client_of("lan"), clock.now().astimezone(clock.VIETNAM).strftime("%d/%m/%Y %H:%M")
    address = reverse("bed_assign", args=[an])

    assert "Chưa có giường" in client.get(address).content.decode()
    assert client.post(address, {"place": room.beds[0].id, "moment": now}).status_code == 302
    assert "Đang ở: Phòng 101, Giường 1" in client.get(address).content.decode()
    assert client.post(address, {"place": room.beds[0].id, "moment": now}).status_code == 422
    went = client.post(reverse("leave", args=[an]), {"moment": now, "reason": "Đi khám", "due": ""})
    assert went.status_code == 302
    assert "Ghi người về" in client.get(reverse("leave", args=[an])).content.decode()
    assert client.post(reverse("death", args=[an]), {"moment": now, "place": ""}).status_code == 422
    died = client.post(reverse("death", args=[an]), {"moment": now, "place": "Bệnh viện tỉnh"})
    assert died.status_code == 302


def test_free_bed_takes_one_who_waits(an, room, client_of):
    client, now = client_of("lan"), clock.now().astimezone(clock.VIETNAM).strftime("%d/%m/%Y %H:%M")
    address = reverse("bed_fill", args=[room.beds[1].id])

    assert "Nguyễn Văn An" in client.get(address).content.decode()
    assert client.post(address, {"person": an, "moment": now}).status_code == 302
    assert "Không ai đang chờ giường" in client.get(address).content.decode()


def test_rooms_are_edited_by_the_director_only(room, client_of):
    assert client_of("lan").get(reverse("rooms_edit")).status_code == 403
    client = client_of("mai")
    asked = {"ward": "", "ward_name": "Khoa C", "name": "Phòng 301", "beds": "3", "area": "20,5"}

    assert client.post(reverse("rooms_edit"), asked).status_code == 302
    assert client.post(reverse("rooms_edit"), asked).status_code == 422
    assert "Phòng 301" in client.get(reverse("rooms_edit")).content.decode()
    assert client.post(reverse("place_open", args=[room.beds[0].id]), {"open": "0"}).status_code == 302
    assert "Mở lại" in client.get(reverse("rooms_edit")).content.decode()


def test_board_of_another_facility_shows_nothing_of_this_one(an, room, client_of):
    page = client_of("cuc").get(reverse("wards")).content.decode()

    assert "Phòng 101" not in page
    assert client_of("cuc").get(reverse("bed_assign", args=[an])).status_code == 404
    assert client_of("cuc").get(reverse("bed_fill", args=[room.beds[0].id])).status_code == 404
