"""A visit as FHIR: one Encounter, its Observations, Conditions and the impression, linked to each other."""

from decimal import Decimal

from ansinh.clinical.encounters import resources
from ansinh.clinical.encounters.resources import Care, Diagnosis, Findings
from ansinh.clinical.encounters.rules import Vital
from ansinh.kernel.naming import CS, EXT, ICD10, LOINC

CARE = Care("e1", "p1", "f1", "2026-03-15T08:00:00+07:00", "Practitioner/d1", "BS Bình", "s1", inpatient=True)
VITALS = {
    "systolic": Vital("systolic", "Tâm thu", "8480-6", "mmHg", "mm[Hg]", Decimal(40), Decimal(300)),
    "diastolic": Vital("diastolic", "Tâm trương", "8462-4", "mmHg", "mm[Hg]", Decimal(20), Decimal(200)),
    "glucose": Vital("glucose", "Đường huyết", "15074-8", "mmol/L", "mmol/L", Decimal(0), Decimal(60), 1, "laboratory"),
}
FINDINGS = Findings(
    measures={"systolic": Decimal(150), "diastolic": Decimal(90), "glucose": Decimal("7.1"), "bmi": Decimal("23.4")},
    complaint="Đau đầu",
    diagnoses=(Diagnosis("I10", "Tăng huyết áp vô căn", long_term=True), Diagnosis("J00", "Viêm mũi họng cấp")),
    note="Ổn",
    advice="Ăn nhạt",
)


def written(findings: Findings = FINDINGS, care: Care = CARE) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for resource in resources.all_resources(care, resources.VISIT, "Khám bệnh", findings, VITALS):
        found.setdefault(resource["resourceType"], []).append(resource)
    return found


def test_visit_writes_the_encounter_first():
    first = resources.all_resources(CARE, resources.VISIT, "Khám bệnh", FINDINGS, VITALS)[0]

    assert (first["resourceType"], first["id"], first["status"]) == ("Encounter", "e1", "finished")
    assert first["class"]["code"] == "IMP"
    assert first["type"][0]["coding"][0] == {
        "system": CS("encounter-type"),
        "code": "visit",
        "display": "Khám bệnh",
    }
    assert first["reasonCode"] == [{"text": "Đau đầu"}]
    assert first["episodeOfCare"] == [{"reference": "EpisodeOfCare/s1"}]
    assert first["participant"] == [{"individual": {"reference": "Practitioner/d1", "display": "BS Bình"}}]


def test_pressure_is_one_panel_with_two_components():
    panel = written()["Observation"][0]

    assert panel["code"]["coding"][0]["code"] == "85354-9"
    assert [part["code"]["coding"][0]["code"] for part in panel["component"]] == ["8480-6", "8462-4"]
    assert panel["component"][0]["valueQuantity"] == {
        "value": Decimal(150),
        "unit": "mmHg",
        "system": "http://unitsofmeasure.org",
        "code": "mm[Hg]",
    }
    assert "valueQuantity" not in panel


def test_every_part_of_a_visit_points_to_person_and_encounter():
    parts = [resource for kind, found in written().items() if kind != "Encounter" for resource in found]

    assert len(parts) == 6
    assert {resource["subject"]["reference"] for resource in parts} == {"Patient/p1"}
    assert {resource["encounter"]["reference"] for resource in parts} == {"Encounter/e1"}


def test_laboratory_values_are_not_vital_signs():
    categories = {
        one["code"]["coding"][0]["code"]: one["category"][0]["coding"][0]["code"] for one in written()["Observation"]
    }

    assert categories == {"85354-9": "vital-signs", "15074-8": "laboratory", "39156-5": "vital-signs"}


def test_diagnoses_are_conditions_of_the_visit_or_of_the_problem_list():
    first, second = written()["Condition"]

    assert first["code"]["coding"][0] == {"system": ICD10, "code": "I10", "display": "Tăng huyết áp vô căn"}
    assert first["category"][0]["coding"][0]["code"] == "problem-list-item"
    assert second["category"][0]["coding"][0]["code"] == "encounter-diagnosis"
    assert first["recorder"]["reference"] == "Practitioner/d1"


def test_note_and_advice_are_one_impression():
    (impression,) = written()["ClinicalImpression"]

    assert impression["summary"] == "Ổn"
    assert impression["extension"] == [{"url": EXT("advice"), "valueString": "Ăn nhạt"}]
    assert impression["assessor"]["reference"] == "Practitioner/d1"


def test_visit_with_only_a_complaint_writes_only_the_encounter():
    care = Care("e2", "p1", "f1", "2026-03-15T08:00:00+07:00")

    found = written(Findings(complaint="Ho"), care)

    assert list(found) == ["Encounter"]
    assert found["Encounter"][0]["class"]["code"] == "AMB"
    assert "participant" not in found["Encounter"][0]


def test_check_writes_its_parts_and_its_next_day():
    findings = Findings(
        parts={("eyes", "Mắt"): "Đục thủy tinh thể hai mắt"},
        next_due="2026-09-15",
        next_source="Thông tư 33/2017/TT-BLĐTBXH, Điều 8 khoản 1",
    )

    found = written(findings)

    (eyes,) = found["Observation"]
    assert eyes["category"][0]["coding"][0]["code"] == "exam"
    assert eyes["code"]["coding"][0] == {"system": CS("exam-part"), "code": "eyes", "display": "Mắt"}
    assert eyes["valueString"] == "Đục thủy tinh thể hai mắt"
    assert {one["url"] for one in found["ClinicalImpression"][0]["extension"]} == {
        EXT("next-check-due"),
        EXT("next-check-source"),
    }


def test_ids_of_parts_are_the_same_for_the_same_contact_and_differ_between_contacts():
    other = Care("e2", "p1", "f1", "2026-03-15T08:00:00+07:00")

    ids = [one["id"] for found in written().values() for one in found]

    assert ids == [one["id"] for found in written().values() for one in found]
    assert len(ids) == len(set(ids))
    assert not set(ids) & {one["id"] for found in written(care=other).values() for one in found}


def test_codes_of_measurements_are_loinc():
    assert {one["code"]["coding"][0]["system"] for one in written()["Observation"]} == {LOINC}
