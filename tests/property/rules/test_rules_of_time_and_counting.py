"""Rules of every day as laws: when something can have happened or is due, what a share is, who is hidden in a table."""

import calendar
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansinh.clinical.encounters import rules as care
from ansinh.clinical.rounds.rules import Shift, begins, shift_at
from ansinh.clinical.wards import rules as wards
from ansinh.kernel.errors import Conflict, Invalid
from ansinh.network.workforce.rules import Post, compare
from ansinh.programme.measures import rules as measures
from ansinh.programme.plans import rules as plans
from ansinh.programme.reports import rules as reports

VIETNAM = timezone(timedelta(hours=7))
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))

# --- when care can have happened -----------------------------------------------------------------------------------

# what a nurse or a machine writes down, birth, death: whether it can be
MOMENTS = [
    (datetime(2026, 6, 15, 9, 30, tzinfo=VIETNAM), "1950", "", True),
    (datetime(2026, 6, 15, 10, 4, tzinfo=VIETNAM), "", "", True),  # clocks differ by a few minutes
    (datetime(2026, 6, 15, 10, 30, tzinfo=VIETNAM), "", "", False),
    (datetime(2026, 5, 17, 0, 30, tzinfo=VIETNAM), "2026-05-17", "", True),
    (datetime(2026, 5, 16, 17, 30, tzinfo=UTC), "2026-05-17", "", True),  # the same half past midnight
    (datetime(2026, 5, 16, 23, 30, tzinfo=VIETNAM), "2026-05-17", "", False),
    (datetime(2026, 5, 16, 16, 30, tzinfo=UTC), "2026-05-17", "", False),
    (datetime(2026, 5, 1, 8, tzinfo=VIETNAM), "2026-05", "", True),
    (datetime(2026, 4, 30, 8, tzinfo=VIETNAM), "2026-05", "", False),
    (datetime(2025, 12, 31, 8, tzinfo=VIETNAM), "2026", "", False),
    (datetime(2026, 6, 1, 8, tzinfo=VIETNAM), "1950", "2026-06-01", True),
    (datetime(2026, 6, 1, 23, 59, tzinfo=VIETNAM), "1950", "2026-06-01T08:00:00+07:00", True),
    (datetime(2026, 6, 1, 16, 59, tzinfo=UTC), "1950", "2026-06-01", True),
    (datetime(2026, 6, 1, 17, 1, tzinfo=UTC), "1950", "2026-06-01", False),  # past midnight in Vietnam
    (datetime(2026, 6, 2, 0, 1, tzinfo=VIETNAM), "1950", "2026-06-01", False),
    (datetime(2026, 6, 2, 8, tzinfo=VIETNAM), "1950", "2026-06", True),
    (datetime(2026, 6, 1, 8, tzinfo=VIETNAM), "1950", "true", True),  # it is known that, not when
]


@pytest.mark.parametrize(("moment", "birth", "death", "possible"), MOMENTS)
def test_care_happens_between_birth_and_death_by_the_days_of_vietnam(moment, birth, death, possible):
    if possible:
        assert care.moment_of_care(moment, birth, NOW, death=death) == moment
    else:
        with pytest.raises(Invalid) as refusal:
            care.moment_of_care(moment, birth, NOW, death=death)
        assert refusal.value.field == "moment"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2026, 6, 1)), st.integers(-11, 14))
def test_zone_in_which_a_moment_is_written_says_nothing_about_it(moment, hours):
    here = moment.replace(tzinfo=VIETNAM)
    there = here.astimezone(timezone(timedelta(hours=hours)))
    birth = here.date().isoformat()

    assert care.moment_of_care(there, birth, NOW, death=birth) == there


@given(days, st.integers(1, 36))
def test_next_check_is_due_in_its_month_and_never_later_in_it_than_the_last_one(done, months):
    due = care.next_check(done, months)

    assert (due.year * 12 + due.month) - (done.year * 12 + done.month) == months
    assert due.day == min(done.day, calendar.monthrange(due.year, due.month)[1])


@given(st.decimals(20, 200, places=1), st.decimals(100, 220, places=1))
def test_body_mass_index_is_weight_by_height_squared_to_one_decimal(weight, height):
    exact = Fraction(weight) / (Fraction(height) / 100) ** 2

    found = care.bmi(weight, height)

    assert found is not None
    assert abs(Fraction(found) - exact) <= Fraction(1, 20)
    assert care.bmi(None, height) is care.bmi(weight, None) is None


SHIFTS = [Shift("night", "đêm", "night", 22), Shift("day", "ngày", "day", 6), Shift("evening", "chiều", "evening", 14)]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_every_moment_is_in_just_one_shift_that_began_before_it(moment):
    day, shift = shift_at(moment, SHIFTS)
    later = [begins(day + timedelta(days=add), each) for each in SHIFTS for add in (0, 1)]

    assert begins(day, shift) <= moment
    assert not [start for start in later if begins(day, shift) < start <= moment]
    assert moment - begins(day, shift) < timedelta(hours=8)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1)), st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1))
)
def test_change_of_a_bed_never_comes_before_the_one_before(at, last):
    at, last = at.replace(tzinfo=UTC), last.replace(tzinfo=UTC)

    if at < last:
        with pytest.raises(Invalid):
            wards.moment_of_change(at, last, NOW)
    else:
        assert wards.moment_of_change(at, last, NOW) == at


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8, unique=True))
def test_rooms_stand_in_the_order_of_their_numbers(numbers):
    names = [f"Phòng {number}" for number in numbers]

    assert sorted(names, key=wards.natural) == [f"Phòng {number}" for number in sorted(numbers)]


# --- periods and shares --------------------------------------------------------------------------------------------


@given(st.integers(1990, 2090))
def test_months_quarters_and_halves_part_a_year_without_gap(year):
    whole = measures.year(year)
    for parts in (["H1", "H2"], ["Q1", "Q2", "Q3", "Q4"], [f"{month:02}" for month in range(1, 13)]):
        found = [measures.parse_period(f"{year}-{part}") for part in parts]
        assert (found[0].start, found[-1].end) == (whole.start, whole.end)
        assert all(one.end + timedelta(days=1) == two.start for one, two in pairwise(found))


@given(days, st.integers(1, 24))
def test_span_of_months_before_a_day_is_as_long_as_it_says(day, months):
    first = measures.months_before(day, months)

    assert first <= day
    assert (day.year * 12 + day.month) - (
        (first - timedelta(days=1)).year * 12 + (first - timedelta(days=1)).month
    ) == months


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_share_is_rounded_half_up_from_the_exact_one_and_judged_by_the_exact_one(numerator, denominator):
    assume(numerator <= denominator)
    shown, exact = measures.percent(numerator, denominator), measures.exact("percent", numerator, denominator)

    if not denominator:
        assert shown is exact is None
        return
    true = Fraction(numerator * 100, denominator)
    assert shown == Decimal((true * 10 + Fraction(1, 2)).__floor__()) / 10
    assert exact is not None
    assert (exact >= 80) == (true >= 80)
    assert 0 <= shown <= 100


tables = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.integers(0, 12), min_size=1, max_size=2), max_size=8)


@given(tables)
def test_hidden_rows_cannot_be_found_again_by_subtraction_from_the_total(rows):
    hidden = measures.suppressed(rows)
    small = {key for key, counts in rows.items() if any(0 < count < measures.SMALL for count in counts)}
    counting = [key for key, counts in rows.items() if max(counts) > 0]

    assert small <= hidden <= set(counting)
    assert not hidden or len(hidden) >= 2 or counting == list(hidden)
    assert not small or hidden


@given(tables)
def test_nothing_is_hidden_where_nobody_could_be_known_by_it(rows):
    plain = {key: [count + measures.SMALL if count else 0 for count in counts] for key, counts in rows.items()}

    assert measures.suppressed(plain) == set()


# --- goals ---------------------------------------------------------------------------------------------------------

amounts = st.decimals(0, 100, places=1)


@given(st.none() | amounts, amounts, days, st.integers(1, 4000), st.integers(-400, 5000))
def test_path_to_a_target_is_a_straight_line_between_its_ends(baseline, target, start, length, after):
    end = start + timedelta(days=length)
    day = start + timedelta(days=after)
    begin = baseline if baseline is not None else Decimal(0)

    expected = plans.expected_on(baseline, target, start, end, day)

    assert min(begin, target) <= expected <= max(begin, target)
    if day <= start:
        assert expected == begin
    if day >= end:
        assert expected == target
    share = Fraction(min(max(after, 0), length), length)
    assert abs(Fraction(expected) - (Fraction(begin) + (Fraction(target) - Fraction(begin)) * share)) <= Fraction(1, 20)


@given(st.none() | amounts, st.none() | amounts, st.none() | amounts, days, st.sampled_from([">=", "<=", "=", "none"]))
def test_state_of_a_goal_is_what_its_words_say(baseline, now, target, today, comparator):
    start, end = date(2021, 1, 1), date(2025, 12, 31)

    track = plans.on_track(baseline, now, target, start, end, today, comparator)

    if target is None or comparator == "none":
        assert track.state == "no-target"
    elif now is None:
        assert track.state == "unknown"
    elif plans.meets(now, target, comparator):
        assert track.state == "reached"
    else:
        assert track.state == ("missed" if today > end else track.state)
        assert track.state in ("missed", "on-track", "behind")
        assert track.gap is not None
        assert (track.state != "behind") or (track.gap >= 0 if comparator == "<=" else track.gap <= 0)


@given(amounts, amounts)
def test_goal_is_met_by_every_better_figure_too(value, better):
    assume(better >= value)

    assert not plans.meets(value, Decimal(80), ">=") or plans.meets(better, Decimal(80), ">=")
    assert not plans.meets(better, Decimal(20), "<=") or plans.meets(value, Decimal(20), "<=")
    assert reports.judge(value, Decimal(80), ">=").met == plans.meets(value, Decimal(80), ">=")


@given(days, days, st.tuples(st.integers(1, 12), st.integers(1, 28)))
def test_next_deadline_of_yearly_work_is_the_first_one_not_yet_past(day, last, month_day):
    found = plans.next_due("yearly", None, month_day, last, day)
    every = [date(year, *month_day) for year in range(day.year, day.year + 2)]

    assert found == next((each for each in every if each >= day and each <= last), None)


@given(st.sampled_from(plans.STATES), st.none() | days, days)
def test_urgency_of_work_is_one_of_its_words_and_only_open_work_is_late(status, due, today):
    found = plans.urgency(status, due, today)

    assert found in ("done", "overdue", "soon", "open", "stopped")
    assert (found == "done") == (status == "completed")
    assert found != "overdue" or (due is not None and due < today and status in plans.OPEN_STATES)


@given(st.dictionaries(st.integers(2021, 2030), amounts, min_size=1), st.integers(2019, 2035))
def test_target_of_a_year_is_the_next_one_due_or_the_last(targets, year):
    found = reports.target_for(targets, year)

    assert found is not None
    due, value = found
    assert value == targets[due]
    assert due == (min(each for each in targets if each >= year) if max(targets) >= year else max(targets))


STEPS = ("write", "refresh", "submit", "return", "approve", "amend", "replace", "create")
STATES = ("draft", "submitted", "approved", "replaced")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
def test_report_takes_a_step_or_says_why_not(state, step):
    if reports.allows(state, step):
        assert reports.after(state, step) in STATES
    else:
        with pytest.raises(Conflict) as refusal:
            reports.after(state, step)
        assert refusal.value.message.startswith("Báo cáo ")


def test_approved_report_is_never_written_again_and_a_replaced_one_stays():
    assert not any(reports.allows("approved", step) for step in ("write", "refresh", "submit", "return", "approve"))
    assert not any(reports.allows("replaced", step) for step in STEPS)


# --- people in posts -----------------------------------------------------------------------------------------------

posts = st.lists(
    st.builds(
        Post,
        id=st.uuids().map(str),
        practitioner=st.sampled_from(["a", "b", "c"]),
        name=st.just("Người"),
        post=st.sampled_from(["nurse", "doctor"]),
        start=st.none() | days,
        end=st.none() | days,
    ),
    max_size=6,
)


@given(posts, days)
def test_people_in_posts_are_counted_once_however_many_posts_they_hold(held, day):
    lines = {(one.group, one.code): one.now for one in compare(None, held, day)}
    there = [post for post in held if (post.start or day) <= day <= (post.end or day)]

    assert lines.pop(("total", "total")) == len({post.practitioner for post in there})
    assert lines == {
        ("profession", kind): len({post.practitioner for post in there if post.post == kind})
        for kind in {post.post for post in there}
    }
