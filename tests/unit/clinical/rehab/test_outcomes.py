"""Changes: better or worse by the direction of the measure, mattering only where an MCID is known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.rehab import library, outcomes
from ansinh.clinical.rehab.outcomes import Mcid, Point
from ansinh.kernel.errors import Invalid

EXAMPLE = Mcid("x", Decimal(10), "người trong ví dụ", "nguồn của ví dụ")
LARGER = Mcid("x", Decimal(15), "người khác trong ví dụ", "nguồn khác")


def points(*values: int) -> list[Point]:
    return [Point(f"2026-{month:02d}-01T08:00:00+07:00", Decimal(value)) for month, value in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("values", "better", "trend", "gain"),
    [
        ((40, 55), "higher", "better", 15),
        ((55, 40), "higher", "worse", -15),
        ((40, 70, 40), "higher", "same", 0),
        ((30, 12), "lower", "better", 18),
        ((12, 30), "lower", "worse", -18),
    ],
)
def test_change_is_from_the_first_to_the_last_by_the_direction(values, better, trend, gain):
    found = outcomes.change(points(*values), better)

    assert (found.trend, found.gain, found.matters) == (trend, gain, None)


@pytest.mark.parametrize("values", [(), (5,)])
def test_one_result_is_no_change(values):
    assert outcomes.change(points(*values), "higher") is None


@pytest.mark.parametrize(
    ("values", "known", "matters"),
    [((40, 50), [EXAMPLE], True), ((40, 49), [EXAMPLE], False), ((40, 50), [EXAMPLE, LARGER], False),
     ((40, 55), [LARGER, EXAMPLE], True), ((50, 40), [EXAMPLE], False)],
)  # fmt: skip
def test_change_matters_from_the_largest_known_difference_on(values, known, matters):
    assert outcomes.change(points(*values), "higher", known).matters is matters


@pytest.mark.parametrize(
    ("values", "known", "said"),
    [
        ((40, 55), [], "Từ 40 (01/01/2026) đến 55 điểm (01/02/2026): tốt lên 15. Chưa có mức thay đổi có ý nghĩa"),
        ((40, 55), [EXAMPLE], "đạt mức thay đổi có ý nghĩa (từ 10)"),
        ((40, 45), [EXAMPLE], "chưa đạt mức thay đổi có ý nghĩa (từ 10)"),
        ((40, 40), [EXAMPLE], "không đổi, 40 điểm"),
        ((55, 40), [], "kém đi 15"),
    ],
)
def test_sentence_is_plain_and_says_nothing_that_has_no_source(values, known, said):
    found = outcomes.change(points(*values), "higher", known)

    assert said in outcomes.sentence(found, "điểm")


@given(st.lists(st.integers(0, 100), min_size=2, max_size=6))
def test_the_two_directions_are_mirror_images(values):
    up = outcomes.change(points(*values), "higher")
    down = outcomes.change(points(*values), "lower")

    assert up.gain == -down.gain
    assert {"better": "worse", "worse": "better", "same": "same"}[up.trend] == down.trend


@pytest.mark.parametrize(
    ("value", "target", "better", "reached"),
    [(8, 8, "higher", True), (7, 8, "higher", False), (12, 12, "lower", True), (13, 12, "lower", False)],
)
def test_target_is_reached_at_it_or_beyond_on_the_good_side(value, target, better, reached):
    assert outcomes.reached(Decimal(value), Decimal(target), better) is reached


def test_share_counts_only_those_that_can_be_judged():
    changes = [
        outcomes.change(points(40, 55), "higher", [EXAMPLE]),
        outcomes.change(points(40, 45), "higher", [EXAMPLE]),
        outcomes.change(points(40, 60), "higher"),
    ]

    assert outcomes.share_reaching(changes) == {"measured": 3, "better": 3, "judged": 2, "reaching": 1}


FILE = {"id": "a", "title": "b", "source": "c", "groups": [], "better": {"x": "higher"}, "mcid": []}
ROW = {"code": "x", "value": "4.5", "who": "người trong ví dụ", "source": "nguồn"}


def test_difference_is_imported_with_whom_it_was_found_for_and_its_source():
    found = library.read(FILE | {"mcid": [ROW]})

    assert found.mcids_of("x") == [Mcid("x", Decimal("4.5"), "người trong ví dụ", "nguồn")]
    assert found.mcids_of("y") == []


@pytest.mark.parametrize(
    "change",
    [{"value": "0"}, {"value": "-1"}, {"value": "mười"}, {"value": "NaN"}, {"source": ""}, {"who": ""}, {"code": "y"}],
)
def test_difference_without_number_people_or_source_is_refused(change):
    with pytest.raises(Invalid, match=r"mcid\[0\]"):
        library.read(FILE | {"mcid": [ROW | change]})


def test_direction_is_higher_or_lower():
    with pytest.raises(Invalid, match=r"better\.x"):
        library.read(FILE | {"better": {"x": "up"}})


def test_shipped_library_has_no_difference_without_a_source_that_was_read():
    assert library.library().mcid == []
