"""When people may be moved, when a room is too full, and how the record of a residence changes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.wards import resources, rules
from ansinh.clinical.wards.resources import Leave
from ansinh.kernel.errors import Invalid

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NORM = rules.SpaceNorm(Decimal(6), Decimal(8), "NĐ 103/2017")


def a_residence():
    return resources.residence_resource("s1", "p1", "f1", "Lưu trú", "bed1", "2026-11-01T08:00:00+07:00")


@pytest.mark.parametrize(
    ("at", "last", "code"),
    [
        (NOW + timedelta(minutes=6), NOW, "move-future"),
        (NOW - timedelta(days=2), NOW - timedelta(days=1), "move-order"),
    ],
)
def test_moment_of_change_in_the_future_or_out_of_order_is_refused(at, last, code):
    with pytest.raises(Invalid) as refusal:
        rules.moment_of_change(at, last, NOW)

    assert refusal.value.code == code


def test_moment_of_change_forgives_a_clock_that_is_some_minutes_ahead():
    assert rules.moment_of_change(NOW + timedelta(minutes=4), NOW, NOW)


def test_leave_due_before_the_day_of_leaving_is_refused():
    with pytest.raises(Invalid):
        rules.leave_due(date(2026, 11, 20), date(2026, 11, 19))

    assert rules.leave_due(date(2026, 11, 20), date(2026, 11, 20))
    assert rules.leave_due(date(2026, 11, 20), None) is None


@pytest.mark.parametrize(("people", "beds", "over"), [(4, 4, False), (5, 4, True), (0, 4, False), (3, 0, False)])
def test_room_is_over_when_there_are_more_people_than_beds(people, beds, over):
    assert rules.is_over(people, beds) is over


@pytest.mark.parametrize(
    ("people", "area", "cramped"), [(4, "24", False), (4, "23.9", True), (0, "1", False), (4, None, False)]
)
def test_room_is_cramped_below_the_norm_and_unknown_areas_are_not_judged(people, area, cramped):
    assert rules.is_cramped(people, Decimal(area) if area else None, NORM) is cramped


def test_natural_order_counts_as_people_do():
    names = ["Phòng 10", "Phòng 2", "Phòng 2A", "phòng 1", "Buồng 3"]

    assert sorted(names, key=rules.natural) == ["Buồng 3", "phòng 1", "Phòng 2", "Phòng 2A", "Phòng 10"]


@given(st.lists(st.text(alphabet="Phòng 0123456789ABC", max_size=8)))
def test_natural_order_knows_every_name(names):
    assert [rules.natural(name) for name in sorted(names, key=rules.natural)] == sorted(map(rules.natural, names))


def test_moved_gives_the_bed_before_back_at_the_same_moment():
    after = resources.moved(a_residence(), "bed2", "2026-11-05T09:00:00+07:00")

    first, second = after["location"]
    assert (first["status"], first["period"]["end"]) == ("completed", "2026-11-05T09:00:00+07:00")
    assert (second["status"], resources.place_of(second)) == ("active", "bed2")
    assert resources.place_of(resources.held(after)) == "bed2"


def test_on_leave_keeps_the_bed_and_says_since_when_why_and_with_whom():
    leave = Leave("2026-11-05T09:00:00+07:00", "2026-11-08", "Về thăm nhà", "Con gái")

    after = resources.on_leave(a_residence(), leave)

    assert after["status"] == "onleave"
    assert resources.held(after)["status"] == "reserved"
    assert resources.leaves(after) == [leave]
    assert after["statusHistory"][0]["status"] == "in-progress"


def test_moved_while_away_keeps_the_new_bed_reserved():
    away = resources.on_leave(a_residence(), Leave("2026-11-05T09:00:00+07:00"))

    assert resources.held(resources.moved(away, "bed2", "2026-11-06T09:00:00+07:00"))["status"] == "reserved"


def test_back_and_ended_close_what_is_under_way():
    away = resources.on_leave(a_residence(), Leave("2026-11-05T09:00:00+07:00"))

    back = resources.back(away, "2026-11-07T10:00:00+07:00")
    over = resources.ended(away, "2026-11-08T10:00:00+07:00")

    assert resources.leaves(back)[0].returned == "2026-11-07T10:00:00+07:00"
    assert (back["status"], resources.held(back)["status"]) == ("in-progress", "active")
    assert (over["status"], resources.held(over)) == ("finished", None)
    assert over["period"]["end"] == resources.leaves(over)[0].returned == "2026-11-08T10:00:00+07:00"
    assert [entry["status"] for entry in over["statusHistory"]] == ["in-progress", "onleave"]


def test_last_change_is_the_latest_of_beds_and_leaves():
    after = resources.back(
        resources.on_leave(a_residence(), Leave("2026-11-05T09:00:00+07:00")), "2026-11-07T10:00:00+07:00"
    )

    assert resources.last_change(a_residence()) == "2026-11-01T08:00:00+07:00"
    assert resources.last_change(after) == "2026-11-07T10:00:00+07:00"


def test_changes_never_alter_the_resource_they_were_given():
    before = a_residence()

    resources.moved(before, "bed2", "2026-11-05T09:00:00+07:00")
    resources.on_leave(before, Leave("2026-11-05T09:00:00+07:00"))
    resources.ended(before, "2026-11-05T09:00:00+07:00")

    assert before == a_residence()
