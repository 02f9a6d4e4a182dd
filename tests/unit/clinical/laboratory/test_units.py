"""Which ways of writing a unit are one; a count of cells is never taken for grams."""

import pytest

from ansinh.clinical.laboratory.rules.units import same_unit, ucum


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("mmol/L", "mmol/L"), ("mmol/l", "mmol/L"), ("MMOL/L", "mmol/L"), ("mmol / L", "mmol/L"),
        ("\u00b5mol/L", "umol/L"), ("\u03bcmol/L", "umol/L"), ("umol/l", "umol/L"), ("10^9/L", "10*9/L"),
        ("10*12/L", "10*12/L"), ("g/L", "g/L"), ("g/l", "g/L"), ("FL", "fL"), ("%", "%"),
        ("G/L", ""), ("T/L", ""), ("IU/mL", ""), ("vạch", ""), ("", ""),
    ],
)  # fmt: skip
def test_code_of_a_unit_is_that_of_ucum_or_none(unit, code):
    assert ucum(unit) == code


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("mmol/L", "mmol/l", True), ("\u00b5g/mL", "\u03bcg/ml", True), ("10^9/L", "10*9/l", True), ("", "", True),
        ("IU/mL", "iu/ml", True), ("G/L", "G/L", True), ("G/L", "g/L", False), ("g/l", "G/L", False),
        ("mg/dL", "mg/L", False), ("mmol/L", "", False), ("mg/dL", "g/dL", False),
    ],
)  # fmt: skip
def test_two_ways_of_writing_are_one_unit_or_not(one, other, same):
    assert same_unit(one, other) is same
    assert same_unit(other, one) is same
