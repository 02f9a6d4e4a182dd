"""When work is due and how pressing it is; what a file of a kind of work may say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.encounters.rules import next_check
from ansinh.clinical.worklist import queries, rules
from ansinh.kernel.errors import Invalid

TODAY = date(2026, 11, 22)
FILE = """id: x
order: 1
title: Việc
title_en: Work
permission: task.work
action: task
target: {target}
button: Mở
button_en: Open
source: Quy ước
views: [task]
sql: SELECT 1
{more}
"""


def a_source(tmp_path, *, target="person", more=""):
    (tmp_path / "x.yaml").write_text(FILE.format(target=target, more=more), encoding="utf-8")
    return queries.sources_in(tmp_path)[0]


@given(due=st.dates(date(2000, 3, 1), date(2090, 1, 1)), months=st.integers(1, 24))
def test_months_before_is_the_last_day_that_is_due_by_then(due, months):
    day = rules.months_before(due, months)

    assert (
        next_check(day, months) <= due < next_check(day + timedelta(days=1), months)
        or next_check(day + timedelta(days=1), months) > due
    )


def test_source_with_an_interval_shows_what_is_due_within_its_days_ahead(tmp_path):
    source = a_source(tmp_path, more="months: 6\nsoon: 14")

    assert source.last_day(TODAY) == date(2026, 6, 6)
    assert source.due(date(2026, 6, 6)) == date(2026, 12, 6)


def test_source_without_days_ahead_shows_everything(tmp_path):
    assert a_source(tmp_path).last_day(TODAY) == rules.WITHOUT_LIMIT
    assert a_source(tmp_path, more="soon: 0").last_day(TODAY) == TODAY


def test_source_takes_its_months_from_a_catalogue_with_its_law(tmp_path):
    assert a_source(tmp_path, more="catalogue: periodic-check").months == 6


@pytest.mark.parametrize(
    ("due", "urgent", "last", "tone"),
    [
        (date(2026, 11, 30), False, date(2026, 5, 30), ""),
        (date(2026, 11, 21), False, date(2026, 5, 21), "warn"),
        (date(2026, 5, 21), False, date(2025, 11, 21), "bad"),  # the yearly check is missed as well
        (date(2026, 12, 30), True, None, "bad"),
    ],
)
def test_tone_says_late_missed_by_a_whole_interval_and_urgent(due, urgent, last, tone):
    assert rules.tone(due, TODAY, urgent=urgent, months=6, last=last) == tone


@pytest.mark.parametrize(
    ("target", "more", "place"),
    [("anybody", "", "target"), ("person", "oder: 2", "oder"), ("person", "soon: x", "soon")],
)
def test_file_with_something_wrong_is_refused_with_its_name_and_place(tmp_path, target, more, place):
    with pytest.raises(Invalid) as refusal:
        a_source(tmp_path, target=target, more=more)

    assert refusal.value.field == place
    assert "x.yaml" in refusal.value.message


def test_shipped_kinds_say_where_they_come_from_and_stand_in_an_order():
    shipped = queries.sources()

    assert [source.order for source in shipped] == sorted(source.order for source in shipped)
    assert all(source.source and source.title_en for source in shipped)
    assert next(one for one in shipped if one.id == "periodic-check").months == 6
