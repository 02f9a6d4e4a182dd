"""Where a device stands in a word, which year the list is of, and cells that no spreadsheet takes for a formula."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from ansinh.clinical.devices.queries import DeviceLine
from ansinh.clinical.devices.views import due, showing
from ansinh.kernel import clock

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_friday():
    with clock.frozen(NOW):
        yield


@pytest.mark.parametrize(
    ("said", "words", "tone"),
    [
        ({"status": "active"}, "Chờ mở phiếu làm", "warn"),
        ({"status": "active", "stage": "fitting", "stage_words": "Thử lắp"}, "Ở xưởng: Thử lắp", "info"),
        ({"status": "completed", "given": "2026-01-05"}, "Đang dùng", "good"),
        ({"status": "completed", "given": "2026-01-05", "replace_on": "2026-11-21"}, "Đang dùng", "good"),
        ({"status": "completed", "given": "2026-01-05", "replace_on": "2026-11-20"}, "Đến niên hạn", "warn"),
        ({"status": "completed", "given": "2026-01-05", "ended": "2026-05-05"}, "Không còn dùng", "neutral"),
        ({"status": "revoked"}, "Đã đóng", "neutral"),
    ],
)
def test_device_stands_somewhere_in_its_life(said, words, tone):
    line = DeviceLine(**{"request": "r", "words": "Nạng", "status": "", "authored": "2026-01-01"} | said)

    assert showing.state(line) == (words, tone)


@pytest.mark.parametrize(
    ("asked", "year"),
    [("", 2026), ("2027", 2027), ("2016", 2016), ("2015", 2026), ("2037", 2026), ("năm nay", 2026), ("-2027", 2026)],
)
def test_year_of_the_list_is_near_or_this_one(asked, year):
    assert due.year_of(RequestFactory().get("/", {"nam": asked})) == year


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_cell_that_looks_like_a_formula_is_kept_as_text(text):
    assert due._plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Nguyễn Văn An", "1950", "", "20/11/2026"])
def test_other_cells_stay_as_they_are(text):
    assert due._plain_cell(text) == text


@pytest.mark.parametrize(("km", "words"), [(100, "500.000 đồng (Nghị định 75/2021"), (9999, "1.400.000 đồng"), (0, "")])
def test_travel_support_is_told_with_its_source(km, words):
    assert showing.travel_words(km).startswith(words)
