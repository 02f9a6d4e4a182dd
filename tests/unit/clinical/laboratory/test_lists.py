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
        (b"", "file-empty"), (HEAD.encode(), "csv-empty"), (f'{HEAD}\n"1;2'.encode(), "csv-quotes"),
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


# --- files as they come -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b";;;", b";;\n;;\n", b" , ,\n", b"\xef\xbb\xbf;"],
)
def test_file_of_empty_cells_is_empty(data):
    with pytest.raises(Invalid) as caught:
        lists.read_results(data, NOW)

    assert caught.value.code == "file-empty"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_they_do_on_any_machine(end):
    data = end.join((HEAD, LINE, LINE.replace("1;0370", "2;0370"), "")).encode()

    assert [one.number for one in lists.read_results(data, NOW)] == ["1", "2"]


def test_quote_that_is_never_closed_takes_no_line_along():
    note, other = HEAD + ";ghi chú", LINE.replace("1;0370", "2;0370")

    with pytest.raises(Invalid) as caught:
        read(note, LINE + ';"mẫu vỡ', other + ";tốt")

    assert caught.value.code == "csv-quotes"


def test_sign_of_inches_within_a_cell_is_no_quote():
    (report,) = read(HEAD + ";ghi chú", LINE + ';kim 1" dài')

    assert report.results[0].note == 'kim 1" dài'


def test_cell_in_quotes_may_hold_the_mark_that_parts_cells_and_a_line_of_its_own():
    (report,) = read(HEAD + ";ghi chú", LINE + ';"mẫu ít; làm lại\nsau"')

    assert report.results[0].note == "mẫu ít; làm lại sau"


def test_line_number_told_is_that_of_the_file_blank_lines_counted():
    assert ("5.value", "csv-value") in refused(HEAD, LINE, "", ";;", LINE.replace("4,2", ""))


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("10/03/2026", "2026-03-10"), ("1/3/2026", "2026-03-01"), ("9/3/2026 7:05", "2026-03-09T07:05:00+07:00"),
        ("09/03/2026 7h05", "2026-03-09T07:05:00+07:00"), ("09/03/2026 07g05", "2026-03-09T07:05:00+07:00"),
        ("09/03/2026 07:05:59", "2026-03-09T07:05:00+07:00"), ("2026-03-09", "2026-03-09"),
        ("2026-03-09T07:05:10+07:00", "2026-03-09T07:05:00+07:00"), ("10/03/2026 19:05", "2026-03-10T19:05:00+07:00"),
    ],
)  # fmt: skip
def test_moment_has_the_precision_that_was_said(told, moment):
    (report,) = read(HEAD, LINE.replace("10/03/2026 07:30", told))

    assert report.moment == moment


@pytest.mark.parametrize(
    "told",
    ["10/03/2026 19:06", "10/03/2026 24:00", "10/03/26", "3/2026", "2026", "2026-03-09T07:05:00Z", "29/02/2026",
     "0/3/2026", "10/03/2026 7:5"],
)  # fmt: skip
def test_moment_that_has_not_been_or_is_none_is_told(told):
    assert ("2.moment", "csv-moment") in refused(HEAD, LINE.replace("10/03/2026 07:30", told))


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("<5", ("<", Decimal(5))), ("≤5", ("<=", Decimal(5))), ("<= 5", ("<=", Decimal(5))),
        ("≥ 5,5", (">=", Decimal("5.5"))), (">1000", (">", Decimal(1000))), ("-1,5", ("", Decimal("-1.5"))),
        ("+2", ("", Decimal(2))), (".5", ("", ".5")), ("5,", ("", "5,")), ("<vết", ("", "<vết")),
        ("1/128", ("", "1/128")),
        ("1.000,5", ("", "1.000,5")), ("2+", ("", "2+")), ("NaN", ("", "NaN")), ("1e3", ("", "1e3")),
    ],
)  # fmt: skip
def test_value_is_a_number_with_its_sign_or_stays_in_words(told, read_as):
    (report,) = read(HEAD, LINE.replace("4,2", told))

    assert (report.results[0].comparator, report.results[0].value) == read_as


@pytest.mark.parametrize(("told", "flag"), [("h", "H"), ("HH", "HH"), ("pos", "POS"), ("", "")])
def test_mark_of_the_laboratory_is_kept(told, flag):
    (report,) = read(HEAD + ";cờ", LINE + f";{told}")

    assert report.results[0].flag == flag


def test_mark_that_nobody_knows_is_told():
    assert ("2.flag", "csv-flag") in refused(HEAD + ";cờ", LINE + ";rất cao")


@pytest.mark.parametrize(("low", "high", "problem"), [("5", "3", "2.low"), ("3", "3", "2.low"), ("x", "3", "2.low"),
                                                      ("3", "cao", "2.high")])  # fmt: skip
def test_ends_of_a_range_that_cannot_be_are_told(low, high, problem):
    head = "number;person;test;value;unit;low;high;moment"

    assert problem in [place for place, _key in refused(head, f"7;A;K;4;mmol/L;{low};{high};2026-03-09")]


def test_table_with_more_lines_than_one_reading_takes_is_refused(monkeypatch):
    monkeypatch.setattr(lists, "MOST_LINES", 2)

    with pytest.raises(Invalid) as caught:
        read(HEAD, LINE, LINE)

    assert caught.value.code == "csv-long"


def problems_of(reader, text, more):
    """What is wrong with a file, nothing when it is read; any other exception is a fault."""
    try:
        reader(text.encode(), more)
    except Invalid as error:
        return error.problems
    return ()


@given(st.text(alphabet='số phiếu;ngườị,\t"\n\r0123/<>:', max_size=120))
def test_any_text_is_read_or_refused_in_words(text):
    assert all(one.message and one.key for one in problems_of(lists.read_results, f"{HEAD}\n{text}", NOW))


@given(st.text(max_size=80))
def test_any_table_of_ranges_is_read_or_refused_in_words(text):
    assert all(one.message for one in problems_of(lists.read_ranges, f"{RANGES}\n{text}", "Bảng thử"))
