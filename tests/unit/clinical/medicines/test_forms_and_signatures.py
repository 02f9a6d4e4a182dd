"""What is typed of medicines in the ways people here write it, who may sign second, what pages say of a dose or lot."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.medicines import forms, presenting, queries, refusals
from ansinh.clinical.medicines.actions import giving
from ansinh.clinical.medicines.actions.giving import Witness
from ansinh.clinical.medicines.queries import Dose, Medicine, Order
from ansinh.clinical.medicines.rules import lists, prescribing
from ansinh.clinical.medicines.rules.times import Course
from ansinh.kernel import clock
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid

NOW = datetime(2026, 3, 10, 8, 30, tzinfo=VIETNAM)
TYPED = {"entry_id": "e", "code": "A", "amount": "1,5", "hours": ["08:00"], "start": "10/03/2026", "route": "oral"}


@pytest.fixture
def listed(monkeypatch):
    """A list of one medicine, without a store."""
    one = Medicine("m", "A", "Thuốc A", ("chất a",), "viên", "", "", "")
    monkeypatch.setattr(queries, "medicines", lambda *_args, **_more: [one])


def order_form(**typed):
    return forms.OrderForm(TYPED | typed, facility="f", context=Context("system", "system"))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("09:30", "09:30"), ("9:30", "09:30"), ("9h30", "09:30"), ("9H30", "09:30"), ("21h", "21:00"), ("6g", "06:00"),
        ("6g15", "06:15"), ("7 giờ", "07:00"), ("7 giờ 45", "07:45"), (" 0h ", "00:00"), ("23:59", "23:59"),
        ("", ""), ("24:00", ""), ("9:60", ""), ("9:5", ""), ("9:", ""), ("9", ""), ("sáng", ""), ("9h30p", ""),
        ("-1:00", ""), ("9.30", ""),
    ],
)  # fmt: skip
def test_hour_is_read_as_people_write_it(text, hour):
    assert forms.hour_of(text) == hour


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from([":", "h", "g", " giờ "]))
def test_every_hour_of_the_day_can_be_written(hour, minute, mark):
    assert forms.hour_of(f"{hour}{mark}{minute:02d}") == f"{hour:02d}:{minute:02d}"


@pytest.mark.parametrize(
    ("typed", "amount"), [("1,5", "1.5"), ("0,25", "0.25"), ("2", "2"), ("1 000", "1000"), ("1.000,5", "1000.5")]
)
def test_amount_is_read_with_a_comma_before_its_decimals(listed, typed, amount):
    form = order_form(amount=typed)

    assert form.is_valid(), form.errors
    assert form.wish().regimen.amount == Decimal(amount)


def test_hours_that_were_ticked_and_typed_are_one_list_in_order(listed):
    form = order_form(hours=["20:00", "08:00"], other_hour="14h; 6g30, 08:00")

    assert form.is_valid(), form.errors
    assert form.wish().regimen.hours == ("06:30", "08:00", "14:00", "20:00")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"other_hour": "sáng"}, "other_hour"), ({"other_hour": "08:00, 25:00"}, "other_hour"),
        ({"amount": ""}, "amount"),
        ({"amount": "một"}, "amount"), ({"days": "0"}, "days"), ({"days": "-3"}, "days"), ({"days": "vài"}, "days"),
        ({"start": "31/02/2026"}, "start"), ({"start": "03/2026"}, "start"), ({"code": ""}, "code"),
        ({"per_kg": "10"}, "per_kg"), ({"weight": "20", "dose": "200"}, "per_kg"), ({"route": "qua tường"}, "route"),
        ({"amount": "1,2345"}, "amount"),
        ({"amount": "1.000"}, "amount"), ({"quantity": "1.000"}, "quantity"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_its_field(listed, typed, field):
    form = order_form(**typed)

    assert not form.is_valid()
    assert [*form.errors] == [field]


@pytest.mark.parametrize(("typed", "days"), [("", 0), ("1", 1), ("366", 366)])
def test_days_that_are_left_empty_make_an_open_order(listed, typed, days):
    form = order_form(days=typed)

    assert form.is_valid(), form.errors
    assert form.wish().days == days


def test_three_figures_make_a_dose_by_weight_and_none_makes_none(listed):
    whole, none = order_form(per_kg="10", weight="20,5", dose="205"), order_form()

    assert whole.is_valid()
    assert (whole.wish().weighing.weight, whole.wish().weighing.dose) == (Decimal("20.5"), Decimal(205))
    assert none.is_valid()
    assert none.wish().weighing is None


@pytest.mark.parametrize("controlled", [True, False])
def test_lot_asks_for_the_second_person_of_controlled_medicines_only(controlled):
    form = forms.LotForm({"entry_id": "e", "quantity": "2,5", "note": ""}, controlled=controlled)

    assert form.is_valid() is not controlled
    assert ("username" in form.errors) is ("password" in form.errors) is controlled
    assert "override" not in form.fields


# --- the second signature --------------------------------------------------------------------------------------

NURSE = Context("Practitioner/lan", "nurse", "f", login="lan")


@pytest.mark.parametrize(
    ("witness", "code"),
    [
        (Witness("Practitioner/binh", "binh", "Bình", "f", True), ""), (Witness("", "binh", "Bình", "f", True), ""),
        (Witness("Practitioner/binh", "lan", "Lan", "f", True), "witness-same"),
        (Witness("Practitioner/lan", "lan-hai", "Lan", "f", True), "witness-same"),
        (Witness("Practitioner/cuc", "cuc", "Cúc", "g", True), "witness-other"),
        (Witness("Practitioner/mai", "mai", "Mai", "f", False), "witness-other"),
    ],
)  # fmt: skip
def test_second_signature_is_of_another_person_of_the_unit_who_may_give(witness, code):
    if not code:
        assert giving.refuse_witness(NURSE, witness) is None
        return
    with pytest.raises(Invalid) as refused:
        giving.refuse_witness(NURSE, witness)
    assert refused.value.code == code


# --- what the store refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "ahead"),
    [
        ("2026-03-10T08:30:00+07:00", False), ("2026-03-10T08:35:00+07:00", False), ("2026-03-10T08:35:01+07:00", True),
        ("2026-03-10T01:30:00Z", False), ("2026-03-10T02:30:00Z", True), ("2026-03-10", False), ("2026-03-11", True),
        ("2026-03", False), ("2026-04", True), ("2026", False), ("2027", True), ("", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["effectiveDateTime", "effectivePeriod"])
def test_dose_of_an_hour_to_come_is_refused_of_everybody(told, ahead, part):
    dose = {"status": "completed", part: told if part == "effectiveDateTime" else {"start": told}}

    with clock.frozen(NOW):
        assert [one.key for one in refusals.not_yet(dose)] == ["dose-future"] * ahead
        assert list(refusals.not_yet(dose | {"status": "entered-in-error"})) == []


@pytest.mark.parametrize(
    ("request_of", "judged"),
    [({"status": "active"}, True), ({"status": "on-hold"}, False), ({"status": "stopped"}, False), ({}, False),
     ({"status": "active", "detectedIssue": [{"reference": "DetectedIssue/x"}]}, False)],
)  # fmt: skip
def test_order_is_judged_by_allergies_when_it_is_new_and_says_nothing_of_them(request_of, judged):
    assert refusals.is_new_order(request_of) is judged


def test_order_of_no_list_is_known_by_its_words_or_its_code():
    assert refusals.drug_of({"medicationCodeableConcept": {"text": "Alin"}}).substances == ("Alin",)
    coded = {"medicationCodeableConcept": {"coding": [{"code": "7", "display": "Betin"}]}}
    assert refusals.drug_of(coded).substances == ("Betin",)


# --- what pages say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "end", "runs"),
    [("active", "", True), ("active", "2026-03-10", True), ("active", "2026-03-09", False), ("on-hold", "", True),
     ("stopped", "", False), ("completed", "2026-04-01", False), ("active", "2026-03-10T08:00:00+07:00", False)],
)  # fmt: skip
def test_order_runs_until_it_is_stopped_or_its_last_day_is_over(status, end, runs):
    with clock.frozen(NOW):
        assert Order(Course("o", "p", "A", "A", "", (), "", end), status, "", "").runs is runs


@pytest.mark.parametrize(
    ("off", "tone"), [(-1, "bad"), (0, "warn"), (90, "warn"), (91, "good"), (-400, "bad"), (400, "good")]
)
def test_lot_expires_after_its_last_day_and_is_told_three_months_before(off, tone):
    with clock.frozen(NOW):
        assert presenting.expiry_tag(date(2026, 3, 10) + timedelta(days=off)).tone == tone


@pytest.mark.parametrize(
    ("status", "reason", "words", "tone"),
    [("completed", "", "Đã dùng 08:05", "good"), ("not-done", "", "Từ chối", "warn"), ("on-hold", "", "Hoãn", "warn")],
)
def test_dose_says_what_became_of_it(status, reason, words, tone):
    dose = Dose("d", "o", status, reason, "2026-03-10T08:00:00+07:00", "2026-03-10T08:05:00+07:00", "Lan")

    tag = presenting.dose_tag(dose, "vi")

    assert (tag.text, tag.tone) == (words, tone)


@pytest.mark.parametrize("status", ["active", "on-hold", "stopped", "completed", "cancelled"])
def test_every_status_of_an_order_has_words(status):
    assert presenting.order_tag(status).text not in ("", status)


# --- the list as files come ------------------------------------------------------------------------------------

HEAD = "mã;tên thuốc;hoạt chất;đơn vị"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_list_is_read_with_the_line_ends_of_any_system(end):
    items = lists.read(end.join((HEAD, "A;Thuốc A;chất a;viên", "B;Thuốc B;chất b;ống", "")).encode())

    assert [one.code for one in items] == ["A", "B"]


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_list_is_read_with_any_mark_between_its_cells_and_a_byte_order_mark(mark):
    text = f"{HEAD}\nA;Thuốc A;chất a + chất b;viên\n".replace(";", mark)

    assert lists.read(b"\xef\xbb\xbf" + text.encode())[0].substances == ("chất a", "chất b")


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (("", "", "A;;chất a;viên"), "4.name"), (("A;Thuốc A;chất a;viên", "", ";B;b;ống"), "4.code"),
        (('A;"Thuốc\nA";chất a;viên', "B;B;;ống"), "4.substances"), (("A;Thuốc A;+;viên",), "2.substances"),
        (("A;Thuốc A; + + ;viên",), "2.substances"), (("A;A;a;v", "", "A;B;b;v"), "4.code"),
    ],
)  # fmt: skip
def test_wrong_line_is_told_by_the_number_that_a_spreadsheet_shows(lines, place):
    with pytest.raises(Invalid) as refused:
        lists.read("\n".join((HEAD, *lines)).encode())

    assert [one.expression for one in refused.value.problems] == [place]


def test_quotation_mark_that_never_closes_is_refused_in_words():
    with pytest.raises(Invalid) as refused:
        lists.read(f'{HEAD}\nA;"{"x" * 140_000}'.encode())

    assert refused.value.code == "list-csv"


@pytest.mark.parametrize(
    ("kind", "ending"), [("", "c"), ("narcotic", "n"), ("psychotropic", "h"), ("precursor", "c"), ("lạ", "c")]
)
def test_number_of_a_prescription_ends_with_its_kind(kind, ending):
    shape = prescribing.Shape(5, 7, "-", {"": "c", "narcotic": "n", "psychotropic": "h"})

    code = prescribing.code(shape, "37001", "p/2026-03-10/d", kind)

    assert (code[:5], code[12:]) == ("37001", f"-{ending}")
    assert set(code[5:12]) <= set(prescribing.LETTERS)
