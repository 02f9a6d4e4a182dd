"""What FHIRPath's conversions give, from the tables of the standard (N1, "Conversion"): value in, values out.

Each row holds for both functions: where `toX()` gives nothing, `convertsToX()` is false.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.path import PathError, evaluate

ROOT = {"resourceType": "Basic", "id": "b", "code": {"text": "x"}}


def found(expression):
    return [value if isinstance(value, bool | dict) else str(value) for value in evaluate(expression, ROOT)]


TABLE = {
    "Boolean": [
        ("'true'", True), ("'T'", True), ("'Yes'", True), ("'y'", True), ("'1'", True), ("'1.0'", True), ("1", True),
        ("1.0", True), ("true", True), ("'false'", False), ("'f'", False), ("'NO'", False), ("'n'", False),
        ("'0'", False), ("'0.0'", False), ("0", False), ("0.0", False), ("false", False), ("'2'", None), ("2", None),
        ("1.1", None), ("'có'", None), ("''", None), ("@2024", None), ("(1 'kg')", None), ("code", None),
    ],
    "Integer": [
        ("5", "5"), ("'5'", "5"), ("'+5'", "5"), ("'-5'", "-5"), ("'007'", "7"), ("true", "1"), ("false", "0"),
        ("5.0", None), ("'5.0'", None), ("'5 '", None), ("' 5'", None), ("''", None), ("'năm'", None), ("'٥'", None),
        ("@2024", None), ("(5 'mg')", None),
    ],
    "Decimal": [
        ("5", "5"), ("5.50", "5.50"), ("'5.50'", "5.50"), ("'-0.5'", "-0.5"), ("true", "1"), ("'5.'", None),
        ("'.5'", None), ("'1e3'", None), ("'5,5'", None), ("'NaN'", None), ("'Infinity'", None), ("@T10:00", None),
    ],
    "String": [
        ("'x'", "x"), ("5", "5"), ("5.50", "5.50"), ("true", "true"), ("@2024-05", "2024-05"), ("@T10:30", "10:30"),
        ("(5 'mg')", "5 'mg'"), ("(0.0000001)", "0.0000001"), ("code", None),
    ],
    "Date": [
        ("'2024'", "2024"), ("'2024-05'", "2024-05"), ("'2024-05-20'", "2024-05-20"), ("@2024-05-20", "2024-05-20"),
        ("@2024-05-20T23:59:59+07:00", "2024-05-20"), ("'2024-02-30'", None), ("'2023-02-29'", None), ("'24'", None),
        ("'20/05/2024'", None), ("@T10:00", None), ("2024", None), ("''", None),
    ],
    "DateTime": [
        ("@2024-05", "2024-05"), ("'2024-05-20T08:30:00+07:00'", "2024-05-20T08:30:00+07:00"),
        ("'2024-05-20T25:00:00Z'", None), ("@T10:00", None), ("'hôm nay'", None),
    ],
    "Time": [
        ("'10'", "10"), ("'10:30'", "10:30"), ("'10:30:15.250'", "10:30:15.250"), ("@T10:30", "10:30"),
        ("'24:00'", None), ("'10:60'", None), ("'10h30'", None), ("@2024-05-20", None),
    ],
}  # fmt: skip
ROWS = [(kind, given_, wanted) for kind, rows in TABLE.items() for given_, wanted in rows]


@pytest.mark.parametrize(("kind", "given_", "wanted"), ROWS, ids=[f"{given_}.to{kind}" for kind, given_, _ in ROWS])
def test_conversion_gives_what_the_standard_says(kind, given_, wanted):
    assert found(f"{given_}.to{kind}()") == ([] if wanted is None else [wanted])
    assert found(f"{given_}.convertsTo{kind}()") == [wanted is not None]


@pytest.mark.parametrize("kind", [*TABLE, "Quantity", "Long"])
def test_conversion_of_nothing_is_nothing_and_of_several_a_mistake(kind):
    assert found(f"{{}}.to{kind}()") == []
    assert found(f"{{}}.convertsTo{kind}()") == []
    for name in (f"to{kind}", f"convertsTo{kind}"):
        with pytest.raises(PathError):
            evaluate(f"(1 | 2).{name}()", ROOT)


def amount(value, unit):
    return [{"value": Decimal(value), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("5.toQuantity()", amount("5", "1")),
        ("true.toQuantity()", amount("1", "1")),
        ("'5'.toQuantity()", amount("5", "1")),
        ("'5.5 \\'mg\\''.toQuantity()", amount("5.5", "mg")),
        ("'4 days'.toQuantity()", [{"value": Decimal(4), "unit": "day"}]),
        ("'4 ngày'.toQuantity()", []),
        ("'mg'.toQuantity()", []),
        ("@2024.toQuantity()", []),
        ("code.toQuantity()", []),
        # to a unit: what does not fit it gives nothing, so that a dose is never read in another unit than it says
        ("(1 'kg').toQuantity('g')", amount("1000", "g")),
        ("(1500 'mg').toQuantity('g')", amount("1.5", "g")),
        ("'1 \\'g\\''.toQuantity('mg')", amount("1000", "mg")),
        ("(2 'h').toQuantity('min')", amount("120", "min")),
        ("(1 year).toQuantity('months')", [{"value": Decimal(12), "unit": "month"}]),
        ("(1 week).toQuantity('day')", [{"value": Decimal(7), "unit": "day"}]),
        ("(1 'mg').toQuantity('mg')", amount("1", "mg")),
        ("(1 'kg').toQuantity('mm')", []),
        ("(1 'mmol').toQuantity('g')", []),
        ("(1 year).toQuantity('day')", []),
        ("(37 'Cel').toQuantity('K')", []),
        ("5.toQuantity('kg')", []),
        ("5.toQuantity(5)", []),
        ("(1 'kg').toQuantity({})", amount("1", "kg")),
    ],
)
def test_quantity_conversion(expression, wanted):
    assert found(expression) == wanted
    assert found(expression.replace(".toQuantity(", ".convertsToQuantity(")) == [bool(wanted)]


@pytest.mark.parametrize("kind", [*TABLE, "Long"])
def test_conversion_other_than_of_quantities_takes_no_argument(kind):
    with pytest.raises(PathError):
        evaluate(f"1.to{kind}('x')", ROOT)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10_000, max_value=10_000))
def test_number_written_out_is_read_back(number):
    (text,) = evaluate(f"({number:f}).toString()", ROOT)

    assert evaluate(f"'{text}'.toDecimal()", ROOT) == [number]


@given(
    st.decimals(min_value=0, max_value=9999, places=3),
    st.sampled_from([("kg", "g"), ("mg", "ug"), ("L", "mL"), ("h", "s"), ("[in_i]", "cm"), ("week", "hour")]),
)
def test_conversion_there_and_back_is_the_same_amount(number, units):
    one, other = units
    unit = one if one.isalpha() and one == "week" else f"'{one}'"

    (back,) = evaluate(f"({number:f} {unit}).toQuantity('{other}').toQuantity('{one}')", ROOT)

    assert abs(back["value"] - number) < Decimal("0.000001")
    assert back["unit"] == one


@given(st.text(max_size=8).filter(lambda text: "'" not in text and "\\" not in text and text.isprintable()))
def test_no_text_breaks_a_conversion(text):
    for kind in [*TABLE, "Quantity"]:
        converts = evaluate(f"'{text}'.convertsTo{kind}()", ROOT)
        assert converts == [bool(evaluate(f"'{text}'.to{kind}().exists()", ROOT)[0])]
