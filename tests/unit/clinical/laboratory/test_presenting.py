"""Results in the words of pages: value, range, flag, curve."""

from decimal import Decimal

import pytest
from django.utils import translation

from ansinh.clinical.laboratory import presenting, resources
from ansinh.clinical.laboratory.queries import Line, Value
from ansinh.clinical.laboratory.rules.reports import FLAGS, Limits, Measured, Report, Whose

AT = "2026-03-10T08:00:00+07:00"


@pytest.fixture(autouse=True)
def in_vietnamese(monkeypatch):
    """And no list of codes is at hand: names are those of the report."""
    monkeypatch.setattr(presenting, "measure_label", lambda code: code)
    with translation.override("vi"):
        yield


def value(number, unit="mmol/L", at=AT, **more):
    told = {"words": "", "comparator": "", "flag": "", "low": None, "high": None} | more
    return Value(at, None if number is None else Decimal(number), unit=unit, **told)


def line_of(measured):
    """What a page says of one result, as it was written."""
    report = Report("F1", Whose(), "Sinh hóa", AT, (measured,))
    return presenting.line_words(resources.report_resources(report, resources.Filed("r", "p", "f", AT))[1])


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (value("6.8"), "6,8 mmol/L"), (value("5", comparator="<"), "<5 mmol/L"),
        (value("5", comparator="<="), "≤5 mmol/L"), (value("1200", comparator=">=", unit=""), "≥1.200"),
        (value(None, words="Âm tính"), "Âm tính"), (value(None), "–"), (value("0"), "0 mmol/L"),
    ],
)  # fmt: skip
def test_value_is_told_with_its_sign_and_unit(measured, words):
    assert presenting.value_words(measured) == words


@pytest.mark.parametrize(
    ("low", "high", "said", "words"),
    [
        ("3.5", "5", "", "3,5–5"), ("3.5", "5", "3.5-5.0", "3,5–5"), (None, "5", "", "≤5"), ("10", None, "", "≥10"),
        (None, "5", "<5", "<5"), ("10", None, "> 10", "> 10"), (None, None, "âm tính", "âm tính"),
        (None, None, "", ""), ("0", "5", "", "0–5"),
    ],
)  # fmt: skip
def test_range_is_told_with_its_ends_or_as_the_laboratory_wrote_it(low, high, said, words):
    ends = [None if end is None else Decimal(end) for end in (low, high)]

    assert presenting.range_words(*ends, said) == words


def test_line_of_a_report_says_value_range_flag_and_note():
    told = line_of(
        Measured("K", "Kali", Decimal("6.8"), "mmol/L", flag="HH", note="Mẫu vỡ",
                 limits=Limits(Decimal("3.5"), Decimal(5), critical_high=Decimal("6.5"), text="3.5-5"))
    )  # fmt: skip

    assert (told["name"], told["value"], told["range"], told["note"]) == ("Kali", "6,8 mmol/L", "3,5–5", "Mẫu vỡ")
    assert (told["flag"].text, told["_tone"]) == ("Cao, nguy hiểm", "bad")


def test_critical_limit_alone_is_not_shown_as_a_usual_range():
    told = line_of(Measured("K", "Kali", Decimal(4), "mmol/L", limits=Limits(critical_high=Decimal("6.5"))))

    assert told["range"] == ""


@pytest.mark.parametrize(("flag", "tone"), [("N", ""), ("H", "warn"), ("LL", "bad"), ("", "")])
def test_line_stands_out_where_its_flag_does(flag, tone):
    assert line_of(Measured("K", "Kali", Decimal(4), flag=flag))["_tone"] == tone


def test_result_that_was_not_done_says_so():
    assert line_of(Measured("x", "Cấy", "", status="cancelled"))["value"] == "Không làm"


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_that_may_be_stored_has_its_word(flag):
    assert presenting.flag_tag(flag) is not None


def test_flag_that_is_none_has_no_tag():
    assert presenting.flag_tag("") is None
    assert presenting.flag_tag("LẠ") is None


def chart(*values):
    return presenting.chart_of(Line("K", "Kali", values), "Kali")


def test_one_number_is_no_curve_and_words_are_none_either():
    assert chart(value("4")) is None
    assert chart(value("4"), value(None, words="vỡ")) is None


def test_curve_has_the_ends_of_the_range_where_they_are_known():
    drawn = chart(value("4", low=Decimal(3), high=Decimal(5)), value("6", high=Decimal(5)))

    assert [[number for _day, number in one.points] for one in drawn.series] == [[4, 6], [3, None], [5, 5]]
    assert (drawn.unit, drawn.low) == ("mmol/L", 0)


def test_curve_leaves_out_what_was_told_in_another_unit_than_the_newest():
    drawn = chart(value("90", "mg/dL"), value("5", "mmol/l"), value("6", "mmol/L"))

    assert [number for _day, number in drawn.series[0].points] == [5, 6]
    assert chart(value("90", "mg/dL"), value("6")) is None


def test_curve_of_numbers_below_nought_is_not_cut_there():
    assert chart(value("-3"), value("2")).low is None
