"""What is written of a medicine, an order and a dose: FHIR as others read it."""

from decimal import Decimal

import pytest

from ansinh.clinical.medicines import resources
from ansinh.clinical.medicines.resources import Handed, Ordered, Regimen
from ansinh.clinical.medicines.rules.checks import Finding, Weighing
from ansinh.clinical.medicines.rules.lists import Item

AUTHOR = {"reference": "Practitioner/d", "display": "Bác sĩ"}
ORDERED = Ordered("o", "p", "f", "2026-03-10T08:00:00+07:00", AUTHOR, prescription="x-c", reason="Đau")
REGIMEN = Regimen(Decimal(1), "viên", ("08:00", "20:00"), start="2026-03-10", end="2026-03-14", route="oral",
                  route_words="Uống", quantity=Decimal(10))  # fmt: skip
SLOT = "2026-03-10T08:00:00+07:00"


def request(regimen=REGIMEN, weighing=None):
    return resources.request_resource(ORDERED, "A", "Thuốc A 5 mg", regimen, weighing)


def dose(outcome, **more):
    given = {"outcome": outcome, "at": SLOT, "author": AUTHOR, "witness": None, "reason": None}
    return resources.dose_resource(request(), SLOT, **given | more)


def test_order_carries_its_hours_as_a_timing():
    (dosage,) = request()["dosageInstruction"]

    assert dosage["timing"]["repeat"] == {
        "boundsPeriod": {"start": "2026-03-10", "end": "2026-03-14"},
        "frequency": 2, "period": 1, "periodUnit": "d", "timeOfDay": ["08:00:00", "20:00:00"],
    }  # fmt: skip
    assert dosage["text"] == "1 viên lúc 08:00, 20:00, uống"
    assert dosage["doseAndRate"] == [{"doseQuantity": {"value": 1, "unit": "viên"}}]


def test_order_carries_who_why_and_the_prescription():
    body = request()

    assert body["requester"] == AUTHOR
    assert body["reasonCode"] == [{"text": "Đau"}]
    assert body["groupIdentifier"]["value"] == "x-c"
    assert body["dispenseRequest"]["quantity"]["value"] == 10


def test_order_as_needed_has_no_hours():
    (dosage,) = request(Regimen(Decimal("0.5"), "ống", as_needed=True))["dosageInstruction"]

    assert dosage["asNeededBoolean"] is True
    assert "timing" not in dosage
    assert dosage["text"] == "0,5 ống khi cần"


def test_weight_that_a_dose_was_reckoned_from_stays_with_the_order():
    body = request(weighing=Weighing(Decimal(10), Decimal(20), Decimal(200)))
    (said,) = [one for one in body["extension"] if one["url"] == resources.WEIGHING]

    assert {one["url"]: one["valueQuantity"]["value"] for one in said["extension"]} == {
        "weight": 20, "per-kg": 10, "dose": 200,
    }  # fmt: skip


def test_course_is_read_back_from_a_row_of_the_view():
    row = {"id": "o", "patient_id": "p", "medicine": "A", "name": "Thuốc A", "dose_words": "1 viên",
           "hours": "08:00:00,20:00:00", "start_date": "2026-03-10", "end_date": None, "as_needed": None,
           "weekdays": "mon,fri", "period": "1", "period_unit": "wk"}  # fmt: skip

    course = resources.course_of(row)

    assert (course.hours, course.start, course.end, course.as_needed) == (("08:00", "20:00"), "2026-03-10", "", False)
    assert (course.weekdays, course.every) == (("mon", "fri"), 7)


@pytest.mark.parametrize(("outcome", "status"), [("given", "completed"), ("refused", "not-done"), ("held", "on-hold")])
def test_outcome_of_a_dose_is_its_status_and_only_a_given_one_says_how_much(outcome, status):
    body = dose(outcome)

    assert body["status"] == status
    assert ("dosage" in body) is (outcome == "given")
    assert body["request"] == {"reference": "MedicationRequest/o"}


def test_dose_of_an_hour_has_one_id_whoever_writes_it():
    assert dose("given")["id"] == dose("refused", author={})["id"] == resources.dose_id("o", SLOT)
    assert dose("given", key="k")["id"] != dose("given")["id"]


def test_second_signature_is_told_apart_from_the_first():
    performers = dose("given", witness={"display": "Điều dưỡng"})["performer"]

    assert "function" not in performers[0]
    assert performers[1]["function"]["coding"][0]["code"] == "witness"


@pytest.mark.parametrize(("kind", "code"), [("allergy", "ALGY"), ("class", "ALGY"), ("duplicate", "DUPTHPY"),
                                            ("interaction", "DRG"), ("dose", "DOSEH")])  # fmt: skip
def test_issue_says_what_stood_against_it_and_why_it_was_given_all_the_same(kind, code):
    found = Finding(kind, "Lời", True, source="https://example.org/bai")

    issue = resources.issue_resource(request(), 1, found, at=SLOT, author=AUTHOR, why="Cần thiết")

    assert issue["code"]["coding"][0]["code"] == code
    assert (issue["severity"], issue["reference"]) == ("high", "https://example.org/bai")
    assert issue["mitigation"][0]["action"]["text"] == "Cần thiết"


def test_source_that_is_no_address_is_not_written_as_one():
    found = Finding("interaction", "Lời", False, source="Sách nào đó")

    issue = resources.issue_resource(request(), 1, found, at=SLOT, author={}, why="x")

    assert "reference" not in issue
    assert issue["severity"] == "moderate"


def test_medicine_of_the_list_is_read_back_as_the_checks_take_it():
    item = Item("A", "Thuốc A", ("chất a", "chất b"), "viên", strength="5 mg", controlled="narcotic", barcode="893")
    body = resources.medication_resource("f", item)
    row = {"code": "A", "name": body["code"]["text"], "substances": "chất a|chất b"}

    assert body["code"]["text"] == "Thuốc A 5 mg"
    assert resources.drug_of(row).substances == item.substances
    assert resources.medication_resource("g", item)["id"] != body["id"]


def test_strength_that_the_name_says_is_not_said_twice():
    item = Item("A", "Thuốc A 5 mg", ("chất a",), "viên", strength="5 mg")

    assert resources.medication_resource("f", item)["code"]["text"] == "Thuốc A 5 mg"


def test_what_is_handed_out_says_lot_and_expiry():
    handed = Handed("h", "L1", "2027-01-31", Decimal(4), "viên")

    body = resources.dispense_resource(request(), handed, at=SLOT, author=AUTHOR, witness={"display": "B"})

    assert [one.get("valueString") or one.get("valueDate") for one in body["extension"]] == ["L1", "2027-01-31"]
    assert len(body["performer"]) == 2


def test_file_of_knowledge_comes_back_byte_for_byte():
    data = "id: vi-du\n# chú thích\n".encode()
    library = resources.knowledge_resource({"id": "vi-du", "version": 2, "title": "T", "source": "S"}, data)

    assert resources.knowledge_bytes(library) == data
    assert library["version"] == "2"
