"""When a device is replaced, by the terms of a text and a day; what is paid for the way; stock and shares."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.devices.rules import stock, terms
from ansinh.clinical.devices.rules.stock import Lot, Receipt
from ansinh.clinical.devices.rules.terms import Term, Travel
from ansinh.kernel.errors import Invalid

TOGETHER = Term("merit", ["leg", "chair"], "Điều 89", date(2022, 2, 15), 72, together=[["leg"], ["chair", "car"]])
ALONE = Term("merit", ["leg"], "Phụ lục V (ví dụ)", date(2022, 2, 15), 48)
YEARLY = Term("resident", ["crutch"], "Điều 5", date(2012, 12, 26), 12, valid_to=date(2026, 12, 31))
NEWER = Term("resident", ["crutch"], "Văn bản mới (ví dụ)", date(2027, 1, 1), 24)
ONCE = Term("resident", ["chair"], "Điều 5", date(2012, 12, 26), once=True)
TERMS = [TOGETHER, ALONE, YEARLY, NEWER, ONCE]


@pytest.mark.parametrize(
    ("scheme", "group", "others", "day", "found"),
    [
        ("merit", "leg", [], "2026-01-01", ALONE),
        ("merit", "leg", ["chair"], "2026-01-01", TOGETHER),
        ("merit", "leg", ["car"], "2026-01-01", TOGETHER),
        ("merit", "chair", ["leg"], "2026-01-01", TOGETHER),
        ("merit", "chair", [], "2026-01-01", None),
        ("merit", "leg", ["chair"], "2022-02-14", None),
        ("resident", "crutch", [], "2026-12-31", YEARLY),
        ("resident", "crutch", [], "2027-01-01", NEWER),
        ("resident", "leg", [], "2026-01-01", None),
        ("", "leg", [], "2026-01-01", None),
    ],
)
def test_term_is_the_one_in_force_for_what_the_person_uses(scheme, group, others, day, found):
    assert terms.term_for(TERMS, scheme, group, others, date.fromisoformat(day)) is found


@pytest.mark.parametrize(
    ("term", "given", "decided", "due", "source"),
    [
        (YEARLY, "2026-11-20", 0, "2027-11-20", "Điều 5"),
        (YEARLY, "2024-02-29", 0, "2025-02-28", "Điều 5"),
        (YEARLY, "2026-11-20", 60, "2031-11-20", "QĐ 1"),
        (ONCE, "2026-11-20", 0, "", "Điều 5"),
        (None, "2026-11-20", 0, "", ""),
        (None, "2026-11-20", 36, "2029-11-20", "QĐ 1"),
    ],
)
def test_day_of_replacement_and_where_it_comes_from(term, given, decided, due, source):
    found = terms.replacement(term, date.fromisoformat(given), decided, "QĐ 1")

    assert (found.due, found.source, found.is_known) == (due, source, bool(source))


RATES = [Travel(5000, 1_400_000, "Điều 7", date(2021, 9, 15))]


@pytest.mark.parametrize(
    ("km", "day", "amount"),
    [
        (0, "2026-01-01", 0),
        (-5, "2026-01-01", 0),
        (1, "2026-01-01", 5_000),
        (100, "2026-01-01", 500_000),
        (280, "2026-01-01", 1_400_000),
        (281, "2026-01-01", 1_400_000),
        (2000, "2026-01-01", 1_400_000),
        (100, "2021-09-14", 0),
    ],
)
def test_way_is_paid_by_the_kilometre_up_to_the_limit(km, day, amount):
    assert terms.travel_support(km, RATES, date.fromisoformat(day))[0] == amount


PART = Receipt("Khớp gối", Decimal(2), "cái", lot="L7", expiry="2026-11-30")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"unit": ""}, "name"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"serial": "SN1"}, "quantity"),
        ({"price": Decimal(-1)}, "price"),
    ],
)
def test_receipt_that_cannot_be_is_refused_at_its_field(change, field):
    said = {name: getattr(PART, name) for name in ("name", "quantity", "unit", "lot", "serial", "expiry", "price")}

    with pytest.raises(Invalid) as refused:
        stock.checked_receipt(Receipt(**said | change))

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("quantity", "day", "code"),
    [("0", "2026-11-20", "part-quantity"), ("3", "2026-11-20", "part-short"), ("1", "2026-12-01", "part-expired")],
)
def test_parts_are_not_taken_beyond_what_is_there_or_after_their_day(quantity, day, code):
    with pytest.raises(Invalid) as refused:
        stock.check_use(Lot("l", PART, Decimal(0)), Decimal(quantity), date.fromisoformat(day))

    assert refused.value.code == code


def test_last_part_is_taken_on_the_last_day():
    stock.check_use(Lot("l", PART, Decimal(1)), Decimal(1), date(2026, 11, 30))


@given(st.decimals(1, 99, places=1), st.decimals(0, 99, places=1), st.decimals("0.1", 99, places=1))
def test_nothing_taken_leaves_less_than_nothing(received, used, wanted):
    lot = Lot("l", Receipt("Ốc", received, "con"), used)

    try:
        stock.check_use(lot, wanted, date(2026, 1, 1))
    except Invalid:
        assert wanted > lot.left
    else:
        assert lot.left - wanted >= 0


@pytest.mark.parametrize(
    ("cost", "shares", "refused"),
    [
        (None, {}, False),
        ("100", {}, False),
        ("100", {"merit": "60", "self": "40"}, False),
        ("100", {"merit": "60"}, True),
        (None, {"merit": "60"}, True),
        ("-1", {}, True),
        ("0", {"merit": "-5", "self": "5"}, True),
    ],
)
def test_payers_make_up_the_cost(cost, shares, refused):
    given = {payer: Decimal(amount) for payer, amount in shares.items()}

    if refused:
        with pytest.raises(Invalid):
            stock.check_payment(Decimal(cost) if cost else None, given)
    else:
        stock.check_payment(Decimal(cost) if cost else None, given)
