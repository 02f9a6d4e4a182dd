"""A device from order to replacement: states that may follow each other, days that fall due, words that stay."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from ansinh.clinical.devices import actions, catalogue, giving, queries, refusals, resources
from ansinh.clinical.devices.giving import Follow, Giving
from ansinh.clinical.devices.resources import Prescription
from ansinh.clinical.devices.rules import making, terms
from ansinh.clinical.devices.rules.making import QUALITY, Kind, Step
from ansinh.clinical.devices.rules.terms import UNKNOWN, Term
from ansinh.clinical.encounters.resources import Care
from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import Phrase

CARE = Care("e1", "p1", "f1", "2026-11-20T08:00:00+07:00", "Practitioner/d1", "BS Bình")
REQUEST = resources.request_resource(CARE, Prescription("leg-below-knee", "Chân giả dưới gối", "Cụt cẳng chân", "left"))
DEVICE = resources.device_resource(REQUEST, CARE, 2026)
ROUTES = catalogue.workshop().routes
AT = datetime(2026, 11, 20, 1, tzinfo=UTC)


def order_after(route: str, *stages: str, code: str = resources.ORDER) -> dict:
    """A work order with these stages finished, an hour each; `<` before a stage sends back to it."""
    order = resources.order_resource(REQUEST, CARE, route, "Làm", repair="r1" if code == resources.REPAIR_ORDER else "")
    for number, word in enumerate(stages, 1):
        stage = word.removeprefix("<")
        moment = (AT + timedelta(hours=number)).isoformat()
        step = Step(stage, moment, note="Vỡ" if stage != word else "", back=stage != word)
        following = making.next_stage(ROUTES[route], [*resources.steps_of(order), step])
        order = resources.stepped(order, step, None, following)
    return order


# --- the way through the workshop ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("route", "done"), [(name, n) for name, stages in ROUTES.items() for n in range(len(stages))])
def test_order_that_is_not_through_its_route_may_not_be_called_done(route, done):
    order = order_after(route, *ROUTES[route][:done])

    assert list(refusals.unready_order(order)) == []
    (problem,) = refusals.unready_order(order | {"status": "completed"})
    assert problem.key == "device-not-ready"
    assert order.get("businessStatus", {}).get("coding", [{"code": ROUTES[route][0]}])[0]["code"] == ROUTES[route][done]


@pytest.mark.parametrize("code", [resources.ORDER, resources.REPAIR_ORDER])
@pytest.mark.parametrize("route", ROUTES)
def test_order_through_its_route_may_be_done_until_it_is_sent_back(route, code):
    whole = order_after(route, *ROUTES[route], code=code)
    back = order_after(route, *ROUTES[route], f"<{ROUTES[route][-1]}", code=code)

    assert whole["businessStatus"]["coding"][0]["code"] == making.DELIVERY
    assert list(refusals.unready_order(resources.finished(whole, CARE.moment))) == []
    assert list(refusals.unready_order(resources.finished(back, CARE.moment)))


def test_work_of_others_called_done_is_not_asked_for_a_route():
    other = {"resourceType": "Task", "status": "completed", "code": {"coding": [{"code": resources.ORDER}]}}

    assert list(refusals.unready_order(other)) == []


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("draft", True), ("requested", True), ("received", True), ("accepted", True), ("ready", True),
        ("in-progress", True), ("on-hold", True), ("completed", False), ("cancelled", False), ("rejected", False),
        ("failed", False), ("entered-in-error", False),
    ],
)  # fmt: skip
def test_order_is_open_until_it_is_done_or_given_up(status, is_open):
    assert resources.is_open({"status": status}) is is_open


@pytest.mark.parametrize(
    ("begun", "done", "end"),
    [
        ("2026-11-20T08:00:41+07:00", "2026-11-20T08:00:00+07:00", "2026-11-20T08:00:41+07:00"),
        ("2026-11-20T08:00:00+07:00", "2026-11-21T08:00:00+07:00", "2026-11-21T08:00:00+07:00"),
        ("2026-11-20T23:30:00+07:00", "2026-11-20T17:00:00+00:00", "2026-11-20T17:00:00+00:00"),
        ("2026-11-20T17:00:00+00:00", "2026-11-20T23:30:00+07:00", "2026-11-20T17:00:00+00:00"),
    ],
)
def test_order_never_ends_before_it_began_whatever_zone_was_written(begun, done, end):
    order = {"status": "in-progress", "executionPeriod": {"start": begun}, "lastModified": begun}

    after = resources.finished(order, done)

    assert (after["status"], after["executionPeriod"]) == ("completed", {"start": begun, "end": end})
    assert after["lastModified"] == end


_WALK = st.lists(
    st.tuples(st.sampled_from(ROUTES["made"]), st.booleans(), st.sampled_from(("", "Sửa lại mép"))), max_size=12
)


@given(_WALK)
@tries(max_examples=25)
def test_steps_written_into_an_order_are_the_steps_read(walk):
    order, written = order_after("made"), []
    for number, (stage, back, note) in enumerate(walk):
        step = Step(stage, (AT + timedelta(hours=number)).isoformat(), "KTV Lan", note, back)
        order = resources.stepped(order, step, {"display": "KTV Lan"}, "")
        written.append(step)

    assert resources.steps_of(order) == written


# What is looked at before a device leaves, by the way it was made.
CHECKS = {
    "made": "prescription alignment pressure edges fasteners joints label",
    "adjusted": "prescription pressure edges fasteners joints label",
    "bought": "prescription label",
    "repair": "edges fasteners joints",
}


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_ends_with_its_checks_and_every_one_of_them_is_needed(route):
    wanted = CHECKS[route].split()
    checks = catalogue.workshop().checks_of(route)

    assert [check.code for check in checks] == wanted
    assert ROUTES[route][-1] == QUALITY
    assert making.failed_checks(checks, wanted) == []
    for left_out in wanted:
        ticked = [code for code in wanted if code != left_out]
        assert [check.code for check in making.failed_checks(checks, ticked)] == [left_out]


def test_route_that_the_file_has_no_more_has_no_stages_and_no_checks():
    assert catalogue.workshop().route("carved") == ()
    assert catalogue.workshop().checks_of("carved") == []


@pytest.mark.parametrize(
    ("said", "used"),
    [("active", True), ("completed", True), ("stopped", True), ("on-hold", True), ("intended", False),
     ("entered-in-error", False)],
)  # fmt: skip
def test_only_what_is_or_was_used_is_asked_whether_it_was_ready(said, used):
    assert refusals.is_used({"status": said}) is used


@pytest.mark.parametrize(
    ("supply", "moves"),
    [
        ({"suppliedItem": {"itemReference": {"reference": "Device/1"}}}, True),
        ({"partOf": [{"reference": "SupplyDelivery/1"}]}, True),
        ({"partOf": [{"reference": "Contract/1"}]}, False),
        ({"suppliedItem": {"itemReference": {"reference": "Medication/1"}}}, False),
        ({}, False),
    ],
)
def test_only_a_finished_delivery_moves_a_device_or_a_lot(supply, moves):
    assert refusals.moves_something({"status": "completed", **supply}) is moves
    assert not refusals.moves_something({"status": "in-progress", **supply})
    assert not refusals.moves_something({"status": "entered-in-error", **supply})


@pytest.mark.parametrize(
    ("row", "stage"),
    [
        ({"stage": "fitting", "route": "made"}, "fitting"),
        ({"stage": None, "route": "made"}, "casting"),
        ({"stage": None, "route": "bought"}, "quality"),
        ({"stage": None, "route": "carved"}, "delivery"),
        ({"stage": None, "route": None}, "delivery"),
        ({"stage": "delivery", "route": "made"}, "delivery"),
    ],
)
def test_board_shows_the_stage_that_is_to_be_done(row, stage):
    assert queries._next(row) == stage


# --- terms and days ------------------------------------------------------------------------------------------------

DAY = date(2026, 11, 20)
MERIT, RESIDENT = "merit", "resident"


@pytest.mark.parametrize(
    ("scheme", "group", "others", "day", "months", "once"),
    [
        (MERIT, "leg-prosthesis", {"wheelchair"}, DAY, 72, False),
        (MERIT, "leg-prosthesis", {"handcar", "crutch"}, DAY, 72, False),
        (MERIT, "wheelchair", {"leg-prosthesis"}, DAY, 72, False),
        (MERIT, "leg-prosthesis", set(), DAY, 0, False),
        (MERIT, "wheelchair", {"handcar"}, DAY, 0, False),
        (MERIT, "crutch", {"leg-prosthesis", "wheelchair"}, DAY, 0, False),
        (RESIDENT, "crutch", set(), DAY, 12, False),
        (RESIDENT, "brace", set(), DAY, 12, False),
        (RESIDENT, "leg-prosthesis", {"wheelchair"}, DAY, 36, False),
        (RESIDENT, "arm-prosthesis", set(), DAY, 36, False),
        (RESIDENT, "wheelchair", set(), DAY, 0, True),
        (RESIDENT, "handcar", set(), DAY, 0, True),
        (RESIDENT, "crutch", set(), date(2012, 12, 26), 12, False),
        (RESIDENT, "crutch", set(), date(2012, 12, 25), 0, False),
        ("", "crutch", set(), DAY, 0, False),
    ],
)
def test_shipped_terms_give_what_the_texts_say_and_nothing_where_none_was_read(
    scheme, group, others, day, months, once
):
    found = terms.replacement(terms.term_for(catalogue.terms().terms, scheme, group, others, day), day)

    assert (found.months, found.once) == (months, once)
    assert found.is_known is bool(months or once)
    assert bool(found.due) is bool(months)


@pytest.mark.parametrize(
    ("given_on", "months", "due"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2025-02-28", 36, "2028-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-06-15", 240, "2046-06-15"),
    ],
)
def test_device_falls_due_on_the_same_day_or_the_last_of_a_shorter_month(given_on, months, due):
    term = Term("s", ["g"], "Điều 1", date(2000, 1, 1), months)

    assert terms.replacement(term, date.fromisoformat(given_on)).due == due
    assert terms.replacement(None, date.fromisoformat(given_on), months, "QĐ 5").due == due


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 240), st.integers(0, 40))
@tries(max_examples=40)
def test_due_day_lies_in_its_month_and_a_later_delivery_never_falls_due_earlier(day, months, later):
    def due(on: date) -> date:
        return date.fromisoformat(terms.replacement(None, on, months, "QĐ").due)

    assert (due(day).year * 12 + due(day).month) - (day.year * 12 + day.month) == months
    assert due(day).day == day.day or (due(day).day < day.day and (due(day) + timedelta(days=1)).day == 1)
    assert due(day + timedelta(days=later)) >= due(day)


@pytest.mark.parametrize(
    ("moment", "day", "fits"),
    [
        ("2026-11-20T08:00:00+07:00", None, True),
        ("2026-11-20T08:00:00+07:00", "2026-11-21", True),
        ("2026-11-20T08:00:00+07:00", "2026-11-20", False),
        ("2026-11-20T08:00:00+07:00", "2026-11-19", False),
        ("2026-11-20T20:00:00+00:00", "2026-11-21", False),  # the 21st in Vietnam
        ("2028-02-28T20:00:00+07:00", "2028-02-29", True),
        ("2026-12-31T23:00:00+07:00", "2027-01-01", True),
    ],
)
def test_person_is_asked_back_after_the_day_of_the_act(moment, day, fits):
    asked, at = date.fromisoformat(day) if day else None, datetime.fromisoformat(moment)

    if fits:
        giving.refuse_early_return(asked, at, "follow_up")
        return
    with pytest.raises(Invalid) as refused:
        giving.refuse_early_return(asked, at, "follow_up")
    assert refused.value.field == "follow_up"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"note": "  "}, "note"),
        ({"hours": Decimal("24.1")}, "hours"),
        ({"hours": Decimal("-0.5")}, "hours"),
        ({"next_day": date(2026, 11, 20)}, "next_day"),
    ],
)
def test_follow_up_that_cannot_be_is_refused_at_its_field_before_anything_is_read(change, field):
    said = replace(Follow(AT, "Da tốt, mang được"), **change)

    with pytest.raises(Invalid) as refused:
        giving.follow(None, person_id="p1", request_id="r1", said=said)

    assert refused.value.field == field


def test_delivery_that_asks_back_on_its_own_day_is_refused():
    with pytest.raises(Invalid) as refused:
        giving.give(None, person_id="p1", request_id="r1", giving=Giving(AT, follow_up=date(2026, 11, 20)))

    assert refused.value.field == "follow_up"


# --- words that are stored -----------------------------------------------------------------------------------------


@pytest.fixture
def _words(monkeypatch):
    """Lists of the node without its store."""
    leg = Kind("leg-below-knee", "leg-prosthesis", "made", sided=True)
    monkeypatch.setattr(catalogue, "device_words", lambda kind, side="", language="vi": "Chân giả, bên trái")
    monkeypatch.setattr(catalogue, "kind", lambda code: leg)
    monkeypatch.setattr(catalogue, "scheme_of", lambda payer: "")
    monkeypatch.setattr(queries, "used_groups", lambda context, person, but: set())
    for module in (actions, giving):
        monkeypatch.setattr(module.concepts, "display", lambda system, code, language="vi": "Giao dụng cụ")


def plain_texts(value) -> list[str]:
    """Every text of a resource; a phrase, which a page would translate, is none."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in plain_texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in plain_texts(one)]
    assert not isinstance(value, Phrase)
    return [value] if isinstance(value, str) else []


@pytest.mark.usefixtures("_words")
@pytest.mark.parametrize("language", ["vi", "en"])
def test_record_of_a_delivery_is_vietnamese_whatever_language_its_writer_works_in(language):
    with translation.override(language):
        found = giving._given(CARE, REQUEST, DEVICE, Giving(AT, note="Vừa vặn."), UNKNOWN)

    said = next(one for one in found if one["resourceType"] == "ClinicalImpression")["summary"]
    assert said == f"Giao Chân giả, bên trái, số {DEVICE['serialNumber']}. Vừa vặn."
    assert plain_texts(found)


@pytest.mark.usefixtures("_words")
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("decision", "source"), [("", "Quyết định cấp"), ("QĐ 12", "QĐ 12")])
def test_term_of_a_decision_names_it_in_vietnamese(language, decision, source):
    with translation.override(language):
        due = giving.replacement_of(None, REQUEST, DAY, 48, decision)

    use = resources.use_resource(REQUEST, CARE.moment, None, due)
    assert (due.due, due.source) == ("2030-11-20", source)
    assert source in plain_texts(use)


@pytest.mark.usefixtures("_words")
@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, "Encounter ClinicalImpression DeviceUseStatement SupplyDelivery"),
        ({"trained": True}, "Encounter ClinicalImpression DeviceUseStatement SupplyDelivery Procedure"),
        ({"follow_up": date(2026, 12, 20)}, "Encounter ClinicalImpression DeviceUseStatement SupplyDelivery Task"),
    ],
)
def test_delivery_leaves_just_what_was_said(monkeypatch, said, kinds):
    taught = Kind("leg-below-knee", "leg-prosthesis", "made", training="17.0041")
    monkeypatch.setattr(catalogue, "kind", lambda code: taught)

    found = giving._given(CARE, REQUEST, DEVICE, Giving(AT, **said), UNKNOWN)

    assert [one["resourceType"] for one in found] == kinds.split()
    assert {one.get("subject", one.get("patient", one.get("for"))).get("reference") for one in found} == {"Patient/p1"}
