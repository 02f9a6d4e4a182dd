"""What pages refuse, the door refuses: alone, within a transaction, and by a patch. Nothing is written."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ansinh.fhir.model import json
from ansinh.kernel import clock
from ansinh.kernel.naming import BHYT, CCCD, CMND, ICD10

pytestmark = pytest.mark.django_db

TODAY = clock.today()
TOMORROW, YESTERDAY = (TODAY + timedelta(days=1)).isoformat(), (TODAY - timedelta(days=1)).isoformat()


def person(**more):
    return {"resourceType": "Patient", "name": [{"text": "Nguyễn Văn Mẫu"}], "birthDate": "1950"} | more


def paper(system, value):
    return person(
        identifier=[{"system": "https://example.org/other", "value": "1"}, {"system": system, "value": value}]
    )


def stay(patient, status="active", **period):
    found = {"resourceType": "EpisodeOfCare", "status": status, "patient": {"reference": f"Patient/{patient}"}}
    return found | ({"period": period} if period else {})


def illness(patient, code, system=ICD10, **more):
    coding = [{"system": "http://snomed.info/sct", "code": "44054006"}, {"system": system, "code": code}]
    subject = {"reference": f"Patient/{patient}"}
    return {"resourceType": "Condition", "subject": subject, "code": {"coding": coding}} | more


def total(patient, value, code="44261-6", category="survey"):
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": system, "code": category}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
    } | ({"valueInteger": value} if isinstance(value, int) else {"valueQuantity": {"value": value}})


def panel(found):
    part = {"code": found.pop("code"), "valueInteger": found.pop("valueInteger")}
    return found | {"code": {"text": "Đánh giá đầu năm"}, "component": [part]}


def measured(patient, value, code="8310-5", unit="Cel"):
    quantity = {"value": value, "system": "http://unitsofmeasure.org", "code": unit}
    return total(patient, Decimal(0), code, "vital-signs") | {"valueQuantity": quantity}


NUMBER, START, END = "Patient.identifier[1].value", "EpisodeOfCare.period.start", "EpisodeOfCare.period.end"

# What is refused: key, place, the resource of a person.
REFUSED = {
    "citizen number of 11 digits": ("cccd-length", NUMBER, lambda p: paper(CCCD, "03720012345")),
    "citizen number with letters": ("cccd-digits", NUMBER, lambda p: paper(CCCD, "03720012345A")),
    "citizen number with spaces": ("number-spaced", NUMBER, lambda p: paper(CCCD, "037200 123456")),
    "old number of 8 digits": ("cmnd-length", NUMBER, lambda p: paper(CMND, "12345678")),
    "insurance card too short": ("bhyt-shape", NUMBER, lambda p: paper(BHYT, "GD4373720")),
    "birth tomorrow": ("birth-future", "Patient.birthDate", lambda p: person(birthDate=TOMORROW)),
    "born 150 years ago and alive": ("birth-too-old", "Patient.birthDate", lambda p: person(birthDate="1850")),
    "admission tomorrow": ("stay-future", START, lambda p: stay(p, start=TOMORROW)),
    "admission before birth": ("stay-before-birth", START, lambda p: stay(p, start="1949-12-31")),
    "discharge tomorrow": (
        "discharge-future", END, lambda p: stay(p, "finished", start="2025-01-01", end=TOMORROW),
    ),
    "discharge before admission": (
        "per-1", "EpisodeOfCare.period", lambda p: stay(p, "finished", start="2025-03-02", end="2025-03-01"),
    ),
    "PHQ-9 above its highest total": ("score-range", "Observation.value", lambda p: total(p, 28)),
    "PHQ-9 below nothing": ("score-range", "Observation.value.value", lambda p: total(p, Decimal("-0.5"))),
    "PHQ-9 above its highest total that is called an exam": (
        "score-range", "Observation.value", lambda p: total(p, 28, category="exam"),
    ),
    "PHQ-9 above its highest total within a panel": (
        "score-range", "Observation.component[0].value", lambda p: panel(total(p, 28)),
    ),
    "measurement of tomorrow": (
        "measured-later", "Observation.effective", lambda p: measured(p, 37) | {"effectiveDateTime": TOMORROW},
    ),
    "measurement that begins tomorrow": (
        "measured-later", "Observation.effective", lambda p: measured(p, 37) | {"effectivePeriod": {"start": TOMORROW}},
    ),
    "temperature of an oven": ("vital-impossible", "Observation.valueQuantity.value", lambda p: measured(p, 420)),
    "illness unknown to ICD-10": ("icd-unknown", "Condition.code.coding[1].code", lambda p: illness(p, "Q99.99")),
}  # fmt: skip

ACCEPTED = {
    "citizen number of 12 digits": lambda p: paper(CCCD, "037200123456"),
    "citizen number that is not ours to judge": lambda p: paper("https://example.org/id", "1"),
    "number only known to exist": lambda p: person(identifier=[{"system": CCCD, "type": {"text": "Căn cước"}}]),
    "name with digits from another system": lambda p: person(name=[{"family": "Abbott774"}]),
    "born 150 years ago and dead": lambda p: person(birthDate="1850", deceasedBoolean=True),
    "stay from a month on": lambda p: stay(p, start=TODAY.isoformat()[:7]),
    "stay planned for tomorrow": lambda p: stay(p, "planned", start=TOMORROW),
    "stay expected to end tomorrow": lambda p: stay(p, start=YESTERDAY, end=TOMORROW),
    "stay that ended this year": lambda p: stay(p, "finished", start=f"{TODAY.year}", end=f"{TODAY.year}"),
    "stay since the year of birth": lambda p: stay(p, "finished", start="1950", end="1951"),
    "stay without dates": lambda p: stay(p),
    "stay of the last hour there is": lambda p: stay(p, "cancelled", end="9999-12-31T23:59:59Z"),
    "PHQ-9 at its highest total": lambda p: total(p, 27),
    "total of a tool nobody here knows": lambda p: total(p, 900, code="99999-9"),
    "measurement of today": lambda p: measured(p, 37) | {"effectiveDateTime": TODAY.isoformat()},
    "measurement without a day": lambda p: measured(p, 37),
    "measurement that is planned for tomorrow": lambda p: (
        measured(p, 37) | {"effectiveDateTime": TOMORROW, "status": "registered"}
    ),
    "illness known to ICD-10": lambda p: illness(p, "F20.0"),
    "temperature that pages would ask about": lambda p: measured(p, 45),
    "illness by another system": lambda p: illness(p, "Q99.99", "http://example.org/codes"),
}


def transaction(*resources, method="POST"):
    entries = [
        {"request": {"method": method, "url": resource["resourceType"]}, "resource": resource} for resource in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def told(answer):
    return [(issue["details"]["coding"][0]["code"], issue["expression"][0]) for issue in answer.json["issue"]]


@pytest.mark.parametrize("case", REFUSED)
def test_door_what_a_page_refuses_is_refused(node, stored, case):
    key, place, make = REFUSED[case]

    answer = node.post(f"/{make('x')['resourceType']}", make(stored["id"]))

    assert answer.status_code == 422, answer.text
    assert told(answer) == [(key, place)]


def test_refusal_of_the_house_is_said_in_english_on_request(node, stored):
    answer = node.post("/Observation", measured(stored["id"], 420), Accept_Language="en")

    text = answer.json["issue"][0]["details"]["text"]
    assert text.startswith("Temperature cannot be this number: water freezes at 0 °C")


@pytest.mark.parametrize("case", REFUSED)
def test_transaction_what_a_page_refuses_is_refused_and_nothing_written(node, stored, case):
    _, place, make = REFUSED[case]
    good = person(name=[{"text": "Trần Thị Kề"}])

    answer = node.post("", transaction(good, make(stored["id"])))

    assert answer.status_code == 422, answer.text
    assert [issue["expression"][0] for issue in answer.json["issue"]] == [
        "Bundle.entry[1].resource." + place.partition(".")[2]
    ]
    assert node.get("/Patient?name=tran thi ke&_total=accurate").json["total"] == 0


@pytest.mark.parametrize("case", ACCEPTED)
def test_door_what_no_page_would_refuse_is_accepted(node, stored, case):
    resource = ACCEPTED[case](stored["id"])

    answer = node.post(f"/{resource['resourceType']}", resource)

    assert answer.status_code == 201, answer.text


def test_patch_that_breaks_a_rule_is_refused_and_changes_nothing(node, stored):
    patch = [{"op": "add", "path": "/identifier", "value": [{"system": CCCD, "value": "12345678901"}]}]

    answer = node.call(
        "PATCH", f"/Patient/{stored['id']}", json.dumps(patch), Content_Type="application/json-patch+json"
    )

    assert (answer.status_code, told(answer)) == (422, [("cccd-length", "Patient.identifier[0].value")])
    assert node.get(f"/Patient/{stored['id']}").json == stored


def test_second_open_stay_of_a_person_is_refused_until_the_first_ends(node, stored):
    first = node.post("/EpisodeOfCare", stay(stored["id"], start="2025-01-01")).json

    refused = node.post("/EpisodeOfCare", stay(stored["id"], "onhold", start="2025-02-01"))
    ended = node.put(
        f"/EpisodeOfCare/{first['id']}",
        first | {"status": "finished", "period": {"start": "2025-01-01", "end": "2025-01-31"}},
    )
    accepted = node.post("/EpisodeOfCare", stay(stored["id"], start="2025-02-01"))

    assert (refused.status_code, told(refused)) == (422, [("stay-open", "EpisodeOfCare.status")])
    assert (ended.status_code, accepted.status_code) == (200, 201)


def test_open_stay_itself_can_be_corrected(node, stored):
    first = node.post("/EpisodeOfCare", stay(stored["id"], start="2025-01-01")).json

    answer = node.put(f"/EpisodeOfCare/{first['id']}", first | {"period": {"start": "2025-01-02"}})

    assert answer.status_code == 200


def test_two_open_stays_in_one_transaction_are_refused(node, stored):
    answer = node.post("", transaction(stay(stored["id"]), stay(stored["id"])))

    assert answer.status_code == 422
    assert answer.json["issue"][0]["expression"] == ["Bundle.entry[1].resource.status"]
    assert node.get(f"/EpisodeOfCare?patient={stored['id']}&_total=accurate").json["total"] == 0


def test_ended_stay_that_is_opened_again_beside_another_is_refused(node, stored):
    old = node.post("/EpisodeOfCare", stay(stored["id"], "finished", start="2024-01-01", end="2024-02-01")).json
    node.post("/EpisodeOfCare", stay(stored["id"], start="2025-01-01"))
    patch = [{"op": "replace", "path": "/status", "value": "active"}]

    answer = node.call(
        "PATCH", f"/EpisodeOfCare/{old['id']}", json.dumps(patch), Content_Type="application/json-patch+json"
    )

    assert (answer.status_code, told(answer)) == (422, [("stay-open", "EpisodeOfCare.status")])


def test_two_facilities_each_with_a_record_of_one_citizen_may_each_have_an_open_stay(node, units):
    records = [
        paper(CCCD, "037200123456") | {"managingOrganization": {"reference": f"Organization/{units[name]}"}}
        for name in ("a", "b")
    ]
    ids = [node.post("/Patient", record).json["id"] for record in records]

    answers = [node.post("/EpisodeOfCare", stay(one, start="2025-01-01")).status_code for one in ids]

    assert answers == [201, 201]


FORM = {
    "resourceType": "Questionnaire",
    "url": "https://example.org/forms/walk",
    "version": "1",
    "status": "active",
    "item": [
        {
            "linkId": "aid",
            "type": "choice",
            "required": True,
            "answerOption": [{"valueCoding": {"system": "s", "code": code}} for code in ("none", "cane")],
        },
        {
            "linkId": "metres",
            "type": "integer",
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 500}],
            "enableWhen": [{"question": "aid", "operator": "=", "answerCoding": {"system": "s", "code": "cane"}}],
        },
    ],
}


def filled(aid="", metres=None, status="completed", form="https://example.org/forms/walk|1"):
    items = [{"linkId": "aid", "answer": [{"valueCoding": {"system": "s", "code": aid}}]}] if aid else []
    items += [{"linkId": "metres", "answer": [{"valueInteger": metres}]}] if metres is not None else []
    found = {"resourceType": "QuestionnaireResponse", "questionnaire": form, "status": status}
    return found | ({"item": items} if items else {})


@pytest.fixture
def form(node):
    assert node.put("/Questionnaire/walk", FORM | {"id": "walk"}).status_code == 201


BAD_ANSWERS = {
    "an option that is not offered": (filled("wheels"), "option", "QuestionnaireResponse.item[0]"),
    "a number out of range": (filled("cane", 501), "max-value", "QuestionnaireResponse.item[1]"),
    "a required answer missing": (filled(), "required", "QuestionnaireResponse.item"),
    "an answer to what was not asked": (filled("none", 5), "disabled", "QuestionnaireResponse.item[1]"),
    "a wrong option before it is complete": (
        filled("wheels", status="in-progress"), "option", "QuestionnaireResponse.item[0]",
    ),
    "a version that never was": (
        filled("cane", form="https://example.org/forms/walk|9"),
        "questionnaire-version", "QuestionnaireResponse.questionnaire",
    ),
}  # fmt: skip
GOOD_ANSWERS = {
    "complete": filled("cane", 500),
    "without naming a version": filled("cane", 500, form="https://example.org/forms/walk"),
    "in progress, still open": filled(status="in-progress"),
    "of a form that nobody here knows": filled("wheels", 501, form="https://example.org/forms/other"),
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_filled_form_that_its_questionnaire_does_not_allow_is_refused(node, form, case):
    response, key, place = BAD_ANSWERS[case]

    alone, bundled = node.post("/QuestionnaireResponse", response), node.post("", transaction(response))

    assert (alone.status_code, told(alone)) == (422, [(key, place)])
    assert bundled.status_code == 422
    assert bundled.json["issue"][0]["expression"] == ["Bundle.entry[0].resource" + place.partition("Response")[2]]


@pytest.mark.parametrize("case", GOOD_ANSWERS)
def test_filled_form_that_its_questionnaire_allows_is_stored(node, form, case):
    assert node.post("/QuestionnaireResponse", GOOD_ANSWERS[case]).status_code == 201


def test_filled_form_is_judged_by_the_version_it_names_after_the_form_changed(node, form):
    changed = FORM | {"id": "walk", "version": "2", "item": FORM["item"][:1]}
    node.put("/Questionnaire/walk", changed)

    earlier = node.post("/QuestionnaireResponse", filled("cane", 5))
    later = node.post("/QuestionnaireResponse", filled("cane", 5, form="https://example.org/forms/walk|2"))

    assert earlier.status_code == 201
    assert (later.status_code, [key for key, _ in told(later)]) == (422, ["unknown-item"])


def test_patch_to_a_wrong_answer_is_refused(node, form):
    found = node.post("/QuestionnaireResponse", filled("cane", 5)).json
    patch = [{"op": "replace", "path": "/item/1/answer/0/valueInteger", "value": 501}]

    answer = node.call(
        "PATCH",
        f"/QuestionnaireResponse/{found['id']}",
        json.dumps(patch),
        Content_Type="application/json-patch+json",
    )

    assert (answer.status_code, told(answer)) == (422, [("max-value", "QuestionnaireResponse.item[1]")])


def test_form_and_its_wrong_answers_in_one_transaction_are_refused(node):
    answer = node.post("", transaction(FORM, filled("wheels")))

    assert answer.status_code == 422, answer.text
    assert answer.json["issue"][0]["expression"] == ["Bundle.entry[1].resource.item[0]"]
    assert node.get(f"/Questionnaire?url={FORM['url']}&_total=accurate").json["total"] == 0


def test_person_and_a_stay_before_birth_in_one_transaction_are_refused(node):
    name = "urn:uuid:0d6a7d3c-0000-4000-8000-000000000002"
    early = stay("x", start="1949-12-31") | {"patient": {"reference": name}}
    bundle = transaction(person(name=[{"text": "Trần Thị Kề"}]), early)
    bundle["entry"][0]["fullUrl"] = name

    answer = node.post("", bundle)

    assert answer.status_code == 422, answer.text
    assert answer.json["issue"][0]["expression"] == ["Bundle.entry[1].resource.period.start"]
    assert node.get("/Patient?name=tran thi ke&_total=accurate").json["total"] == 0


def test_validate_says_what_the_house_would_refuse(node, stored):
    answer = node.post("/EpisodeOfCare/$validate", stay(stored["id"], start=TOMORROW))

    assert [key for key, _ in told(answer)] == ["stay-future"]


@pytest.mark.parametrize(("lenient", "status"), [(False, 422), (True, 201)])
def test_claim_of_a_profile_is_held_against_the_client_by_strict_nodes_only(node, stored, settings, lenient, status):
    settings.FHIR_LENIENT = lenient
    claim = {"meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/bp"]}}
    reading = {"resourceType": "Observation", "status": "final", "code": {"text": "Huyết áp"}} | claim

    assert node.post("/Observation", reading).status_code == status


def test_lenient_node_takes_no_unknown_code_of_a_required_binding(node, settings):
    settings.FHIR_LENIENT = True

    assert node.post("/Patient", person(gender="nam")).status_code == 422
    assert node.post("/Patient", paper(CCCD, "1")).status_code == 422
