"""Pages of people through the browser's door: happy paths, refusals that keep what was typed, and who may see."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ansinh.clinical.registry import actions, queries
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import DisabilityEntry, PersonDraft
from ansinh.fhir.store import Repository, journal

pytestmark = pytest.mark.django_db

CITIZEN = "037050000001||NGUYỄN VĂN AN|12051950|Nam|Thôn 1, Xã Cũ, Huyện Cũ, Ninh Bình|20042022"
GROUPS = {
    "groups-TOTAL_FORMS": "1",
    "groups-INITIAL_FORMS": "0",
    "groups-MIN_NUM_FORMS": "0",
    "groups-MAX_NUM_FORMS": "30",
}


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def registration(**changes: str) -> dict[str, str]:
    plain = {
        "person_id": "018f0000-0000-7000-8000-000000000001",
        "full_name": "Nguyễn Văn An",
        "gender": "male",
        "birth_date": "12/5/1950",
        "citizen_number": "037050000001",
        "groups-0-code": "merit-g",
        "groups-0-start": "1975",
        "kind": "inpatient",
        "start": "05/01/2026",
    }
    return {**GROUPS, **plain, **changes}


def version_of(response) -> str:
    return re.search(r'name="version" value="(\d+)"', text_of(response))[1]


def test_registration_saves_and_leads_to_the_person(client_of, lan):
    response = client_of("lan").post(reverse("person_new"), registration())

    assert response.status_code == 302
    page = text_of(client_of("lan").get(response.url))
    assert "Nguyễn Văn An" in page
    assert "Thương binh" in page
    assert "Điều trị nội trú, từ 05/01/2026" in page


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"citizen_number": "03705000001"}, "có 11 chữ số"),
        ({"birth_date": "31/02/1950"}, "không có ngày 31"),
        ({"birth_date": "1/1/2150"}, "chưa đến"),
        ({"full_name": ""}, "Chưa nhập họ và tên"),
        ({"groups-0-start": "1975", "groups-0-end": "1970"}, "trước ngày bắt đầu"),
        ({"groups-0-code": "no-such"}, "hãy chọn một mục"),
        ({"insurance_card": "12"}, "Số thẻ bảo hiểm y tế gồm"),
        ({"commune": "Xã không có"}, "Không có mã"),
        ({"start": "01/01/1940"}, "trước ngày sinh"),
        ({"disability_kind": "1"}, "Chưa chọn mức độ"),
    ],
)
def test_refused_registration_says_what_keeps_what_was_typed_and_changes_nothing(client_of, lan, change, says):
    before = journal.position()

    response = client_of("lan").post(reverse("person_new"), registration(address="Thôn 7", **change))

    page = text_of(response)
    assert response.status_code == 422
    assert says in page
    assert 'value="Thôn 7"' in page
    assert 'value="05/01/2026"' in page or "start" in change
    assert journal.position() == before


def test_likely_duplicate_is_shown_before_saving_and_can_be_confirmed(client_of, lan):
    known = actions.register_person(lan, draft=PersonDraft("Nguyen Van An", "male", "1950"))
    client = client_of("lan")

    refused = client.post(reverse("person_new"), registration())

    page = text_of(refused)
    assert refused.status_code == 422
    assert "Vẫn là người mới" in page
    assert reverse("person", args=[known]) in page
    assert "Cùng họ tên" in page
    assert queries.find_people(lan).total == 1
    assert client.post(reverse("person_new"), registration(confirmed="1")).status_code == 302
    assert queries.find_people(lan).total == 2


def test_equal_number_offers_the_record_and_no_second_one(client_of, lan):
    actions.register_person(lan, draft=PersonDraft("Trần Văn B", citizen_number="037050000001"))

    page = text_of(client_of("lan").post(reverse("person_new"), registration(confirmed="1")))

    assert "Trùng số căn cước" in page
    assert "Vẫn là người mới" not in page


def test_registration_sent_twice_makes_one_record(client_of, lan):
    client = client_of("lan")
    first = client.post(reverse("person_new"), registration())

    second = client.post(reverse("person_new"), registration())

    assert (second.status_code, second.url) == (302, first.url)
    assert queries.find_people(lan).total == 1


def test_confirmed_registration_sent_twice_makes_one_record(client_of, lan):
    actions.register_person(lan, draft=PersonDraft("Nguyễn Văn An", "male", "1950-05-12"))
    client, data = client_of("lan"), registration(confirmed="1")
    first = client.post(reverse("person_new"), data)

    second = client.post(reverse("person_new"), data)

    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert queries.find_people(lan).total == 2


def test_card_is_read_under_the_names_of_the_form(client_of):
    answer = client_of("lan").post(reverse("card_scan"), {"qr": CITIZEN}).json()

    assert answer["problems"] == []
    assert answer["fields"]["full_name"] == "Nguyễn Văn An"
    assert answer["fields"]["birth_date"] == "12/05/1950"
    form = text_of(client_of("lan").get(reverse("person_new")))
    assert all(f'name="{name}"' in form for name in answer["fields"] if name != "issued")


@pytest.mark.parametrize(
    ("qr", "field"), [("", "card"), ("x", "card"), (CITIZEN.replace("037050000001", "03705000001"), "citizen_number")]
)
def test_unreadable_card_names_the_field(client_of, qr, field):
    response = client_of("lan").post(reverse("card_scan"), {"qr": qr})

    assert response.status_code == 422
    assert response.json()["problems"][0]["field"] == field


def test_card_is_not_read_from_an_address(client_of):
    assert client_of("lan").get(reverse("card_scan"), {"qr": CITIZEN}).status_code == 405


def test_communes_of_today_are_found_without_marks(client_of):
    results = client_of("lan").get(reverse("communes"), {"q": "nho quan"}).json()["results"]

    assert any("Nho Quan" in one["display"] and len(one["code"]) == 5 for one in results)


def correction(page_version: str, **changes: object) -> dict[str, object]:
    plain = {"version": page_version, "full_name": "Nguyễn Văn An", "gender": "male", "birth_date": "12/05/1950"}
    return {**GROUPS, **plain, "citizen_number": "037050000001", **changes}


def test_correction_is_saved_as_a_new_version_that_the_page_explains(client_of, an):
    client, url = client_of("lan"), reverse("person_edit", args=[an])

    response = client.post(url, correction(version_of(client.get(url)), phone="0912 345 678"))

    assert response.status_code == 302
    versions = text_of(client.get(reverse("person_versions", args=[an])))
    assert "Bản 2" in versions
    assert "0912345678" in versions


def test_correction_of_something_else_keeps_disabilities_determined_apart(client_of, lan):
    apart = (DisabilityEntry("1", "severe", "01/GXN", "2019"), DisabilityEntry("3", "mild", "02/GXN", "2021"))
    person_id = actions.register_person(lan, draft=PersonDraft("Nguyễn Văn An", "male", disabilities=apart))
    client, url = client_of("lan"), reverse("person_edit", args=[person_id])
    shown = {"disability_level": "severe", "disability_certificate": "01/GXN", "disability_start": "2019"}
    kinds = {"disability_kind": ["1", "3"], "citizen_number": ""}

    client.post(url, correction(version_of(client.get(url)), **shown, **kinds, phone="0911111111"))
    assert queries.person(lan, person_id).draft.disabilities == apart

    client.post(url, correction(version_of(client.get(url)), **shown | {"disability_level": "mild"}, **kinds))
    assert [entry.level for entry in queries.person(lan, person_id).draft.disabilities] == ["mild", "mild"]


def test_stale_correction_shows_both_keeps_what_was_typed_and_can_be_saved_then(client_of, lan, an):
    client, url = client_of("binh"), reverse("person_edit", args=[an])
    opened = version_of(client.get(url))
    client_of("lan").post(url, correction(opened, phone="0911111111"))
    before = journal.position()

    refused = client.post(url, correction(opened, phone="0922222222"))

    page = text_of(refused)
    assert refused.status_code == 422
    assert "Có người vừa sửa hồ sơ này" in page
    assert "0911111111" in page
    assert 'value="0922222222"' in page
    assert journal.position() == before
    assert client.post(url, correction(version_of(refused), phone="0922222222")).status_code == 302


def test_list_finds_filters_and_says_when_nobody_is_found(client_of, an):
    client, url = client_of("lan"), reverse("people")

    assert "Nguyễn Văn An" in text_of(client.post(url, {"q": "van an"}, follow=True))
    assert "Nguyễn Văn An" in text_of(client.post(url, {"q": "0001", "stay": "in"}, follow=True))
    assert "Không tìm thấy ai" in text_of(client.post(url, {"q": "Trần"}, follow=True))
    assert "Không tìm thấy ai" in text_of(client.get(url, {"stay": "out"}))
    assert client.get(url, {"page": "x", "group": "no-such", "stay": "?"}).status_code == 200


def test_number_that_only_one_person_has_opens_their_record_and_a_name_never_does(client_of, an):
    client, url = client_of("lan"), reverse("people")

    assert client.post(url, {"q": "0001"})["Location"] == reverse("person", args=[an]) + "#lam"
    assert client.post(url, {"q": "Nguyễn Văn An"})["Location"].startswith(f"{url}?")
    assert client.post(url, {"q": "9999"})["Location"].startswith(f"{url}?")
    assert client_of("cuc").post(url, {"q": "0001"})["Location"].startswith(f"{url}?")


def test_search_keeps_names_out_of_addresses_and_works_again_after_going_back(client_of, an):
    client, url = client_of("lan"), reverse("people")

    first = client.post(url, {"q": "Nguyễn Văn An", "stay": "in"})["Location"]
    second = client.post(url, {"q": "không có ai"})["Location"]

    assert not {"Nguy", "%E1", "An&", "ai"} & set(first.replace("?", "&").split("&"))
    assert "Nguyễn" not in first
    assert "stay=in" in first
    assert "Không tìm thấy ai" in text_of(client.get(second))
    page = client.get(first).content.decode()
    assert 'value="Nguyễn Văn An"' in page
    assert "Không tìm thấy ai" not in page
    assert 'value="Nguyễn Văn An"' not in client_of("cuc").get(first).content.decode()


def test_empty_register_says_what_to_do(client_of):
    assert "Chưa có hồ sơ nào" in text_of(client_of("lan").get(reverse("people")))


PERSON_PAGES = (
    "person",
    "person_timeline",
    "person_papers",
    "person_versions",
    "person_edit",
    "stay_admit",
    "stay_discharge",
    "visit_new",
    "check_new",
    "rehab_new",
    "techniques",
)


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_page_of_a_person_opens_for_their_facility_only(client_of, an, name):
    url = reverse(name, args=[an])

    assert client_of("lan").get(url).status_code == 200
    for stranger in ("cuc", "officer", "leader"):
        response = client_of(stranger).get(url)
        assert response.status_code in (403, 404)
        assert "Nguyễn Văn An" not in text_of(response)
    assert client_of("").get(url).status_code == 302


@pytest.mark.parametrize("name", ["stay_admit", "stay_discharge", "visit_new", "check_new", "rehab_new", "person_edit"])
def test_empty_form_is_refused_and_changes_nothing(client_of, an, name):
    before = journal.position()

    response = client_of("lan").post(reverse(name, args=[an]), GROUPS)

    assert response.status_code == 422
    assert journal.position() == before


def test_discharge_and_admission_through_their_pages(client_of, lan, an):
    client, stay = client_of("lan"), queries.person(lan, an).stay
    url = reverse("stay_discharge", args=[an])
    values = {"stay": stay.id, "version": str(stay.version), "reason": "recovered"}

    early = client.post(url, {**values, "end": "04/01/2026"})
    assert (early.status_code, "trước ngày tiếp nhận" in text_of(early)) == (422, True)
    assert client.post(url, {**values, "end": "20/01/2026"}).status_code == 302

    again = reverse("stay_admit", args=[an])
    assert client.post(again, {"kind": "inpatient", "start": "01/02/2026"}).status_code == 302
    second = client.post(again, {"kind": "inpatient", "start": "02/02/2026"})
    assert (second.status_code, "đang ở" in text_of(second)) == (422, True)


def contact(**changes: object) -> dict[str, object]:
    return {"entry_id": "018f0000-0000-7000-8000-00000000000a", "moment": "10/03/2026 08:30", **changes}


def test_visit_page_saves_and_the_entry_opens_to_its_source(client_of, lan, an):
    values = contact(systolic="150", diastolic="90", weight="60,5", complaint="Đau đầu", diagnoses=["I10 – Tăng"])
    client = client_of("lan")

    response = client.post(reverse("visit_new", args=[an]), values)

    assert response.status_code == 302
    page = text_of(client.get(reverse("person", args=[an])))
    assert "150/90" in page
    assert "I10" in page
    source = client.get(f"{reverse('person_versions', args=[an])}?loai=Encounter&id={values['entry_id']}")
    assert "Đau đầu" in text_of(source)
    assert "Cân nặng 60,5 kg" in text_of(source)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pulse": "700"}, "Mạch phải từ 20 đến 250"),
        ({"systolic": "80", "diastolic": "120"}, "phải lớn hơn"),
        ({"diagnoses": ["XX99"]}, "Không có mã"),
        ({"moment": "10/03/2150 08:30"}, "chưa đến"),
        ({"moment": "32/03/2026 08:30"}, "không có ngày 32"),
        ({"moment": "10/03/1940 08:30"}, "trước ngày sinh"),
    ],
)
def test_refused_visit_keeps_what_was_typed_and_changes_nothing(client_of, an, change, says):
    before = journal.position()

    response = client_of("lan").post(reverse("visit_new", args=[an]), contact(complaint="Đau lưng", **change))

    page = text_of(response)
    assert response.status_code == 422
    assert says in page
    assert 'value="Đau lưng"' in page
    assert journal.position() == before


def test_visit_sent_twice_is_saved_once(client_of, an):
    client, url = client_of("lan"), reverse("visit_new", args=[an])
    client.post(url, contact(complaint="Ho"))
    before = journal.position()

    assert client.post(url, contact(complaint="Ho")).status_code == 302
    assert journal.position() == before


def test_check_page_says_when_the_next_is_due_and_by_which_law(client_of, an):
    values = contact(note="Sức khỏe loại 3", rest_normal="on", **{"part-eyes": "Đục thủy tinh thể"})
    client = client_of("lan")

    response = client.post(reverse("check_new", args=[an]), values, follow=True)

    page = text_of(response)
    assert "10/09/2026" in page
    assert "33/2017" in page
    source = text_of(client.get(f"{reverse('person_versions', args=[an])}?loai=Encounter&id={values['entry_id']}"))
    assert "Sức khỏe loại 3" in source


def test_session_page_offers_the_techniques_of_the_last_session(client_of, an):
    client, url = client_of("lan"), reverse("rehab_new", args=[an])

    response = client.post(url, contact(minutes="30", techniques=["17.0046"], pain="3", tolerance="good"))

    assert response.status_code == 302
    assert "17.0046 – " in text_of(client.get(url))
    refused = client.post(url, contact(minutes="30", techniques=["17.0046"], pain="11"))
    assert (refused.status_code, "từ 0 đến 10" in text_of(refused)) == (422, True)


@pytest.mark.parametrize(
    "query",
    [
        "loai=Practitioner&id=x",
        "loai=Encounter&id=no-such",
        "loai=Encounter",
        "loai=../x&id=1",
        "loai=Organization&id={unit}",
    ],
)
def test_entry_that_is_not_of_this_person_is_not_found(client_of, lan, an, query):
    url = f"{reverse('person_versions', args=[an])}?{query.format(unit=lan.unit)}"

    assert client_of("lan").get(url).status_code == 404


def test_entry_of_another_person_is_not_found_under_this_one(client_of, lan, an):
    other = actions.register_person(lan, draft=PersonDraft("Y Bhin"), admission=Admission("inpatient", "2026-01-05"))
    stay = queries.person(lan, other).stay.id

    url = f"{reverse('person_versions', args=[an])}?loai=EpisodeOfCare&id={stay}"

    assert client_of("lan").get(url).status_code == 404


def _queries(client, url: str) -> int:
    client.get(url)  # caches of the process are warm
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len([one for one in captured.captured_queries if "terminology_codelist" not in one["sql"]])


@pytest.mark.parametrize("name", ["people", "person", "person_timeline", "person_papers"])
def test_number_of_queries_does_not_grow_with_the_record(client_of, lan, an, name):
    client = client_of("lan")
    url = reverse(name, args=[] if name == "people" else [an])
    client.post(reverse("visit_new", args=[an]), contact(complaint="Ho", pulse="80", diagnoses=["I10"]))
    few = _queries(client, url)

    for number in range(8):
        values = contact(
            complaint="Ho", pulse="80", diagnoses=["I10"], entry_id=f"018f0000-0000-7000-8000-0000000001{number:02}"
        )
        client.post(reverse("visit_new", args=[an]), values)
        actions.register_person(lan, draft=PersonDraft(f"Người {'x' * (number + 1)}"), confirmed_new=True)

    assert _queries(client, url) == few
    assert few <= 40


def test_page_addresses_and_refusals_carry_no_personal_data(client_of, lan, an, caplog):
    client = client_of("lan")

    response = client.post(reverse("person_new"), registration(full_name="Canary Chim Yến", citizen_number="1"))

    assert response.status_code == 422
    assert "Canary" not in caplog.text
    assert Repository(lan).find("Patient", "018f0000-0000-7000-8000-000000000001") is None
