"""Wards, rooms and beds as pages show them, and the history of beds whatever clock and machine wrote it."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.wards import queries, refusals, resources
from ansinh.clinical.wards.queries import Bed, Places, Resident, Room, Ward
from ansinh.clinical.wards.resources import Leave
from ansinh.kernel import clock
from ansinh.kernel.clock import VIETNAM

PLACES = Places(
    (Ward("w", "Khoa A"), Ward("v", "Khoa B")),
    {"w": "", "v": "", "r": "w", "b1": "r", "b2": "r", "s": "v"},
    {"w": "Khoa A", "v": "Khoa B", "r": "Phòng 101", "b1": "Giường 1", "b2": "Giường 2", "s": "Phòng 201"},
)


def resident(name="An", place="b1", **more):
    return Resident(name.casefold(), name, "1950", "female", "s1", "long-term", "2026-01-01", place, **more)


@pytest.mark.parametrize(
    ("place", "words", "ward"),
    [("b2", "Phòng 101, Giường 2", "w"), ("r", "Phòng 101", "w"), ("s", "Phòng 201", "v"), ("w", "Khoa A", "w"),
     ("không có", "", "không có"), ("", "", "")],
)  # fmt: skip
def test_place_is_named_with_its_room_and_lies_in_its_ward(place, words, ward):
    assert (PLACES.words(place), PLACES.ward_of(place)) == (words, ward)


@pytest.mark.parametrize(("asked", "found"), [("", "w"), ("v", "v"), ("w", "w"), ("r", None), ("x", None)])
def test_ward_is_found_by_its_id_and_the_first_one_without(asked, found):
    ward = PLACES.ward(asked)

    assert (ward.id if ward else None) == found
    assert Places().ward("") is None


@pytest.mark.parametrize(
    ("beds", "people", "extra", "over"),
    [(2, 2, 0, False), (2, 2, 1, True), (2, 1, 1, False), (0, 0, 9, False), (1, 0, 2, True)],
)
def test_room_counts_those_in_beds_and_those_without_one(beds, people, extra, over):
    lying = [Bed(f"b{one}", "", resident=resident() if one < people else None) for one in range(beds)]
    room = Room("r", "Phòng", None, lying, [resident()] * extra)

    assert (len(room.residents), room.usable, room.is_over) == (people + extra, beds, over)


def test_closed_bed_is_not_one_that_can_be_used():
    room = Room("r", "Phòng", None, [Bed("b1", "", resident=resident()), Bed("b2", "", closed=True)], [resident()])

    assert (room.usable, room.is_over) == (1, True)


def test_floor_of_a_room_is_shared_by_everybody_in_it():
    least = queries.space_norm().usual
    two = [resident(), resident()]

    assert not Room("r", "", least * 2, extra=two).is_cramped
    assert Room("r", "", least * 2 - Decimal("0.1"), extra=two).is_cramped
    assert not Room("r", "", Decimal(1)).is_cramped


def rows(*said):
    return [{"id": one, "kind": kind, "parent_id": parent, "name": name, "status": status, "area": area}
            for one, kind, parent, name, status, area in said]  # fmt: skip


def test_tree_has_rooms_of_the_ward_with_their_beds_and_area():
    room, bed, closed = rows(("r", "ro", "w", "Phòng", "active", 24.5), ("b", "bd", "r", "Giường 1", "active", None),
                             ("c", "bd", "r", "Giường 2", "suspended", None))  # fmt: skip
    (ward,) = rows(("w", "wa", None, "Khoa", "active", None))

    made = queries._ward(ward, {"w": [room, bed], "r": [bed, closed]})

    assert [one.id for one in made.rooms] == ["r"]
    assert made.rooms[0].area == Decimal("24.5")
    assert [(one.name, one.closed) for one in made.rooms[0].beds] == [("Giường 1", False), ("Giường 2", True)]
    assert queries.locations_of(made) == ["w", "r", "b", "c"]


def test_two_in_one_bed_are_both_shown():
    room = Room("r", "Phòng", None, [Bed("b1", "Giường 1"), Bed("b2", "Giường 2")])
    found = {"b1": [resident("An"), resident("Bình")], "r": [resident("Chi", "r")]}

    shown = queries._occupied(room, found)

    assert [bed.resident and bed.resident.name for bed in shown.beds] == ["An", None]
    assert [one.name for one in shown.residents] == ["An", "Chi", "Bình"]


@pytest.mark.parametrize(
    ("due", "overdue"), [("2026-03-09", True), ("2026-03-10", False), ("2026-03-11", False), (None, False), ("", False)]
)
def test_person_is_overdue_from_the_day_after_the_one_they_were_expected(due, overdue):
    row = dict.fromkeys(("full_name", "birth_date", "gender", "kind", "start_date", "location_id", "leave_from"))

    with clock.frozen(datetime(2026, 3, 10, 23, 59, tzinfo=VIETNAM)):
        made = queries._resident(row | {"patient_id": "p", "stay": "s", "leave_due": due})

    assert (made.overdue, made.place, made.name) == (overdue, "", "")


# --- the record of a residence ----------------------------------------------------------------------------------


def residence(at="2026-03-01T08:00:00+07:00"):
    return resources.residence_resource("s1", "p1", "f1", "Lưu trú", "b1", at)


@pytest.mark.parametrize(
    ("moments", "last"),
    [
        (["2026-03-02T08:00:00+07:00", "2026-03-03T00:30:00Z"], "2026-03-03T00:30:00Z"),
        (["2026-03-02T20:00:00Z", "2026-03-03T01:00:00+07:00"], "2026-03-02T20:00:00Z"),
        (["2026-03-02T05:00:00+07:00", "2026-03-01T23:00:00Z"], "2026-03-01T23:00:00Z"),
    ],
)
def test_last_change_is_the_latest_whatever_the_offset(moments, last):
    body = residence()
    for number, at in enumerate(moments):
        body = resources.moved(body, f"b{number + 2}", at)

    assert resources.last_change(body) == last


def test_bed_that_was_given_back_and_leave_that_is_over_count_as_changes():
    left = residence()
    left["location"][0] |= {"status": "completed"}
    left["location"][0]["period"]["end"] = "2026-03-05T08:00:00+07:00"
    away = resources.back(
        resources.on_leave(residence(), Leave("2026-03-02T08:00:00+07:00")), "2026-03-06T08:00:00+07:00"
    )

    assert resources.last_change(left) == "2026-03-05T08:00:00+07:00"
    assert resources.last_change(away) == "2026-03-06T08:00:00+07:00"


def test_history_of_statuses_of_a_machine_that_says_no_end_goes_on_from_the_start_of_the_residence():
    body = residence() | {"statusHistory": [{"status": "planned", "period": {"start": "2026-02-01"}}]}

    after = resources.on_leave(body, Leave("2026-03-02T08:00:00+07:00"))

    assert after["statusHistory"][-1] == {
        "status": "in-progress",
        "period": {"start": "2026-03-01T08:00:00+07:00", "end": "2026-03-02T08:00:00+07:00"},
    }


@given(st.lists(st.sampled_from(["move", "leave", "back"]), max_size=12))
def test_person_has_one_bed_all_the_time_and_the_history_has_no_gap(steps):
    body, at = residence(), datetime(2026, 3, 1, 8, tzinfo=VIETNAM)
    for number, step in enumerate(steps):
        at += timedelta(hours=5)
        told = at.isoformat()
        if step == "move":
            body = resources.moved(body, f"b{number + 2}", told)
        elif step == "leave" and body["status"] == "in-progress":
            body = resources.on_leave(body, Leave(told, reason="về nhà"))
        elif step == "back" and body["status"] == "onleave":
            body = resources.back(body, told)
        kept = "reserved" if body["status"] == "onleave" else "active"
        assert [use["status"] for use in body["location"] if use["status"] != "completed"] == [kept]

    uses = [use["period"] for use in body["location"]]
    spans = [one["period"] for one in body.get("statusHistory", [])]
    assert all(one["end"] == after["start"] for one, after in itertools.pairwise(uses))
    assert all(one["end"] == after["start"] for one, after in itertools.pairwise(spans))
    over = resources.ended(body, (at + timedelta(hours=1)).isoformat())
    assert resources.held(over) is None
    assert all(leave.returned for leave in resources.leaves(over))


def test_history_names_the_beds_newest_first_and_one_that_is_gone_by_nothing():
    body = resources.moved(residence(), "đã bỏ", "2026-03-05T08:00:00+07:00")

    assert queries.history(body, PLACES) == [
        ("", "2026-03-05T08:00:00+07:00", ""),
        ("Phòng 101, Giường 1", "2026-03-01T08:00:00+07:00", "2026-03-05T08:00:00+07:00"),
    ]


@pytest.mark.parametrize(
    ("statuses", "found"),
    [([], 0), (["active"], 0), (["completed", "active"], 0), (["planned", "active"], 0), (["active", "reserved"], 1),
     (["active", "active"], 1), (["completed", "completed"], 0)],
)  # fmt: skip
def test_two_beds_at_once_are_refused_of_everybody(statuses, found):
    body = {"location": [{"status": status, "location": {"reference": "Location/b"}} for status in statuses]}

    assert len(list(refusals.two_places(body))) == found


@pytest.mark.parametrize(("codes", "kind"), [(["bd"], "bd"), (["ro"], "ro"), ([], ""), (["x", "wa"], "x")])
def test_kind_of_a_place_is_that_of_its_physical_type(codes, kind):
    made = resources.location_resource("l", "f", "bd", "Giường")
    made["physicalType"]["coding"] = [made["physicalType"]["coding"][0] | {"code": code} for code in codes]

    assert resources.kind_of(made) == kind
    assert resources.kind_of({"physicalType": {"coding": [{"system": "urn:x", "code": "bd"}]}}) == ""


@pytest.mark.parametrize(
    ("cause", "note", "known"), [(("I46", "Ngừng tim"), "", True), (("", ""), "Mất lúc ngủ", False)]
)
def test_death_says_its_cause_or_that_it_is_unknown(cause, note, known):
    said = resources.death_observation("p", "2026-03-10T03:00:00+07:00", "tại cơ sở", cause, note)

    assert ("valueCodeableConcept" in said) is known
    assert ("dataAbsentReason" in said) is not known
    assert [one["text"] for one in said["note"]] == ["tại cơ sở", *([note] if note else [])]
    assert said["id"] == resources.death_observation("p", "", "", ("", ""), "")["id"]
