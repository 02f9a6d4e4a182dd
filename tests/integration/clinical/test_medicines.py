"""Medicines in the store and on pages: what stands against an order, doses once, two signatures, the stock."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ansinh.clinical.corrections import actions as corrections
from ansinh.clinical.encounters import actions as care
from ansinh.clinical.medicines import queries
from ansinh.clinical.medicines.actions import giving, listing, ordering, stocking
from ansinh.clinical.medicines.actions.giving import Given, Witness
from ansinh.clinical.medicines.actions.ordering import AllergyNote, Wish
from ansinh.clinical.medicines.actions.stocking import Entry
from ansinh.clinical.medicines.resources import Regimen
from ansinh.clinical.medicines.rules import times
from ansinh.clinical.medicines.rules.checks import Weighing
from ansinh.clinical.registry import timeline
from ansinh.clinical.wards import actions as wards
from ansinh.clinical.wards import queries as places
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, UserError
from ansinh.kernel.ids import new_id
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

LIST = (
    "mã;tên thuốc;hoạt chất;đơn vị;kiểm soát;mã vạch\n"
    "A;Thuốc A 5 mg;chất a;viên;;8930001\nA2;Thuốc A muối;a-lin;viên;;\nB;Thuốc B;chất b;ống;;\n"
    "C;Thuốc C;chất c;viên;hướng thần;8930003\n"
)
KNOWLEDGE = """
id: vi-du
version: "1"
title: Ví dụ bịa
source: Dữ liệu bịa để thử
substances:
  - {name: chất a, also: [a-lin], classes: [nhóm một]}
interactions:
  - {between: [chất b, nhóm một], severity: major, says: không dùng cùng., source: Bịa 1}
doses:
  - {substance: chất a, most_per_kg: 10, unit: mg, source: Bịa 2}
"""


@pytest.fixture(autouse=True)
def still():
    """The minute does not pass: a dose that is due now stays so to the end of the test."""
    with clock.frozen(clock.now().replace(second=0, microsecond=0)):
        yield


@pytest.fixture
def listed(mai) -> None:
    """The list of facility A, without knowledge."""
    listing.import_list(mai, facility=mai.unit, data=LIST.encode())


def hour() -> str:
    """The hour of this minute: a dose that is due now."""
    return clock.now().astimezone(clock.VIETNAM).strftime("%H:%M")


def slot(off=timedelta()) -> str:
    local = clock.now().astimezone(clock.VIETNAM) + off
    return local.replace(second=0, microsecond=0).isoformat(timespec="seconds")


def wish(code="A", hours=None, **more):
    start = (clock.today() - timedelta(days=2)).isoformat()
    return Wish(code, Regimen(Decimal(1), "", (hour(),) if hours is None else hours, start=start), **more)


def ordered(context, person, code="A", **more):
    return ordering.order(context, person_id=person, wish=wish(code, **more))


def given(order, outcome="given", at=None, **more):
    return Given(order, slot() if at is None else at, outcome, **more)


def keys(refused) -> list[str]:
    return [one.key for one in refused.value.problems]


def second(context, **changed) -> Witness:
    said = {"actor": context.actor, "login": context.login, "name": context.display, "unit": context.unit,
            "may_give": True}  # fmt: skip
    return Witness(**said | changed)


# --- orders ---------------------------------------------------------------------------------------------------


def test_order_stands_with_its_hours_on_page_and_timeline(binh, an, listed, client_of):
    ordered(binh, an, days=5)

    (one,) = queries.orders(binh, [an], running=True)
    assert one.course.dose == f"1 viên lúc {hour()}"
    assert one.course.end == (clock.today() + timedelta(days=2)).isoformat()
    entries = timeline.timeline(binh, an, kind="medicine").entries
    assert [(entry.title, entry.lines) for entry in entries] == [
        ("Y lệnh thuốc", (f"Thuốc A 5 mg: {one.course.dose}",))
    ]
    page = client_of("lan").get(reverse("person_medicines", args=[an])).content.decode()
    assert "Thuốc A 5 mg" in page
    assert reverse("medicine_order", args=[an]) not in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "X"}, "code"), ({"hours": ()}, "hours"), ({"days": 400}, "days"),
        ({"weighing": Weighing(Decimal(10), Decimal(20), Decimal(200))}, "weight"),
    ],
)  # fmt: skip
def test_order_that_cannot_be_is_refused_at_its_field(binh, an, listed, changed, field):
    with pytest.raises(Invalid) as refused:
        ordering.order(binh, person_id=an, wish=wish(**changed))

    assert field in [one.expression for one in refused.value.problems]
    assert queries.orders(binh, [an], running=False) == []


def test_medicine_against_an_allergy_needs_a_reason_that_is_kept(lan, binh, an, listed):
    ordering.note_allergy(lan, person_id=an, note=AllergyNote("Chất A", severe=True))
    with pytest.raises(Invalid) as refused:
        ordered(binh, an)
    assert keys(refused) == ["medicine-allergy"]

    made = ordered(binh, an, override="Đã thử phản ứng, không có thuốc khác")

    request = Repository(binh).read("MedicationRequest", made)
    issue = Repository(binh).read("DetectedIssue", request["detectedIssue"][0]["reference"].partition("/")[2])
    assert issue["mitigation"][0]["action"]["text"] == "Đã thử phản ứng, không có thuốc khác"
    assert issue["code"]["coding"][0]["code"] == "ALGY"


def test_medicine_against_an_allergy_is_refused_of_machines_too(lan, binh, an, listed):
    made = ordered(binh, an)
    body = Repository(binh).read("MedicationRequest", made)
    ordering.note_allergy(lan, person_id=an, note=AllergyNote("Thuốc A 5 mg"))

    with pytest.raises(Invalid) as refused:
        Repository(binh).create({key: value for key, value in body.items() if key not in ("id", "meta")})

    assert keys(refused) == ["medicine-allergy"]
    stopped = {**body, "status": "stopped"}
    assert Repository(binh).update(stopped).version == 2


def test_knowledge_finds_doubles_and_interactions_that_names_alone_do_not(binh, mai, an, listed):
    ordered(binh, an)
    ordered(binh, an, "A2", override="Đổi thuốc")
    corrections.retract(
        binh, person_id=an, resource_type="MedicationRequest", reason="Sai",
        entry_id=next(one.course.id for one in queries.orders(binh, [an], running=True) if one.course.medicine == "A2"),
    )  # fmt: skip
    listing.install_knowledge(mai, data=KNOWLEDGE.encode())

    for code, key in (("A2", "medicine-duplicate"), ("B", "medicine-interaction"), ("A", "medicine-duplicate")):
        with pytest.raises(Invalid) as refused:
            ordered(binh, an, code)
        assert keys(refused) == [key]


def test_dose_by_weight_is_that_of_the_last_weight(lan, binh, mai, an, listed):
    listing.install_knowledge(mai, data=KNOWLEDGE.encode())
    care.record_visit(lan, person_id=an, notes=care.Notes(clock.now(), {"weight": Decimal(60)}))

    for weighing, found in (
        (Weighing(Decimal(5), Decimal(45), Decimal(225)), "weight-differs"),
        (Weighing(Decimal(5), Decimal(60), Decimal(3000)), "dose-differs"),
        (Weighing(Decimal(11), Decimal(60), Decimal(660)), "medicine-dose"),
    ):
        with pytest.raises(Invalid) as refused:
            ordered(binh, an, weighing=weighing)
        assert keys(refused) == [found]
    assert ordered(binh, an, weighing=Weighing(Decimal(5), Decimal(60), Decimal(300)))


def test_form_that_was_sent_twice_is_one_order(binh, an, listed):
    own = new_id()
    ordering.order(binh, person_id=an, wish=wish(), order_id=own)

    with pytest.raises(UserError):
        ordering.order(binh, person_id=an, wish=wish(override="vẫn"), order_id=own)
    assert len(queries.orders(binh, [an], running=False)) == 1


def test_stopped_order_has_its_reason_and_no_more_doses(lan, binh, an, listed):
    made = ordered(binh, an)
    with pytest.raises(Invalid):
        ordering.stop(binh, person_id=an, request_id=made, reason=" ")
    ordering.stop(binh, person_id=an, request_id=made, reason="Hết triệu chứng")

    with pytest.raises(Conflict):
        ordering.stop(binh, person_id=an, request_id=made, reason="Lần nữa")
    with pytest.raises(Invalid) as refused:
        giving.record(lan, person_id=an, given=given(made))
    assert refused.value.code == "order-stopped"


def test_allergy_is_noted_once_and_says_what_runs_against_it(lan, binh, an, listed):
    ordered(binh, an)

    written, against = ordering.note_allergy(lan, person_id=an, note=AllergyNote("chất a", reaction="Nổi mẩn"))

    assert against == ["Thuốc A 5 mg"]
    with pytest.raises(Invalid) as refused:
        ordering.note_allergy(lan, person_id=an, note=AllergyNote("CHẤT A"))
    assert refused.value.code == "allergy-known"
    corrections.retract(lan, person_id=an, resource_type="AllergyIntolerance", entry_id=written, reason="Nhầm người")
    assert queries.allergies(lan, [an]) == {}


def test_prescription_that_is_taken_home_is_one_paper(binh, lan, an, listed, client_of):
    for code in ("A", "B"):
        ordering.order(binh, person_id=an, wish=wish(code, take_home=True, reason="Đau đầu"))
    codes = {one.prescription for one in queries.orders(binh, [an], running=True)}
    assert len(codes) == 1

    page = client_of("lan").get(reverse("prescription", args=[*codes])).content.decode()

    for words in ("Thuốc A 5 mg", "Thuốc B", "Đau đầu", "chưa phải mã đơn thuốc quốc gia", "chưa đối chiếu"):
        assert words in page
    assert client_of("cuc").get(reverse("prescription", args=[*codes])).status_code == 404


# --- doses ----------------------------------------------------------------------------------------------------


def test_dose_is_given_once_and_can_be_given_again_after_it_was_taken_back(lan, binh, an, listed):
    order = ordered(binh, an)
    made = giving.record(lan, person_id=an, given=given(order))

    for again in (given(order), given(order, "refused")):
        with pytest.raises(Conflict):
            giving.record(lan, person_id=an, given=again)
    corrections.retract(lan, person_id=an, resource_type="MedicationAdministration", entry_id=made, reason="Nhầm")
    assert giving.record(lan, person_id=an, given=given(order, "refused")) == made
    assert [(one.status, one.reason) for one in queries.recent_doses(lan, an)] == [("not-done", "refused")]


@pytest.mark.parametrize(
    ("off", "code"), [(timedelta(hours=5), "dose-slot"), (timedelta(days=-30), "dose-slot"), (None, "dose-slot")]
)
def test_dose_that_the_order_does_not_have_is_refused(lan, binh, an, listed, off, code):
    order = ordered(binh, an)

    with pytest.raises(Invalid) as refused:
        giving.record(lan, person_id=an, given=given(order, at="hôm nào" if off is None else slot(off)))

    assert refused.value.code == code


def test_dose_of_a_later_hour_is_refused_until_it_comes(lan, binh, an, listed):
    with clock.frozen(clock.now().replace(hour=2, minute=0)):
        order = ordered(binh, an, hours=("20:00",))
        with pytest.raises(Invalid) as refused:
            giving.record(lan, person_id=an, given=given(order, at=f"{clock.today()}T20:00:00+07:00"))

    assert refused.value.code == "dose-future"
    assert queries.recent_doses(lan, an) == []


def test_dose_of_the_future_is_refused_of_machines_too(lan, binh, an, listed):
    order = ordered(binh, an)
    made = Repository(lan).read("MedicationAdministration", giving.record(lan, person_id=an, given=given(order)))

    ahead = {**made, "effectiveDateTime": slot(timedelta(hours=3))}

    with pytest.raises(Invalid) as refused:
        Repository(lan).create({key: value for key, value in ahead.items() if key not in ("id", "meta")})
    assert keys(refused) == ["dose-future"]


def test_allergy_that_came_after_the_order_stops_the_dose(lan, binh, an, listed):
    order = ordered(binh, an)
    ordering.note_allergy(lan, person_id=an, note=AllergyNote("chất a"))

    with pytest.raises(Invalid) as refused:
        giving.record(lan, person_id=an, given=given(order))
    assert refused.value.code == "dose-allergy"
    assert giving.record(lan, person_id=an, given=given(order, override="Bác sĩ đã xem"))


def test_medicine_as_needed_is_given_as_often_as_it_is_asked_for_and_a_tap_counts_once(lan, binh, an, listed):
    regimen = Regimen(Decimal(1), "", as_needed=True)
    order = ordering.order(binh, person_id=an, wish=Wish("A", regimen))

    for key in ("một", "hai"):
        giving.record(lan, person_id=an, given=given(order, at="", key=key))
    with pytest.raises(Conflict):
        giving.record(lan, person_id=an, given=given(order, at="", key="hai"))

    assert len(queries.recent_doses(lan, an)) == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ""),
        ({"login": "lan"}, "witness-same"),
        ({"unit": "khác"}, "witness-other"),
        ({"may_give": False}, "witness-other"),
    ],
)
def test_controlled_medicine_is_signed_by_two(lan, binh, an, listed, changed, code):
    order = ordered(binh, an, "C")
    with pytest.raises(Refused) as alone:
        giving.record(lan, person_id=an, given=given(order))
    assert alone.value.code == "witness-required"
    if changed.get("login"):
        changed = {"login": lan.login}

    if code:
        with pytest.raises(Invalid) as refused:
            giving.record(lan, person_id=an, given=given(order), witness=second(binh, **changed))
        assert refused.value.code == code
        return
    made = giving.record(lan, person_id=an, given=given(order), witness=second(binh))
    performers = Repository(lan).read("MedicationAdministration", made)["performer"]
    assert [one["actor"]["display"] for one in performers] == [lan.display, binh.display]


def test_controlled_medicine_that_is_refused_needs_no_second_signature(lan, binh, an, listed):
    assert giving.record(lan, person_id=an, given=given(ordered(binh, an, "C"), "refused"))


def test_order_of_somebody_elses_person_is_not_found(lan, cuc, binh, an, listed):
    order = ordered(binh, an)

    with pytest.raises(NotFound):
        giving.record(cuc, person_id=an, given=given(order))
    with pytest.raises(NotFound):
        giving.record(lan, person_id=new_id(), given=given(order))


# --- the round ------------------------------------------------------------------------------------------------


@pytest.fixture
def on_ward(lan, mai, an) -> str:
    """An in a bed of Khoa A."""
    wards.add_room(mai, facility=mai.unit, ward="", ward_name="Khoa A", name="Phòng 101", beds=2)
    bed = places.places(lan, lan.unit).wards[0].rooms[0].beds[0]
    wards.assign_place(lan, person_id=an, place=bed.id, moment=clock.now() - timedelta(days=5))
    return an


def posted(person, order, outcome="given", **more):
    return {"person": person, "request": order, "slot": slot(), "outcome": outcome, "reason": "asleep"} | more


def test_round_gives_with_one_tap_and_shows_what_became_of_it(binh, on_ward, listed, client_of):
    order = ordered(binh, on_ward)
    client, address = client_of("lan"), reverse("medicine_round")
    page = client.get(address).content.decode()
    assert "Đã ghi 0 trên 1 liều" in page
    assert page.count("data-focus") == 1, "a scanner's Enter must not fall on a button that records a dose"
    assert 'name="ma" value="" autocomplete="off" data-focus="mouse"' in page

    assert client.post(address, posted(on_ward, order)).status_code == 302

    page = client.get(address).content.decode()
    assert "Đã ghi 1 trên 1 liều" in page
    assert 'value="given"' not in page


def test_round_holds_with_its_reason(binh, on_ward, listed, client_of, lan):
    order = ordered(binh, on_ward)
    client_of("lan").post(reverse("medicine_round"), posted(on_ward, order, "held"))

    assert [(one.status, one.reason) for one in queries.recent_doses(lan, on_ward)] == [("on-hold", "asleep")]


def test_round_asks_for_a_reason_where_an_allergy_stands_against_it(binh, lan, on_ward, listed, client_of):
    order = ordered(binh, on_ward)
    ordering.note_allergy(lan, person_id=on_ward, note=AllergyNote("chất a"))
    client, address = client_of("lan"), reverse("medicine_round")

    refused = client.post(address, posted(on_ward, order))
    assert refused.status_code == 422
    assert 'name="override"' in refused.content.decode()
    assert "Dị ứng: chất a" in refused.content.decode()
    assert client.post(address, posted(on_ward, order, override="Bác sĩ đã xem")).status_code == 302


@pytest.mark.parametrize(
    ("code", "found"), [("037050000001", True), ("8930001", True), ("a", True), ("999", False), ("8930003", False)]
)
def test_scan_finds_person_or_package_of_the_hour(binh, on_ward, listed, client_of, code, found):
    ordered(binh, on_ward)

    page = client_of("lan").get(reverse("medicine_round"), {"ma": code}).content.decode()

    assert ("không thuộc người nào" not in page) is found
    assert "Thuốc A 5 mg" in page


def test_witness_page_takes_the_password_of_another_and_nobody_elses(binh, on_ward, listed, client_of, account_of, lan):
    order = ordered(binh, on_ward, "C")
    for name in ("binh", "cuc"):
        account_of(name)
    client = client_of("lan")
    to = client.post(reverse("medicine_round"), posted(on_ward, order))["Location"]
    assert to.startswith(reverse("medicine_witness"))
    assert client.get(to).status_code == 200

    for name, password in (("lan", PASSWORD), ("cuc", PASSWORD), ("binh", "sai"), ("khongco", PASSWORD)):
        refused = client.post(to, {"username": name, "password": password})
        assert refused.status_code == 422
        assert password not in refused.content.decode()
    assert queries.recent_doses(lan, on_ward) == []
    assert client.post(to, {"username": "binh", "password": PASSWORD}).status_code == 302
    assert [one.status for one in queries.recent_doses(lan, on_ward)] == ["completed"]


def test_key_that_proves_nothing_signs_nothing(binh, on_ward, listed, client_of, lan):
    order = ordered(binh, on_ward, "C")
    client = client_of("lan")
    to = client.post(reverse("medicine_round"), posted(on_ward, order))["Location"]

    assert client.post(to, {"credential": "{}"}).status_code in (302, 422)
    assert queries.recent_doses(lan, on_ward) == []


def test_director_sees_the_round_and_gives_nothing(binh, on_ward, listed, client_of):
    order = ordered(binh, on_ward)
    client = client_of("mai")

    assert 'value="given"' not in client.get(reverse("medicine_round")).content.decode()
    assert client.post(reverse("medicine_round"), posted(on_ward, order)).status_code == 403


# --- stock and lists ------------------------------------------------------------------------------------------


def came_in(context, code="A", lot="L1", quantity=10, expiry=date(2099, 1, 31), own=""):
    stocking.receive(context, entry=Entry(code, lot, Decimal(quantity), id=own), expiry=expiry)


def left(context):
    return [(one.lot, one.quantity) for one in queries.lots(context, context.unit)]


def test_lots_are_handed_out_the_first_to_expire_first_and_never_below_nought(lan, binh, an, listed):
    order = ordered(binh, an)
    came_in(lan, lot="l2", expiry=date(2099, 6, 30))
    came_in(lan, lot="l1")
    assert left(lan) == [("L1", 10), ("L2", 10)]

    with pytest.raises(Invalid) as refused:
        stocking.dispense(lan, person_id=an, request_id=order, entry=Entry("", "L1", Decimal(11)))
    assert refused.value.code == "stock-short"
    assert left(lan) == [("L1", 10), ("L2", 10)]

    made = stocking.dispense(lan, person_id=an, request_id=order, entry=Entry("", "L1", Decimal(4), id=new_id()))
    assert left(lan) == [("L1", 6), ("L2", 10)]
    corrections.retract(lan, person_id=an, resource_type="MedicationDispense", entry_id=made, reason="Cấp nhầm")
    assert left(lan) == [("L1", 10), ("L2", 10)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"quantity": 0}, "quantity"), ({"lot": " "}, "lot-empty"), ({"expiry": date(2020, 1, 1)}, "lot-expired"),
        ({"code": "X"}, "medicine-unknown"), ({"expiry": date(2098, 1, 1)}, "lot-differs"),
    ],
)  # fmt: skip
def test_what_cannot_come_in_is_refused(lan, listed, changed, code):
    came_in(lan)
    with pytest.raises(Invalid) as refused:
        came_in(lan, **changed)

    assert refused.value.code == code
    assert left(lan) == [("L1", 10)]


def test_receipt_that_was_sent_twice_counts_once(lan, listed):
    came_in(lan, own="một")
    with pytest.raises(Conflict):
        came_in(lan, own="một")

    assert left(lan) == [("L1", 10)]


def test_count_and_waste_have_reasons_and_controlled_ones_two_names(lan, binh, listed):
    came_in(lan)
    came_in(lan, "C", "K1")
    with pytest.raises(Invalid):
        stocking.count(lan, entry=Entry("A", "L1", Decimal(8)))
    assert stocking.count(lan, entry=Entry("A", "L1", Decimal(8), "Vỡ hai viên")) == -2
    with pytest.raises(Refused):
        stocking.throw_away(lan, entry=Entry("C", "K1", Decimal(1), "Rơi"))
    stocking.throw_away(lan, entry=Entry("C", "K1", Decimal(1), "Rơi"), witness=second(binh))

    assert sorted(left(lan)) == [("K1", 9), ("L1", 8)]
    lot = next(one for one in queries.lots(lan, lan.unit) if one.lot == "K1")
    assert [(one.kind, one.witness) for one in queries.moves(lot)] == [("waste", binh.display), ("receipt", "")]


def test_expired_lot_is_not_handed_out(lan, binh, an, listed):
    order = ordered(binh, an)
    came_in(lan, expiry=clock.today())

    with clock.frozen(clock.now() + timedelta(days=2)), pytest.raises(Invalid) as refused:
        stocking.dispense(lan, person_id=an, request_id=order, entry=Entry("", "L1", Decimal(1)))

    assert refused.value.code == "lot-expired"


def test_stock_of_another_unit_is_not_seen(lan, cuc, listed, client_of):
    came_in(lan)
    lot = queries.lots(lan, lan.unit)[0]

    assert queries.lots(cuc, lan.unit) == []
    assert client_of("cuc").get(reverse("stock_lot", args=[lot.pk])).status_code == 404
    assert client_of("lan").get(reverse("stock_lot", args=[lot.pk])).status_code == 200


def test_new_list_replaces_the_old_one_and_orders_keep_their_medicine(mai, binh, lan, an, listed):
    ordered(binh, an, "B")

    assert listing.import_list(mai, facility=mai.unit, data=LIST.replace("B;Thuốc B;chất b;ống;;\n", "").encode()) == (
        3,
        1,
    )

    assert [one.code for one in queries.medicines(lan, lan.unit)] == ["A", "A2", "C"]
    assert [one.course.name for one in queries.orders(lan, [an], running=True)] == ["Thuốc B"]


def test_medicine_that_left_the_list_keeps_its_substances_its_two_signatures_and_its_stock(
    mai, binh, lan, an, listed, client_of
):
    order = ordered(binh, an, "C")
    came_in(lan, "C", "K1")
    listing.import_list(mai, facility=mai.unit, data="\n".join(LIST.splitlines()[:4]).encode())
    assert "C" not in [one.code for one in queries.medicines(lan, lan.unit)]

    with pytest.raises(Refused) as alone:
        giving.record(lan, person_id=an, given=given(order))
    assert alone.value.code == "witness-required"
    ordering.note_allergy(lan, person_id=an, note=AllergyNote("chất c"))
    with pytest.raises(Invalid) as refused:
        giving.record(lan, person_id=an, given=given(order), witness=second(binh))
    assert refused.value.code == "dose-allergy"
    lot = queries.lots(lan, lan.unit)[0]
    client = client_of("lan")
    assert reverse("stock_lot", args=[lot.pk]) in client.get(reverse("stock")).content.decode()
    assert client.get(reverse("stock_lot", args=[lot.pk])).status_code == 200
    stocking.throw_away(lan, entry=Entry("C", "K1", Decimal(10), "Trả nơi cấp"), witness=second(binh))
    with pytest.raises(Invalid):
        came_in(lan, "C", "K2")


def test_round_shows_an_order_of_a_machine_on_its_day_of_the_week_only(binh, lan, on_ward, listed, client_of):
    made = Repository(binh).read("MedicationRequest", ordered(binh, on_ward))
    today = clock.now().astimezone(clock.VIETNAM).weekday()
    for off, shown in ((1, False), (0, True)):
        weekly = {"period": 1, "periodUnit": "wk", "dayOfWeek": [times.WEEKDAYS[(today + off) % 7]]}
        made["dosageInstruction"][0]["timing"]["repeat"] |= weekly
        made = Repository(binh).update(made, if_match=int(made["meta"]["versionId"])).resource

        page = client_of("lan").get(reverse("medicine_round")).content.decode()
        assert ('value="given"' in page) is shown


@pytest.mark.parametrize(
    ("end", "status", "runs"),
    [
        (timedelta(), "active", True), (timedelta(days=-1), "active", False), (timedelta(days=-9), "active", False),
        (None, "active", True), (timedelta(days=1), "on-hold", False), (timedelta(days=1), "stopped", False),
    ],
)  # fmt: skip
def test_round_shows_medicine_as_needed_while_its_order_runs(binh, on_ward, listed, client_of, end, status, runs):
    last = (clock.today() + end).isoformat() if end is not None else ""
    wished = Wish("A", Regimen(Decimal(1), "", as_needed=True, start="2026-01-01", end=last))
    made = Repository(binh).read("MedicationRequest", ordering.order(binh, person_id=on_ward, wish=wished))
    if status != "active":
        Repository(binh).update(made | {"status": status}, if_match=int(made["meta"]["versionId"]))

    assert ('value="given"' in client_of("lan").get(reverse("medicine_round")).content.decode()) is runs


def test_order_that_runs_never_falls_off_a_long_list(binh, an, listed):
    old, new = ordered(binh, an, "A"), ordered(binh, an, "B")

    assert {one.course.id for one in queries.orders(binh, [an], running=True, most=1)} == {old, new}
    assert len(queries.orders(binh, [an], running=False, most=1)) == 1


def test_hour_has_one_dose_whatever_key_a_form_sends(lan, binh, an, listed):
    order = ordered(binh, an)
    giving.record(lan, person_id=an, given=given(order, key="một"))

    with pytest.raises(Conflict):
        giving.record(lan, person_id=an, given=given(order, key="hai"))
    assert len(queries.recent_doses(lan, an)) == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("medicine_list", "mã;tên thuốc\nA;B\n", "thiếu cột"),
        ("medicine_knowledge", "id: [\n", "không đọc được"),
        ("medicine_knowledge", KNOWLEDGE.replace("source: Bịa 1", "màu: đỏ"), "interactions[0].source"),
    ],
)
def test_bad_file_is_refused_in_words_and_nothing_is_installed(mai, client_of, name, text, words):
    file = SimpleUploadedFile("a.txt", text.encode())

    refused = client_of("mai").post(reverse(name), {"file": file, "step": "install"})

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert queries.libraries(mai) == []
    assert queries.medicines(mai, mai.unit) == []


def test_file_of_knowledge_is_installed_replaced_and_taken_out_of_use_on_its_page(mai, client_of):
    client, address = client_of("mai"), reverse("medicine_knowledge")

    def install(text):
        return client.post(address, {"file": SimpleUploadedFile("a.yaml", text.encode()), "step": "install"})

    assert install(KNOWLEDGE).status_code == 302
    assert install(KNOWLEDGE.replace('"1"', '"2"')).status_code == 302
    (library,) = queries.libraries(mai)
    assert library["version"] == "2"
    client.post(address, {"step": "remove", "library": library["id"]})
    assert queries.libraries(mai) == []


def test_pages_of_medicines_answer_and_forms_keep_what_was_typed(binh, lan, an, listed, client_of):
    order = ordered(binh, an)
    came_in(lan)
    client = client_of("binh")
    for name in ("medicine_order", "allergy_new", "person_medicines"):
        assert client.get(reverse(name, args=[an])).status_code == 200
    for name in ("stock", "stock_receive", "medicine_list", "medicine_knowledge"):
        assert client.get(reverse(name)).status_code == 200
    wrong = {
        "entry_id": new_id(),
        "code": "A2",
        "amount": "một",
        "hours": ["08:00"],
        "start": "10/03/2026",
        "route": "oral",
    }
    refused = client.post(reverse("medicine_order", args=[an]), wrong)
    assert refused.status_code == 422
    assert 'value="một"' in refused.content.decode()
    assert client.post(reverse("medicine_order", args=[an]), wrong | {"amount": "1,5"}).status_code == 302
    handed = {"entry_id": new_id(), "lot": "L1", "quantity": "2", "note": ""}
    assert client.post(reverse("medicine_dispense", args=[an, order]), handed).status_code == 302
    assert left(lan) == [("L1", 8)]
    found = client.get(reverse("medicines_find"), {"q": "chat a"}).json()["results"]
    assert [one["code"] for one in found] == ["A"]
