"""Bad input on pages: the sentence says what and where, everything typed is still there, nothing changed."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from ansinh.clinical.registry import actions, queries
from ansinh.fhir.store import Repository
from tests.support.page_forms import lost

pytestmark = pytest.mark.django_db

WHOLE_FORM = {
    "person_id": "018f0000-0000-7000-8000-000000000001",
    "full_name": "Lê Thị Đào",
    "gender": "female",
    "birth_date": "12/05/1950",
    "ethnicity": "01",
    "phone": "0912345678",
    "citizen_number": "037150000017",
    "old_citizen_number": "161234567",
    "address": "Thôn 7",
    "old_address": "Xã cũ",
    "insurance_card": "DN4373712345678",
    "insurance_place": "37001",
    "insurance_start": "01/01/2026",
    "insurance_end": "31/12/2026",
    "disability_kind": ["1", "3"],
    "disability_level": "severe",
    "disability_certificate": "0123/GXN",
    "disability_start": "2015",
    "guardian_name": "Lê Văn Bảo",
    "guardian_relationship": "con",
    "guardian_phone": "0987654321",
    "kind": "inpatient",
    "start": "05/01/2026",
    "groups-TOTAL_FORMS": "2",
    "groups-INITIAL_FORMS": "0",
    "groups-MIN_NUM_FORMS": "0",
    "groups-MAX_NUM_FORMS": "30",
    "groups-0-code": "merit-g",
    "groups-0-start": "01/02/1975",
    "groups-1-code": "merit-h",
    "groups-1-start": "2001",
}


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def errors_of(answer: Any) -> str:
    """The text of the page's error summary and field errors."""
    page = text_of(answer)
    return " ".join(re.findall(r'class="[^"]*error-(?:summary|message)[^"]*".*?</(?:div|span|p)>', page, re.DOTALL))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("citizen_number", "03715000001", "Số căn cước có 11 chữ số"),
        ("citizen_number", "037150OOOO17", "Số căn cước"),
        ("birth_date", "31/02/1950", "Ngày sinh"),
        ("birth_date", "29/02/1951", "Ngày sinh"),
        ("birth_date", "00/05/1950", "Ngày sinh"),
        ("birth_date", "hôm qua", "Ngày sinh"),
        ("birth_date", "12/05/2150", "Ngày sinh"),
        ("start", "31/04/2026", "Ngày tiếp nhận"),
        ("start", "05/01/1949", "trước ngày sinh"),
        ("insurance_end", "01/01/2020", "trước ngày"),
        ("insurance_card", "DN43", "Số thẻ bảo hiểm y tế"),
        ("groups-0-start", "31/11/1975", "Từ"),
        ("disability_start", "30/02/2015", "Xác định từ"),
        ("phone", "091234567890123", "điện thoại"),
        ("gender", "nam", "Giới tính"),
        ("kind", "no-such", "Tiếp nhận vào cơ sở"),
    ],
)
def test_refused_registration_keeps_every_field(nurse, nothing_changes, field, value, says):
    data = WHOLE_FORM | {field: value}

    with nothing_changes():
        answer = nurse.post(reverse("person_new"), data)

    assert answer.status_code == 422
    assert says in errors_of(answer), errors_of(answer)
    choices = {field} if field in ("gender", "kind") else set()
    assert {name: v for name, v in lost(text_of(answer), data).items() if name not in choices} == {}


def test_the_whole_form_is_right_but_for_what_each_test_spoils(nurse):
    assert nurse.post(reverse("person_new"), WHOLE_FORM).status_code == 302


@pytest.mark.parametrize(
    ("qr", "says"),
    [
        ("", "thẻ"),
        ("|||||||", "Số căn cước"),
        ("https://example.org", "thẻ"),
        ("037050000001||NGUYỄN VĂN AN|31021950|Nam|Thôn 1|20042022", "Ngày sinh"),
        ("03705000001||NGUYỄN VĂN AN|12051950|Nam|Thôn 1|20042022", "11 chữ số"),
        ("037050000001||NGUYá»„N VÄ‚N AN|12051950|Nam|Thôn 1|20042022", "lỗi phông chữ"),
        ("x" * 5000, "thẻ"),
    ],
)
def test_malformed_card_is_told_in_words_and_kept_nowhere(nurse, nothing_changes, qr, says):
    with nothing_changes():
        answer = nurse.post(reverse("card_scan"), {"qr": qr})

    assert answer.status_code == 422
    (problem, *_rest) = answer.json()["problems"]
    assert problem["field"]
    assert says in problem["message"]
    assert "NGUYỄN" not in answer.content.decode()


@pytest.mark.parametrize("where", ["a", "b"])
def test_second_open_stay_is_refused_wherever_the_first_one_is(nurse, lan, an, system, world, nothing_changes, where):
    stay = queries.person(lan, an).stay
    moved = Repository(system.context).read("EpisodeOfCare", stay.id)
    system.update(moved | {"managingOrganization": {"reference": f"Organization/{world.unit(where)}"}})
    data = {"kind": "inpatient", "start": "01/02/2026"}

    with nothing_changes():
        answer = nurse.post(reverse("stay_admit", args=[an]), data)

    assert answer.status_code == 422
    assert "đang ở" in errors_of(answer)
    assert "05/01/2026" in errors_of(answer)
    assert lost(text_of(answer), data) == {}


def test_open_stay_of_the_same_papers_elsewhere_is_neither_told_nor_touched(client_of, lan, an):
    """Facilities keep their own records until a transfer is made; a refusal here would tell who lives there."""
    data = WHOLE_FORM | {"citizen_number": "037050000001", "full_name": "Nguyễn Văn An", "gender": "male"}

    answer = client_of("cuc").post(reverse("person_new"), data)

    assert answer.status_code == 302
    assert queries.person(lan, an).stay
    assert an not in text_of(client_of("cuc").get(answer["Location"]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"end": "04/01/2026"}, "trước ngày tiếp nhận"),
        ({"end": "31/02/2026"}, "Ngày kết thúc"),
        ({"end": "01/2026"}, "Ngày kết thúc"),
        ({"end": "01/01/2150"}, "Ngày kết thúc"),
        ({"reason": "no-such"}, "Lý do"),
        ({"reason": ""}, "Lý do"),
    ],
)
def test_impossible_discharge_is_refused_and_keeps_what_was_typed(nurse, lan, an, nothing_changes, change, says):
    stay = queries.person(lan, an).stay
    data = {"stay": stay.id, "version": str(stay.version), "end": "20/01/2026", "reason": "recovered"} | change

    with nothing_changes():
        answer = nurse.post(reverse("stay_discharge", args=[an]), data)

    assert answer.status_code == 422
    assert says in errors_of(answer), errors_of(answer)
    assert not set(lost(text_of(answer), data)) - ({"reason"} if "reason" in change else set())


def test_stale_discharge_is_refused_and_keeps_what_was_typed(nurse, lan, an, system, nothing_changes):
    stay = queries.person(lan, an).stay
    system.update(system.read("EpisodeOfCare", stay.id))
    data = {"stay": stay.id, "version": str(stay.version), "end": "20/01/2026", "reason": "recovered"}

    with nothing_changes():
        answer = nurse.post(reverse("stay_discharge", args=[an]), data)

    assert answer.status_code == 422
    assert "vừa được người khác sửa" in text_of(answer)
    assert not set(lost(text_of(answer), data)) - {"version"}


VISIT = {
    "entry_id": "018f0000-0000-7000-8000-00000000000a",
    "moment": "10/03/2026 08:30",
    "systolic": "150",
    "diastolic": "90",
    "pulse": "72",
    "temperature": "36,5",
    "weight": "60,5",
    "height": "160",
    "complaint": "Đau lưng",
    "diagnoses": ["I10", "E11"],
    "long_term": "on",
    "note": "Ghi nhận xét dài",
    "advice": "Ăn nhạt",
}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("diagnoses", ["I10", "XX99"], "XX99"),
        ("diagnoses", ["bệnh lạ"], "Chẩn đoán"),
        ("moment", "31/02/2026 08:30", "Ngày, giờ khám"),
        ("moment", "10/03/2026 25:30", "Ngày, giờ khám"),
        ("moment", "10/03/2150 08:30", "chưa đến"),
        ("pulse", "700", "Mạch"),
        ("temperature", "nóng", "Nhiệt độ"),
        ("weight", "-5", "Cân nặng"),
        ("diastolic", "190", "Huyết áp"),
        ("height", "1e400", "Chiều cao"),
        ("height", "NaN", "Chiều cao"),
    ],
)
def test_refused_visit_keeps_every_field(nurse, an, nothing_changes, field, value, says):
    data = VISIT | {field: value}

    with nothing_changes():
        answer = nurse.post(reverse("visit_new", args=[an]), data)

    assert answer.status_code == 422
    assert says in errors_of(answer), errors_of(answer)
    assert lost(text_of(answer), data) == {}


def test_the_whole_visit_is_right_but_for_what_each_test_spoils(nurse, an):
    assert nurse.post(reverse("visit_new", args=[an]), VISIT).status_code == 302


def test_stale_correction_keeps_every_field_and_shows_both(nurse, lan, binh, an, nothing_changes):
    card = queries.person(lan, an)
    actions.correct_person(binh, person_id=an, draft=card.draft, version=card.version)
    names = [name for name in WHOLE_FORM if name not in ("person_id", "kind", "start")]
    data = {name: WHOLE_FORM[name] for name in names} | {"version": str(card.version)}

    with nothing_changes():
        answer = nurse.post(reverse("person_edit", args=[an]), data)

    assert answer.status_code == 422
    assert "Có người vừa sửa hồ sơ này" in text_of(answer)
    assert set(lost(text_of(answer), data)) <= {"version"}
    assert "Nguyễn Văn An" in text_of(answer)


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "99999999999999999999999", "1e3"])
def test_correction_with_a_version_that_never_was_is_refused(nurse, an, nothing_changes, version):
    data = {name: value for name, value in WHOLE_FORM.items() if name not in ("person_id", "kind", "start")}

    with nothing_changes():
        answer = nurse.post(reverse("person_edit", args=[an]), data | {"version": version})

    assert answer.status_code == 422
    assert set(lost(text_of(answer), data)) == set()
