"""Sound resources to break in tests. Synthetic, no real person."""

import copy
from typing import Any

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"tag": [{"system": "https://ansinh.vn/fhir/CodeSystem/data-kind", "code": "synthetic"}]},
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Bà A</p></div>'},
    "identifier": [{"system": "https://ansinh.vn/fhir/id/cccd", "value": "001000000000"}],
    "active": True,
    "name": [{"use": "official", "text": "Nguyễn Thị A", "family": "Nguyễn", "given": ["Thị", "A"]}],
    "gender": "female",
    "birthDate": "1948-03",
    "_birthDate": {"extension": [{"url": "http://example.org/precision", "valueCode": "month"}]},
    "address": [{"text": "Thôn 1", "line": ["Thôn 1"], "period": {"start": "2020-01-01", "end": "2025-06-30"}}],
    "contact": [{"name": {"text": "Trần Văn B"}, "telecom": [{"system": "phone", "value": "0900000000"}]}],
    "managingOrganization": {"reference": "Organization/o1"},
    "multipleBirthInteger": 1,
}

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "ob1",
    "status": "final",
    "category": [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}],
    "code": {"coding": [{"system": LOINC, "code": "85354-9"}], "text": "Huyết áp"},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2025-07-01T08:30:00+07:00",
    "component": [
        {
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
        }
        for code, value in (("8480-6", 130), ("8462-4", 80))
    ],
}

QUESTIONNAIRE: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "id": "q1",
    "url": "https://ansinh.vn/fhir/Questionnaire/test",
    "status": "active",
    "item": [
        {
            "linkId": "g",
            "type": "group",
            "item": [{"linkId": "1", "text": "Câu 1", "type": "integer", "required": True}],
        }
    ],
}

ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": "#inside"},
    "contained": [{"resourceType": "Patient", "id": "inside", "gender": "male"}],
    "period": {"start": "2025-07-01T08:00:00+07:00", "end": "2025-07-01T08:30:00+07:00"},
}

ALL = (PATIENT, OBSERVATION, QUESTIONNAIRE, ENCOUNTER)


def copy_of(resource: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A deep copy with top-level changes; the value `...` removes the key."""
    changed = copy.deepcopy(resource) | changes
    return {key: value for key, value in changed.items() if value is not ...}
