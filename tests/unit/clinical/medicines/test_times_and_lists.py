"""Hours of doses, the list of medicines as CSV, the code of a prescription."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.medicines import resources
from ansinh.clinical.medicines.rules import lists, prescribing, times
from ansinh.clinical.medicines.rules.prescribing import Shape
from ansinh.clinical.medicines.rules.times import Course
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.errors import Invalid

DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 8, 30, tzinfo=VIETNAM)


def course(*hours, start="", end=""):
    return Course("o", "p", "A", "Thuốc A", "1 viên", hours, start, end)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("", "", ["08:00", "20:00"]), ("2026-03-10", "2026-03-10", ["08:00", "20:00"]), ("2026-03-11", "", []),
        ("", "2026-03-09", []), ("2026-03-10T10:00:00+07:00", "", ["20:00"]),
        ("", "2026-03-10T10:00:00+07:00", ["08:00"]), ("2026-03-10T02:00:00Z", "", ["20:00"]),
    ],
)  # fmt: skip
def test_doses_are_due_from_the_start_to_the_end_of_an_order(start, end, found):
    due = list(times.slots(course("08:00", "20:00", start=start, end=end), DAY))

    assert [slot[11:16] for slot in due] == found
    assert all(slot.endswith("+07:00") for slot in due)


@pytest.mark.parametrize(
    ("hour", "nearest"), [(5, "06:00"), (0, "06:00"), (6, "06:00"), (13, "08:00"), (19, "20:00"), (23, "20:00")]
)
def test_round_that_is_on_is_the_one_shown(hour, nearest):
    hours = times.hours_on([course("08:00", "20:00"), course("06:00")], DAY)

    assert times.nearest(hours, NOW.replace(hour=hour, minute=5)) == nearest
    assert times.nearest([], NOW) == ""


@pytest.mark.parametrize(
    ("slot", "at"), [("08:00", "08:30"), ("09:00", "08:30"), ("06:30", "08:30"), ("06:00", "06:00")]
)
def test_dose_counts_as_now_within_its_round_and_as_its_hour_later(slot, at):
    due = datetime.combine(DAY, datetime.strptime(slot, "%H:%M").time(), VIETNAM).isoformat()

    assert times.moment_of_dose(due, NOW)[11:16] == at


@pytest.mark.parametrize(("off", "key"), [(timedelta(minutes=61), "dose-future"), (timedelta(days=-8), "dose-old")])
def test_dose_to_come_and_dose_of_long_ago_are_refused(off, key):
    with pytest.raises(Invalid) as refused:
        times.moment_of_dose((NOW + off).isoformat(), NOW)

    assert refused.value.code == key


@given(st.datetimes(datetime(2026, 3, 3, 9), datetime(2026, 3, 10, 9, 30)))
def test_dose_never_counts_as_given_in_the_future(slot):
    at = times.moment_of_dose(slot.replace(tzinfo=VIETNAM).isoformat(), NOW)

    assert datetime.fromisoformat(at) <= NOW


# --- the list -------------------------------------------------------------------------------------------------

HEAD = "mã;tên thuốc;hoạt chất;hàm lượng;đơn vị;kiểm soát;mã vạch"


def read(*lines):
    return lists.read("\n".join((HEAD, *lines)).encode())


def test_list_is_read():
    one, two = read("A1;Thuốc A;chất a + chất b;5 mg;viên;;893", "B1;Thuốc B;chất b;;ống;Hướng thần;")

    assert (one.substances, one.strength, one.controlled, one.barcode) == (("chất a", "chất b"), "5 mg", "", "893")
    assert two.controlled == "psychotropic"


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ((";Thuốc A;a;;viên;;",), "2.code"), (("A1;;a;;viên;;",), "2.name"), (("A1;Thuốc A;;;viên;;",), "2.substances"),
        (("A1;Thuốc A;a;;;;",), "2.unit"), (("A1;Thuốc A;a;;viên;nguy hiểm;",), "2.controlled"),
        (("A1;Thuốc A;a;;viên;;", "A1;Thuốc B;b;;viên;;"), "3.code"),
    ],
)  # fmt: skip
def test_bad_line_is_told_with_its_number_and_column(lines, place):
    with pytest.raises(Invalid) as refused:
        read(*lines)

    assert place in [one.expression for one in refused.value.problems]


@pytest.mark.parametrize(
    "data", [b"", HEAD.encode(), "mã;tên\nA;B".encode(), "Thuốc".encode("utf-16"), "mÃ£;tÃªn".encode()]
)
def test_file_that_is_no_list_is_refused(data):
    with pytest.raises(Invalid):
        lists.read(data)


# --- prescriptions --------------------------------------------------------------------------------------------

SHAPE = Shape(5, 7, "-", {"": "c", "narcotic": "n"})


def test_code_is_the_same_for_the_same_seed_and_says_facility_and_kind():
    code = prescribing.code(SHAPE, "37001", "p/2026-03-10/d", "narcotic")

    assert code == prescribing.code(SHAPE, "37001", "p/2026-03-10/d", "narcotic")
    assert code.startswith("37001")
    assert code.endswith("-n")
    assert len(code) == 14
    assert prescribing.is_national(SHAPE, code)


@pytest.mark.parametrize("facility", ["", "123", "12 45", "123456"])
def test_facility_without_its_code_gives_no_national_one(facility):
    assert not prescribing.is_national(SHAPE, prescribing.code(SHAPE, facility, "x", ""))


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=30, unique=True))
def test_codes_of_different_prescriptions_differ(seeds):
    assert len({prescribing.code(SHAPE, "37001", seed, "") for seed in seeds}) == len(seeds)


def test_order_says_in_words_what_its_timing_lists():
    regimen = resources.Regimen(Decimal("0.50"), "viên", ("08:00", "20:00"), route_words="Uống", note="sau ăn")

    assert regimen.words() == "0,5 viên lúc 08:00, 20:00, uống, sau ăn"
