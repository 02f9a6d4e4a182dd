"""Patient, Coverage and EpisodeOfCare: what is written, what is read back, what stays untouched."""

from ansinh.clinical.registry import resources
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft
from ansinh.kernel.naming import BHYT, CCCD, CS, EXT, MRN

FULL = PersonDraft(
    full_name="Nguyễn Thị Minh Khai",
    gender="female",
    birth_date="1948-03",
    citizen_number="036148000001",
    old_citizen_number="164123456",
    record_number="26-ABC234",
    phone="0912345678",
    address="Thôn 1, xã Mẫu, tỉnh Ninh Bình",
    commune="14533",
    province="37",
    old_address="Thôn 1, xã Cũ, huyện Cũ",
    ethnicity="06",
    groups=(GroupEntry("merit-g", "1975"), GroupEntry("poor", "2020-01-01", "2022-12-31")),
    disabilities=(DisabilityEntry("1", "severe", "0123/GXN", "2019"), DisabilityEntry("2", "severe")),
    guardian=Guardian("Nguyễn Văn An", "con trai", "0912345679"),
    insurance=Insurance("BT2370123456789", "37001", "2026-01-01", "2026-12-31"),
    facility="f1",
)


def test_patient_written_and_read_back_says_the_same():
    coverage = resources.coverage_resource("p1", FULL.insurance)

    assert resources.read_patient(resources.patient_resource(FULL), coverage) == FULL


def test_patient_with_only_a_name_has_no_empty_elements():
    patient = resources.patient_resource(PersonDraft("H'Ly"))

    assert patient == {
        "resourceType": "Patient",
        "active": True,
        "name": [{"use": "official", "text": "H'Ly", "given": ["H'Ly"]}],
        "gender": "unknown",
    }


def test_patient_name_has_its_parts_for_search():
    name = resources.patient_resource(FULL)["name"][0]

    assert (name["family"], name["given"]) == ("Nguyễn", ["Thị", "Minh", "Khai"])


def test_patient_group_is_a_dated_extension():
    group = resources.patient_resource(FULL)["extension"][1]

    assert group == {
        "url": EXT("beneficiary-group"),
        "extension": [
            {"url": "code", "valueCoding": {"system": CS("beneficiary-group"), "code": "poor"}},
            {"url": "period", "valuePeriod": {"start": "2020-01-01", "end": "2022-12-31"}},
        ],
    }


def test_patient_correction_keeps_what_the_form_does_not_know():
    base = resources.patient_resource(FULL) | {"id": "p1", "photo": [{"url": "x"}]}
    base["identifier"].append({"system": "urn:other", "value": "9"})
    base["extension"].append({"url": "urn:other", "valueString": "kept"})
    base["telecom"].append({"system": "email", "value": "a@example.vn"})
    base["contact"].append({"relationship": [{"coding": [{"code": "N"}]}], "name": {"text": "Hàng xóm"}})
    base["address"][0]["country"] = "VN"

    patient = resources.patient_resource(PersonDraft("Y Bhin", facility="f1"), base)

    assert patient["photo"] == [{"url": "x"}]
    assert patient["identifier"] == [{"system": "urn:other", "value": "9"}]
    assert patient["extension"] == [{"url": "urn:other", "valueString": "kept"}]
    assert patient["telecom"] == [{"system": "email", "value": "a@example.vn"}]
    assert [contact["name"]["text"] for contact in patient["contact"]] == ["Hàng xóm"]
    assert patient["address"] == [{"country": "VN"}]
    assert "birthDate" not in patient
    assert base["name"][0]["text"] == "Nguyễn Thị Minh Khai"


def test_patient_correction_of_one_word_name_drops_the_family_name():
    base = resources.patient_resource(FULL)

    assert resources.patient_resource(PersonDraft("Đạo"), base)["name"][0].get("family") is None


def test_patient_of_another_system_is_read_from_the_parts_of_its_name():
    patient = {"resourceType": "Patient", "name": [{"family": "Nguyễn", "given": ["Văn", "A"]}]}

    assert resources.read_patient(patient).full_name == "Nguyễn Văn A"
    assert resources.read_patient({"resourceType": "Patient"}).full_name == ""


def test_patient_identifiers_carry_their_systems():
    systems = [one["system"] for one in resources.patient_resource(FULL)["identifier"]]

    assert {CCCD, BHYT, MRN} <= set(systems)


def test_patient_without_coverage_still_shows_its_card():
    assert resources.read_patient(resources.patient_resource(FULL)).insurance == Insurance("BT2370123456789")


def test_coverage_correction_keeps_its_payor_and_drops_empty_dates():
    base = resources.coverage_resource("p1", FULL.insurance) | {"payor": [{"display": "BHXH tỉnh"}]}

    coverage = resources.coverage_resource("p1", Insurance("0123456789"), base)

    assert coverage["payor"] == [{"display": "BHXH tỉnh"}]
    assert coverage["subscriberId"] == "0123456789"
    assert "period" not in coverage
    assert "extension" not in coverage


def test_stay_is_active_until_it_is_ended():
    stay = resources.stay_resource("p1", "f1", "voluntary", "2026-03-01")

    ended = resources.ended_stay(stay, "2026-03-10", "own-request")

    assert (stay["status"], stay["period"]) == ("active", {"start": "2026-03-01"})
    assert (ended["status"], ended["period"]) == ("finished", {"start": "2026-03-01", "end": "2026-03-10"})
    assert ended["extension"][0]["valueCoding"]["code"] == "own-request"


def test_stay_ended_without_a_reason_has_no_extension():
    assert "extension" not in resources.ended_stay({"period": {}}, "2026-03-10", "")
