"""An item that is declared more than once, earlier or later than what is changed now."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.network.capability import resources, rules
from ansinh.network.capability.rules import Catalogue, Declaration, Item

DAY = date(2025, 3, 1)
LISTED = Catalogue("c", "C", "technique", "S", True, tuple(Item(code, code) for code in "abc"))


def declared(id_: str, code: str, start: date | None, end: date | None = None, evidence: str = "") -> Declaration:
    return Declaration(id_, code, start, end, evidence)


def ids(found) -> list[str]:
    return [item.id for item in found]


def test_every_declaration_of_an_item_that_is_no_longer_chosen_ends():
    present = [declared("1", "a", date(2024, 1, 1)), declared("2", "a", date(2024, 6, 1)), declared("3", "a", None)]

    assert ids(rules.difference(LISTED, present, set(), {}, DAY).ended) == ["1", "2", "3"]


def test_declaration_that_begins_after_the_day_ends_as_well():
    present = [declared("1", "a", DAY + timedelta(days=3))]

    assert ids(rules.difference(LISTED, present, set(), {}, DAY).ended) == ["1"]


def test_item_declared_later_is_begun_from_the_earlier_day():
    present = [declared("1", "a", DAY + timedelta(days=3))]

    change = rules.difference(LISTED, present, {"a"}, {}, DAY)

    assert (change.begun, change.ended) == (("a",), ())


def test_declaration_that_ended_before_is_history():
    present = [declared("1", "a", date(2024, 1, 1), DAY - timedelta(days=1))]

    assert rules.difference(LISTED, present, set(), {}, DAY).count == 0
    assert rules.difference(LISTED, present, {"a"}, {}, DAY).begun == ("a",)


def test_evidence_of_every_declaration_of_the_item_changes():
    present = [declared("1", "a", None, evidence="cũ"), declared("2", "a", None, evidence="mới")]

    assert ids(rules.difference(LISTED, present, {"a"}, {"a": "mới"}, DAY).evidence) == ["1"]


days = st.integers(-40, 40).map(lambda number: DAY + timedelta(days=number))
declarations = st.lists(
    st.tuples(st.sampled_from("abc"), st.none() | days, st.none() | days.filter(lambda day: day < DAY)).filter(
        lambda one: one[1] is None or one[2] is None or one[1] <= one[2]
    ),
    max_size=6,
)


def applied(present: list[Declaration], change: rules.Difference) -> list[Declaration]:
    """What the store holds after the change, as `actions.declare` writes it."""
    gone = {item.id: item for item in change.ended}
    kept = []
    for item in present:
        if item.id in gone:
            last = max(item.valid_from or date.min, DAY - timedelta(days=1))
            item = declared(item.id, item.code, item.valid_from, last)
        kept.append(item)
    return [*kept, *(declared(f"new-{code}", code, DAY) for code in change.begun)]


@given(declarations, st.sets(st.sampled_from("abc")))
def test_declaring_gives_exactly_what_was_chosen_on_the_day_and_ever_after(have, want):
    present = [declared(str(number), *one) for number, one in enumerate(have)]

    after = applied(present, rules.difference(LISTED, present, want, {}, DAY))

    at_once = {item.code for item in after if item.valid_from == item.valid_to == DAY}
    assert {item.code for item in after if item.holds_on(DAY)} == want | at_once
    assert {item.code for item in after if item.holds_on(DAY + timedelta(days=99))} == want


@given(declarations, st.sets(st.sampled_from("abc")))
def test_declaring_the_same_twice_changes_nothing_the_second_time(have, want):
    present = [declared(str(number), *one) for number, one in enumerate(have)]
    after = applied(present, rules.difference(LISTED, present, want, {}, DAY))

    again = rules.difference(LISTED, after, want, {}, DAY)

    assert again.begun == ()
    assert all(item.valid_from is not None and item.valid_from >= DAY for item in again.ended)


def period(**days: str) -> dict:
    return {"url": resources.PERIOD, "valuePeriod": days}


@pytest.mark.parametrize(
    ("extensions", "expected", "withdrawn"),
    [
        ([], {"end": "2025-02-28"}, False),
        ([{"url": resources.EVIDENCE, "valueString": "x"}], {"end": "2025-02-28"}, False),
        ([period(start="2024-01-01")], {"start": "2024-01-01", "end": "2025-02-28"}, False),
        ([period(start="2025-02-28")], {"start": "2025-02-28", "end": "2025-02-28"}, False),
        ([period(start="2025-03-01")], {"start": "2025-03-01", "end": "2025-03-01"}, True),
        ([period()], {"end": "2025-02-28"}, False),
    ],
)  # fmt: skip
def test_declaration_that_ends_has_a_last_day_and_keeps_all_else(extensions, expected, withdrawn):
    service = {"resourceType": "HealthcareService", "id": "s", "name": "K", "extension": extensions, "active": True}

    ended = resources.ended(service, date(2025, 2, 28))

    assert [part["valuePeriod"] for part in ended["extension"] if part["url"] == resources.PERIOD] == [expected]
    kept = [part for part in extensions if part["url"] != resources.PERIOD]
    kept += [{"url": resources.WITHDRAWN, "valueBoolean": True}] if withdrawn else []
    assert [part for part in ended["extension"] if part["url"] != resources.PERIOD] == kept
    assert (ended["active"], ended["name"]) == (False, "K")
