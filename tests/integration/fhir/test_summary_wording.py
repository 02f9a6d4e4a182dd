"""Words of a summary: what, details, value and when, in two languages, with nothing of others' markup."""

from decimal import Decimal

import pytest

from ansinh.fhir.operations.summary import sections, wording

pytestmark = pytest.mark.django_db

GENDER = {"system": "http://example.org/none", "code": "c", "display": "Shown"}


@pytest.mark.parametrize(
    ("element", "vietnamese", "english"),
    [
        ({"valueQuantity": {"value": Decimal("1234.5"), "unit": "kg"}}, "1.234,5 kg", "1234.5 kg"),
        ({"valueQuantity": {"value": 5, "code": "/min"}}, "5 /min", "5 /min"),
        ({"valueInteger": 85}, "85", "85"),
        ({"valueString": "Bình thường"}, "Bình thường", "Bình thường"),
        ({"valueBoolean": True}, "Có", "Yes"),
        ({"valueBoolean": False}, "Không", "No"),
        ({"valueCodeableConcept": {"text": "Âm tính", "coding": [GENDER]}}, "Âm tính", "Shown"),
        ({"valueDateTime": "2025-03-01T08:00:00+07:00"}, "01/03/2025", "01/03/2025"),
        ({"valuePeriod": {"start": "2025-03"}}, "03/2025", "03/2025"),
        ({"valueRatio": {}}, "", ""),
        ({}, "", ""),
    ],
)
def test_value_of_an_observation_is_said_in_each_language(element, vietnamese, english):
    assert wording.value_of(element, "vi") == vietnamese
    assert wording.value_of(element, "en") == english


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"code": {"text": "Mạch"}}, "Mạch"),
        ({"code": {"coding": [{"code": "x"}]}}, "x"),
        ({"code": {}, "medicationReference": {"display": "Thuốc"}}, "Thuốc"),
        ({"vaccineCode": {"coding": [GENDER]}}, "Shown"),
        ({"device": {"display": "Chân giả"}}, "Chân giả"),
        ({"title": "Kế hoạch"}, "Kế hoạch"),
        ({"description": "Mô tả"}, "Mô tả"),
        ({}, "Không ghi tên"),
    ],
)
def test_subject_of_a_resource_is_the_best_name_it_has(resource, said):
    assert wording.subject_of(resource, "vi") == said


def test_detail_of_a_resource_gathers_what_must_be_known():
    resource = {
        "component": [{"code": {"text": "Tâm thu"}, "valueInteger": 120}],
        "dosage": [{"text": "Sáng 1 viên"}],
        "severity": {"text": "Nặng"},
        "criticality": "high",
        "reaction": [{"manifestation": [{"text": "Khó thở"}]}],
        "conclusion": "Ổn định",
    }

    assert wording.detail_of(resource, "vi") == "Tâm thu: 120; Sáng 1 viên; Nặng; high; Khó thở; Ổn định"


@pytest.mark.parametrize(
    ("rows", "withheld", "cut", "said"),
    [
        ([], False, False, "Không có thông tin."),
        ([], True, False, "Không được phép xem phần này."),
        ([{"code": {"text": "<script>"}}], False, True, "Chỉ ghi những mục gần nhất."),
    ],
)
def test_narrative_says_what_is_missing_and_escapes(rows, withheld, cut, said):
    text = wording.narrative(rows, ("vi", "en"), withheld=withheld, cut=cut)["div"]

    assert said in text
    assert "<script>" not in text
    assert text.count('xml:lang="en"') == 1


@pytest.mark.parametrize(
    ("resource", "when"),
    [
        ({"effectiveDateTime": "2025-01-01", "issued": "2025-02-01"}, "2025-01-01"),
        ({"performedPeriod": {"start": "2024", "end": "2025"}}, "2025"),
        ({"period": {"start": "2024"}}, "2024"),
        ({"onsetAge": {"value": 5}, "recordedDate": "2023"}, "2023"),
        ({}, ""),
    ],
)
def test_when_is_the_day_that_the_resource_says(resource, when):
    assert sections.when(resource) == when


@pytest.mark.parametrize(
    ("section", "clinical", "verification", "belongs"),
    [
        ("problems", "active", "confirmed", True),
        ("problems", "relapse", "", True),
        ("problems", "", "", True),
        ("problems", "resolved", "confirmed", False),
        ("past-illness", "resolved", "confirmed", True),
        ("past-illness", "active", "confirmed", False),
        ("past-illness", "", "", False),
        ("problems", "active", "entered-in-error", False),
        ("problems", "active", "refuted", False),
        ("past-illness", "inactive", "entered-in-error", False),
    ],
)
def test_belongs_condition_to_the_section_of_its_status(section, clinical, verification, belongs):
    resource = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": clinical}]} if clinical else None,
        "verificationStatus": {"coding": [{"code": verification}]} if verification else None,
    }

    assert sections.belongs(section, resource) is belongs


def test_sections_have_each_code_and_name_once_and_two_titles():
    assert len({one.loinc for one in sections.SECTIONS}) == len({one.name for one in sections.SECTIONS})
    assert [one.name for one in sections.SECTIONS if one.required] == ["problems", "allergies", "medications"]
    assert all(set(one.titles) == {"vi", "en"} for one in sections.SECTIONS)
