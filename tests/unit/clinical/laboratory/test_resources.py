"""What is written of orders and reports: FHIR as others read it."""

from decimal import Decimal

import pytest

from ansinh.clinical.laboratory import resources
from ansinh.clinical.laboratory.resources import Filed
from ansinh.clinical.laboratory.rules.reports import Limits, Measured, Report, Whose
from ansinh.kernel.naming import LOINC

AT = "2026-03-10T08:00:00+07:00"
FILED = Filed("r", "p", "f", AT, "Practitioner/d", "Bác sĩ")


def written(*results, filed=FILED, **more):
    return resources.report_resources(Report("F1", Whose(), "Sinh hóa", AT, results, **more), filed)


def kali(value="4.2", **more):
    return Measured("2823-3", "Kali", Decimal(value), "mmol/L", LOINC, **more)


def order(codes, **more):
    return resources.order_resource("o", "p", "f", "laboratory", "Sinh hóa", codes, authored=AT, requester={}, **more)


def test_order_of_one_test_is_its_code_and_of_several_their_list():
    assert order([("2823-3", "Kali")])["code"]["coding"][0]["code"] == "2823-3"
    several = order([("2823-3", "Kali"), ("2951-2", "Natri")])
    assert "coding" not in several["code"]
    assert [one["text"] for one in several["orderDetail"]] == ["Kali", "Natri"]


@pytest.mark.parametrize(("urgent", "priority"), [(True, "urgent"), (False, "routine")])
def test_order_says_how_soon(urgent, priority):
    assert order([], urgent=urgent)["priority"] == priority


def test_order_that_was_given_up_keeps_its_notes_and_the_reason():
    after = resources.stepped_order(order([], note="Nhịn ăn"), "revoked", "Đã làm nơi khác")

    assert after["status"] == "revoked"
    assert [note["text"] for note in after["note"]] == ["Nhịn ăn", "Đã làm nơi khác"]


def test_report_and_results_name_each_other():
    report, line = written(kali())

    assert report["result"] == [{"reference": f"Observation/{line['id']}"}]
    assert line["extension"][0]["valueReference"] == {"reference": "DiagnosticReport/r"}
    assert report["subject"] == line["subject"] == {"reference": "Patient/p"}


def test_known_unit_has_its_ucum_code_and_an_unknown_one_only_its_words():
    _report, known = written(kali())
    _report, unknown = written(Measured("x", "X", Decimal(1), "vạch"))

    assert known["valueQuantity"]["code"] == "mmol/L"
    assert unknown["valueQuantity"] == {"value": 1, "unit": "vạch"}


def test_range_of_the_report_and_critical_limits_stand_apart():
    limits = Limits(Decimal("3.5"), Decimal(5), critical_high=Decimal("6.5"), text="3.5-5", source="Bảng")
    _report, line = written(kali(limits=limits))

    usual, critical = line["referenceRange"]
    assert (usual["low"]["value"], usual["high"]["value"], usual["text"]) == (Decimal("3.5"), 5, "3.5-5")
    assert usual["extension"][0]["valueString"] == "Bảng"
    assert critical["high"]["value"] == Decimal("6.5")
    assert critical["type"]["text"] == "Ngoài khoảng này là nguy hiểm"


def test_result_that_was_not_done_says_so_instead_of_a_value():
    _report, line = written(Measured("x", "Cấy", "", status="cancelled"))

    assert line["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
    assert not {"valueString", "valueQuantity"} & line.keys()


@pytest.mark.parametrize(("flag", "critical"), [("HH", True), ("H", False), ("", False)])
def test_report_with_a_critical_value_says_so_itself(flag, critical):
    report, _line = written(kali(flag=flag))

    assert (resources.CRITICAL_RESULT in [one["url"] for one in report.get("extension", [])]) is critical


def test_laboratory_answers_for_its_report_and_else_who_wrote_it_down():
    assert written(kali(), laboratory="PXN")[0]["performer"] == [{"display": "PXN"}]
    assert written(kali())[0]["performer"] == [{"reference": "Practitioner/d", "display": "Bác sĩ"}]


def test_review_is_read_back_and_the_last_one_stands():
    report, _line = written(kali())
    once = resources.reviewed(report, by={"display": "A"}, at=AT, words="Xem lại")
    twice = resources.reviewed(once, by={"display": "B"}, at=AT)

    assert resources.review_of(report) is None
    assert resources.review_of(once) == ("A", AT, "Xem lại")
    assert resources.review_of(twice) == ("B", AT, "")


def test_everything_that_goes_with_a_report_is_named_by_it():
    report, line = written(kali())
    whole = resources.with_file(resources.with_file(report, "d1"), "d2")

    assert resources.files_of(whole) == ["d1", "d2"]
    assert resources.named_by_report(whole) == [
        ("Observation", line["id"]), ("DocumentReference", "d1"), ("DocumentReference", "d2"),
    ]  # fmt: skip


def test_same_number_is_the_same_report_only_of_the_same_laboratory_and_unit():
    ids = {resources.report_id(unit, laboratory, "F1") for unit in "ab" for laboratory in "xy"}

    assert len(ids) == 4
    assert resources.report_id("a", "x", "F1") in ids
