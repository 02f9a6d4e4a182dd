"""Declaring and withdrawing items of a catalogue in any order: each day holds what was last said of it.

A plain model keeps a set of codes for each day; the rules over dated declarations must agree, on every day.
"""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ansinh.network.capability import rules
from ansinh.network.capability.rules import Catalogue, Declaration, Item

FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
CODES = "abcd"
LISTED = Catalogue(
    "list", "Danh mục", "technique", "TT 1", True,
    (
        Item("a", "A", required=True),
        Item("b", "B", required=True, valid_to=DAYS[7]),
        Item("c", "C", valid_from=DAYS[4]),
        Item("d", "D"),
    ),
)  # fmt: skip
saves = st.lists(st.tuples(st.integers(0, 9), st.sets(st.sampled_from(CODES))), max_size=6)


def declared(present: list[Declaration], chosen: set[str], day: date) -> list[Declaration]:
    """What the declarations are after somebody saved `chosen` from a day on: as `actions.declare` writes them."""
    change = rules.difference(LISTED, present, chosen, {}, day)
    ended = {item.id for item in change.ended}
    kept = [
        Declaration(item.id, item.code, item.valid_from, day - timedelta(days=1) if item.id in ended else item.valid_to)
        for item in present
    ]
    return kept + [Declaration(f"{len(kept)}-{code}-{day}", code, day) for code in change.begun]


def listed_on(day: date) -> set[str]:
    return {item.code for item in LISTED.on(day)}


@given(saves)
def test_each_day_holds_what_was_last_saved_for_it(history):
    present: list[Declaration] = []
    model: dict[date, set[str]] = {day: set() for day in DAYS}
    for number, chosen in history:
        start = DAYS[number]
        present = declared(present, chosen & listed_on(start), start)
        for day in DAYS:
            if day >= start:
                # Items that the list did not have on that day could not be spoken of: they stay as they were.
                model[day] = (chosen & listed_on(start)) | (model[day] - listed_on(start))

    for day in DAYS:
        held = {item.code for item in present if item.holds_on(day)}
        assert held == model[day], day
        counts = rules.coverage(LISTED, present, day)
        met = model[day] & listed_on(day)
        assert (counts.declared, counts.total) == (len(met), len(listed_on(day)))
        assert counts.percent is not None
        assert 0 <= Decimal(100 * len(met)) / len(listed_on(day)) - counts.percent < Decimal("0.1")
        required = {"a"} | ({"b"} if day <= DAYS[7] else set())
        assert counts.ready == (required <= met)


@given(saves, st.integers(0, 9), st.sets(st.sampled_from(CODES)))
def test_saving_the_same_again_changes_nothing(history, number, chosen):
    present: list[Declaration] = []
    for at, codes in history:
        present = declared(present, codes & listed_on(DAYS[at]), DAYS[at])
    day = DAYS[number]
    once = declared(present, chosen & listed_on(day), day)

    assert rules.difference(LISTED, once, chosen & listed_on(day), {}, day).count == 0


imports = st.lists(
    st.tuples(st.integers(1, 11), st.dictionaries(st.sampled_from(CODES), st.sampled_from(["cũ", "mới"]), min_size=1)),
    max_size=4,
    unique_by=lambda change: change[0],
)


@given(imports)
def test_imported_list_holds_from_its_day_and_older_days_keep_the_older_list(changes):
    """Lists come in the order of their days, as circulars do."""
    held = Catalogue("list", "Danh mục", "technique", "TT 1", True, ())
    model: dict[date, dict[str, str]] = {day: {} for day in DAYS}
    for number, words in sorted(changes):
        items = [Item(code, text) for code, text in sorted(words.items())]
        held = Catalogue("list", "Danh mục", "technique", "TT 1", True, rules.renewed(held, items, DAYS[number]))
        for day in DAYS[number:]:
            model[day] = words

    for day in DAYS:
        found = [(item.code, item.text) for item in held.on(day)]
        assert len(found) == len({code for code, _ in found}), "one line a code on any day"
        assert dict(found) == model[day]
