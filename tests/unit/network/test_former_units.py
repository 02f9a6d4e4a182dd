"""Whose past is counted with whom: units that were renamed, merged, divided or closed before the end of a period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.network.facilities import rules
from ansinh.network.facilities.rules import Relation, Unit

DAY = timedelta(days=1)
START, CHANGE, END = date(2020, 1, 1), date(2025, 7, 1), date(2025, 12, 31)


def unit(code: str, last: date | None = None) -> Unit:
    return Unit(code, code, code, "hospital", valid_to=last)


def ended(code: str, on: date = CHANGE) -> Unit:
    return unit(code, on - DAY)


def under(child: str, parent: str, start: date = START, end: date | None = None) -> Relation:
    return Relation(f"{child}-{parent}-{start}", parent, child, "authority", start, end)


def follows(old: str, new: str, kind: str = "merged-into", on: date = CHANGE) -> Relation:
    return Relation(f"{old}-{kind}-{new}", new, old, kind, on)


def counted_with(asked: str, units: list[Unit], relations: list[Relation], day: date = END) -> tuple[set, set]:
    """(codes counted, codes whose past is counted with them)."""
    (found,) = [item for item in units if item.code == asked]
    here = rules.counted(found, units, relations, day)
    return {item.code for item in here}, {item.code for item in rules.former(here, units, relations, day)}


PROVINCES = [unit("p"), unit("q")]
CASES = {
    "renamed": (
        [*PROVINCES, ended("old"), unit("new")],
        [under("old", "p", end=CHANGE - DAY), under("new", "p", CHANGE), follows("old", "new", "renamed-to")],
        {"p": {"old"}, "q": set(), "new": {"old"}, "old": set()},
    ),
    "merged within the province": (
        [*PROVINCES, ended("a"), unit("b")],
        [under("a", "p", end=CHANGE - DAY), under("b", "p"), follows("a", "b")],
        {"p": {"a"}, "b": {"a"}, "q": set()},
    ),
    "merged into a unit of another province": (
        [*PROVINCES, ended("a"), unit("b")],
        [under("a", "p", end=CHANGE - DAY), under("b", "q"), follows("a", "b")],
        {"p": set(), "q": {"a"}, "b": {"a"}},
    ),
    "divided within the province": (
        [*PROVINCES, ended("a"), unit("b"), unit("c")],
        [
            under("a", "p", end=CHANGE - DAY),
            under("b", "p", CHANGE),
            under("c", "p", CHANGE),
            follows("a", "b", "split-into"),
            follows("a", "c", "split-into"),
        ],
        {"p": {"a"}, "b": set(), "c": set()},  # neither part may claim the whole past
    ),
    "divided between two provinces": (
        [*PROVINCES, ended("a"), unit("b"), unit("c")],
        [
            under("a", "p", end=CHANGE - DAY),
            under("b", "p", CHANGE),
            under("c", "q", CHANGE),
            follows("a", "b", "split-into"),
            follows("a", "c", "split-into"),
        ],
        {"p": set(), "q": set()},
    ),
    "closed": (
        [*PROVINCES, ended("a")],
        [under("a", "p", end=CHANGE - DAY)],
        {"p": {"a"}, "q": set()},
    ),
    "closed under a department that was merged later": (
        [*PROVINCES, ended("d", date(2025, 10, 1)), unit("e"), ended("a")],
        [
            under("d", "p", end=date(2025, 9, 30)),
            under("e", "q"),
            under("a", "d", end=CHANGE - DAY),
            follows("d", "e", on=date(2025, 10, 1)),
        ],
        {"p": {"a"}, "q": {"d", "a"}, "e": {"d", "a"}},
    ),
    "duties handed on, the unit closed": (
        [*PROVINCES, ended("a"), unit("b")],
        [under("a", "p", end=CHANGE - DAY), under("b", "q"), follows("a", "b", "duties-to")],
        {"p": {"a"}, "q": set(), "b": set()},  # a field of work is not a unit's past
    ),
    "renamed twice": (
        [*PROVINCES, ended("a", date(2025, 3, 1)), ended("b"), unit("c")],
        [
            under("a", "p", end=date(2025, 2, 28)),
            under("b", "p", date(2025, 3, 1), CHANGE - DAY),
            under("c", "p", CHANGE),
            follows("a", "b", "renamed-to", date(2025, 3, 1)),
            follows("b", "c", "renamed-to"),
        ],
        {"p": {"a", "b"}, "c": {"a", "b"}},
    ),
    "to end later": (
        [*PROVINCES, unit("a", date(2026, 3, 31))],
        [under("a", "p", end=date(2026, 3, 31))],
        {"p": set(), "a": set()},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_past_is_counted_where_it_belongs(name):
    units, relations, expected = CASES[name]

    assert {asked: counted_with(asked, units, relations)[1] for asked in expected} == expected


@pytest.mark.parametrize("name", CASES)
def test_past_is_never_counted_before_the_unit_ended(name):
    units, relations, expected = CASES[name]
    last = min(item.valid_to for item in units if item.valid_to)

    for asked in expected:
        assert counted_with(asked, units, relations, last)[1] == set()


CODES = "abcdef"
changes = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from(["closed", *CODES]),
        st.integers(1, 330).map(lambda number: date(2025, 1, 1) + timedelta(days=number)),
    ),
    max_size=5,
    unique_by=lambda change: change[0],
)


@given(changes, st.dictionaries(st.sampled_from(CODES), st.sampled_from("pq"), min_size=6, max_size=6))
def test_past_of_each_ended_centre_is_in_one_province(changes, provinces):
    """Whatever is closed or merged in a year: each centre's year is counted once among the provinces that stand."""
    ends = {code: (heir, day) for code, heir, day in changes if heir != code}
    units = [*PROVINCES, *(unit(code, ends[code][1] - DAY if code in ends else None) for code in CODES)]
    relations = [under(code, provinces[code], end=ends[code][1] - DAY if code in ends else None) for code in CODES] + [
        follows(code, heir, on=day)
        for code, (heir, day) in ends.items()
        if heir in CODES and (heir not in ends or ends[heir][1] > day)
    ]

    shares = [counted_with(province, units, relations) for province in ("p", "q")]

    for code in CODES:
        assert sum((code in here) + (code in past) for here, past in shares) == 1, code
