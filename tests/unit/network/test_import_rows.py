"""Lines of a list as people paste them or save them from a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.errors import Invalid
from ansinh.kernel.text import nfc
from ansinh.network.capability import forms
from ansinh.network.capability.forms import parse_rows


def rows(text: str) -> list[tuple[str, str, str]]:
    return [(item.code, item.text, item.group) for item in parse_rows(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1;Đo điện tim;Chẩn đoán", [("1", "Đo điện tim", "Chẩn đoán")]),
        ("1;Đo điện tim", [("1", "Đo điện tim", "")]),
        ("1\tĐo điện tim\tChẩn đoán", [("1", "Đo điện tim", "Chẩn đoán")]),
        (" 1 ; Đo điện tim ; Chẩn đoán ", [("1", "Đo điện tim", "Chẩn đoán")]),
        ('1;"Đo; đếm; ghi";Nhóm', [("1", "Đo; đếm; ghi", "Nhóm")]),
        ('"1";"Ống ""lớn""";"Nhóm"', [("1", 'Ống "lớn"', "Nhóm")]),
        ('1; "Đo; đếm"', [("1", "Đo; đếm", "")]),
        ('1;Ống 5"', [("1", 'Ống 5"', "")]),
        ("1;A;B;C;D", [("1", "A", "B")]),
        ("1\tMột; hai\tNhóm", [("1", "Một; hai", "Nhóm")]),
        ("1;A\n\n   \n2;B\r\n3;C", [("1", "A", ""), ("2", "B", ""), ("3", "C", "")]),
        ("1;Đo\u0323c", [("1", nfc("Đo\u0323c"), "")]),
        ("", []),
        (" \n\n", []),
    ],
)
def test_lines_are_read_as_a_spreadsheet_means_them(text, expected):
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [("1", 1), ("1;", 1), (";A", 1), ("1;A\n2", 2), ("1;A\n\n;B", 3), ('1;""', 1), ('"1;A', 1),
     (f"1;{'x' * 200_000}", 1)],
)  # fmt: skip
def test_line_without_code_or_name_is_refused_with_its_number(text, line):
    with pytest.raises(Invalid) as refusal:
        parse_rows(text)

    assert f"Dòng {line} " in refusal.value.message
    assert refusal.value.field == "rows"


def test_list_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(forms, "MAX_ROWS", 3)

    assert len(parse_rows("1;A\n2;B\n3;C")) == 3
    with pytest.raises(Invalid, match="quá dài"):
        parse_rows("1;A\n2;B\n3;C\n4;D")


words = st.text(st.sampled_from("aĐố;,\"' 1-"), min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.lists(st.tuples(words, words, words), max_size=5))
def test_what_a_spreadsheet_writes_comes_back(table):
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL).writerows(table)

    assert rows(written.getvalue()) == [tuple(nfc(cell) for cell in row) for row in table]
