"""Prescription, order, device and use as FHIR; and parts: round trips of what is written and read again."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.devices import resources, supplies
from ansinh.clinical.devices.resources import Prescription
from ansinh.clinical.devices.rules.making import STAGES, Step
from ansinh.clinical.devices.rules.stock import Receipt
from ansinh.clinical.devices.rules.terms import UNKNOWN, Replacement
from ansinh.clinical.encounters.resources import Care
from ansinh.kernel.naming import CS, EXT, ICD10

CARE = Care("e1", "p1", "f1", "2026-11-20T08:00:00+07:00", "Practitioner/d1", "BS Bình")
LEG = Prescription(
    "leg-below-knee",
    "Chân giả dưới gối",
    "Cụt cẳng chân",
    side="right",
    diagnosis=("Z89.5", "Mất cẳng chân"),
    findings="Mỏm cụt 14 cm",
    payer="merit",
    cost=Decimal(9_000_000),
    shares={"merit": Decimal(8_000_000), "self": Decimal(1_000_000)},
)
REQUEST = resources.request_resource(CARE, LEG)
ORDER = resources.order_resource(REQUEST, CARE, "made", "Làm dụng cụ", "2026-12-01")


def test_prescription_says_what_why_by_whom_and_who_pays():
    assert (REQUEST["status"], REQUEST["intent"]) == ("active", "order")
    assert REQUEST["requester"] == {"reference": "Practitioner/d1", "display": "BS Bình"}
    assert REQUEST["reasonCode"][0]["coding"] == [{"system": ICD10, "code": "Z89.5", "display": "Mất cẳng chân"}]
    assert (resources.kind_of(REQUEST), resources.side_of(REQUEST)) == ("leg-below-knee", "right")
    assert resources.payer_of(REQUEST) == "merit"
    assert resources.shares_of(REQUEST) == {"merit": Decimal(8_000_000), "self": Decimal(1_000_000)}


def test_prescription_without_more_than_needed_has_no_empty_elements():
    bare = resources.request_resource(Care("e2", "p1", "f1", CARE.moment), Prescription("cane", "Gậy", "Yếu chân"))

    assert not {"extension", "note", "parameter", "requester"} & set(bare)
    assert (resources.side_of(bare), resources.payer_of(bare), resources.shares_of(bare)) == ("", "", {})


def test_same_prescription_has_always_the_same_order_device_and_number():
    again = resources.request_resource(CARE, LEG)

    assert again["id"] == REQUEST["id"]
    assert resources.number_of(again["id"], 2026) == resources.number_of(REQUEST["id"], 2026)
    assert resources.number_of(REQUEST["id"], 2026).startswith("DC26-")


def test_order_is_an_open_task_for_the_person_of_the_facility():
    assert ORDER["focus"] == {"reference": f"DeviceRequest/{REQUEST['id']}"}
    assert (ORDER["for"], ORDER["owner"]) == ({"reference": "Patient/p1"}, {"reference": "Organization/f1"})
    assert resources.is_order(ORDER)
    assert resources.is_open(ORDER)
    assert resources.route_of(ORDER) == "made"


def test_repair_is_an_order_of_its_own():
    repair = resources.order_resource(REQUEST, CARE, "repair", "Sửa", repair="r1")

    assert (repair["id"], repair["code"]["coding"][0]["code"]) == ("r1", "device-repair")
    assert resources.is_order(repair)
    assert not resources.is_order({"resourceType": "Task", "code": {"coding": [{"code": "device-order"}]}})


_STEPS = st.lists(
    st.builds(Step, st.sampled_from(sorted(STAGES)), st.just(CARE.moment), st.sampled_from(("", "KTV An")),
              st.sampled_from(("", "Ổ mỏm cụt chật")), st.booleans()), max_size=8
)  # fmt: skip


@given(_STEPS)
def test_steps_written_are_the_steps_read(steps):
    order = ORDER
    for step in steps:
        who = {"display": step.by} if step.by else None
        order = resources.stepped(order, step, who, "fitting")

    assert resources.steps_of(order) == steps
    assert resources.steps_of(ORDER) == []


def test_order_is_never_changed_before_it_was_opened():
    opened = ORDER | {"authoredOn": "2026-11-20T08:00:41+07:00", "lastModified": "2026-11-20T08:00:41+07:00"}

    after = resources.stepped(opened, Step("casting", "2026-11-20T08:00:00+07:00"), None, "rectification")

    assert after["lastModified"] == opened["lastModified"]
    assert resources.finished(after, "2026-11-21T08:00:00+07:00")["lastModified"] == "2026-11-21T08:00:00+07:00"
    begun = opened | {"executionPeriod": {"start": opened["authoredOn"]}}
    assert resources.finished(begun, "2026-11-20T08:00:00+07:00")["executionPeriod"]["end"] == opened["authoredOn"]


def test_step_by_somebody_of_the_staff_register_points_at_them():
    who = {"reference": "Practitioner/d1", "display": "BS Bình"}
    order = resources.stepped(ORDER, Step("casting", CARE.moment), who, "rectification")

    assert order["output"][0]["valueAnnotation"]["authorReference"] == who
    assert order["businessStatus"]["coding"] == [{"system": CS("device-stage"), "code": "rectification"}]
    assert resources.steps_of(order)[0].by == "BS Bình"


def test_use_carries_the_day_of_replacement_where_it_is_known():
    known = resources.use_resource(REQUEST, CARE.moment, None, Replacement("2029-11-20", "TT 26/2012", months=36))
    unknown = resources.use_resource(REQUEST, CARE.moment, {"display": "An"}, UNKNOWN)

    assert resources.extension_of(known, "replacement-due")["valueDate"] == "2029-11-20"
    assert [one["url"] for one in unknown["extension"]] == [EXT("device-request")]
    assert "source" not in unknown


def test_parts_used_point_at_their_receipt_and_order():
    knee = Receipt("Khớp gối", Decimal(2), "cái", lot="L7", serial="", expiry="2027-01-31", price=Decimal(5), maker="X")
    receipt = supplies.receipt_resource("r1", "f1", "2026-11-01", knee)

    used = supplies.part_resource(CARE, ORDER, receipt, Decimal(1))

    assert supplies.sources_of(used) == ["r1"]
    assert supplies.sources_of(receipt) == []
    assert (supplies.quantity_of(receipt), supplies.quantity_of(used)) == (2, 1)
    assert used["suppliedItem"]["itemCodeableConcept"] == {"text": "Khớp gối"}
    assert used["patient"] == {"reference": "Patient/p1"}
    assert (receipt["supplier"], "supplier" in used) == ({"reference": "Organization/f1"}, False)
    assert {one["url"] for one in receipt["extension"]} == {
        EXT(name) for name in ("part-lot", "part-maker", "part-expiry", "part-price")
    }


def test_device_given_to_somebody_else_names_them():
    device = resources.device_resource(REQUEST, CARE, 2026)

    alone = supplies.given_resource(CARE, device, "")
    other = supplies.given_resource(CARE, device, "Con gái")

    assert alone["suppliedItem"]["itemReference"] == {
        "reference": f"Device/{device['id']}",
        "display": "Chân giả dưới gối",
    }
    assert [one["url"] for one in other["extension"]] == [EXT("device-encounter"), EXT("received-by")]
