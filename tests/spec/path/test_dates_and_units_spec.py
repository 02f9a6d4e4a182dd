"""Time and measures in FHIRPath, by people's language: what is later, what a month added gives, what equals what.

Sources: FHIRPath N1 (ANSI/HL7), 5.6, 6.1, 6.2, 6.6 (calendar durations, last day of a month); UCUM's own definitions
of units (ucum-essence). Each row is an expression and what it gives; [] is "nobody can know".
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansinh.fhir.path import PathError, evaluate
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.units import scale

NOTHING = {"resourceType": "Basic", "id": "b"}


def told(expression):
    return [value if isinstance(value, bool) else str(value) for value in evaluate(expression, NOTHING)]


CALENDAR = [
    # a month or a year later, the day is kept where the month has it
    ("@2024-01-31 + 1 month", "2024-02-29"),
    ("@2023-01-31 + 1 month", "2023-02-28"),
    ("@2024-03-31 - 1 month", "2024-02-29"),
    ("@2024-02-29 + 1 year", "2025-02-28"),
    ("@2024-02-29 + 4 years", "2028-02-29"),
    ("@2024-02-29 - 1 year", "2023-02-28"),
    ("@2024-05-31 + 1 month", "2024-06-30"),
    ("@2024-12-31 + 2 months", "2025-02-28"),
    ("@2024-10-31 + 13 months", "2025-11-30"),
    ("@2024-01-15 + 12 months", "2025-01-15"),
    # days and weeks
    ("@2024-02-28 + 1 day", "2024-02-29"),
    ("@2024-02-28 + 2 days", "2024-03-01"),
    ("@2023-02-28 + 1 day", "2023-03-01"),
    ("@2024-12-31 + 1 day", "2025-01-01"),
    ("@2024-01-01 - 1 day", "2023-12-31"),
    ("@2024-01-01 + 1 week", "2024-01-08"),
    ("@2024-01-01 - 2 weeks", "2023-12-18"),
    ("@2024-01-01 + 365 days", "2024-12-31"),
    # time of day runs over midnight and over months
    ("@2024-01-31T23:30:00Z + 45 minutes", "2024-02-01T00:15:00Z"),
    ("@2024-01-01T00:15:00Z - 30 minutes", "2023-12-31T23:45:00Z"),
    ("@2024-02-29T12:00:00+07:00 + 24 hours", "2024-03-01T12:00:00+07:00"),
    ("@2024-01-31T08:00:00+07:00 + 1 month", "2024-02-29T08:00:00+07:00"),
    ("@2024-01-01T00:00:00Z + 90 seconds", "2024-01-01T00:01:30Z"),
    ("@2024-01-01T00:00:00.000Z + 1 millisecond", "2024-01-01T00:00:00.001Z"),
    # a partial date keeps its precision; smaller units count as whole larger ones
    ("@2024 + 1 year", "2025"),
    ("@2024-03 + 1 month", "2024-04"),
    ("@2024-12 + 1 month", "2025-01"),
    ("@2024 + 24 months", "2026"),
    ("@2024-03 + 1 year", "2025-03"),
    # definite UCUM durations below the month are the calendar's
    ("@2024-01-01 + 1 'd'", "2024-01-02"),
    ("@2024-01-01 + 1 'wk'", "2024-01-08"),
    ("@2024-01-01T00:00:00Z + 1 'h'", "2024-01-01T01:00:00Z"),
    # time alone goes round the clock
    ("@T23:30:00 + 45 minutes", "00:15:00"),
    ("@T00:15:00 - 30 minutes", "23:45:00"),
]


@pytest.mark.parametrize(("expression", "found"), CALENDAR)
def test_duration_added_to_a_date_gives_the_day_of_the_calendar(expression, found):
    assert told(expression) == [found]


@pytest.mark.parametrize("expression", ["@2024-01-01 + 1 'mo'", "@2024-01-01 + 1 'a'", "@2024 + 1 'kg'", "@2024 + 'x'"])
def test_what_is_no_calendar_duration_cannot_be_added(expression):
    with pytest.raises(PathError):
        told(expression)


COMPARED = [
    # the same precision
    ("@2024-01-01 < @2024-01-02", [True]),
    ("@2024-01-02 <= @2024-01-02", [True]),
    ("@2024 > @2023", [True]),
    ("@2024-03 >= @2024-04", [False]),
    # another precision: known only where what both say differs
    ("@2024 < @2025-01-01", [True]),
    ("@2024 < @2024-06", []),
    ("@2024 > @2024-06", []),
    ("@2024-06 <= @2024-06-15", []),
    ("@2024-05 < @2024-06-15", [True]),
    ("@2024 = @2024-01", []),
    ("@2024 = @2025-01", [False]),
    ("@2024 != @2025-01", [True]),
    ("@2024 ~ @2024-01", [False]),
    ("@2024-01-01 = @2024-01-01T00:00:00", []),
    # zones
    ("@2024-01-01T08:00:00+07:00 = @2024-01-01T01:00:00Z", [True]),
    ("@2024-01-01T08:00:00+07:00 ~ @2024-01-01T01:00:00Z", [True]),
    ("@2024-01-01T00:00:00+07:00 < @2024-01-01T00:00:00Z", [True]),
    ("@2024-01-01T00:00:00-05:00 > @2024-01-01T00:00:00Z", [True]),
    # seconds and their parts are one precision
    ("@2024-01-01T08:00:00Z = @2024-01-01T08:00:00.000Z", [True]),
    ("@2024-01-01T08:00:00Z < @2024-01-01T08:00:00.001Z", [True]),
    ("@T08:00 = @T08:00:00", []),
    ("@T08:00 < @T09:00:00", [True]),
    ("@T08:00:00.5 > @T08:00:00", [True]),
]


@pytest.mark.parametrize(("expression", "found"), COMPARED)
def test_dates_are_compared_as_far_as_both_are_known(expression, found):
    assert told(expression) == found


# amount, unit = amount, unit
SAME = [
    ("1", "m", "100", "cm"),
    ("1", "km", "1000", "m"),
    ("1", "[in_i]", "2.54", "cm"),
    ("1", "[ft_i]", "12", "[in_i]"),
    ("1", "[yd_i]", "3", "[ft_i]"),
    ("1", "[mi_i]", "5280", "[ft_i]"),
    ("1", "kg", "1000000", "mg"),
    ("1", "t", "1000", "kg"),
    ("1", "[lb_av]", "16", "[oz_av]"),
    ("1", "[stone_av]", "14", "[lb_av]"),
    ("1", "[lb_tr]", "12", "[oz_tr]"),
    ("1", "L", "1", "dm3"),
    ("1", "mL", "1", "cm3"),
    ("1", "dL", "100", "mL"),
    ("1", "m3", "1000", "L"),
    ("1", "[gal_us]", "4", "[qt_us]"),
    ("1", "[qt_us]", "2", "[pt_us]"),
    ("1", "[pt_us]", "2", "[cup_us]"),
    ("1", "[cup_us]", "8", "[foz_us]"),
    ("1", "[tbs_us]", "3", "[tsp_us]"),
    ("1", "min", "60", "s"),
    ("1", "h", "60", "min"),
    ("1", "d", "24", "h"),
    ("1", "wk", "7", "d"),
    ("1", "a", "12", "mo"),
    ("1", "kPa", "1000", "N/m2"),
    ("1", "bar", "100", "kPa"),
    ("1", "atm", "101.325", "kPa"),
    ("10", "mm[H2O]", "1", "cm[H2O]"),
    ("1", "kcal", "1", "[Cal]"),
    ("1", "cal", "4.184", "J"),
    ("1", "W", "1", "J/s"),
    ("1", "Hz", "60", "/min"),
    ("1", "g/L", "0.1", "g/dL"),
    ("1", "g/L", "1000", "ug/mL"),
    ("5.5", "mmol/L", "5500", "umol/L"),
    ("1", "mol/L", "1", "mmol/mL"),
    ("1", "ng/mL", "1", "ug/L"),
    ("7", "10*3/uL", "7", "10*9/L"),
    ("7", "10^3/uL", "7", "10*9/L"),
    ("4.5", "10*6/uL", "4.5", "10*12/L"),
    ("80", "{beats}/min", "80", "/min"),
    ("16", "{breaths}/min", "16", "/min"),
    ("1", "kg/m2", "0.1", "g/cm2"),
    ("100", "%", "1", "1"),
    ("1", "[ppth]", "1000", "[ppm]"),
    ("1", "mL/min/{1.73_m2}", "1", "mL/min"),
    ("1", "U/L", "1", "mU/mL"),
    ("1", "k[iU]/L", "1", "[iU]/mL"),
    ("1", "meq/L", "1", "eq/m3"),
    ("1", "m/s2", "100", "cm.s-2"),
    ("1", "N", "1", "kg.m.s-2"),
    ("1", "kg.m/s2", "1", "(kg.m)/(s.s)"),
]
# What measures something else, or what only a doctor may convert.
APART = [
    ("mg/dL", "mmol/L"),
    ("Cel", "K"),
    ("Cel", "[degF]"),
    ("[iU]/L", "mg/L"),
    ("%", "mmol/L"),
    ("m", "m2"),
    ("g", "L"),
    ("s", "m"),
    ("mm[Hg]", "mm"),
    ("kcal", "kg"),
    ("[pH]", "1"),
    ("{tablet}", "mg"),
    ("bit", "1"),
]


@pytest.mark.parametrize(("amount", "unit", "other", "other_unit"), SAME)
def test_amounts_of_one_measure_are_equal_and_convert_into_each_other(amount, unit, other, other_unit):
    one, two = Quantity(Decimal(amount), unit), Quantity(Decimal(other), other_unit)
    there, back = one.converted(other_unit), two.converted(unit)

    assert told(f"{amount} '{unit}' ~ {other} '{other_unit}'") == [True]
    assert there is not None
    assert back is not None
    assert abs(there.value - two.value) < Decimal("1e-20") * abs(two.value)
    assert abs(back.value - one.value) < Decimal("1e-20") * abs(one.value)


@pytest.mark.parametrize(("unit", "other"), APART)
def test_measures_of_another_kind_are_not_compared(unit, other):
    assert told(f"1 '{unit}' < 2 '{other}'") == []
    assert told(f"1 '{unit}' ~ 1 '{other}'") == [False]
    assert Quantity(Decimal(1), unit).converted(other) is None


@pytest.mark.parametrize(
    "code",
    ["", "mg/", "/", "m..s", "(mg", "mg)", "mg//L", "kg.", "xyz", "[foo_bar]", "M", "mM", "KG", "2 kg", "k g", "µg"],
)
def test_what_is_no_unit_of_ucum_equals_only_itself(code):
    own = scale(code)

    assert own.factor == 1
    assert own.dimensions in ((), ((code, 1),))
    assert not any(name in ("g", "m", "s") for name, _ in own.dimensions)


PREFIXES = {"k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "M": 6, "G": 9}


@pytest.mark.parametrize("unit", ["m", "g", "L", "s", "mol", "Pa", "J", "[iU]", "eq", "U", "Cel"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefix_is_its_power_of_ten(unit, prefix):
    with_prefix, plain = scale(prefix + unit), scale(unit)

    assert with_prefix.dimensions == plain.dimensions
    assert with_prefix.factor == plain.factor * Decimal(10) ** PREFIXES[prefix]


days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
UNITS = ("day", "week")


@given(days, st.integers(-2000, 2000), st.sampled_from(UNITS))
def test_days_added_are_those_of_the_calendar(day, count, unit):
    later = day + timedelta(days=count * (7 if unit == "week" else 1))

    sign, size = ("-", -count) if count < 0 else ("+", count)
    assert told(f"@{day.isoformat()} {sign} {size} {unit}s") == [later.isoformat()]


@given(days, st.integers(0, 600))
def test_months_added_land_in_their_month_on_the_same_day_or_its_last(day, count):
    (text,) = told(f"@{day.isoformat()} + {count} months")
    later = date.fromisoformat(text)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(days, days)
def test_order_of_full_dates_is_that_of_the_calendar(one, other):
    assert told(f"@{one.isoformat()} < @{other.isoformat()}") == [one < other]
    assert told(f"@{one.isoformat()} = @{other.isoformat()}") == [one == other]


@given(days, days, st.sampled_from([4, 7]))
def test_partial_date_is_compared_where_it_can_be_and_silent_where_not(one, other, precision):
    partial = one.isoformat()[:precision]
    known = other.isoformat()[:precision] != partial

    found = told(f"@{partial} < @{other.isoformat()}")

    assert found == ([partial < other.isoformat()[:precision]] if known else [])


@given(st.decimals(0, 10**6, places=4), st.sampled_from(SAME))
def test_conversion_there_and_back_keeps_the_amount(amount, row):
    assume(amount > 0)
    there = Quantity(amount, row[1]).converted(row[3])
    assert there is not None
    back = there.converted(row[1])

    assert back is not None
    assert abs(back.value - amount) <= Decimal("1e-18") * amount
