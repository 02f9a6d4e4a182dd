"""What is typed into the grid of a ward, cell by cell, and the shifts that its log and handover are about."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.rounds import forms, queries
from ansinh.clinical.wards.queries import Resident
from ansinh.kernel import clock
from ansinh.kernel.clock import VIETNAM

AN = Resident("an", "An", "1950", "female", "s", "inpatient", "2026-01-01")
BINH = Resident("binh", "Bình", "1960", "male", "t", "inpatient", "2026-01-01")


def typed(person=AN, **cells):
    return {f"v-{person.id}-{column}": value for column, value in cells.items()}


def rows(values):
    return forms.rows_of([(AN, "Phòng 1"), (BINH, "Phòng 2")], queries.columns(), values)


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        ("temperature", "36,6", "36.6"), ("temperature", "36.6", "36.6"), ("temperature", " 37 ", "37"),
        ("systolic", "120", "120"), ("weight", "52,5", "52.5"), ("pulse", "072", "72"),
    ],
)  # fmt: skip
def test_cell_is_read_as_people_write_numbers(column, value, read):
    row, other = rows(typed(**{column: value}))

    assert row.is_read, row.problems
    assert row.measures == {column: Decimal(read)}
    assert other.measures == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("systolic", "120/80"), ("systolic", "12O"), ("temperature", "36,6,1"), ("temperature", "36,66"),
        ("temperature", "không sốt"), ("pulse", "72 lần"), ("weight", "1e400"), ("pulse", "NaN"), ("spo2", "98%"),
    ],
)  # fmt: skip
def test_cell_that_cannot_be_read_is_marked_keeps_its_text_and_loses_nothing_beside_it(column, value):
    right = "diastolic"
    row, other = rows(typed(**{column: value, right: "80"}) | typed(BINH, pulse="70"))

    assert not row.is_read
    assert [(cell.column, cell.value) for cell in row.cells if cell.wrong] == [(column, value)]
    assert row.measures == {right: Decimal(80)}
    assert (other.is_read, other.measures) == (True, {"pulse": Decimal(70)})


def test_empty_row_is_no_mistake_and_no_measure():
    for row in rows(typed(systolic="", pulse="  ")):
        assert (row.is_read, row.measures, row.saved) == (True, {}, False)


def test_every_cell_says_its_limits_before_anything_is_typed():
    (row, _other) = rows({})

    assert [cell.column for cell in row.cells] == [vital.name for vital in queries.columns()]
    for cell in row.cells:
        assert Decimal(cell.low) < Decimal(cell.high)
        assert cell.label in cell.refusal


def test_same_problem_is_told_once_and_marks_each_of_its_cells():
    (row, _other) = rows({})

    for column in ("systolic", "diastolic", "diastolic"):
        row.refuse(column, "Huyết áp tối thiểu phải thấp hơn tối đa.")

    assert row.problems == ["Huyết áp tối thiểu phải thấp hơn tối đa."]
    assert [cell.column for cell in row.cells if cell.wrong] == ["systolic", "diastolic"]


# --- shifts ---------------------------------------------------------------------------------------------------


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_every_moment_lies_in_the_shift_that_is_its_own(moment):
    told = moment.replace(tzinfo=VIETNAM)
    with clock.frozen(told.astimezone(UTC)):
        day, shift = queries.shift_now()

    begin, end = map(datetime.fromisoformat, queries.span(day, shift))
    assert begin <= told < end


def test_shifts_of_a_day_follow_each_other_without_gap_or_overlap():
    spans = [queries.span(date(2026, 3, 1) + timedelta(days=day), shift) for day in range(3)
             for shift in queries.shifts()]  # fmt: skip

    assert all(before[1] == after[0] for before, after in itertools.pairwise(sorted(spans)))


@pytest.mark.parametrize("day", ["2026-03-11", "2026-03-10", "2026-03-09", "2026-02-30", "hôm nay", ""])
def test_shift_that_has_not_begun_or_is_none_gives_the_present_one(day):
    with clock.frozen(datetime(2026, 3, 10, 0, 30, tzinfo=VIETNAM)):
        present = queries.shift_now()
        first = min(queries.shifts(), key=lambda shift: shift.begin)

        found = queries.shift_named(day, first.code)

    earlier = day == "2026-03-09"
    assert found == ((date(2026, 3, 9), first) if earlier else present)
    assert present[0] == date(2026, 3, 9)


def test_shift_of_no_name_gives_the_present_one():
    with clock.frozen(datetime(2026, 3, 10, 12, tzinfo=VIETNAM)):
        assert queries.shift_named("2026-03-01", "ca lạ") == queries.shift_now()


def test_later_shift_of_today_is_not_opened_before_it_begins():
    last = max(queries.shifts(), key=lambda shift: shift.begin)

    for hour, found in ((last.begin - 1, False), (last.begin, True)):
        with clock.frozen(datetime(2026, 3, 10, hour, tzinfo=VIETNAM)):
            assert (queries.shift_named("2026-03-10", last.code)[1] == last) is found
