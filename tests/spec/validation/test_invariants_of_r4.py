"""The invariants of R4, one by one: a resource that breaks just that rule, and the least change that mends it.

Rules and their keys are those of the specification (4.0.1); the resources are the project's own. Each row is tried both
ways, so that no rule can be kept by refusing everything or by looking away.
"""

import pytest

from ansinh.fhir.validation import validate

UCUM = "http://unitsofmeasure.org"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
PERSON = {"reference": "Patient/p"}
NOTHING = {"resourceType": "Basic", "code": {"text": "x"}}


def coded(system: str, code: str) -> dict:
    return {"coding": [{"system": system, "code": code}]}


def carrying(kind: str, value) -> dict:
    """A resource that says nothing but a value of a data type."""
    return {**NOTHING, "extension": [{"url": "http://example.org/x", f"value{kind}": value}]}


def timed(**repeat) -> dict:
    return carrying("Timing", {"repeat": repeat})


def measured(**more) -> dict:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "cân nặng"}, **more}


def ill(**more) -> dict:
    return {"resourceType": "Condition", "subject": PERSON, **more}


def allergic(**more) -> dict:
    return {"resourceType": "AllergyIntolerance", "patient": PERSON, **more}


def form(*items: dict) -> dict:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items)}


def question(kind: str = "string", **more) -> dict:
    return {"linkId": "1", "type": kind, **more}


def packed(kind: str, *entries: dict, **more) -> dict:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **more}


def letter(*sections: dict) -> dict:
    made = {"date": "2026-01-01", "author": [{"display": "x"}], "title": "Thư", "type": {"text": "thư"}}
    return {"resourceType": "Composition", "status": "final", **made} | (
        {"section": list(sections)} if sections else {}
    )


def members(**more) -> dict:
    return {"resourceType": "Group", "type": "person", "actual": True, **more}


def listed(mode: str = "working", **more) -> dict:
    return {"resourceType": "List", "status": "current", "mode": mode, **more}


def meeting(**more) -> dict:
    participant = more.pop("participant", {"status": "accepted", "type": [{"text": "bác sĩ"}]})
    return {"resourceType": "Appointment", "status": "proposed", "participant": [participant], **more}


def able(**more) -> dict:
    made = {"status": "active", "date": "2026-01-01", "kind": "requirements", "fhirVersion": "4.0.1"}
    made |= {"format": ["json"], "description": "x", "rest": [{"mode": "server"}]}
    return {"resourceType": "CapabilityStatement", **made, **more}


def serving(*resources: dict) -> dict:
    return able(rest=[{"mode": "server", "resource": list(resources)}])


def codes(**more) -> dict:
    return {"resourceType": "ValueSet", "status": "active", **more}


def included(**include) -> dict:
    return codes(compose={"include": [include]})


def expanded(**contains) -> dict:
    return codes(expansion={"timestamp": "2026-01-01T00:00:00Z", "contains": [contains]})


def mapped(target: dict | None = None, unmapped: dict | None = None) -> dict:
    group: dict = {"element": [{"code": "a", "target": [target or {"code": "b", "equivalence": "equal"}]}]}
    if unmapped:
        group["unmapped"] = unmapped
    return {"resourceType": "ConceptMap", "status": "active", "group": [group]}


def agreed(**more) -> dict:
    made = {"status": "active", "scope": {"text": "điều trị"}, "category": [{"text": "x"}]}
    return {"resourceType": "Consent", **made, **more}


def vaccinated(**more) -> dict:
    made = {"status": "completed", "vaccineCode": {"text": "x"}, "patient": PERSON, "occurrenceDateTime": "2025"}
    return {"resourceType": "Immunization", **made, **more}


def counted(kind: str = "summary", **more) -> dict:
    made = {"status": "complete", "type": kind, "measure": "http://example.org/m", "period": {"start": "2025"}}
    return {"resourceType": "MeasureReport", **made, **more}


def defined(**more) -> dict:
    made = {"url": "http://example.org/s", "name": "S", "status": "active", "description": "x", "code": "x"}
    return {"resourceType": "SearchParameter", **made, "base": ["Patient"], "type": "string", **more}


def relative_of(**more) -> dict:
    made = {"status": "completed", "patient": PERSON, "relationship": {"text": "mẹ"}}
    return {"resourceType": "FamilyMemberHistory", **made, **more}


def named(kind: str, *ids: dict) -> dict:
    made = {"name": "N", "status": "active", "kind": kind, "date": "2026-01-01"}
    return {"resourceType": "NamingSystem", **made, "uniqueId": list(ids)}


def operation(**parameter) -> dict:
    made = {"name": "O", "status": "active", "kind": "operation", "code": "o"}
    made |= {"system": True, "type": False, "instance": False}
    one = {"name": "x", "use": "in", "min": 0, "max": "1", **parameter}
    return {"resourceType": "OperationDefinition", **made, "parameter": [one]}


def risk(**prediction) -> dict:
    made = {"resourceType": "RiskAssessment", "status": "final", "subject": PERSON}
    return {**made, "prediction": [prediction]}


def watched(**entity) -> dict:
    made = {"type": {"code": "rest"}, "recorded": "2026-01-01T00:00:00Z"}
    made |= {"agent": [{"requestor": True}], "source": {"observer": {"display": "x"}}}
    return {"resourceType": "AuditEvent", **made, "entity": [entity]}


A_PATIENT, ANOTHER = {"resourceType": "Patient", "gender": "male"}, {"resourceType": "Patient", "gender": "female"}
ASKED = {"method": "GET", "url": "Patient/1"}
ANSWERED = {"status": "200"}
DOCUMENT = {"identifier": {"system": "urn:x", "value": "1"}, "timestamp": "2026-01-01T00:00:00Z"}
IN_DOCUMENT = {"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": letter()}
DOSED = {"dose": {"value": 1}}
GIVEN = {"resourceType": "MedicationAdministration", "status": "completed", "medicationCodeableConcept": {"text": "x"}}
GIVEN |= {"subject": PERSON, "effectiveDateTime": "2026-01-01"}
DISPENSED = {"resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": {"text": "x"}}
STRATA = {"code": {"text": "giới"}, "component": [{"criteria": {"language": "x", "expression": "y"}}]}
MEASURE = {"resourceType": "Measure", "status": "active"}
ORDER = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": PERSON}
GOAL = {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "đi được"}, "subject": PERSON}
PLAN = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": PERSON}
RECOMMENDED = {"resourceType": "ImmunizationRecommendation", "patient": PERSON, "date": "2026-01-01"}
TEAM = {"resourceType": "CareTeam", "contained": [{"resourceType": "Patient", "id": "p"}]}
TEAM |= {"contained": [{"resourceType": "Patient", "id": "a"}, {"resourceType": "Practitioner", "id": "b"}]}
ADVISED = {"resourceType": "RequestGroup", "status": "active", "intent": "plan"}
REPLIED = {"resourceType": "AppointmentResponse", "appointment": {"display": "x"}, "participantStatus": "accepted"}


def in_team(first: str, second: str) -> dict:
    """Both contained people are members; the first one acts for an organisation."""
    one = {"member": {"reference": first}, "onBehalfOf": {"display": "Sở"}}
    return {**TEAM, "participant": [one, {"member": {"reference": second}}]}


# rule: (what breaks it, what keeps it)
RULES = {
    # data types
    "age-1": (
        carrying("Age", {"value": -1, "system": UCUM, "code": "a"}),
        carrying("Age", {"value": 1, "system": UCUM, "code": "a"}),
    ),
    "att-1": (
        carrying("Attachment", {"data": "QQ=="}),
        carrying("Attachment", {"data": "QQ==", "contentType": "text/plain"}),
    ),
    "cnt-3": (
        carrying("Count", {"value": 2.5, "system": UCUM, "code": "1"}),
        carrying("Count", {"value": 2, "system": UCUM, "code": "1"}),
    ),
    "cpt-2": (
        carrying("ContactPoint", {"value": "0912"}),
        carrying("ContactPoint", {"system": "phone", "value": "0912"}),
    ),
    "dis-1": (
        carrying("Distance", {"value": 1, "system": "http://x", "code": "km"}),
        carrying("Distance", {"value": 1, "system": UCUM, "code": "km"}),
    ),
    "drq-1": (
        carrying("DataRequirement", {"type": "Patient", "codeFilter": [{"valueSet": "http://x"}]}),
        carrying("DataRequirement", {"type": "Patient", "codeFilter": [{"path": "gender", "valueSet": "http://x"}]}),
    ),
    "drq-2": (
        carrying("DataRequirement", {"type": "Patient", "dateFilter": [{"path": "a", "searchParam": "b"}]}),
        carrying("DataRequirement", {"type": "Patient", "dateFilter": [{"searchParam": "b"}]}),
    ),
    "drt-1": (
        carrying("Duration", {"value": 1, "system": "http://x", "code": "d"}),
        carrying("Duration", {"value": 1, "system": UCUM, "code": "d"}),
    ),
    "exp-1": (
        carrying("Expression", {"language": "text/cql"}),
        carrying("Expression", {"language": "text/cql", "expression": "x"}),
    ),
    "ext-1": (
        {
            **NOTHING,
            "extension": [{"url": "http://x", "valueString": "a", "extension": [{"url": "b", "valueCode": "c"}]}],
        },
        {**NOTHING, "extension": [{"url": "http://x", "extension": [{"url": "b", "valueCode": "c"}]}]},
    ),
    "per-1": (
        carrying("Period", {"start": "2026-02", "end": "2026-01"}),
        carrying("Period", {"start": "2026-01", "end": "2026-01"}),
    ),
    "qty-3": (
        carrying("Quantity", {"value": 1, "code": "kg"}),
        carrying("Quantity", {"value": 1, "code": "kg", "system": UCUM}),
    ),
    "rat-1": (
        carrying("Ratio", {"numerator": {"value": 1}}),
        carrying("Ratio", {"numerator": {"value": 1}, "denominator": {"value": 2}}),
    ),
    "rng-2": (
        carrying(
            "Range",
            {"low": {"value": 2, "code": "g", "system": UCUM}, "high": {"value": 1, "code": "g", "system": UCUM}},
        ),
        carrying(
            "Range",
            {"low": {"value": 2, "code": "g", "system": UCUM}, "high": {"value": 1, "code": "kg", "system": UCUM}},
        ),
    ),
    "tim-1": (timed(duration=2), timed(duration=2, durationUnit="h")),
    "tim-2": (timed(period=1), timed(period=1, periodUnit="d")),
    "tim-4": (timed(duration=-1, durationUnit="h"), timed(duration=0, durationUnit="h")),
    "tim-5": (timed(period=-1, periodUnit="d"), timed(period=0, periodUnit="d")),
    "tim-6": (timed(periodMax=2), timed(period=1, periodMax=2, periodUnit="d")),
    "tim-7": (timed(durationMax=2), timed(duration=1, durationMax=2, durationUnit="h")),
    "tim-8": (timed(countMax=3), timed(count=2, countMax=3)),
    "tim-9": (timed(offset=30, when=["CM"]), timed(offset=30, when=["ACM"])),
    "tim-10": (timed(timeOfDay=["08:00:00"], when=["MORN"]), timed(timeOfDay=["08:00:00"])),
    "trd-1": (
        carrying("TriggerDefinition", {"type": "periodic", "timingDate": "2026", "data": [{"type": "Patient"}]}),
        carrying("TriggerDefinition", {"type": "periodic", "timingDate": "2026"}),
    ),
    "trd-2": (
        carrying(
            "TriggerDefinition", {"type": "named-event", "name": "n", "condition": {"language": "x", "expression": "y"}}
        ),
        carrying(
            "TriggerDefinition",
            {"type": "data-added", "data": [{"type": "Patient"}], "condition": {"language": "x", "expression": "y"}},
        ),
    ),
    "trd-3": (
        carrying("TriggerDefinition", {"type": "named-event"}),
        carrying("TriggerDefinition", {"type": "named-event", "name": "n"}),
    ),
    # people and their care
    "pat-1": (
        {"resourceType": "Patient", "contact": [{"gender": "male"}]},
        {"resourceType": "Patient", "contact": [{"address": {"text": "x"}}]},
    ),
    "org-1": ({"resourceType": "Organization", "active": True}, {"resourceType": "Organization", "name": "Trạm"}),
    "org-2": (
        {"resourceType": "Organization", "name": "x", "address": [{"use": "home", "text": "x"}]},
        {"resourceType": "Organization", "name": "x", "address": [{"use": "work", "text": "x"}]},
    ),
    "org-3": (
        {"resourceType": "Organization", "name": "x", "telecom": [{"use": "home", "system": "phone", "value": "1"}]},
        {"resourceType": "Organization", "name": "x", "telecom": [{"use": "work", "system": "phone", "value": "1"}]},
    ),
    "ait-1": (allergic(), allergic(clinicalStatus=coded(ALLERGY_CLINICAL, "active"))),
    "ait-2": (
        allergic(
            verificationStatus=coded(ALLERGY, "entered-in-error"), clinicalStatus=coded(ALLERGY_CLINICAL, "active")
        ),
        allergic(verificationStatus=coded(ALLERGY, "entered-in-error")),
    ),
    "con-1": (ill(stage=[{"type": {"text": "x"}}]), ill(stage=[{"summary": {"text": "II"}}])),
    "con-2": (ill(evidence=[{"id": "e"}]), ill(evidence=[{"code": [{"text": "sốt"}]}])),
    "con-4": (
        ill(abatementDateTime="2025", clinicalStatus=coded(CLINICAL, "active")),
        ill(abatementDateTime="2025", clinicalStatus=coded(CLINICAL, "remission")),
    ),
    "con-5": (
        ill(verificationStatus=coded(VERIFICATION, "entered-in-error"), clinicalStatus=coded(CLINICAL, "active")),
        ill(verificationStatus=coded(VERIFICATION, "entered-in-error")),
    ),
    "cpl-3": (
        {**PLAN, "activity": [{"reference": {"display": "x"}, "detail": {"status": "scheduled"}}]},
        {**PLAN, "activity": [{"detail": {"status": "scheduled"}}]},
    ),
    "ctm-1": (in_team("#a", "#b"), in_team("#b", "#a")),
    "fhs-1": (relative_of(ageString="60", bornDate="1960"), relative_of(ageString="60")),
    "fhs-2": (relative_of(estimatedAge=True), relative_of(estimatedAge=True, ageString="60")),
    "gol-1": (
        {**GOAL, "target": [{"detailInteger": 80}]},
        {**GOAL, "target": [{"detailInteger": 80, "measure": {"text": "Barthel"}}]},
    ),
    "grp-1": (members(actual=False, member=[{"entity": PERSON}]), members(member=[{"entity": PERSON}])),
    "imm-1": (vaccinated(education=[{"publicationDate": "2025"}]), vaccinated(education=[{"documentType": "x"}])),
    "imr-1": (
        {**RECOMMENDED, "recommendation": [{"forecastStatus": {"text": "due"}}]},
        {**RECOMMENDED, "recommendation": [{"forecastStatus": {"text": "due"}, "targetDisease": {"text": "sởi"}}]},
    ),
    "lst-1": (
        listed(emptyReason={"text": "x"}, entry=[{"item": PERSON}]),
        listed(emptyReason={"text": "x"}),
    ),
    "lst-2": (
        listed(entry=[{"deleted": True, "item": PERSON}]),
        listed("changes", entry=[{"deleted": True, "item": PERSON}]),
    ),
    "lst-3": (
        listed("snapshot", entry=[{"date": "2026", "item": PERSON}]),
        listed(entry=[{"date": "2026", "item": PERSON}]),
    ),
    "mad-1": ({**GIVEN, "dosage": {"text": "1 viên"}}, {**GIVEN, "dosage": DOSED}),
    "mdd-1": (
        {**DISPENSED, "whenPrepared": "2026-01-02", "whenHandedOver": "2026-01-01"},
        {**DISPENSED, "whenPrepared": "2026-01-01", "whenHandedOver": "2026-01-02"},
    ),
    "obs-3": (measured(referenceRange=[{"type": {"text": "x"}}]), measured(referenceRange=[{"low": {"value": 1}}])),
    "obs-6": (measured(valueInteger=1, dataAbsentReason={"text": "x"}), measured(dataAbsentReason={"text": "x"})),
    "obs-7": (
        measured(
            code=coded("urn:x", "a"), valueInteger=1, component=[{"code": coded("urn:x", "a"), "valueInteger": 2}]
        ),
        measured(
            code=coded("urn:x", "a"), valueInteger=1, component=[{"code": coded("urn:x", "b"), "valueInteger": 2}]
        ),
    ),
    "prr-1": (
        {**ORDER, "orderDetail": [{"text": "x"}]},
        {**ORDER, "orderDetail": [{"text": "x"}], "code": {"text": "y"}},
    ),
    "ras-1": (
        risk(probabilityRange={"low": {"value": 1, "system": UCUM, "code": "g"}}),
        risk(probabilityRange={"low": {"value": 1, "system": UCUM, "code": "%"}}),
    ),
    "ras-2": (risk(probabilityDecimal=101), risk(probabilityDecimal=100)),
    # appointments and consent
    "app-1": (
        meeting(participant={"status": "accepted"}),
        meeting(participant={"status": "accepted", "actor": PERSON}),
    ),
    "app-2": (
        meeting(start="2026-01-01T08:00:00Z"),
        meeting(start="2026-01-01T08:00:00Z", end="2026-01-01T09:00:00Z"),
    ),
    "app-3": (meeting(status="booked"), meeting(status="waitlist")),
    "app-4": (meeting(cancelationReason={"text": "x"}), meeting(status="cancelled", cancelationReason={"text": "x"})),
    "apr-1": (REPLIED, {**REPLIED, "participantType": [{"text": "x"}]}),
    "ppc-1": (agreed(), agreed(policyRule={"text": "Luật 91/2025"})),
    # forms
    "que-1": (form(question("group")), form(question("group", item=[question() | {"linkId": "2"}]))),
    "que-2": (form(question(), question()), form(question(), question() | {"linkId": "2"})),
    "que-3": (form(question("display", code=[{"code": "x"}])), form(question("integer", code=[{"code": "x"}]))),
    "que-4": (
        form(question("choice", answerOption=[{"valueString": "a"}], answerValueSet="http://x")),
        form(question("choice", answerOption=[{"valueString": "a"}])),
    ),
    "que-5": (
        form(question("boolean", answerOption=[{"valueString": "a"}])),
        form(question("choice", answerOption=[{"valueString": "a"}])),
    ),
    "que-6": (form(question("display", required=True)), form(question("string", required=True))),
    "que-7": (
        form(
            question(),
            question(enableWhen=[{"question": "1", "operator": "exists", "answerString": "a"}]) | {"linkId": "2"},
        ),
        form(
            question(),
            question(enableWhen=[{"question": "1", "operator": "exists", "answerBoolean": True}]) | {"linkId": "2"},
        ),
    ),
    "que-8": (
        form(question("display", initial=[{"valueString": "a"}])),
        form(question("string", initial=[{"valueString": "a"}])),
    ),
    "que-9": (form(question("display", readOnly=True)), form(question("string", readOnly=True))),
    "que-10": (form(question("date", maxLength=3)), form(question("text", maxLength=3))),
    "que-11": (
        form(question("choice", answerOption=[{"valueString": "a"}], initial=[{"valueString": "a"}])),
        form(question("choice", answerOption=[{"valueString": "a", "initialSelected": True}])),
    ),
    "que-12": (
        form(question(enableWhen=[{"question": "1", "operator": "exists", "answerBoolean": True}] * 3)),
        form(
            question(
                enableWhen=[{"question": "1", "operator": "exists", "answerBoolean": True}] * 3, enableBehavior="any"
            )
        ),
    ),
    "que-13": (
        form(question(initial=[{"valueString": "a"}, {"valueString": "b"}], repeats=False)),
        form(question(initial=[{"valueString": "a"}, {"valueString": "b"}], repeats=True)),
    ),
    "qrs-1": (
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "item": [{"linkId": "1", "answer": [{"valueBoolean": True}], "item": [{"linkId": "2"}]}],
        },
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "item": [{"linkId": "1", "answer": [{"valueBoolean": True, "item": [{"linkId": "2"}]}]}],
        },
    ),
    # bundles and documents
    "bdl-1": (
        packed("collection", {"resource": A_PATIENT}, total=1),
        packed("searchset", {"resource": A_PATIENT}, total=1),
    ),
    "bdl-2": (
        packed("collection", {"resource": A_PATIENT, "search": {"mode": "match"}}),
        packed("searchset", {"resource": A_PATIENT, "search": {"mode": "match"}}),
    ),
    "bdl-3": (packed("batch", {"resource": A_PATIENT}), packed("batch", {"request": ASKED})),
    "bdl-4": (packed("batch-response", {"resource": A_PATIENT}), packed("batch-response", {"response": ANSWERED})),
    "bdl-5": (
        packed("collection", {"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}),
        packed("collection", {"resource": A_PATIENT}),
    ),
    "bdl-7": (
        packed(
            "collection",
            {"fullUrl": "http://x/Patient/1", "resource": A_PATIENT},
            {"fullUrl": "http://x/Patient/1", "resource": ANOTHER},
        ),
        packed(
            "collection",
            {"fullUrl": "http://x/Patient/1", "resource": A_PATIENT},
            {"fullUrl": "http://x/Patient/2", "resource": ANOTHER},
        ),
    ),
    "bdl-8": (
        packed("collection", {"fullUrl": "http://x/Patient/1/_history/2", "resource": A_PATIENT}),
        packed("collection", {"fullUrl": "http://x/Patient/1", "resource": A_PATIENT}),
    ),
    "bdl-9": (
        packed("document", IN_DOCUMENT, timestamp=DOCUMENT["timestamp"]),
        packed("document", IN_DOCUMENT, **DOCUMENT),
    ),
    "bdl-10": (
        packed("document", IN_DOCUMENT, identifier=DOCUMENT["identifier"]),
        packed("document", IN_DOCUMENT, **DOCUMENT),
    ),
    "bdl-11": (packed("document", {"resource": A_PATIENT}, **DOCUMENT), packed("document", IN_DOCUMENT, **DOCUMENT)),
    "bdl-12": (
        packed("message", {"resource": A_PATIENT}),
        packed(
            "message",
            {"resource": {"resourceType": "MessageHeader", "eventUri": "http://x", "source": {"endpoint": "http://x"}}},
        ),
    ),
    "cmp-1": (letter({"title": "Tóm tắt"}), letter({"title": "Tóm tắt", "entry": [PERSON]})),
    "cmp-2": (
        letter({"emptyReason": {"text": "x"}, "entry": [PERSON]}),
        letter({"emptyReason": {"text": "x"}, "section": [{"entry": [PERSON]}]}),
    ),
    # definitions
    "cmd-1": (
        mapped({"code": "b", "equivalence": "inexact"}),
        mapped({"code": "b", "equivalence": "inexact", "comment": "gần đúng"}),
    ),
    "cmd-2": (mapped(unmapped={"mode": "fixed"}), mapped(unmapped={"mode": "fixed", "code": "z"})),
    "cmd-3": (mapped(unmapped={"mode": "other-map"}), mapped(unmapped={"mode": "other-map", "url": "http://x"})),
    "cpb-1": ({key: value for key, value in able().items() if key != "rest"}, able()),
    "cpb-2": ({key: value for key, value in able().items() if key != "description"}, able()),
    "cpb-3": (
        able(messaging=[{"endpoint": [{"protocol": {"code": "http"}, "address": "http://x"}]}]),
        able(
            kind="instance",
            implementation={"description": "x"},
            messaging=[{"endpoint": [{"protocol": {"code": "http"}, "address": "http://x"}]}],
        ),
    ),
    "cpb-7": (
        able(document=[{"mode": "producer", "profile": "http://x"}, {"mode": "producer", "profile": "http://x"}]),
        able(document=[{"mode": "producer", "profile": "http://x"}, {"mode": "consumer", "profile": "http://x"}]),
    ),
    "cpb-9": (serving({"type": "Patient"}, {"type": "Patient"}), serving({"type": "Patient"}, {"type": "Group"})),
    "cpb-12": (
        serving({"type": "Patient", "searchParam": [{"name": "a", "type": "token"}] * 2}),
        serving({"type": "Patient", "searchParam": [{"name": "a", "type": "token"}, {"name": "b", "type": "token"}]}),
    ),
    "cpb-14": (able(kind="instance"), able(kind="instance", implementation={"description": "x"})),
    "cpb-15": (able(kind="capability"), able(kind="capability", software={"name": "x"})),
    "cpb-16": (able(software={"name": "x"}), able()),
    "csd-1": (
        {
            "resourceType": "CodeSystem",
            "status": "active",
            "content": "complete",
            "concept": [{"code": "a", "concept": [{"code": "a"}]}],
        },
        {
            "resourceType": "CodeSystem",
            "status": "active",
            "content": "complete",
            "concept": [{"code": "a", "concept": [{"code": "b"}]}],
        },
    ),
    "lnk-1": (
        {"resourceType": "Linkage", "item": [{"type": "source", "resource": PERSON}]},
        {
            "resourceType": "Linkage",
            "item": [{"type": "source", "resource": PERSON}, {"type": "alternate", "resource": PERSON}],
        },
    ),
    "mea-1": (
        {**MEASURE, "group": [{"stratifier": [STRATA]}]},
        {**MEASURE, "group": [{"stratifier": [{"code": {"text": "giới"}}]}]},
    ),
    "mrp-1": (counted("data-collection", group=[{"code": {"text": "x"}}]), counted(group=[{"code": {"text": "x"}}])),
    "mrp-2": (
        counted(
            group=[
                {
                    "stratifier": [
                        {
                            "stratum": [
                                {
                                    "value": {"text": "nam"},
                                    "component": [{"code": {"text": "a"}, "value": {"text": "b"}}],
                                }
                            ]
                        }
                    ]
                }
            ]
        ),
        counted(group=[{"stratifier": [{"stratum": [{"value": {"text": "nam"}}]}]}]),
    ),
    "nsd-1": (
        named("root", {"type": "uuid", "value": "c757873d-ec9a-4326-a141-556f43239520"}),
        named("root", {"type": "uri", "value": "http://x"}),
    ),
    "nsd-2": (
        named(
            "root",
            {"type": "uri", "value": "http://x", "preferred": True},
            {"type": "uri", "value": "http://y", "preferred": True},
        ),
        named(
            "root",
            {"type": "uri", "value": "http://x", "preferred": True},
            {"type": "oid", "value": "1.2", "preferred": True},
        ),
    ),
    "opd-1": (operation(), operation(type="string")),
    "opd-2": (operation(type="integer", searchType="token"), operation(type="string", searchType="token")),
    "opd-3": (
        operation(type="string", targetProfile=["http://x"]),
        operation(type="Reference", targetProfile=["http://x"]),
    ),
    "rqg-1": (
        {**ADVISED, "action": [{"title": "x"}]},
        {**ADVISED, "action": [{"resource": {"display": "x"}}]},
    ),
    "sev-1": (watched(name="x", query="eA=="), watched(name="x")),
    "spd-1": (defined(xpath="f:x"), defined(xpath="f:x", xpathUsage="normal")),
    "spd-2": (defined(chain=["name"]), defined(chain=["name"], type="reference")),
    "vsd-1": (included(version="1"), included(system="http://x")),
    "vsd-2": (
        included(valueSet=["http://x"], concept=[{"code": "a"}]),
        included(valueSet=["http://x"], system="http://y", concept=[{"code": "a"}]),
    ),
    "vsd-3": (
        included(system="http://y", concept=[{"code": "a"}], filter=[{"property": "p", "op": "=", "value": "v"}]),
        included(system="http://y", filter=[{"property": "p", "op": "=", "value": "v"}]),
    ),
    "vsd-6": (expanded(abstract=True), expanded(abstract=True, display="nhóm")),
    "vsd-9": (expanded(display="x", abstract=False), expanded(display="x", abstract=True)),
    "vsd-10": (expanded(code="a"), expanded(code="a", system="http://x")),
}
# Warnings of the standard: told, and never in the way.
ADVICE = {
    "con-3": (
        ill(category=[coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")]),
        ill(clinicalStatus=coded(CLINICAL, "active")),
    ),
    "cmd-0": ({**mapped(), "name": "hai chữ"}, {**mapped(), "name": "HaiChu"}),
    "cpb-0": (able(name="tên-có-gạch"), able(name="Ten_Co_Gach")),
    "csd-0": (
        {"resourceType": "CodeSystem", "status": "active", "content": "fragment", "name": "thuong"},
        {"resourceType": "CodeSystem", "status": "active", "content": "fragment", "name": "Thuong"},
    ),
    "que-0": ({**form(), "name": "phq 9", "item": [question()]}, {**form(), "name": "Phq9", "item": [question()]}),
    "vsd-0": (codes(name="1a"), codes(name="A1")),
}


def found(resource: dict, severity: str) -> set[str]:
    return {problem.key for problem in validate(resource) if problem.severity == severity}


@pytest.mark.parametrize("rule", RULES)
def test_resource_that_breaks_one_rule_is_refused_by_its_key(rule):
    broken, _ = RULES[rule]

    assert found(broken, "error") == {rule}


@pytest.mark.parametrize("rule", RULES)
def test_resource_that_keeps_the_rule_is_not_accused(rule):
    _, sound = RULES[rule]

    assert found(sound, "error") == set()


@pytest.mark.parametrize("rule", ADVICE)
def test_advice_of_the_standard_is_a_warning_and_lets_pass(rule):
    doubtful, sound = ADVICE[rule]

    assert rule in found(doubtful, "warning")
    assert found(doubtful, "error") == set()
    assert rule not in found(sound, "warning")


@pytest.mark.parametrize("rule", RULES)
def test_broken_rule_is_told_in_words_with_its_place_and_never_with_the_values(rule):
    broken, _ = RULES[rule]
    told = [problem for problem in validate(broken) if problem.key == rule]

    assert all(problem.message.strip() and problem.expression.startswith(broken["resourceType"]) for problem in told)
    assert not any("0912" in problem.message or "cân nặng" in problem.message for problem in told)
