"""The synthetic people: the same for the same seed, whole, plausible, and nobody."""

from datetime import date

import pytest
import yaml
from django.conf import settings

from sample_data import LAST_DAY, care, people
from sample_data.care import DETAILED_FROM
from sample_data.profiles import PROFILES

PLACES = [
    people.Place(f"place-{kind}", kind, "Ninh Bình", "37", (("14362", "Phường Tam Điệp"),), "037") for kind in PROFILES
]


@pytest.fixture(scope="module")
def drawn():
    return list(people.draw(7, PLACES, 400))


def test_draw_same_seed_same_people_and_care(drawn):
    again = list(people.draw(7, PLACES, 400))

    assert again == drawn
    assert [list(care.draw(7, person)) for person in again[:50]] == [list(care.draw(7, p)) for p in drawn[:50]]


def test_draw_more_people_keeps_the_first(drawn):
    assert list(people.draw(7, PLACES, 500))[:400] == drawn


def test_draw_another_seed_other_people(drawn):
    assert {person.id for person in people.draw(8, PLACES, 400)}.isdisjoint(person.id for person in drawn)


def test_people_citizen_numbers_are_well_formed_and_given_to_nobody(drawn):
    numbers = [person.cccd for person in drawn if person.cccd]

    assert len(numbers) > 250
    assert all(len(number) == 12 and number[6:9] == "000" for number in numbers)


def test_people_with_year_only_births_without_papers_and_with_guardians_are_among_them(drawn):
    assert any(len(person.birth) == 4 for person in drawn)
    assert any(not person.cccd and not person.bhyt for person in drawn)
    assert all(person.guardian for person in drawn if person.born.year > LAST_DAY.year - 16)


def test_stays_follow_each_other(drawn):
    for person in drawn:
        for stay in person.stays:
            assert stay.end is None or stay.start <= stay.end <= LAST_DAY
        for earlier, later in zip(person.stays, person.stays[1:], strict=False):
            assert earlier.end
            assert earlier.end < later.start


def test_events_happen_during_a_stay_and_in_order(drawn):
    for person in drawn:
        events = list(care.draw(7, person))
        assert [event.at for event in events] == sorted(event.at for event in events)
        for event in events:
            day = event.at.date()
            assert any(stay.start <= day <= (stay.end or date.max) for stay in person.stays)


def test_vitals_are_possible(drawn):
    for person in drawn:
        for event in care.draw(7, person):
            if event.vitals:
                assert 60 < event.vitals["systolic"] < 220
                assert event.vitals["diastolic"] < event.vitals["systolic"]
            if event.kind == "screening":
                assert event.at.date() >= DETAILED_FROM.replace(year=2025)


def test_codes_used_are_among_those_shipped():
    def shipped(name):
        path = settings.DEFINITIONS / "codesystems" / f"{name}.yaml"
        return {concept["code"] for concept in yaml.safe_load(path.read_text(encoding="utf-8"))["concepts"]}

    profiles = [profile for choices in PROFILES.values() for profile in choices]

    assert {code for p in profiles for code in p.conditions} <= shipped("icd10-chon-loc")
    assert {code for p in profiles for code in p.codes} <= shipped("beneficiary-group")
    assert {p.stay for p in profiles} <= shipped("stay-kind")
    assert {p.discharge for p in profiles} <= shipped("discharge-reason")
    assert {"17.0037", "17.0041", "17.0085", "17.0011"} <= shipped("technique")
