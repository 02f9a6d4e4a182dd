"""Names that sound alike, and how far places are from each other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.index import numbers, places
from ansinh.fhir.index.sounds import sounds

degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn", "Nguyen"),
        ("Sương", "Xương"),
        ("Trinh", "Chinh"),
        ("Giang", "Dan"),
        ("Rân", "Dân"),
        ("Lương", "Nương"),
        ("Lý", "Li"),
        ("Nghiêm", "Ngiem"),
        ("Kiều", "Ciều"),
        ("Phúc", "Fút"),
        ("Bích", "Bít"),
        ("Bình", "Bin"),
    ],
)
def test_spellings_that_one_hears_alike_are_one(one, other):
    assert sounds(one) == sounds(other)


@pytest.mark.parametrize(
    ("one", "other"), [("An", "Ân Hà"), ("Ba", "Ca"), ("Minh", "Mai"), ("Hà", "Hoa"), ("Nga", "Na")]
)
def test_names_that_differ_stay_apart(one, other):
    assert sounds(one) != sounds(other)


def test_signs_make_no_sound():
    assert sounds("H'Ly  (út)!") == "hli ut"
    assert sounds("…") == ""


@given(st.text())
def test_what_sounds_is_bounded_by_what_is_written(text):
    assert len(sounds(text)) <= 3 * len(text) + 1


def test_known_ways_have_known_lengths():
    ha_noi, sai_gon = (21.0278, 105.8342), (10.7769, 106.7009)

    assert places.kilometres(ha_noi, sai_gon) == pytest.approx(1144, abs=3)
    assert places.kilometres((0, 0), (0, 180)) == pytest.approx(math.pi * 6371.0088)


@given(degrees, degrees)
def test_the_chord_says_the_same_as_the_way_over_the_ground(one, other):
    between = math.dist(places.on_sphere(*one), places.on_sphere(*other))

    assert places.chord(places.kilometres(one, other)) == pytest.approx(between, abs=1e-7)


@pytest.mark.parametrize(
    "position", [None, {}, {"latitude": 1}, {"latitude": 91, "longitude": 0}, {"latitude": 0, "longitude": 181}]
)
def test_a_place_that_is_not_on_earth_has_no_point(position):
    assert places.point(position) is None


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_ordered_numbers_keep_their_order(one, other):
    assert (one < other) == (numbers.ordered(one) < numbers.ordered(other))
    assert -(2**63) <= numbers.ordered(one) < 2**63
