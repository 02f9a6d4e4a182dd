"""The form of primitive values."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.validation.primitives import CHECKS, EXPECTED

GOOD = {
    "base64Binary": ["QQ==", "QUJD", "QU JD"],
    "boolean": [True, False],
    "canonical": ["http://example.org/x|1", "#a"],
    "code": ["a", "a b"],
    "date": ["1948", "1948-03", "2024-02-29"],
    "dateTime": ["1948", "2025-07-01", "2025-07-01T08:30:00Z", "2025-07-01T08:30:00.123+07:00"],
    "decimal": [1, 1.5, Decimal("1.50"), -3, Decimal("-0.00"), Decimal("1e307"), Decimal("1e-307"), 10**308 - 1],
    "id": ["a", "A-1.b", "x" * 64],
    "instant": ["2025-07-01T08:30:00.000+07:00", "2016-12-31T23:59:60Z"],
    "integer": [0, -5, 2**31 - 1, -(2**31)],
    "markdown": ["*a*\n"],
    "oid": ["urn:oid:1.2.840"],
    "positiveInt": [1],
    "string": ["a", " ", "Nguyễn\nVăn"],
    "time": ["08:30:00", "23:59:59.5"],
    "unsignedInt": [0],
    "uri": ["urn:x", "a/b"],
    "url": ["https://example.org"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
    "xhtml": ['<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;b</div>'],
}
BAD = {
    "base64Binary": ["", "A", "QQ=", "Q=QQ", "QQ==QQ=="[:7], "ế"],
    "boolean": ["true", 1, 0, None],
    "canonical": ["", "a b"],
    "code": ["", " a", "a ", "a  b", 1],
    "date": ["", "48", "1948-13", "2025-02-29", "2025-07-01T08:30:00Z", "01/07/2025", 1948],
    "dateTime": ["2025-07-01T08:30", "2025-07-01T08:30:00", "2025-07-01T25:00:00Z", "2025-7-1"],
    "decimal": [
        "1",
        True,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1e308"),
        Decimal("-1e999"),
        Decimal("1e-308"),
        10**308,
        -(10**308),
        Decimal("1e999999999999"),
    ],
    "id": ["", "a b", "x" * 65, "a_b", "ế", 1],
    "instant": ["2025-07-01", "2025-07-01T08:30:00", "2025-06-31T08:30:00Z"],
    "integer": [1.0, "1", True, 2**31],
    "markdown": ["", None],
    "oid": ["urn:oid:3.1", "1.2.3", "urn:oid:1.02"],
    "positiveInt": [0, -1, True, 1.5],
    "string": ["", "a\x00b", "a\x1bb", 1, None, "x" * (1024 * 1024 + 1)],
    "time": ["8:30:00", "24:00:00", "08:30", "08:30:00Z"],
    "unsignedInt": [-1, True],
    "uri": ["", "a b", 1],
    "url": ["", "a b"],
    "uuid": ["c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"],
    "xhtml": ["<p>a</p>", "<div>a</div>", "chữ"],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values])
def test_good_value_passes(kind, value):
    assert CHECKS[kind](value)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_bad_value_is_refused(kind, value):
    assert not CHECKS[kind](value)


def test_every_primitive_of_the_standard_has_a_check_and_words():
    assert definitions().primitive_types == CHECKS.keys() == EXPECTED.keys()


@pytest.mark.parametrize("kind", ["code", "id", "oid", "uuid"])
@given(text=st.text(max_size=30))
def test_pattern_never_takes_more_than_the_published_one(kind, text):
    import re

    value = next(element for element in definitions().structure(kind).elements if element.name == "value")
    published = value.types[0].regex

    assert not CHECKS[kind](text) or re.fullmatch(published, text)


@given(st.dates(), st.sampled_from(["Z", "+07:00", "-03:30"]), st.times())
def test_every_day_of_the_calendar_is_a_date(day, zone, time):
    text = f"{day.isoformat()}T{time.isoformat(timespec='seconds')}{zone}"

    assert CHECKS["date"](day.isoformat())
    assert CHECKS["instant"](text) or day.year in (1, 9999)


@given(st.binary(min_size=1, max_size=60))
def test_base64_of_anything_passes(data):
    import base64

    assert CHECKS["base64Binary"](base64.b64encode(data).decode())
