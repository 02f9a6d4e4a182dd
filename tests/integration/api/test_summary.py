"""Patient/$summary: a document that our own validator takes, whose references resolve, that says what is missing."""

import pytest

from ansinh.fhir.model.references import iter_references
from ansinh.fhir.validation import validate
from ansinh.kernel.context import Context

pytestmark = pytest.mark.django_db

TERMS = "http://terminology.hl7.org/CodeSystem"
IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition"
REQUIRED = ["11450-4", "48765-2", "10160-0"]


def concept(system: str, code: str, text: str = "") -> dict:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


class Writing:
    """Writes about one person, a line a resource."""

    def __init__(self, system, stored):
        self.system, self.person = system, {"reference": f"Patient/{stored['id']}"}

    def made(self, kind: str, **rest) -> dict:
        subject = "patient" if kind in ("AllergyIntolerance", "Immunization") else "subject"
        return self.system.create({"resourceType": kind, subject: self.person, **rest}).resource

    def condition(self, text: str, verification: str = "confirmed", **rest) -> None:
        status = concept(f"{TERMS}/condition-ver-status", verification)
        self.made("Condition", code={"text": text}, verificationStatus=status, **rest)

    def observed(self, category: str, number: str, day: str, **value) -> dict:
        return self.made(
            "Observation",
            status="final",
            category=[concept(f"{TERMS}/observation-category", category)],
            code=concept("http://loinc.org", number, f"Chỉ số {number}"),
            effectiveDateTime=day,
            **value,
        )


def problems(write: Writing) -> None:
    """Two that the person has or had, written at a visit, and one that is somebody else's."""
    doctor = write.system.create({"resourceType": "Practitioner", "name": [{"text": "Bác sĩ Mẫu"}]}).resource
    visit = write.made("Encounter", status="finished", **{"class": {"system": f"{TERMS}/v3-ActCode", "code": "AMB"}})
    now, past = (concept(f"{TERMS}/condition-clinical", code) for code in ("active", "resolved"))
    write.condition(
        "Tăng huyết áp <b>",
        clinicalStatus=now,
        recorder={"reference": f"Practitioner/{doctor['id']}"},
        encounter={"reference": f"Encounter/{visit['id']}"},
    )
    write.condition("Viêm phổi", clinicalStatus=past, onsetDateTime="2019")
    write.condition("Nhầm người", "entered-in-error")


def treatment(write: Writing) -> None:
    """What was given, is taken, was done; an allergy and a warning."""
    write.made(
        "AllergyIntolerance",
        code={"text": "Penicillin"},
        clinicalStatus=concept(f"{TERMS}/allergyintolerance-clinical", "active"),
        criticality="high",
        reaction=[{"manifestation": [{"text": "Nổi mề đay"}]}],
    )
    for status, name in (("active", "Amlodipin 5 mg"), ("stopped", "Thuốc đã ngừng")):
        write.made(
            "MedicationRequest",
            status=status,
            intent="order",
            medicationCodeableConcept={"text": name},
            dosageInstruction=[{"text": "Sáng 1 viên"}],
        )
    write.made("Immunization", status="completed", vaccineCode={"text": "Uốn ván"}, occurrenceDateTime="2024-05")
    write.made(
        "Procedure", status="completed", code={"text": "Điều trị bằng sóng ngắn"}, performedDateTime="2025-02-03"
    )
    write.made("Flag", status="active", code={"text": "Nguy cơ ngã"})


def findings(write: Writing) -> None:
    """Vital signs of two days, a laboratory report, a score, two habits."""
    for day, number in (("2025-01-01", 150), ("2025-03-01", 135.5)):
        write.observed("vital-signs", "8480-6", day, valueQuantity={"value": number, "unit": "mmHg"})
    result = write.observed("laboratory", "2345-7", "2025-02-01", valueString="Bình thường")
    references = [{"reference": f"Observation/{result['id']}"}]
    write.made("DiagnosticReport", status="final", code={"text": "Sinh hóa máu"}, result=references)
    write.observed("survey", "96761-2", "2025-02-02", valueInteger=85)
    write.observed("survey", "72166-2", "2025-02-02", valueString="Chưa từng hút thuốc")
    write.observed("social-history", "74013-4", "2025-02-02", valueString="Không uống rượu")


@pytest.fixture
def record(system, stored, units):
    """A person of A with something in every section, and things that belong in none."""
    write = Writing(system, stored)
    problems(write)
    treatment(write)
    findings(write)
    return stored


def composition(answer) -> dict:
    assert answer.status_code == 200, answer.text
    first = answer.json["entry"][0]["resource"]
    assert first["resourceType"] == "Composition"
    return first


def sections(answer) -> dict[str, dict]:
    return {one["code"]["coding"][0]["code"]: one for one in composition(answer)["section"]}


def errors(bundle: dict) -> list:
    return [one for one in validate(bundle) if one.severity in ("error", "fatal")]


def test_summary_is_a_document_that_our_validator_takes(node, record):
    bundle = node.get(f"/Patient/{record['id']}/$summary").json

    assert errors(bundle) == []
    assert bundle["type"] == "document"
    assert bundle["meta"]["profile"] == [f"{IPS}/Bundle-uv-ips"]
    assert bundle["identifier"]["value"].startswith("urn:uuid:")
    first = bundle["entry"][0]["resource"]
    assert first["type"]["coding"][0]["code"] == "60591-5"
    assert first["meta"]["profile"] == [f"{IPS}/Composition-uv-ips"]
    assert first["custodian"]["reference"].startswith("http://testserver/fhir/Organization/")


def test_summary_references_resolve_within_or_lead_to_the_door(node, record):
    bundle = node.get(f"/Patient/{record['id']}/$summary").json

    places = [entry["fullUrl"] for entry in bundle["entry"]]
    named = {one["reference"] for entry in bundle["entry"] for _, one in iter_references(entry["resource"])}
    assert len(places) == len(set(places))
    assert named - set(places) == {one for one in named if "/Encounter/" in one}
    assert all(one.startswith(("urn:uuid:", "http://testserver/fhir/")) for one in named)
    spoken_of = {
        one["reference"] for part in bundle["entry"][0]["resource"]["section"] for one in part.get("entry", [])
    }
    assert spoken_of <= set(places)


def test_summary_sections_hold_what_is_current_once(node, record):
    answer = node.get(f"/Patient/{record['id']}/$summary")

    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in answer.json["entry"]}
    found = {
        code: sorted(kinds[one["reference"]] for one in part.get("entry", []))
        for code, part in sections(answer).items()
    }
    assert found == {
        "11450-4": ["Condition"],
        "48765-2": ["AllergyIntolerance"],
        "10160-0": ["MedicationRequest"],
        "11369-6": ["Immunization"],
        "30954-2": ["DiagnosticReport", "Observation"],
        "47519-4": ["Procedure"],
        "8716-3": ["Observation"],
        "11348-0": ["Condition"],
        "47420-5": [],
        "29762-2": ["Observation", "Observation"],
        "104605-1": ["Flag"],
    }
    assert "Nhầm người" not in answer.text
    assert "Thuốc đã ngừng" not in answer.text


def test_summary_narrative_says_what_must_be_known_without_markup_of_others(node, record):
    texts = {code: one["text"]["div"] for code, one in sections(node.get(f"/Patient/{record['id']}/$summary")).items()}

    assert "Tăng huyết áp &lt;b&gt;" in texts["11450-4"]
    assert "Nổi mề đay" in texts["48765-2"]
    assert "Sáng 1 viên" in texts["10160-0"]
    assert "135,5 mmHg" in texts["8716-3"]
    assert "01/03/2025" in texts["8716-3"]
    assert "150 mmHg" not in texts["8716-3"]
    assert "85" in texts["47420-5"]
    assert "hút thuốc" not in texts["47420-5"]
    assert "hút thuốc" in texts["29762-2"]
    assert "<p>No information" not in "".join(texts.values())


def test_summary_in_english_has_both_languages(node, record):
    answer = node.get(f"/Patient/{record['id']}/$summary?language=en-GB")

    vital = sections(answer)["8716-3"]
    assert vital["title"] == "Vital signs"
    assert "135.5 mmHg" in vital["text"]["div"]
    assert "135,5 mmHg" in vital["text"]["div"]
    assert composition(answer)["language"] == answer.json["language"] == "en"
    assert errors(answer.json) == []


def test_summary_of_an_empty_record_says_that_nothing_is_known(doctor, stored):
    answer = doctor.get(f"/Patient/{stored['id']}/$summary")

    found = sections(answer)
    assert list(found) == REQUIRED
    assert {one["emptyReason"]["coding"][0]["code"] for one in found.values()} == {"unavailable"}
    assert all("Không" in one["text"]["div"] and "entry" not in one for one in found.values())
    assert errors(answer.json) == []


def test_summary_withholds_what_the_role_may_not_see(doctor, record, monkeypatch):
    may = Context.allows
    whole = sections(doctor.get(f"/Patient/{record['id']}/$summary"))
    monkeypatch.setattr(
        Context, "allows", lambda self, verb, kind: kind != "AllergyIntolerance" and may(self, verb, kind)
    )

    part = sections(doctor.get(f"/Patient/{record['id']}/$summary"))

    assert not [one for one in whole.values() if "emptyReason" in one]
    assert part["48765-2"]["emptyReason"]["coding"][0]["code"] == "withheld"
    assert "entry" not in part["48765-2"]
    assert {code for code, one in part.items() if "emptyReason" in one} == {"48765-2"}


def test_summary_of_somebody_without_name_or_birth_date_claims_no_profile(node, system):
    identity = system.create({"resourceType": "Patient", "name": [{"text": "Không rõ"}]}).resource["id"]

    bundle = node.get(f"/Patient/{identity}/$summary").json

    assert "profile" not in bundle["meta"]
    assert "meta" not in bundle["entry"][0]["resource"]
    assert errors(bundle) == []


def test_summary_by_number_finds_one_person(doctor, stranger, system, stored):
    number = {"system": "https://ansinh.vn/fhir/id/cccd", "value": "037148001234"}
    system.update(stored | {"identifier": [number]})
    body = {"resourceType": "Parameters", "parameter": [{"name": "identifier", "valueIdentifier": number}]}

    found = doctor.post("/Patient/$summary", body)
    assert composition(found)["subject"]["reference"].endswith(stored["id"])
    assert stranger.post("/Patient/$summary", body).status_code == 404
    assert doctor.post("/Patient/$summary", body | {"parameter": []}).status_code == 400

    twin = {"resourceType": "Patient", "identifier": [number], "name": [{"text": "Trùng số"}]}
    system.create(twin | {"managingOrganization": stored["managingOrganization"]})
    assert doctor.post("/Patient/$summary", body).status_code == 409


@pytest.mark.parametrize(("query", "status"), [("language=fr", 400), ("profile=http://example.org/other", 400)])
def test_summary_of_another_kind_is_refused(doctor, stored, query, status):
    assert doctor.get(f"/Patient/{stored['id']}/$summary?{query}").status_code == status


def test_summary_of_another_facility_is_not_found(stranger, record):
    assert stranger.get(f"/Patient/{record['id']}/$summary").status_code == 404
