"""Medicines and results of the sample: the same for the same seed, few, and of nothing that exists."""

from collections import Counter

import pytest

from sample_data import people
from sample_data.profiles import PROFILES
from sample_data.treatment import HANDFUL, LIST, Treatment

PLACES = [
    people.Place(f"place-{kind}", kind, "Ninh Bình", "37", (("14362", "Phường Tam Điệp"),), "037") for kind in PROFILES
]


@pytest.fixture(scope="module")
def drawn():
    return list(people.draw(7, PLACES, 400))


def made(persons, seed=7):
    treatment = Treatment(seed)
    return [(person, resource) for person in persons for resource in treatment.resources(person)]


def test_same_seed_gives_the_same_bytes(drawn):
    assert made(drawn) == made(drawn)
    assert made(drawn) != made(drawn, seed=8)


def test_more_people_change_nobody_who_was_there(drawn):
    few, many = made(drawn[:200]), made(drawn)

    assert many[: len(few)] == few


def test_only_a_handful_of_each_facility_is_treated(drawn):
    treated = {
        (person.place.id, person.id) for person, one in made(drawn) if one["resourceType"] == "MedicationRequest"
    }

    assert max(Counter(place for place, _person in treated).values()) <= HANDFUL
    assert len(made(drawn)) < 40 * HANDFUL * len(PLACES)


def test_everything_is_tagged_and_has_an_id_of_its_own(drawn):
    resources = [one for _person, one in made(drawn)]

    assert all(one["meta"]["tag"][0]["code"] == "synthetic" for one in resources)
    names = [(one["resourceType"], one["id"]) for one in resources]
    assert len(set(names)) == len(names)


def test_somebody_has_a_critical_result_to_sign_and_somebody_an_allergy(drawn):
    kinds = Counter(one["resourceType"] for _person, one in made(drawn))

    assert kinds["Task"] >= 1
    assert kinds["AllergyIntolerance"] >= 1
    assert kinds["MedicationAdministration"] > kinds["MedicationRequest"]
    unsigned = [one for _person, one in made(drawn) if one["resourceType"] == "DiagnosticReport"
                and "resultsInterpreter" not in one]  # fmt: skip
    assert unsigned


def test_medicines_of_the_sample_exist_nowhere():
    assert all("mẫu" in item.name and all("mẫu" in one for one in item.substances) for item in LIST)
