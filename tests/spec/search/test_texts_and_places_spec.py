"""What search means where more than one value counts: words, places, hierarchies, sounds, composites."""

import pytest

from tests.support.search_spec import assert_found, person

pytestmark = pytest.mark.django_db

LOINC = "http://loinc.org"


def told(fhir_id: str, narrative: str, **more) -> dict:
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{narrative}</div>'
    return person(fhir_id, text={"status": "generated", "div": div}, **more)


def observed(fhir_id: str, code: str, **value) -> dict:
    coding = {"coding": [{"system": LOINC, "code": code}]}
    return {"resourceType": "Observation", "id": fhir_id, "status": "final", "code": coding, **value}


def place(fhir_id: str, latitude=None, longitude=None, within: str = "") -> dict:
    made = {"resourceType": "Location", "id": fhir_id}
    if latitude is not None:
        made["position"] = {"latitude": latitude, "longitude": longitude}
    return made | ({"partOf": {"reference": f"Location/{within}"}} if within else {})


def visit(fhir_id: str, location: str) -> dict:
    return {
        "resourceType": "Encounter",
        "id": fhir_id,
        "status": "finished",
        "class": {"code": "AMB"},
        "location": [{"location": {"reference": f"Location/{location}"}}],
    }


def sequence(fhir_id: str, chromosome: str, start: int, end: int) -> dict:
    return {
        "resourceType": "MolecularSequence",
        "id": fhir_id,
        "coordinateSystem": 0,
        "referenceSeq": {
            "chromosome": {"coding": [{"system": "c", "code": chromosome}]},
            "referenceSeqId": {"coding": [{"code": "NC_1"}]},
            "windowStart": start,
            "windowEnd": end,
        },
        "variant": [{"start": start + 1, "end": end + 1}],
    }


TOLD = [
    told("a", "<p>Ông An <b>đau lưng</b> đã mười năm</p>"),
    told("b", "Bà Bình &amp; cháu, không đau"),
    person("c", "Đau Lưng", contact=[{"name": {"text": "Cô Út"}}]),
    person("d", maritalStatus={"coding": [{"code": "M", "display": "Đã kết hôn"}], "text": "Có vợ"}),
]
# Ninh Bình, Tam Điệp (13 km to the south), Hà Nội (82 km to the north), the other side of the date line.
PLACES = [
    place("nb", 20.2506, 105.9745),
    place("td", 20.1559, 105.9154),
    place("hn", 20.9876, 105.8123),
    place("none"),
    place("fiji", -17.0, 179.99),
    place("samoa", -17.0, -179.99),
]
HOUSES = [
    place("hospital"),
    place("ward", within="hospital"),
    place("room", within="ward"),
    place("annex", within="ring"),
    place("ring", within="annex"),
    visit("in-hospital", "hospital"),
    visit("in-room", "room"),
    visit("in-ring", "ring"),
    visit("elsewhere", "nowhere"),
]
NAMED = [
    person("x1", "Nguyễn Thị Sương"),
    person("x2", "Nguyen Thi Xuong"),
    person("y", "Lý Trường"),
    person("z", "Ni Chương"),
]
SEQUENCES = [sequence("s1", "1", 100, 200), sequence("s2", "1", 150, 160), sequence("s3", "2", 100, 200)]
VALUES = [
    observed("t1", "A", valueString="Ổn định, ăn tốt"),
    observed("t2", "A", valueString="Đau nhiều"),
    observed("t3", "B", valueString="Ổn"),
    observed("d1", "A", valueDateTime="2024-05"),
    observed("d2", "A", valueDateTime="2024-05-20"),
    observed("d3", "A", valuePeriod={"start": "2024-05-10", "end": "2024-06-10"}),
    observed("c1", "A", valueCodeableConcept={"coding": [{"system": "s", "code": "yes"}]}),
    observed(
        "c2",
        "P",
        component=[
            {
                "code": {"coding": [{"system": LOINC, "code": "A"}]},
                "valueCodeableConcept": {"coding": [{"system": "s", "code": "yes"}]},
            }
        ],
    ),
]
DOCUMENTS = [
    {
        "resourceType": "DocumentReference",
        "id": "new",
        "status": "current",
        "content": [{"attachment": {"title": "Phiếu"}}],
        "relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/old"}}],
    },
    {
        "resourceType": "DocumentReference",
        "id": "other",
        "status": "current",
        "content": [{"attachment": {"title": "Phiếu khác"}}],
        "relatesTo": [{"code": "appends", "target": {"reference": "DocumentReference/old"}}],
    },
]
CARED = [
    {"resourceType": "Organization", "id": "o-a", "name": "Một"},
    {"resourceType": "Organization", "id": "o-b", "name": "Hai"},
    person("p2", managingOrganization={"reference": "Organization/o-b"}, gender="male", birthDate="1950"),
    person("p1", managingOrganization={"reference": "Organization/o-a"}, gender="male", birthDate="1949"),
    person("p3", managingOrganization={"reference": "Organization/unknown"}, gender="female"),
    person("p4", managingOrganization={"reference": "Organization/o-a"}, gender="female", birthDate="1951"),
]

SPEC = [
    (TOLD, "Patient?_text=dau lung", {"a"}),
    (TOLD, "Patient?_text=ĐAU", {"a", "b"}),
    (TOLD, "Patient?_text=da", {"a"}),
    (TOLD, "Patient?_text=amp", set()),
    (TOLD, "Patient?_text=xmlns", set()),
    (TOLD, "Patient?_text=muoi,binh", {"a", "b"}),
    (TOLD, "Patient?_content=dau lung", {"a", "c"}),
    (TOLD, "Patient?_content=út", {"c"}),
    (TOLD, "Patient?_content=vo", set()),
    (TOLD, "Patient?_content=hon", set()),
    (TOLD, "Patient?_content=dau&_text=an", {"a"}),
    (TOLD, "Patient?_text:missing=true", {"c", "d"}),
    (DOCUMENTS, "DocumentReference?_content=khac", {"other"}),
    (PLACES, "Location?near=20.2506|105.9745|1|km", {"nb"}),
    (PLACES, "Location?near=20.2506|105.9745|14", {"nb", "td"}),
    (PLACES, "Location?near=20.2506|105.9745|14000|m", {"nb", "td"}),
    (PLACES, "Location?near=20.2506|105.9745|12", {"nb"}),
    (PLACES, "Location?near=20.2506|105.9745", {"nb"}),
    (PLACES, "Location?near=20.2506|105.9745|100|km", {"nb", "td", "hn"}),
    (PLACES, "Location?near=20.2506|105.9745|62|[mi_i]", {"nb", "td", "hn"}),
    (PLACES, "Location?near=-17|180|5|km", {"fiji", "samoa"}),
    (PLACES, "Location?near=0|0|30000|km", {"nb", "td", "hn", "fiji", "samoa"}),
    (PLACES, "Location?near=20.2506|105.9745|1,20.9876|105.8123|1", {"nb", "hn"}),
    (PLACES, "Location?near:missing=true", {"none"}),
    (HOUSES, "Encounter?location:below=Location/hospital", {"in-hospital", "in-room"}),
    (HOUSES, "Encounter?location:below=ward", {"in-room"}),
    (HOUSES, "Encounter?location:above=room", {"in-hospital", "in-room"}),
    (HOUSES, "Encounter?location:below=annex", {"in-ring"}),
    (HOUSES, "Encounter?location:below=ward,annex", {"in-room", "in-ring"}),
    (HOUSES, "Location?partof:below=hospital", {"ward", "room"}),
    (HOUSES, "Location?partof:above=room", {"ward", "room"}),
    (NAMED, "Patient?phonetic=nguyên thi suong", {"x1", "x2"}),
    (NAMED, "Patient?phonetic=xương", {"x1", "x2"}),
    (NAMED, "Patient?phonetic=li", {"y", "z"}),
    (NAMED, "Patient?phonetic=chuong", {"y", "z"}),
    (NAMED, "Patient?phonetic=trang", set()),
    (SEQUENCES, "MolecularSequence?chromosome-window-coordinate=1$gt90$lt210", {"s1", "s2"}),
    (SEQUENCES, "MolecularSequence?chromosome-window-coordinate=c|1$100$200", {"s1"}),
    (SEQUENCES, "MolecularSequence?chromosome-window-coordinate=1$ge100$le160", {"s2"}),
    (SEQUENCES, "MolecularSequence?chromosome-variant-coordinate=2$101$201", {"s3"}),
    (SEQUENCES, "MolecularSequence?referenceseqid-window-coordinate=NC_1$ap100$200", {"s1", "s3"}),
    (SEQUENCES, "MolecularSequence?referenceseqid-variant-coordinate=NC_1$151$ne161", set()),
    (VALUES, "Observation?code-value-string=A$on dinh", {"t1"}),
    (VALUES, "Observation?code-value-string=A$Ổn", {"t1"}),
    (VALUES, f"Observation?code-value-string={LOINC}|B$on", {"t3"}),
    (VALUES, f"Observation?code-value-string={LOINC}|$on", {"t1", "t3"}),
    (VALUES, "Observation?code-value-string=other|A$on", set()),
    (VALUES, "Observation?code-value-date=A$2024-05", {"d1", "d2"}),
    (VALUES, "Observation?code-value-date=A$2024-05-20", {"d2"}),
    (VALUES, "Observation?code-value-date=A$gt2024-05-31", {"d3"}),
    (VALUES, "Observation?code-value-date=A$sa2024-05-15", {"d2"}),
    (VALUES, "Observation?code-value-concept=A$yes", {"c1"}),
    (VALUES, "Observation?combo-code-value-concept=A$s|yes", {"c1", "c2"}),
    (VALUES, "Observation?combo-code-value-concept:missing=false", {"c1", "c2"}),
    (VALUES, "Observation?combo-code=A", {"t1", "t2", "d1", "d2", "d3", "c1", "c2"}),
    (VALUES, "Observation?combo-value-concept=yes&combo-code=P", {"c2"}),
    (DOCUMENTS, "DocumentReference?relationship=replaces$DocumentReference/old", {"new"}),
    (DOCUMENTS, "DocumentReference?relationship=appends$DocumentReference/old", {"other"}),
    (CARED, "Patient?_sort=organization,birthdate", ["p1", "p4", "p2", "p3"]),
    (CARED, "Patient?_sort=-organization,-birthdate", ["p2", "p4", "p1", "p3"]),
    (CARED, "Patient?_sort=gender,-organization,_id", ["p4", "p3", "p2", "p1"]),
]


@pytest.mark.parametrize(("facts", "request_", "found"), SPEC, ids=[one[1] for one in SPEC])
def test_both_runners_find_what_the_table_says(facts, request_, found):
    assert_found(facts, request_, found)
