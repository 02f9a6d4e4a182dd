"""A rehabilitation session: what is taken and what is refused, under which field."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ansinh.clinical.rehab.rules import LONGEST, MOST_TECHNIQUES, Session, Technique, checked
from ansinh.kernel.errors import Invalid

WALKING = Technique("17.0046", "Tập đi trên máy thảm lăn", minutes=20)
SESSION = Session(datetime(2026, 3, 15, 1, tzinfo=UTC), 45, (WALKING,), "good", 3)


def problems(session: Session) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        checked(session)
    return [(problem.expression, problem.key) for problem in refusal.value.problems]


@pytest.mark.parametrize("pain", [None, 0, 10])
def test_session_at_the_ends_of_the_pain_scale_is_taken(pain):
    assert checked(replace(SESSION, pain=pain)).pain == pain


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pain": 11}, ("pain", "pain-range")),
        ({"pain": -1}, ("pain", "pain-range")),
        ({"minutes": 0}, ("minutes", "minutes-range")),
        ({"minutes": LONGEST + 1}, ("minutes", "minutes-range")),
        ({"techniques": ()}, ("techniques", "technique-none")),
        ({"techniques": (WALKING, WALKING)}, ("techniques", "technique-twice")),
        ({"techniques": (replace(WALKING, repetitions=0),)}, ("repetitions", "repetitions-range")),
        ({"techniques": (replace(WALKING, minutes=0),)}, ("minutes", "minutes-range")),
        ({"tolerance": "great"}, ("tolerance", "tolerance")),
    ],
)
def test_session_with_one_impossible_value_is_refused_at_its_field(change, expected):
    assert problems(replace(SESSION, **change)) == [expected]


def test_session_with_too_many_techniques_is_refused():
    many = tuple(Technique(f"17.{number:04}", "x") for number in range(MOST_TECHNIQUES + 1))

    assert problems(replace(SESSION, techniques=many)) == [("techniques", "technique-many")]


def test_session_tells_all_problems_at_once():
    assert len(problems(replace(SESSION, pain=11, minutes=0, techniques=()))) == 3


def test_session_ends_after_its_minutes():
    assert SESSION.end == datetime(2026, 3, 15, 1, 45, tzinfo=UTC)
