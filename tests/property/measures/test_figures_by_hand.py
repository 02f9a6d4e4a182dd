"""Measures counted by hand: random records of a small house, and the sentences of the measure files read as Python.

What a file says in words (population, denominator, numerator) is written down here once more without SQL; the file's
SQL has to find the same people at each facility, each once, and to say of the others what is missing.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.programme.measures import statements
from ansinh.programme.measures.rules import Period, months_before
from tests.spec.measures.test_examples import DEFINITIONS, build, run

FACILITIES = ["A", "B", "C"]
PEOPLE = [f"p{number}" for number in range(5)]
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
LAST, FIRST = "2025-12-31", "2025-01-01"

# --- random records ------------------------------------------------------------------------------------------------

days = st.sampled_from(
    [
        "2019-05-04",
        "2024-06-30",
        "2024-12-31",
        "2025-01-01",
        "2025-06-30",
        "2025-07-01",
        "2025-07-02",
        "2025-12-31",
        "2026-01-01",
    ]
)
moments = days.flatmap(lambda day: st.sampled_from([day, f"{day}T08:00:00+07:00", f"{day}T23:59:59+07:00"]))
people, facilities = st.sampled_from(PEOPLE), st.sampled_from([*FACILITIES[:2], "elsewhere"])
episodes = st.fixed_dictionaries(
    {
        "patient_id": people,
        "facility_id": facilities,
        "status": st.sampled_from(["active", "onhold", "finished", "finished", "cancelled", "planned"]),
        "start_date": days,
        "end_date": st.none() | days,
    }
)
patients = st.fixed_dictionaries(
    {
        "full_name": st.sampled_from(["Y Bhin", "Lê Thị Đào", ""]),
        "gender": st.sampled_from(["male", "female", "unknown", None]),
        "birth_date": st.sampled_from(["1948", "1990-05-17", None]),
        "deceased": st.sampled_from([None, False, True]),
        "facility_id": facilities,
    }
)
encounters = st.fixed_dictionaries(
    {
        "patient_id": people,
        "facility_id": facilities,
        "kind": st.sampled_from(["visit", "periodic-check", "periodic-check"]),
        "status": st.sampled_from(["finished", "in-progress", "cancelled", "entered-in-error"]),
        "start": moments,
    }
)
identifiers = st.fixed_dictionaries(
    {
        "id": people,
        "system": st.sampled_from(["https://ansinh.vn/fhir/id/cccd", "https://ansinh.vn/fhir/id/cmnd"]),
        "value": st.sampled_from(["037150000017", "161234567"]),
    }
)
coverages = st.fixed_dictionaries(
    {
        "patient_id": people,
        "status": st.sampled_from(["active", "active", "cancelled"]),
        "start_date": st.none() | days,
        "end_date": st.none() | days,
    }
)
observations = st.fixed_dictionaries(
    {"patient_id": people, "category": st.sampled_from(["vital-signs", "survey"]), "effective": moments}
)
conditions = st.fixed_dictionaries({"patient_id": people, "recorded": st.none() | moments})
care_logs = st.fixed_dictionaries(
    {"patient_id": people, "day": days, "restraint": st.sampled_from([True, False, None])}
)


def numbered(rows: list[dict], letter: str) -> list[dict]:
    return [{"id": f"{letter}{number}", **row} for number, row in enumerate(rows)]


houses = st.fixed_dictionaries(
    {
        "patient": st.tuples(*(patients.map(lambda one, name=name: {"id": name, **one}) for name in PEOPLE)).map(list),
        "episode": st.lists(episodes, max_size=8).map(lambda rows: numbered(rows, "e")),
        "encounter": st.lists(encounters, max_size=6).map(lambda rows: numbered(rows, "c")),
        "patient_identifier": st.lists(identifiers, max_size=3),
        "coverage": st.lists(coverages, max_size=4),
        "observation": st.lists(observations, max_size=4),
        "condition": st.lists(conditions, max_size=4),
        "care_log": st.lists(care_logs, max_size=5),
    }
)

# --- the words of the files ----------------------------------------------------------------------------------------

Found = dict[str, dict[str, bool]]
"""facility → subject → counts in the numerator (a count has no denominator: every subject counts)."""


def there_on(house: dict, facility: str, day: str, entered_by: str) -> set[str]:
    """Who has a stay at the facility that is open at the end of a day, and began by `entered_by`."""
    return {
        stay["patient_id"]
        for stay in house["episode"]
        if stay["facility_id"] == facility
        and stay["status"] in ("active", "onhold", "finished")
        and stay["start_date"] <= entered_by
        and (stay["end_date"] > day if stay["end_date"] else stay["status"] != "finished")
    }


def living(house: dict) -> set[str]:
    return {one["id"] for one in house["patient"] if one["deceased"] is not True}


def within(moment: str | None, first: str, last: str) -> bool:
    return moment is not None and first <= moment[:10] <= last


def checked(house: dict, person: str, first: str) -> bool:
    """A periodic check, done or going on, from a day until the end of the period."""
    return any(
        each["patient_id"] == person
        and each["kind"] == "periodic-check"
        and each["status"] in ("finished", "in-progress")
        and within(each["start"], first, LAST)
        for each in house["encounter"]
    )


def managed_electronically(house: dict, facility: str) -> dict[str, bool]:
    """Known by name, sex and at least the year; followed in 12 months; with a problem recorded, or checked."""
    found = {}
    for person in there_on(house, facility, LAST, LAST) & living(house):
        one = next(each for each in house["patient"] if each["id"] == person)
        identified = one["full_name"] and one["gender"] in ("male", "female", "other") and one["birth_date"]
        check = checked(house, person, FIRST)
        measured = any(
            each["patient_id"] == person
            and each["category"] == "vital-signs"
            and within(each["effective"], FIRST, LAST)
            for each in house["observation"]
        )
        known = any(
            each["patient_id"] == person and (each["recorded"] is None or each["recorded"][:10] <= LAST)
            for each in house["condition"]
        )
        found[person] = bool(identified and (check or measured) and (known or check))
    return found


def number_recorded(house: dict, facility: str) -> dict[str, bool]:
    having = {
        one["id"] for one in house["patient_identifier"] if one["system"].endswith("/cccd") and len(one["value"]) == 12
    }
    return {person: person in having for person in there_on(house, facility, LAST, LAST) & living(house)}


def insured(house: dict, facility: str) -> dict[str, bool]:
    """A card that is valid on the last day: begun, and not past its end."""
    having = {
        card["patient_id"]
        for card in house["coverage"]
        if card["status"] == "active" and (card["start_date"] or "") <= LAST and (card["end_date"] or "9999") >= LAST
    }
    return {person: person in having for person in there_on(house, facility, LAST, LAST)}


def admitted(house: dict, facility: str) -> dict[str, bool]:
    return {
        stay["id"]: True
        for stay in house["episode"]
        if stay["facility_id"] == facility
        and stay["status"] in ("active", "onhold", "finished")
        and within(stay["start_date"], FIRST, LAST)
    }


def discharged(house: dict, facility: str) -> dict[str, bool]:
    return {
        stay["id"]: True
        for stay in house["episode"]
        if stay["facility_id"] == facility and stay["status"] == "finished" and within(stay["end_date"], FIRST, LAST)
    }


def served(house: dict, facility: str) -> dict[str, bool]:
    """A stay that meets the period, or a contact within it; each person once."""
    staying = {
        stay["patient_id"]
        for stay in house["episode"]
        if stay["facility_id"] == facility
        and stay["status"] in ("active", "onhold", "finished")
        and stay["start_date"] <= LAST
        and (stay["end_date"] or "9999") >= FIRST
    }
    seen = {
        each["patient_id"]
        for each in house["encounter"]
        if each["facility_id"] == facility
        and each["status"] in ("finished", "in-progress")
        and within(each["start"], FIRST, LAST)
    }
    return dict.fromkeys(staying | seen, True)


def checks_done(house: dict, facility: str) -> dict[str, bool]:
    """Of those who were in for six months at the end, who was checked in these six months."""
    six = months_before(YEAR.end, 6).isoformat()
    return {person: checked(house, person, six) for person in there_on(house, facility, LAST, six)}


def restrained(house: dict, facility: str) -> dict[str, bool]:
    """Of those with a care log in the period, at the facility that keeps the record, who was ever restrained."""
    found: dict[str, bool] = {}
    own = {one["id"] for one in house["patient"] if one["facility_id"] == facility}
    for line in house["care_log"]:
        if line["patient_id"] in own and within(line["day"], FIRST, LAST):
            person = line["patient_id"]
            found[person] = found.get(person, False) or line["restraint"] is True
    return found


BY_HAND: dict[str, Callable[[dict, str], dict[str, bool]]] = {
    "people-managed-electronically": managed_electronically,
    "citizen-number-recorded": number_recorded,
    "insurance-coverage": insured,
    "admissions": admitted,
    "discharges": discharged,
    "people-served": served,
    "periodic-checks-done": checks_done,
    "people-restrained": restrained,
}


# --- asking the files ----------------------------------------------------------------------------------------------


def asked(measure: str, house: dict) -> list[dict]:
    """Rows of the measure's own SQL over these records."""
    definition = DEFINITIONS[measure]
    rows = {view: house[view] for view in definition.views}
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.row_factory = sqlite3.Row
        build(database, definition, rows)
        taking_part = statements.taking_part(definition, [(name, "nursing-centre") for name in FACILITIES])
        table, params = statements.facility_table(taking_part)
        return run(
            database,
            statements.compose("", table, definition, "SELECT * FROM subject"),
            params | statements.parameters(definition, YEAR, 0),
        )


@pytest.mark.parametrize("measure", BY_HAND)
@given(house=houses)
@settings(max_examples=40)
def test_sql_of_a_measure_finds_whom_its_words_say(measure, house):
    rows = asked(measure, house)

    found: Found = {facility: {} for facility in FACILITIES}
    for row in rows:
        assert row["subject_id"] not in found[row["facility_id"]], "counted twice at one facility"
        found[row["facility_id"]][row["subject_id"]] = bool(row["numerator"])

    assert found == {facility: BY_HAND[measure](house, facility) for facility in FACILITIES}


@pytest.mark.parametrize("measure", [name for name in BY_HAND if DEFINITIONS[name].missing_words])
@given(house=houses)
@settings(max_examples=25)
def test_who_does_not_count_is_told_what_is_missing_and_who_counts_is_not(measure, house):
    known = set(dict(DEFINITIONS[measure].missing_words))

    for row in asked(measure, house):
        said = set((row["missing"] or "").split())
        assert said <= known
        assert bool(said) is not bool(row["numerator"])
