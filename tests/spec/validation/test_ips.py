"""International Patient Summary 2.0: what claims one of its profiles is held to it."""

import copy

import pytest

from ansinh.fhir.validation import validate

IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
LOINC = "http://loinc.org"
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}


def claiming(kind, profile, /, **more):
    return {"resourceType": kind, "meta": {"profile": [f"{IPS}{profile}"]}} | more


def section(code, title):
    narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Không rõ</div>'}
    nothing = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "unavailable"}]}
    coded = {"coding": [{"system": LOINC, "code": code}]}
    return {"title": title, "code": coded, "text": narrative, "emptyReason": nothing}


def patient(**more):
    return claiming("Patient", "Patient-uv-ips", name=[{"text": "Người Mẫu"}], birthDate="1950") | more


def document():
    composition = claiming(
        "Composition",
        "Composition-uv-ips",
        status="final",
        type={"coding": [{"system": LOINC, "code": "60591-5"}]},
        subject={"reference": "urn:uuid:0d6a7d3c-0000-4000-8000-000000000002"},
        date="2026-01-01",
        author=[{"display": "An Sinh"}],
        title="Tóm tắt",
        section=[section("11450-4", "Vấn đề"), section("48765-2", "Dị ứng"), section("10160-0", "Thuốc")],
    )
    entries = [
        {"fullUrl": f"urn:uuid:0d6a7d3c-0000-4000-8000-00000000000{number}", "resource": one}
        for number, one in enumerate((composition, patient()), start=1)
    ]
    return claiming(
        "Bundle",
        "Bundle-uv-ips",
        identifier={"system": "urn:ietf:rfc:3986", "value": "urn:uuid:0d6a7d3c-0000-4000-8000-000000000009"},
        type="document",
        timestamp="2026-01-01T00:00:00+07:00",
        entry=entries,
    )


def procedure(**more):
    subject, code = {"reference": "Patient/1"}, {"text": "Mổ"}
    return claiming("Procedure", "Procedure-uv-ips", status="completed", subject=subject, code=code) | more


def keys(resource):
    return {one.key for one in validate(resource) if one.severity == "error"}


# What claims a profile, and what is wrong with it.
SPEC = {
    "a person": (patient(), set()),
    "a person whose birth date is not known": (
        {key: value for key, value in patient().items() if key != "birthDate"} | {"_birthDate": ABSENT},
        set(),
    ),
    "a person without birth date": ({k: v for k, v in patient().items() if k != "birthDate"}, {"profile-min"}),
    "a person without name": ({k: v for k, v in patient().items() if k != "name"}, {"profile-min"}),
    "a procedure on a day": (procedure(performedDateTime="2025"), set()),
    "a procedure on a day that is not known": (procedure(_performedDateTime=ABSENT), set()),
    "a procedure without a day": (procedure(), {"profile-min"}),
    "a summary": (document(), set()),
}


@pytest.mark.parametrize("case", SPEC)
def test_claim_of_an_ips_profile_is_checked(case):
    resource, expected = SPEC[case]

    assert keys(resource) == expected


@pytest.mark.parametrize("number", range(3))
def test_summary_without_a_required_section_is_none(number):
    bundle = copy.deepcopy(document())
    del bundle["entry"][0]["resource"]["section"][number]

    assert keys(bundle)


@pytest.mark.parametrize(
    ("element", "value"),
    [("type", "collection"), ("timestamp", None), ("identifier", None), ("entry", [])],
)
def test_summary_that_is_no_document_is_none(element, value):
    bundle = document() | {element: value}
    if value is None:
        del bundle[element]

    assert keys(bundle)


def test_summary_of_another_type_of_document_is_none():
    bundle = document()
    bundle["entry"][0]["resource"]["type"]["coding"][0]["code"] = "34133-9"

    assert keys(bundle)
