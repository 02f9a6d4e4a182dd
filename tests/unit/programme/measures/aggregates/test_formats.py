"""dataValueSets and ADX: what is written is read back, and what is no such file is refused with its place."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Invalid, UserError
from ansinh.programme.measures import rules
from ansinh.programme.measures.aggregates import adx, dxf2
from ansinh.programme.measures.aggregates.values import Value

YEAR = rules.year(2025)
PEOPLE = Value("AS_NGUOI", "VN_37", YEAR, 805)
WOMEN = Value("AS_NGUOI_GIOI", "VN_37", YEAR, 241, (("GIOI", "NU"),))

NAMES = st.text("ABCXYZ_09", min_size=1, max_size=8)
VALUES = st.builds(
    Value,
    NAMES,
    NAMES,
    st.sampled_from(["2025", "2025-H2", "2024-Q1", "2025-07"]).map(rules.parse_period),
    st.integers(0, 10**9),
    st.one_of(st.just(()), st.tuples(st.tuples(st.just("GIOI"), NAMES))),
)


def bare(values):
    return sorted((each.element, each.unit, each.period.label, each.count, each.options) for each in values)


def test_dhis2_body_names_element_period_unit_and_option():
    body = json.loads(dxf2.write("AS_NAM", [PEOPLE, WOMEN]))

    assert body["dataSet"] == "AS_NAM"
    assert body["dataValues"] == [
        {"dataElement": "AS_NGUOI", "period": "2025", "orgUnit": "VN_37", "value": "805"},
        {
            "dataElement": "AS_NGUOI_GIOI", "period": "2025", "orgUnit": "VN_37", "categoryOptionCombo": "NU",
            "value": "241",
        },
    ]  # fmt: skip


def test_adx_message_groups_values_and_writes_categories_as_attributes():
    root = ElementTree.fromstring(adx.write("AS_NAM", [PEOPLE, WOMEN], "2026-01-05T08:00:00+07:00"))

    assert root.tag == "{urn:ihe:qrph:adx:2015}adx"
    (group,) = root
    assert dict(group.attrib) == {"dataSet": "AS_NAM", "orgUnit": "VN_37", "period": "2025-01-01/P1Y"}
    assert [dict(each.attrib) for each in group] == [
        {"dataElement": "AS_NGUOI", "value": "805"},
        {"dataElement": "AS_NGUOI_GIOI", "GIOI": "NU", "value": "241"},
    ]


@given(st.lists(VALUES, max_size=8))
def test_what_adx_writes_is_read_back(values):
    assert bare(adx.read(adx.write("AS", values, "2026-01-05T08:00:00+07:00"))) == bare(values)


@given(st.lists(VALUES, max_size=8))
def test_what_dhis2_writes_is_read_back_but_for_the_category(values):
    without = [
        Value(each.element, each.unit, each.period, each.count, tuple(("", option) for _, option in each.options))
        for each in values
    ]

    assert bare(dxf2.read(dxf2.write("AS", values))) == bare(without)


@given(st.lists(VALUES, max_size=5))
def test_same_values_give_the_same_bytes(values):
    assert dxf2.write("AS", values) == dxf2.write("AS", list(values))


def test_period_and_unit_may_stand_once_for_all_values():
    body = {"period": "2025", "orgUnit": "VN_37", "dataValues": [{"dataElement": "AS_NGUOI", "value": 805}]}

    assert bare(dxf2.read(json.dumps(body).encode())) == bare([PEOPLE])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "không phải là JSON"),
        (b"[1]", "dataValues"),
        (b'{"dataValues": {}}', "dataValues"),
        (b'{"dataValues": [3]}', r"dataValues\[0\]: phải là một đối tượng"),
        (b'{"dataValues": [{"period": "2025", "orgUnit": "A", "value": "1"}]}', r"dataValues\[0\]: thiếu dataElement"),
        (b'{"dataValues": [{"dataElement": "X", "period": "2025", "value": "1"}]}', "thiếu orgUnit"),
        (b'{"dataValues": [{"dataElement": "X", "orgUnit": "A", "period": "2025"}]}', "thiếu value"),
        (b'{"dataValues": [{"dataElement": "X", "orgUnit": "A", "value": "1"}]}', r"dataValues\[0\]: Kỳ"),
        (b'{"dataValues": [{"dataElement": "X", "orgUnit": "A", "period": "2025", "value": "-1"}]}', "số nguyên không"),
    ],
)
def test_body_that_is_no_data_value_set_is_refused_with_its_place(body, words):
    with pytest.raises(UserError, match=words):
        dxf2.read(body)


ADX = '<adx xmlns="urn:ihe:qrph:adx:2015"><group orgUnit="A" period="2025-01-01/P1Y">%s</group></adx>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "không phải XML"),
        ("<adx>", "không phải XML đúng, dòng 1"),
        ("<adx/>", "phần tử gốc"),
        ('<dxf xmlns="urn:ihe:qrph:adx:2015"/>', "phần tử gốc"),
        (ADX % '<dataValue value="1"/>', r"group\[0\]\.dataValue\[0\]: thiếu dataElement"),
        (ADX % '<dataValue dataElement="X"/>', "thiếu value"),
        (ADX % '<dataValue dataElement="X" value="1"/><dataValue dataElement="Y" value="x"/>', r"dataValue\[1\]: giá"),
        (ADX.replace(' orgUnit="A"', "") % '<dataValue dataElement="X" value="1"/>', "thiếu orgUnit"),
        (ADX.replace("P1Y", "P1W") % '<dataValue dataElement="X" value="1"/>', r"group\[0\]\.dataValue\[0\]: Kỳ"),
    ],
)
def test_message_that_is_no_adx_is_refused_with_its_place(body, words):
    with pytest.raises(Invalid, match=words):
        adx.read(body.encode())


def test_document_type_is_refused_before_anything_is_expanded():
    bomb = (
        b'<!DOCTYPE adx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><adx xmlns="urn:ihe:qrph:adx:2015">&b;</adx>'
    )

    with pytest.raises(Invalid, match="khai báo kiểu tài liệu"):
        adx.read(bomb)
