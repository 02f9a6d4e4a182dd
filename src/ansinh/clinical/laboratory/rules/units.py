"""Units as laboratories write them, and which of them are one. Pure."""

# Written without regard to capitals → UCUM; others keep their own words without a code.
_UCUM = {
    "mmol/l": "mmol/L", "umol/l": "umol/L", "g/l": "g/L", "g/dl": "g/dL", "mg/l": "mg/L", "mg/dl": "mg/dL",
    "u/l": "U/L", "%": "%", "10^9/l": "10*9/L", "10*9/l": "10*9/L", "10^12/l": "10*12/L", "10*12/l": "10*12/L",
    "g": "g", "kg": "kg", "ug/ml": "ug/mL", "ng/ml": "ng/mL", "fl": "fL", "pg": "pg", "mm/h": "mm/h",
}  # fmt: skip
# Counts of cells are told in G/L, 10⁹ a litre: no grams. From machines that know only capitals it may be grams, so it
# is neither.
_UNSURE = ("G/L",)


def ucum(unit: str) -> str:
    """The UCUM code of a unit as it is written, "" for one that is not known or not sure."""
    return "" if unit.strip() in _UNSURE else _UCUM.get(_plain(unit), "")


def same_unit(one: str, other: str) -> bool:
    """True for two ways to write one unit: `mmol/l` and `mmol/L`, µ and μ. Never for what is not sure."""
    if one.strip() == other.strip():
        return True
    if {one.strip(), other.strip()} & set(_UNSURE):
        return False
    code = ucum(one)
    return code == ucum(other) if code else _plain(one) == _plain(other)


def _plain(unit: str) -> str:
    """Small letters without spaces; the sign micro (U+00B5) and the Greek letter (U+03BC) as u."""
    return "".join(unit.lower().split()).replace("µ", "u").replace("μ", "u")
