"""CSV of results and of ranges: columns by name, problems by line and column."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.laboratory.rules import lists
from ansinh.clinical.laboratory.rules.reading import limits_of, number_of
from ansinh.clinical.laboratory.rules.reports import Limits
from ansinh.kernel.errors import Invalid
from ansinh.kernel.naming import LOINC

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HEAD = (
    "số phiếu;mã người;họ tên;ngày sinh;giới tính;phiếu;LOINC;tên xét nghiệm;kết quả;đơn vị;khoảng tham chiếu;thời gian"
)
LINE = "1;037050000001;Nguyễn Văn An;12/05/1950;Nam;Sinh hóa;2823-3;Kali;4,2;mmol/L;3,5 - 5,0;10/03/2026 07:30"


def read(*lines):
    return lists.read_results("\n".join(lines).encode("utf-8-sig"), NOW)


def refused(*lines):
    with pytest.raises(Invalid) as caught:
        read(*lines)
    return [(one.expression, one.key) for one in caught.value.problems]


def test_lines_of_one_number_are_one_report():
    other = LINE.replace("2823-3;Kali;4,2", "14682-9;Creatinin;<60")
    (report,) = read(HEAD, LINE, other)

    assert (report.number, report.panel, report.moment) == ("1", "Sinh hóa", "2026-03-10T07:30:00+07:00")
    assert (report.whose.numbers, report.whose.birth, report.whose.gender) == (("037050000001",), "1950-05-12", "male")
    assert [(one.code, one.system, one.value, one.comparator) for one in report.results] == [
        ("2823-3", LOINC, Decimal("4.2"), ""),
        ("14682-9", LOINC, Decimal(60), "<"),
    ]
    assert report.results[0].limits == Limits(Decimal("3.5"), Decimal("5.0"), text="3,5 - 5,0")


def test_english_names_and_commas_or_tabs_are_read_as_well():
    for mark in (",", "\t"):
        lines = ("number,person,test,value,unit,low,high,moment", "7,26-ABC234,WBC,6.1,10^9/L,4,10,2026-03-09T08:00")
        (report,) = read(*(line.replace(",", mark) for line in lines))

        assert report.whose.numbers == ("26-ABC234",)
        assert report.results[0].limits == Limits(Decimal(4), Decimal(10))


def test_words_stay_words():
    (report,) = read(HEAD, LINE.replace("4,2", "Âm tính"))

    assert report.results[0].value == "Âm tính"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (LINE.replace("1;0370", ";0370"), ("2.number", "csv-number")),
        (LINE.replace("4,2", ""), ("2.value", "csv-value")),
        (LINE.replace("10/03/2026 07:30", ""), ("2.moment", "csv-moment")),
        (LINE.replace("10/03/2026 07:30", "hôm qua"), ("2.moment", "csv-moment")),
        (LINE.replace("10/03/2026 07:30", "31/02/2026"), ("2.moment", "csv-moment")),
        (LINE.replace("10/03/2026 07:30", "10/03/2027"), ("2.moment", "csv-moment")),
        (LINE.replace("12/05/1950", "5/1950"), ("2.birth", "csv-birth")),
        (LINE.replace("Nam", "trai"), ("2.sex", "csv-sex")),
        (LINE.replace("037050000001;Nguyễn Văn An", ";"), ("2.person", "csv-person")),
        (LINE.replace("2823-3;Kali", ";"), ("2.test", "csv-test")),
        (LINE + ";thừa", ("2", "csv-cells")),
    ],
)
def test_bad_cell_is_told_with_its_line_and_column(line, problem):
    assert problem in refused(HEAD, line)


def test_unknown_missing_and_doubled_columns_are_told():
    assert ("1", "csv-column") in refused(HEAD + ";màu", LINE + ";đỏ")
    assert ("1", "csv-column") in refused(HEAD.replace("kết quả", "đơn vị"), LINE)


def test_number_used_for_two_people_or_two_names_is_told():
    assert ("3.number", "csv-number") in refused(HEAD, LINE, LINE.replace("037050000001", "037050000002"))
    assert ("2.number", "csv-number") in refused(HEAD, LINE, LINE.replace("Nguyễn Văn An", "Lê Văn Bình"))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file-empty"), (HEAD.encode(), "csv-empty"), (f'{HEAD}\n"1;2'.encode(), "csv"),
        ((HEAD + "\n" + LINE.replace("Nguyễn Văn An", "NguyÔn V¨n An")).encode(), "file-old-font"),
        ((HEAD + "\n" + LINE).encode("utf-16"), "file-encoding"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused_in_words(data, key):
    with pytest.raises(Invalid) as caught:
        lists.read_results(data, NOW)

    assert caught.value.code == key


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("3.5-5.0", (Decimal("3.5"), Decimal("5.0"))), ("3,5 – 5", (Decimal("3.5"), Decimal(5))),
        ("(4 - 10)", (Decimal(4), Decimal(10))), ("<5", (None, Decimal(5))), ("≥ 1,2", (Decimal("1.2"), None)),
        ("từ 3", (Decimal(3), None)), ("âm tính", (None, None)), ("5-3", (None, None)),
    ],
)  # fmt: skip
def test_range_is_read_as_laboratories_write_it(text, limits):
    read = limits_of(text)

    assert (read.low, read.high) == limits
    assert read.text == text.strip()


@pytest.mark.parametrize(("text", "number"), [("4,2", "4.2"), ("-1.5", "-1.5"), ("1.000,5", None), ("x", None)])
def test_number_is_read_with_point_or_comma(text, number):
    assert number_of(text) == (Decimal(number) if number else None)


# --- ranges ---------------------------------------------------------------------------------------------------

RANGES = "mã;tên;đơn vị;giới tính;tuổi từ;tuổi đến;thấp;cao;nguy hiểm thấp;nguy hiểm cao"


def test_ranges_by_age_and_sex_are_read_with_their_source():
    data = f"{RANGES}\nK;Kali;mmol/L;;;;3,5;5;2,5;6,5\nHB;Huyết sắc tố;g/dL;nữ;18;;12;16;;".encode()

    found = lists.read_ranges(data, "Bảng thử")

    assert [name for name, _band in found] == ["Kali", "Huyết sắc tố"]
    assert found[0][1].limits == Limits(Decimal("3.5"), Decimal(5), Decimal("2.5"), Decimal("6.5"), source="Bảng thử")
    assert (found[1][1].sex, found[1][1].age_from, found[1][1].age_to) == ("female", 18, None)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("K;Kali;mmol/L;;;;5;3;;", ("2.low", "range-order")),
        ("K;Kali;mmol/L;;;;3;5;4;", ("2.low", "range-order")),
        ("K;Kali;mmol/L;;;;;;;", ("2.low", "csv-low")),
        ("K;Kali;mmol/L;;9;2;3;5;;", ("2.age_to", "csv-age_to")),
        ("K;Kali;;;;;3;5;;", ("2.unit", "csv-unit")),
        ("K;Kali;mmol/L;;;;ba;5;;", ("2.low", "csv-low")),
    ],
)
def test_range_that_cannot_be_is_told_with_its_line(line, problem):
    with pytest.raises(Invalid) as caught:
        lists.read_ranges(f"{RANGES}\n{line}".encode(), "Bảng thử")

    assert problem in [(one.expression, one.key) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("3,5-5,5", Limits(Decimal("3.5"), Decimal("5.5"), text="3,5-5,5")),
        ("3.5..5.5", Limits(Decimal("3.5"), Decimal("5.5"), text="3.5..5.5")),
        ("3,5 đến 5,5", Limits(Decimal("3.5"), Decimal("5.5"), text="3,5 đến 5,5")),
        ("-2 - +2", Limits(Decimal(-2), Decimal(2), text="-2 - +2")),
        ("-5--2", Limits(Decimal(-5), Decimal(-2), text="-5--2")),
        ("<5", Limits(high=Decimal(5), text="<5", strict=True)), ("≤5", Limits(high=Decimal(5), text="≤5")),
        ("<= 5", Limits(high=Decimal(5), text="<= 5")), ("đến 5", Limits(high=Decimal(5), text="đến 5")),
        ("dưới 5", Limits(high=Decimal(5), text="dưới 5", strict=True)),
        (">60", Limits(low=Decimal(60), text=">60", strict=True)), (">=60", Limits(low=Decimal(60), text=">=60")),
        ("trên 60", Limits(low=Decimal(60), text="trên 60", strict=True)),
        ("từ 60", Limits(low=Decimal(60), text="từ 60")), ("5-5", Limits(text="5-5")),
        ("nam <5; nữ <4", Limits(text="nam <5; nữ <4")), ("  ", None), ("", None),
    ],
)  # fmt: skip
def test_range_says_whether_its_end_belongs_to_it(text, limits):
    assert limits_of(text) == limits


@given(st.decimals(0, 500, places=2), st.decimals(0, 500, places=2), st.sampled_from(["-", " – ", " đến ", "÷"]))
def test_range_of_two_numbers_is_read_whatever_stands_between_or_before_the_decimals(one, other, between):
    low, high = sorted((one, other))
    said = f"{low}{between}{high}".replace(".", ",")
    read = limits_of(said)

    assert (read.low, read.high) == ((low, high) if low < high else (None, None))
    assert read.text == said
