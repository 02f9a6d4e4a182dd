"""Entries in words: what a nurse reads instead of FHIR, and what changed between two versions."""

from decimal import Decimal

from ansinh.clinical.encounters import resources as care
from ansinh.clinical.encounters.resources import Care, Diagnosis, Findings
from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.registry import readable, resources
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft

WORDS = {"merit-g": "Thương binh", "1": "Vận động", "severe": "Nặng", "06": "Mường", "own-request": "Tự đề nghị"}
PERSON = PersonDraft(
    full_name="Nguyễn Thị Minh Khai",
    gender="female",
    birth_date="1948-03",
    citizen_number="036148000001",
    phone="0912345678",
    address="Thôn 1, xã Mẫu",
    old_address="Thôn 1, xã Cũ",
    ethnicity="06",
    groups=(GroupEntry("merit-g", "1975"),),
    disabilities=(DisabilityEntry("1", "severe", "0123/GXN", "2019"),),
    guardian=Guardian("Nguyễn Văn An", "con trai", "0912345679"),
    facility="f1",
)


def display(system: str, code: str) -> str:
    return WORDS.get(code, code)


def test_person_reads_as_a_person_would_say_it():
    said = dict(readable.rows(resources.patient_resource(PERSON), display))

    assert said["Họ và tên"] == "Nguyễn Thị Minh Khai"
    assert said["Giới tính"] == "Nữ giới"
    assert said["Ngày sinh"] == "03/1948"
    assert said["Giấy tờ, mã số"] == "Số căn cước 036148000001"
    assert said["Nhóm đối tượng"] == "Thương binh, từ 1975"
    assert said["Khuyết tật"] == "Vận động, Nặng, 0123/GXN, từ 2019"
    assert said["Dân tộc"] == "Mường"
    assert said["Địa chỉ"] == "Thôn 1, xã Mẫu"
    assert said["Địa chỉ cũ"] == "Thôn 1, xã Cũ"
    assert said["Điện thoại"] == "0912345678"
    assert "Nguyễn Văn An" in said["Người giám hộ, người thân"]
    assert "con trai" in said["Người giám hộ, người thân"]


def test_coverage_and_stay_read_with_their_dates():
    coverage = resources.coverage_resource("p1", Insurance("BT2370123456789", "37001", "2026-01-01", "2026-12-31"))
    stay = resources.ended_stay(resources.stay_resource("p1", "f1", "x", "2026-03-01"), "2026-03-10", "own-request")

    assert dict(readable.rows(coverage, display))["Thời gian"] == "từ 01/01/2026 đến 31/12/2026"
    assert dict(readable.rows(stay, display))["Lý do kết thúc"] == "Tự đề nghị"
    assert dict(readable.rows(stay, display))["Trạng thái"] == "đã kết thúc"


def test_visit_reads_with_figures_units_and_codes():
    vitals = {
        name: Vital(name, label, "x", "mmHg", "mm[Hg]", Decimal(1), Decimal(300))
        for name, label in (("systolic", "Tâm thu"), ("diastolic", "Tâm trương"))
    }
    findings = Findings(
        {"systolic": Decimal("150"), "diastolic": Decimal("90")},
        complaint="Đau đầu",
        diagnoses=(Diagnosis("I10", "Tăng huyết áp"),),
        note="Ổn",
        advice="Ăn nhạt",
    )
    contact = Care("e1", "p1", "f1", "2026-03-15T08:05:00+07:00", "Practitioner/d", "BS Bình")

    said = [dict(readable.rows(one, display)) for one in care.all_resources(contact, "visit", "Khám", findings, vitals)]

    assert said[0]["Lý do"] == "Đau đầu"
    assert said[0]["Thời gian"] == "15/03/2026 08:05"
    assert said[0]["Người thực hiện"] == "Người thực hiện: BS Bình"
    assert said[1]["Các số đo"] == "Tâm thu: 150 mmHg; Tâm trương: 90 mmHg"
    assert said[2]["Nội dung"] == "I10 – Tăng huyết áp"
    assert said[3]["Lời dặn"] == "Ăn nhạt"


def test_answers_of_a_questionnaire_read_with_their_questions():
    response = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {
                "linkId": "1",
                "text": "Ít hứng thú",
                "answer": [{"valueCoding": {"system": "x", "code": "LA6569-3", "display": "Vài ngày"}}],
            },
            {"linkId": "2", "answer": [{"valueInteger": 3}]},
            {
                "linkId": "g",
                "text": "Nhóm",
                "item": [{"linkId": "g1", "text": "Con", "answer": [{"valueBoolean": True}]}],
            },
        ],
    }

    assert dict(readable.rows(response, display))["Câu hỏi"] == ("Ít hứng thú: Vài ngày; 2: 3; Con: Có")


def test_element_without_a_label_shows_its_name():
    assert readable.rows({"resourceType": "Basic", "oddity": "x"}, display) == [("oddity", "x")]


def test_differences_name_what_changed_and_nothing_else():
    before = resources.patient_resource(PERSON)
    after = {**before, "birthDate": "1948-03-05", "gender": "male"}
    after.pop("telecom")

    assert readable.differences(before, after, display) == [
        ("Giới tính", "Nữ giới", "Nam giới"),
        ("Ngày sinh", "03/1948", "05/03/1948"),
        ("Điện thoại", "0912345678", ""),
    ]
    assert readable.differences(before, before, display) == []


def test_metadata_is_not_part_of_what_an_entry_says():
    assert readable.rows({"resourceType": "Task", "id": "t", "meta": {"versionId": "3"}}, display) == []


def test_type_label_of_an_unknown_type_is_its_name():
    assert readable.type_label("Patient") == "Thông tin người được chăm sóc"
    assert readable.type_label("Basic") == "Basic"
