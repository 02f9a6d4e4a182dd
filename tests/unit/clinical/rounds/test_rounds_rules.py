"""Which shift an hour belongs to."""

from datetime import date, datetime

import pytest

from ansinh.clinical.rounds import rules
from ansinh.clinical.rounds.rules import Shift

SHIFTS = [Shift("morning", "Sáng", "Morning", 6), Shift("afternoon", "Chiều", "Afternoon", 14),
          Shift("night", "Đêm", "Night", 22)]  # fmt: skip


@pytest.mark.parametrize(
    ("hour", "day", "code"),
    [
        (6, 22, "morning"),
        (13, 22, "morning"),
        (14, 22, "afternoon"),
        (22, 22, "night"),
        (23, 22, "night"),
        (0, 21, "night"),  # after midnight the night of the day before goes on
        (5, 21, "night"),
    ],
)
def test_shift_at_an_hour_is_the_one_that_began_last(hour, day, code):
    found, shift = rules.shift_at(datetime(2026, 11, 22, hour, 59), SHIFTS)

    assert (found, shift.code) == (date(2026, 11, day), code)


def test_shift_begins_at_its_hour_of_its_day():
    assert rules.begins(date(2026, 11, 22), SHIFTS[1]) == datetime(2026, 11, 22, 14)
    assert (SHIFTS[0].words("vi"), SHIFTS[0].words("en")) == ("Sáng", "Morning")
