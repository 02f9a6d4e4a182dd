"""The person page and the province's figure count the same people: the measure's own examples, person by person."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from ansinh.clinical.registry.following import MEASURE, following, year_before

FILE = Path(__file__).parents[3] / "definitions/measures" / MEASURE / "measure.yaml"
DEFINITION = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def states(example: dict) -> dict[str, list]:
    """What `following` says of every person of an example, by facility."""
    rows, on = example["rows"], date.fromisoformat(str(example["to"]))
    found: dict[str, list] = {place["id"]: [] for place in example["facilities"]}
    for stay in rows["episode"]:
        person = next(one for one in rows["patient"] if one["id"] == stay["patient_id"])
        state = following(
            counted=_there(stay, on) and not person["deceased"],
            name=person["full_name"],
            gender=person["gender"],
            birth=person["birth_date"] or "",
            checks=[one["start"] for one in _of(person, rows["encounter"]) if _is_check(one)],
            vitals=[one["effective"] for one in _of(person, rows["observation"]) if one["category"] == "vital-signs"],
            problems_recorded=[one["recorded"] for one in _of(person, rows["condition"])],
            on=on,
        )
        found.setdefault(stay["facility_id"], []).append(state)
    return found


def _of(person: dict, rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["patient_id"] == person["id"]]


def _is_check(encounter: dict) -> bool:
    return encounter["kind"] == "periodic-check" and encounter["status"] in ("finished", "in-progress")


def _there(stay: dict, on: date) -> bool:
    """What the page knows today is, for the past day of an example, a matter of dates."""
    begun = stay["status"] in ("active", "onhold", "finished") and stay["start_date"] <= on.isoformat()
    return begun and (stay["end_date"] is None or stay["end_date"] > on.isoformat())


@pytest.mark.parametrize("example", DEFINITION["examples"], ids=lambda example: example["title"])
def test_following_agrees_with_the_measure(example):
    found = states(example)

    for expected in example["expect"]:
        here = found[expected["facility_id"]]
        assert sum(one.counted for one in here) == expected["denominator"]
        assert sum(one.managed for one in here) == expected["numerator"]


def test_every_missing_condition_has_a_sentence_in_the_measure():
    nothing = following(
        counted=True,
        name="",
        gender="unknown",
        birth="",
        checks=[],
        vitals=[],
        problems_recorded=[],
        on=date(2025, 12, 31),
    )

    assert set(nothing.missing) == set(DEFINITION["missing"])
    assert not nothing.managed


@pytest.mark.parametrize(
    ("on", "first"),
    [
        ("2025-12-31", "2025-01-01"),
        ("2026-03-15", "2025-03-16"),
        ("2024-02-28", "2023-02-28"),
        ("2024-02-29", "2023-03-01"),
    ],
)
def test_twelve_months_begin_the_day_after_the_same_day_last_year(on, first):
    assert year_before(date.fromisoformat(on)) == date.fromisoformat(first)
