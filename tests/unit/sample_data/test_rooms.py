"""Rooms of the synthetic facilities: the same beds for the same people, nobody twice, nothing made twice."""

from collections import Counter

import pytest

from ansinh.clinical.wards import resources, rules
from sample_data import people
from sample_data.profiles import PROFILES
from sample_data.rooms import BEDS, ROOMS, Rooms

PLACES = [
    people.Place(f"place-{kind}", kind, "Ninh Bình", "37", (("14362", "Phường Tam Điệp"),), "037") for kind in PROFILES
]


@pytest.fixture(scope="module")
def drawn():
    return list(people.draw(7, PLACES, 600))


def made(persons):
    rooms = Rooms()
    return [resource for person in persons for resource in rooms.resources(person)]


def beds_of(found):
    return {
        one["subject"]["reference"]: resources.place_of(resources.held(one))
        for one in found
        if one["resourceType"] == "Encounter"
    }


def test_more_people_leave_everybody_in_their_bed(drawn):
    few, all_of_them = beds_of(made(drawn[:300])), beds_of(made(drawn))

    assert {person: all_of_them[person] for person in few} == few


def test_every_bed_has_one_person_and_lies_in_a_room_of_a_ward_of_the_facility(drawn):
    found = made(drawn)
    places = {one["id"]: one for one in found if one["resourceType"] == "Location"}

    beds = beds_of(found)
    assert len(set(beds.values())) == len(beds) > 50
    for bed in beds.values():
        room = places[places[bed]["partOf"]["reference"].removeprefix("Location/")]
        ward = places[room["partOf"]["reference"].removeprefix("Location/")]
        kinds = [resources.kind_of(one) for one in (places[bed], room, ward)]
        assert kinds == [resources.BED, resources.ROOM, resources.WARD]
        assert resources.facility_of(places[bed]) == resources.facility_of(ward)


def test_places_are_made_once_and_rooms_hold_no_more_than_their_beds(drawn):
    found = [one for one in made(drawn) if one["resourceType"] == "Location"]

    below = Counter(one["partOf"]["reference"] for one in found if resources.kind_of(one) == resources.BED)
    rooms = Counter(one["partOf"]["reference"] for one in found if resources.kind_of(one) == resources.ROOM)
    assert len({one["id"] for one in found}) == len(found)
    assert set(below.values()) == {BEDS}
    assert max(rooms.values()) <= ROOMS


def test_who_left_and_who_lives_at_home_has_no_bed(drawn):
    housed = set(beds_of(made(drawn)))

    for person in drawn:
        lives = any(stay.end is None and stay.kind not in rules.WITHOUT_BED for stay in person.stays)
        assert (f"Patient/{person.id}" in housed) is lives


def test_everything_is_tagged_as_synthetic(drawn):
    assert all(one["meta"]["tag"][0]["code"] == "synthetic" for one in made(drawn[:100]))
