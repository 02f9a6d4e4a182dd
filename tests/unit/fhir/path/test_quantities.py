from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.units import scale


@pytest.mark.parametrize(
    ("value", "unit", "other", "other_unit"),
    [
        (1, "kg", 1000, "g"),
        (1, "[lb_av]", "453.59237", "g"),
        (1, "[oz_av]", "28.349523125", "g"),
        (1, "[in_i]", "2.54", "cm"),
        (120, "mm[Hg]", "15.99864", "kPa"),
        (5, "mmol/L", 5000, "umol/L"),
        (1, "g/L", 100, "mg/dL"),
        (60, "/min", 1, "/s"),
        (72, "{beats}/min", 72, "/min"),
        (4, "10*3/uL", 4, "10*9/L"),
        (1, "L", 1000, "mL"),
        (1, "kcal", 4184, "J"),
        (60, "U", 1, "umol/s"),
        (1, "meq/L", 1, "mmol/L"),
        (1, "wk", 7, "d"),
        (50, "%", "0.5", "1"),
        (25, "kg/m2", "2.5", "g/cm2"),
        (1, "(g/L)", 1, "g/(L)"),
    ],
)
def test_base_of_equal_measures_is_equal(value, unit, other, other_unit):
    one, two = Quantity(Decimal(value), unit), Quantity(Decimal(other), other_unit)

    assert one.comparable(two)
    assert abs(one.base() - two.base()) <= abs(one.base()) * Decimal("1e-25")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mmol/L", "mg/dL"),
        ("kg", "cm"),
        ("Cel", "[degF]"),
        ("[iU]", "mg"),
        ("m100", "cm"),
        ("(m", "m"),
        ("m.", "m"),
        ("0", "1"),
        ("%", "mmol"),
        ("year", "a"),
        ("?", "??"),
    ],
)
def test_comparable_of_different_kinds_is_false(one, other):
    assert not Quantity(Decimal(1), one).comparable(Quantity(Decimal(1), other))


def test_times_and_divided_meet_in_base_units():
    area = Quantity(Decimal("2.0"), "cm").times(Quantity(Decimal("2.0"), "m"))
    density = Quantity(Decimal(4), "g").times(Quantity(Decimal(2), "m"), -1)

    assert (area.value, area.unit) == (Decimal("0.0400"), "m2")
    assert (density.value, density.scale()) == (Decimal(2), scale("g/m"))


def test_plus_keeps_the_first_unit_and_refuses_others():
    assert Quantity(Decimal(1), "kg").plus(Quantity(Decimal(500), "g")) == Quantity(Decimal("1.5"), "kg")
    assert Quantity(Decimal(1), "kg").plus(Quantity(Decimal(1), "cm")) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4.5 'mg'", "4.5", "mg"),
        ("1 day", "1", "day"),
        ("2 weeks", "2", "week"),
        ("-3", "-3", "1"),
        ("1'wk'", "1", "wk"),
    ],
)
def test_read_of_quantity_text(text, value, unit):
    assert Quantity.read(text) == Quantity(Decimal(value), unit)


@pytest.mark.parametrize("text", ["", "mg", "1 wk", "1.a", "1 'mg", "1 'mg' x"])
def test_read_of_no_quantity_gives_none(text):
    assert Quantity.read(text) is None


@pytest.mark.parametrize("text", ["1 'mg'", "1.50 year"])
def test_text_form_reads_back(text):
    assert str(Quantity.read(text)) == text


@settings(deadline=None)
@given(st.text(max_size=30))
def test_scale_of_any_text_never_raises(code):
    assert scale(code).factor > 0
