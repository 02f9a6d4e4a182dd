"""A prosthesis from its prescription to its replacement: through every step, refused out of order, undone whole."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.devices import actions, giving, queries, resources
from ansinh.clinical.devices.actions import Done, Draft
from ansinh.clinical.devices.giving import Follow, Giving
from ansinh.clinical.devices.rules.stock import Receipt
from ansinh.clinical.registry import timeline
from ansinh.clinical.worklist import queries as worklist
from ansinh.clinical.worklist.queries import Filters
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LEG = Draft("leg-below-knee", "Mất 1/3 dưới cẳng chân phải do mìn", "right", payer="resident", cost=Decimal(9_000_000))
CHECKS = ("prescription", "alignment", "pressure", "edges", "fasteners", "joints", "label")
ROUTE = ("casting", "rectification", "lamination", "assembly", "fitting", "quality")


@pytest.fixture(autouse=True)
def _on_a_friday():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def leg(binh, an) -> str:
    """Id of a prescription of a below-knee prosthesis for An, ten days ago."""
    return actions.prescribe(binh, person_id=an, draft=LEG, moment=NOW - timedelta(days=10))


@pytest.fixture
def order(lan, an, leg) -> str:
    """Id of its work order, opened nine days ago."""
    with clock.frozen(NOW - timedelta(days=9)):
        return actions.open_order(lan, person_id=an, request_id=leg, due=date(2026, 11, 25))


def work(context, person, order_id, *stages):
    for number, stage in enumerate(stages):
        at = NOW - timedelta(hours=50 - number)
        checks = CHECKS if stage == "quality" else ()
        actions.take_step(context, person_id=person, order_id=order_id, done=Done(stage, at, checks=checks))


@pytest.fixture
def given(lan, an, leg, order) -> str:
    """Id of the Encounter in which the leg was given, today."""
    work(lan, an, order, *ROUTE)
    return giving.give(
        lan, person_id=an, request_id=leg, giving=Giving(NOW, trained=True, follow_up=date(2026, 12, 20))
    )


def test_leg_goes_from_prescription_to_use_with_its_day_of_replacement(lan, an, leg, given):
    (line,) = queries.devices(lan, an)
    life = queries.life(lan, an, leg)

    assert (line.words, line.is_used, line.replace_on) == ("Chân giả dưới gối, bên phải", True, "2029-11-20")
    assert line.source.startswith("Thông tư 26/2012")
    assert (life.request["status"], life.device["status"], life.order["status"]) == ("completed", "active", "completed")
    assert [step.stage for step in resources.steps_of(life.order)] == list(ROUTE)
    assert life.device["serialNumber"] == resources.number_of(leg, 2026)


def test_timeline_tells_prescription_delivery_and_training(lan, an, given):
    entries = {entry.kind: entry for entry in timeline.timeline(lan, an).entries}

    assert entries["device-prescription"].lines == (
        "Chỉ định: Chân giả dưới gối, bên phải. Mất 1/3 dưới cẳng chân phải do mìn",
    )
    assert any("Kỹ thuật sử dụng chân giả dưới gối" in line for line in entries["device-delivery"].lines)


@pytest.mark.parametrize("stages", [(), ROUTE[:1], ROUTE[:4], ROUTE[:5]])
def test_device_not_fitted_or_not_checked_is_refused_in_words(lan, an, leg, order, stages):
    work(lan, an, order, *stages)

    with pytest.raises(Invalid) as refused:
        giving.give(lan, person_id=an, request_id=leg, giving=Giving(NOW))

    fitted = "fitting" in stages
    assert refused.value.code == ("device-not-ready" if fitted else "device-not-fitted")
    assert ("kiểm tra chất lượng" in refused.value.message.casefold()) is fitted
    assert queries.life(lan, an, leg).use is None


def test_machine_cannot_say_that_an_unfitted_device_is_used_or_given(lan, an, leg, order):
    device = {"reference": f"Device/{resources.device_id(leg)}"}
    use = {"resourceType": "DeviceUseStatement", "status": "active", "subject": {"reference": f"Patient/{an}"}}
    given = {"resourceType": "SupplyDelivery", "status": "completed", "patient": {"reference": f"Patient/{an}"}}

    for resource in (use | {"device": device}, given | {"suppliedItem": {"itemReference": device}}):
        with pytest.raises(Invalid, match="chưa được thử lắp"):
            Repository(lan).create(resource)


def test_machine_cannot_close_an_order_before_its_route_is_through(lan, an, order):
    task = Repository(lan).read("Task", order)

    with pytest.raises(Invalid, match="chưa được thử lắp"):
        Repository(lan).update(task | {"status": "completed"})


def test_device_from_elsewhere_is_used_without_a_work_order(lan, an):
    repository = Repository(lan)
    device = repository.create({"resourceType": "Device", "patient": {"reference": f"Patient/{an}"}}).resource
    use = {
        "resourceType": "DeviceUseStatement",
        "status": "active",
        "subject": {"reference": f"Patient/{an}"},
        "device": {"reference": f"Device/{device['id']}"},
    }

    assert repository.create(use).resource["id"]


def test_everything_done_within_the_minute_of_opening_is_stored(lan, an, leg):
    with clock.frozen(NOW + timedelta(seconds=41)):
        order = actions.open_order(lan, person_id=an, request_id=leg)

        for stage in ROUTE:
            done = Done(stage, NOW, checks=CHECKS if stage == "quality" else ())
            actions.take_step(lan, person_id=an, order_id=order, done=done)
        giving.give(lan, person_id=an, request_id=leg, giving=Giving(NOW))

    assert queries.devices(lan, an)[0].is_used


def test_step_out_of_order_in_the_future_or_stale_changes_nothing(lan, an, order):
    for done in (Done("fitting", NOW), Done("casting", NOW + timedelta(hours=1)), Done("sewing", NOW)):
        with pytest.raises(Invalid):
            actions.take_step(lan, person_id=an, order_id=order, done=done)
    work(lan, an, order, "casting")

    with pytest.raises(Conflict):
        actions.take_step(lan, person_id=an, order_id=order, done=Done("rectification", NOW), version=1)
    assert [step.stage for step in resources.steps_of(Repository(lan).read("Task", order))] == ["casting"]


def test_work_that_is_sent_back_is_done_again_from_there(lan, an, leg, order):
    work(lan, an, order, *ROUTE[:5])

    back = Done("lamination", NOW - timedelta(minutes=30), "Ổ mỏm cụt chật", back=True)
    actions.take_step(lan, person_id=an, order_id=order, done=back)

    (line,) = queries.devices(lan, an)
    assert line.stage == "lamination"
    with pytest.raises(Invalid, match="thử lắp"):
        giving.give(lan, person_id=an, request_id=leg, giving=Giving(NOW))


def test_quality_check_that_fails_names_what_failed(lan, an, order):
    work(lan, an, order, *ROUTE[:5])

    done = Done("quality", NOW, checks=[one for one in CHECKS if one != "edges"])

    with pytest.raises(Invalid, match="Mép nhẵn"):
        actions.take_step(lan, person_id=an, order_id=order, done=done)


def test_sheet_sent_twice_is_stored_once(binh, lan, an, leg, order):
    entry = "0190b3a0-0000-7000-8000-000000000001"
    actions.prescribe(binh, person_id=an, draft=LEG, moment=NOW, entry_id=entry)

    with pytest.raises(Conflict):
        actions.prescribe(binh, person_id=an, draft=LEG, moment=NOW, entry_id=entry)
    with pytest.raises(Conflict):
        actions.open_order(lan, person_id=an, request_id=leg)
    assert len(queries.devices(lan, an)) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "wings"}, "kind"),
        ({"side": ""}, "side"),
        ({"reason": ""}, "reason"),
        ({"diagnosis": "ZZZ"}, "diagnosis"),
        ({"shares": {"self": Decimal(1)}}, "cost"),
    ],
)
def test_prescription_that_cannot_be_is_refused_at_its_field(binh, an, change, field):
    with pytest.raises(Invalid) as refused:
        actions.prescribe(binh, person_id=an, draft=replace(LEG, **change), moment=NOW)

    assert refused.value.field == field
    assert queries.devices(binh, an) == []


def test_delivery_taken_back_leaves_the_order_open_and_can_be_done_again(lan, an, leg, given):
    assert giving.take_back(lan, person_id=an, request_id=leg, reason="Ghi nhầm người") == "given"

    life = queries.life(lan, an, leg)
    assert (life.request["status"], life.device["status"], life.order["status"]) == (
        "active",
        "inactive",
        "in-progress",
    )
    assert [line[0] for line in due(lan)] == ["device-order"]
    assert happened(lan, an, "device-delivery").retraction.reason == "Ghi nhầm người"
    giving.give(lan, person_id=an, request_id=leg, giving=Giving(NOW))
    assert queries.devices(lan, an)[0].is_used


def test_prescription_is_taken_back_until_the_workshop_works_on_it(binh, lan, an, leg, order):
    with pytest.raises(Refused):
        giving.take_back(lan, person_id=an, request_id=leg, reason="Nhầm")
    work(lan, an, order, "casting")
    with pytest.raises(Conflict):
        giving.take_back(binh, person_id=an, request_id=leg, reason="Nhầm")

    other = actions.prescribe(binh, person_id=an, draft=LEG, moment=NOW)
    assert giving.take_back(binh, person_id=an, request_id=other, reason="Nhầm bên") == "prescribed"
    assert [line.request for line in queries.devices(binh, an)] == [leg]


def test_parts_come_from_a_lot_and_never_more_than_it_has(lan, an, leg, order):
    knee = Receipt("Khớp gối cơ khí", Decimal(2), "cái", lot="L7", expiry="2027-01-31", price=Decimal(3_500_000))
    lot = actions.receive(lan, facility=lan.unit, receipt=knee, day=date(2026, 11, 1))

    actions.use_part(lan, person_id=an, order_id=order, lot_id=lot, quantity=Decimal(1))
    with pytest.raises(Invalid, match="chỉ còn 1 cái"):
        actions.use_part(lan, person_id=an, order_id=order, lot_id=lot, quantity=Decimal(2))
    actions.use_part(lan, person_id=an, order_id=order, lot_id=lot, quantity=Decimal(1))

    assert queries.stock(lan, lan.unit) == []
    assert [(part["words"], part["quantity"], part["lot"]) for part in queries.life(lan, an, leg).parts] == [
        ("Khớp gối cơ khí", 1, "L7")
    ] * 2


def test_parts_of_a_form_that_is_sent_twice_are_taken_once(lan, an, leg, order):
    lot = actions.receive(lan, facility=lan.unit, receipt=Receipt("Ốc", Decimal(3), "con"), day=date(2026, 11, 1))
    sheet = {"person_id": an, "order_id": order, "lot_id": lot, "quantity": Decimal(3), "entry_id": new_id()}

    actions.use_part(lan, **sheet)
    with pytest.raises(Conflict) as refused:
        actions.use_part(lan, **sheet)

    assert refused.value.code == "already-saved"
    assert [part["quantity"] for part in queries.life(lan, an, leg).parts] == [3]


def test_machine_cannot_take_more_parts_than_the_lot_has(lan, an):
    lot = actions.receive(lan, facility=lan.unit, receipt=Receipt("Ốc", Decimal(3), "con"), day=date(2026, 11, 1))
    use = {
        "resourceType": "SupplyDelivery",
        "status": "completed",
        "patient": {"reference": f"Patient/{an}"},
        "partOf": [{"reference": f"SupplyDelivery/{lot}"}],
        "suppliedItem": {"quantity": {"value": 4}, "itemCodeableConcept": {"text": "Ốc"}},
    }

    with pytest.raises(Invalid, match="không còn đủ"):
        Repository(lan).create(use)


def test_stock_and_board_of_another_facility_are_not_seen(lan, cuc, an, leg, order):
    actions.receive(lan, facility=lan.unit, receipt=Receipt("Ốc", Decimal(3), "con"), day=date(2026, 11, 1))

    assert queries.stock(cuc, lan.unit) == queries.board(cuc, lan.unit, "2026-11-20") == queries.devices(cuc, an) == []
    with pytest.raises(NotFound):
        queries.life(cuc, an, leg)
    with pytest.raises(NotFound):
        actions.receive(cuc, facility=lan.unit, receipt=Receipt("Ốc", Decimal(1), "con"), day=date(2026, 11, 1))


def test_follow_up_closes_its_task_and_asks_for_the_next(lan, an, leg, given):
    said = Follow(NOW, "Da lành, không đau", Decimal(9), next_day=date(2027, 2, 1))

    giving.follow(lan, person_id=an, request_id=leg, said=said)

    asked = [(one["status"], one["restriction"]["period"]["end"]) for one in _follow_ups(lan, leg)]
    assert sorted(asked) == [("completed", "2026-12-20"), ("requested", "2027-02-01")]
    entry = happened(lan, an, "device-follow-up")
    assert entry.lines == ("Số giờ mang dụng cụ mỗi ngày 9 giờ/ngày", "Da lành, không đau")


def happened(context, person, kind):
    return next(one for one in timeline.timeline(context, person).entries if one.kind == kind)


def _follow_ups(context, leg):
    asked = [("focus", f"DeviceUseStatement/{resources.use_id(leg)}")]
    return search(Repository(context), "Task", asked).resources


def test_device_that_is_not_used_any_more_leaves_the_yearly_list(lan, an, leg, given):
    assert [line.words for line in queries.due_in(lan, lan.unit, 2029)] == ["Chân giả dưới gối, bên phải"]

    giving.follow(lan, person_id=an, request_id=leg, said=Follow(NOW, "Không hợp", stopped=True))

    assert queries.due_in(lan, lan.unit, 2029) == []
    with pytest.raises(Conflict):
        giving.follow(lan, person_id=an, request_id=leg, said=Follow(NOW, "Lại"))


def test_repair_goes_its_own_short_way_and_ends_by_itself(lan, an, leg, given):
    repair = giving.open_repair(lan, person_id=an, request_id=leg, reason="Hỏng khóa")
    with pytest.raises(Conflict):
        giving.open_repair(lan, person_id=an, request_id=leg, reason="Hỏng khóa")

    checks = ("edges", "fasteners", "joints")
    actions.take_step(lan, person_id=an, order_id=repair, done=Done("assembly", NOW))
    task = actions.take_step(lan, person_id=an, order_id=repair, done=Done("quality", NOW, checks=checks))

    assert task["status"] == "completed"
    assert queries.devices(lan, an)[0].is_used


def due(context):
    page = worklist.work(context, context.unit, Filters())
    return [(one.source.id, one.words, one.due) for one in page.works if one.source.id.startswith("device")]


def test_device_in_work_and_device_due_stand_on_the_home_page(lan, an, leg, order):
    assert due(lan) == [("device-order", "Chân giả dưới gối", date(2026, 11, 25))]
    work(lan, an, order, *ROUTE)
    giving.give(lan, person_id=an, request_id=leg, giving=Giving(NOW))

    assert due(lan) == []
    with clock.frozen(datetime(2029, 10, 1, tzinfo=UTC)):
        assert due(lan) == [("device-due", "Chân giả dưới gối", date(2029, 11, 20))]


def test_term_decided_by_the_authority_goes_before_the_general_one(lan, an, leg, order):
    work(lan, an, order, *ROUTE)
    said = Giving(NOW, months=60, decision="Quyết định 12/QĐ-SNV")

    giving.give(lan, person_id=an, request_id=leg, giving=said)

    (line,) = queries.devices(lan, an)
    assert (line.replace_on, line.source) == ("2031-11-20", "Quyết định 12/QĐ-SNV")


def test_leg_and_wheelchair_of_a_war_invalid_last_six_years_each(lan, binh, an):
    wheelchair = Draft("wheelchair", "Cụt hai chân", payer="merit")
    chair = actions.prescribe(binh, person_id=an, draft=wheelchair, moment=NOW - timedelta(days=5))
    with clock.frozen(NOW - timedelta(days=4)):
        made = actions.open_order(lan, person_id=an, request_id=chair)
    work(lan, an, made, "assembly", "fitting")
    checks = ("prescription", "pressure", "edges", "fasteners", "joints", "label")
    actions.take_step(lan, person_id=an, order_id=made, done=Done("quality", NOW, checks=checks))
    giving.give(lan, person_id=an, request_id=chair, giving=Giving(NOW))
    alone = queries.devices(lan, an)[0]
    prescribed = queries.request_of(
        lan, an, actions.prescribe(binh, person_id=an, draft=replace(LEG, payer="merit"), moment=NOW)
    )

    together = giving.replacement_of(lan, prescribed, NOW.date())

    assert (alone.replace_on, alone.source) == ("", "")  # annex V of decree 75/2021 is not in the data
    assert (together.due, together.months) == ("2032-11-20", 72)


PAGES = ("device", "device_order_new", "device_give", "device_take_back")


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_device_are_not_found_by_another_facility(client_of, an, leg, name):
    assert client_of("cuc").get(reverse(name, args=[an, leg])).status_code == 404


def test_pages_refuse_who_may_not_prescribe_and_strangers(client_of, an):
    url = reverse("device_prescribe", args=[an])

    assert client_of("lan").get(url).status_code == 403
    assert client_of("officer").get(reverse("workshop")).status_code == 403
    assert client_of("").get(url).status_code == 302


def test_whole_life_by_the_pages(client_of, lan, an):
    doctor, nurse = client_of("binh"), client_of("lan")
    sent = {
        "entry_id": "0190b3a0-0000-7000-8000-000000000002", "moment": "19/11/2026 08:00", "kind": "crutch",
        "reason": "Yếu hai chân", "payer": "resident",
    }  # fmt: skip
    assert doctor.post(reverse("device_prescribe", args=[an]), sent | {"kind": ""}).status_code == 422
    assert doctor.post(reverse("device_prescribe", args=[an]), sent).status_code == 302
    request = queries.devices(lan, an)[0].request
    at = [an, request]
    assert nurse.post(reverse("device_order_new", args=at), {"due": "01/12/2026"}).status_code == 302
    early = nurse.post(reverse("device_give", args=at), {"entry_id": "x" * 36, "moment": "20/11/2026 08:59"})
    assert (early.status_code, "chưa được thử lắp" in early.content.decode()) == (422, True)
    version = 1
    with clock.frozen(NOW + timedelta(hours=1)):
        for stage in ("assembly", "fitting", "quality"):
            page = nurse.get(reverse("device_step", args=at)).content.decode()
            assert stage in page
            checks = ["prescription", "pressure", "edges", "fasteners", "joints", "label"] if stage == "quality" else []
            step = {"version": version, "stage": stage, "moment": "20/11/2026 09:30", "checks": checks}
            assert nurse.post(reverse("device_step", args=at), step).status_code == 302, stage
            version += 1
        give = {"entry_id": "0190b3a0-0000-7000-8000-000000000003", "moment": "20/11/2026 09:45", "trained": "on"}
        assert nurse.post(reverse("device_give", args=at), give).status_code == 302
    shown = nurse.get(reverse("device", args=at)).content.decode()
    assert "20/11/2027" in shown  # crutches: a year (TT 26/2012)
    for name in ("workshop", "workshop_stock", "devices_due"):
        assert nurse.get(reverse(name)).status_code == 200
    listed = nurse.get(reverse("devices_due_csv") + "?nam=2027").content.decode()
    assert "Nguyễn Văn An" in listed
    assert "Nạng" in listed
