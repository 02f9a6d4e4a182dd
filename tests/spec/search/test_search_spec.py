"""What search means: small tables of facts, a request, and who is found. Both runners must agree with the table."""

import pytest

from tests.support.search_spec import assert_found, person

pytestmark = pytest.mark.django_db

CCCD = "https://ansinh.vn/fhir/id/cccd"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def observed(fhir_id: str, code: str, value: float, person_id: str = "p1", **more) -> dict:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{person_id}"},
        "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
        **more,
    }


def numbered(fhir_id: str, value: str, kind: str = "MR") -> dict:
    coding = {"coding": [{"system": "http://t", "code": kind}]}
    return person(fhir_id, identifier=[{"system": CCCD, "value": value, "type": coding}])


NAMES = [
    person("a", "Nguyễn Văn A"),
    person("an", "Trần Thị An"),
    person("dao", "Nguyễn Đạo"),
    person("y", "Y Bhin Niê"),
    person("hly", "H'Ly"),
    person("none"),
]
BORN = [person("48", birthDate="1948"), person("may", birthDate="1950-05"), person("day", birthDate="1950-05-20")]
NUMBERS = [numbered("x", "037048001234"), numbered("y", "037048009999", "SS"), person("z")]
SEXES = [person("m", gender="male"), person("f", gender="female"), person("u")]
VALUES = [
    observed("low", "8480-6", 110.0),
    observed("high", "8480-6", 151.0),
    observed("dia", "8462-4", 151.0),
    {
        **observed("panel", "85354-9", 0),
        "component": [
            {
                "code": {"coding": [{"system": LOINC, "code": "8480-6"}]},
                "valueQuantity": {"value": 160, "unit": "mmHg"},
            },
            {"code": {"coding": [{"system": LOINC, "code": "8462-4"}]}, "valueQuantity": {"value": 90, "unit": "mmHg"}},
        ],
    },
]
GRAPH = [
    {"resourceType": "Organization", "id": "o1", "name": "Trung tâm Một"},
    {"resourceType": "Organization", "id": "o2", "name": "Trung tâm Hai"},
    person("p1", "Lan", gender="female", managingOrganization={"reference": "Organization/o1"}),
    person("p2", "Bình", gender="male", managingOrganization={"reference": "Organization/o2"}),
    observed("w1", "8480-6", 150, "p1"),
    observed("w2", "8480-6", 120, "p2"),
    observed("w3", "8462-4", 90, "p2"),
]
STAYS = [
    {
        "resourceType": "EpisodeOfCare",
        "id": fhir_id,
        "status": "active",
        "patient": {"reference": "Patient/p"},
        "period": period,
    }
    for fhir_id, period in [
        ("y24", {"start": "2024-01-01", "end": "2024-12-31"}),
        ("open", {"start": "2025-03-01"}),
        ("till", {"end": "2023-06-30"}),
    ]
]
FORMS = [
    {"resourceType": "Questionnaire", "id": "q1", "status": "active", "url": "https://x.vn/Q/phq"},
    {"resourceType": "Questionnaire", "id": "q2", "status": "draft", "url": "https://x.vn/Q/phq/long"},
    {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "status": "completed",
        "questionnaire": "https://x.vn/Q/phq|1",
    },
]

AMOUNTS = [
    {**observed("g", "2339-0", 0), "valueQuantity": {"value": 1.5, "unit": "g", "system": UCUM, "code": "g"}},
    {**observed("mg", "2339-0", 0), "valueQuantity": {"value": 1500, "unit": "mg", "system": UCUM, "code": "mg"}},
    {**observed("mmol", "2339-0", 0), "valueQuantity": {"value": 1.5, "system": UCUM, "code": "mmol"}},
    {**observed("none", "2339-0", 0), "valueQuantity": {"value": 1.5}},
]
ICD10 = "http://hl7.org/fhir/sid/icd-10"
WORDED = [
    {**observed("heart", "8867-4", 80), "code": {"text": "Nhịp tim", "coding": [{"system": LOINC, "code": "8867-4"}]}},
    {
        **observed("pressure", "8480-6", 120),
        "code": {"coding": [{"system": LOINC, "code": "8480-6", "display": "Huyết áp tâm thu (100%)"}]},
    },
]
SPECIES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
RELATED = [
    {
        "resourceType": "RelatedPerson",
        "id": fhir_id,
        "patient": {"reference": "Patient/x"},
        "relationship": [{"coding": [{"system": SPECIES, "code": code}]}],
    }
    for fhir_id, code in [("parent", "PRN"), ("mother", "MTH"), ("neighbour", "NBOR")]
]
LISTED = [
    *SEXES,
    {
        "resourceType": "List",
        "id": "l1",
        "status": "current",
        "mode": "working",
        "entry": [{"item": {"reference": "Patient/m"}}, {"item": {"reference": "Patient/u"}}],
    },
]
SOURCED = [
    person("s1", meta={"source": "https://x.vn/a", "security": [{"system": "s", "code": "R"}]}),
    person("s2", meta={"source": "https://x.vn/b"}),
]

# facts, request, who is found (in order where the request sorts)
SPEC = [
    (NAMES, "Patient?name=nguyen", {"a", "dao"}),
    (NAMES, "Patient?name=van a", {"a"}),
    (NAMES, "Patient?name=VĂN", {"a"}),
    (NAMES, "Patient?name=an", {"an"}),
    (NAMES, "Patient?name=dao", {"dao"}),
    (NAMES, "Patient?name=đạo", {"dao"}),
    (NAMES, "Patient?name=Nguye\u0302\u0303n", {"a", "dao"}),
    (NAMES, "Patient?name=bhin", {"y"}),
    (NAMES, "Patient?name=h'ly", {"hly"}),
    (NAMES, "Patient?name:exact=Nguyễn Văn A", {"a"}),
    (NAMES, "Patient?name:exact=nguyen van a", set()),
    (NAMES, "Patient?name:contains=guye", {"a", "dao"}),
    (NAMES, "Patient?name:contains=%", set()),
    (NAMES, "Patient?name=lan,y", {"y"}),
    (NAMES, "Patient?name=nguyen&name=dao", {"dao"}),
    (NAMES, "Patient?name:missing=true", {"none"}),
    (NAMES, "Patient?name:missing=false&name=a", {"a", "an"}),
    (NAMES, "Patient?_id=a,dao,nobody", {"a", "dao"}),
    (NAMES, "Patient?_id=a&name=dao", set()),
    (NAMES, "Patient?_sort=name", ["hly", "dao", "a", "an", "y", "none"]),
    (NAMES, "Patient?_sort=-name", ["y", "an", "a", "dao", "hly", "none"]),
    (BORN, "Patient?birthdate=1950", {"may", "day"}),
    (BORN, "Patient?birthdate=1950-05-20", {"day"}),
    (BORN, "Patient?birthdate=ne1950", {"48"}),
    (BORN, "Patient?birthdate=lt1950", {"48"}),
    (BORN, "Patient?birthdate=ge1950-05-20", {"may", "day"}),
    (BORN, "Patient?birthdate=gt1950-05-20", {"may"}),
    (BORN, "Patient?birthdate=le1950-05-20", {"48", "may", "day"}),
    (BORN, "Patient?birthdate=sa1949", {"may", "day"}),
    (BORN, "Patient?birthdate=eb1950", {"48"}),
    (BORN, "Patient?birthdate=ge1949&birthdate=lt1951", {"may", "day"}),
    (BORN, "Patient?_sort=-birthdate", ["day", "may", "48"]),
    (BORN, "Patient?_lastUpdated=ge2020", {"48", "may", "day"}),
    (BORN, "Patient?_lastUpdated=lt2020", set()),
    (NUMBERS, f"Patient?identifier={CCCD}|037048001234", {"x"}),
    (NUMBERS, "Patient?identifier=037048001234", {"x"}),
    (NUMBERS, f"Patient?identifier={CCCD}|", {"x", "y"}),
    (NUMBERS, "Patient?identifier=|037048001234", set()),
    (NUMBERS, "Patient?identifier=037048", set()),
    (NUMBERS, "Patient?identifier-end=1234", {"x"}),
    (NUMBERS, "Patient?identifier-end=9", {"y"}),
    (NUMBERS, "Patient?identifier:of-type=http://t|MR|037048001234", {"x"}),
    (NUMBERS, "Patient?identifier:of-type=http://t|SS|037048001234", set()),
    (NUMBERS, "Patient?identifier:missing=true", {"z"}),
    (SEXES, "Patient?gender=male", {"m"}),
    (SEXES, "Patient?gender=http://hl7.org/fhir/administrative-gender|male", {"m"}),
    (SEXES, "Patient?gender=http://other|male", set()),
    (SEXES, "Patient?gender=male,female", {"m", "f"}),
    (SEXES, "Patient?gender:not=male", {"f", "u"}),
    (SEXES, "Patient?deceased=false", {"m", "f", "u"}),
    (VALUES, "Observation?code=8480-6", {"low", "high"}),
    (VALUES, f"Observation?code={LOINC}|8480-6", {"low", "high"}),
    (VALUES, "Observation?code=http://other|8480-6", set()),
    (VALUES, "Observation?combo-code=8480-6", {"low", "high", "panel"}),
    (VALUES, "Observation?value-quantity=gt120", {"high", "dia"}),
    (VALUES, "Observation?value-quantity=151", {"high", "dia"}),
    (VALUES, "Observation?value-quantity=150", set()),
    (VALUES, "Observation?value-quantity=ap150", {"high", "dia"}),
    (VALUES, f"Observation?value-quantity=151|{UCUM}|mm[Hg]", {"high", "dia"}),
    (VALUES, "Observation?value-quantity=151||mmHg", {"high", "dia"}),
    (VALUES, f"Observation?value-quantity=151|{UCUM}|kg", set()),
    (VALUES, "Observation?code-value-quantity=8480-6$gt120", {"high"}),
    (VALUES, "Observation?combo-code-value-quantity=8480-6$gt120", {"high", "panel"}),
    (VALUES, "Observation?component-code-value-quantity=8462-4$gt120", set()),
    (VALUES, f"Observation?component-code-value-quantity={LOINC}|8462-4$lt120", {"panel"}),
    (GRAPH, "Observation?patient=p1", {"w1"}),
    (GRAPH, "Observation?subject=Patient/p2&code=8480-6", {"w2"}),
    (GRAPH, "Observation?subject:Patient=p2", {"w2", "w3"}),
    (GRAPH, "Observation?subject:Group=p2", set()),
    (GRAPH, "Observation?patient.name=lan", {"w1"}),
    (GRAPH, "Observation?subject:Patient.gender=male&code=8462-4", {"w3"}),
    (GRAPH, "Observation?patient.organization.name=hai", {"w2", "w3"}),
    (GRAPH, "Patient?organization.name=mot", {"p1"}),
    (GRAPH, "Patient?_has:Observation:patient:code=8462-4", {"p2"}),
    (GRAPH, "Patient?_has:Observation:patient:code-value-quantity=8480-6$ge140", {"p1"}),
    (GRAPH, "Organization?_has:Patient:organization:_has:Observation:patient:code=8462-4", {"o2"}),
    (GRAPH, "Organization?_has:Patient:organization:gender=female", {"o1"}),
    (GRAPH, "Observation?patient._id=p1", {"w1"}),
    (STAYS, "EpisodeOfCare?date=2024", {"y24"}),
    (STAYS, "EpisodeOfCare?date=ge2025-06-01", {"open"}),
    (STAYS, "EpisodeOfCare?date=le2024-06-01", {"y24", "till"}),
    (STAYS, "EpisodeOfCare?date=eb2024", {"till"}),
    (STAYS, "EpisodeOfCare?date=sa2024-12-31", {"open"}),
    (FORMS, "Questionnaire?url=https://x.vn/Q/phq", {"q1"}),
    (FORMS, "Questionnaire?url:below=https://x.vn/Q/phq", {"q1", "q2"}),
    (FORMS, "Questionnaire?url:above=https://x.vn/Q/phq/long/er", {"q1", "q2"}),
    (FORMS, "QuestionnaireResponse?questionnaire=https://x.vn/Q/phq", {"r1"}),
    (FORMS, "QuestionnaireResponse?questionnaire=https://x.vn/Q/phq|1", {"r1"}),
    (FORMS, "QuestionnaireResponse?questionnaire=https://x.vn/Q/phq|2", set()),
    (AMOUNTS, f"Observation?value-quantity=1.5|{UCUM}|g", {"g", "mg"}),
    (AMOUNTS, f"Observation?value-quantity=1500|{UCUM}|mg", {"g", "mg"}),
    (AMOUNTS, f"Observation?value-quantity=gt1499|{UCUM}|mg", {"g", "mg"}),
    (AMOUNTS, f"Observation?value-quantity=lt0.001|{UCUM}|kg", set()),
    (AMOUNTS, f"Observation?value-quantity=lt0.002|{UCUM}|kg", {"g", "mg"}),
    (AMOUNTS, f"Observation?code-value-quantity=2339-0$1.5|{UCUM}|g", {"g", "mg"}),
    (AMOUNTS, "Observation?value-quantity=1.5||g", {"g"}),
    (AMOUNTS, f"Observation?value-quantity=1.5|{UCUM}|mmol", {"mmol"}),
    (WORDED, "Observation?code:text=tim", {"heart"}),
    (WORDED, "Observation?code:text=huyet ap", {"pressure"}),
    (WORDED, "Observation?code:text=yet", set()),
    (WORDED, "Observation?code:text=%", set()),
    (RELATED, f"RelatedPerson?relationship:below={SPECIES}|PRN", {"parent", "mother"}),
    (RELATED, f"RelatedPerson?relationship:above={SPECIES}|MTH", {"parent", "mother"}),
    (RELATED, f"RelatedPerson?relationship={SPECIES}|PRN", {"parent"}),
    (SEXES, "Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", {"m", "f"}),
    (SEXES, "Patient?gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", {"u"}),
    (LISTED, "Patient?_list=l1", {"m", "u"}),
    (LISTED, "Patient?_list=List/other", set()),
    (GRAPH, "Organization?_has:Patient:organization:_has:Observation:patient:code=8462-4", {"o2"}),
    (SOURCED, "Patient?_source=https://x.vn/a", {"s1"}),
    (SOURCED, "Patient?_security=s|R", {"s1"}),
    ([person("c", "Lê, Văn")], r"Patient?name=lê\, văn", {"c"}),
    ([person("c", "Lê, Văn")], "Patient?name=lê, văn", {"c"}),
]


@pytest.mark.parametrize(("facts", "request_", "found"), SPEC, ids=[one[1] for one in SPEC])
def test_both_runners_find_what_the_table_says(facts, request_, found):
    assert_found(facts, request_, found)
