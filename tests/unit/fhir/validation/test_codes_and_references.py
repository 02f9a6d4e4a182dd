"""Bindings and references."""

import pytest

from ansinh.fhir.validation import validate

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def condition(**changes):
    sound = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}]},
        "subject": {"reference": "Patient/p1"},
    }
    return {key: value for key, value in (sound | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("status", "key"),
    [
        ({"coding": [{"system": CLINICAL, "code": "alive"}]}, "binding-required"),
        ({"coding": [{"system": "http://example.org", "code": "active"}]}, "binding-required"),
        ({"coding": [{"code": "alive"}]}, "binding-required"),
        ({"text": "đang bệnh"}, "binding-missing"),
    ],
)
def test_required_binding_of_a_concept_refuses_other_codes(errors_of, status, key):
    assert {found for found, _ in errors_of(condition(clinicalStatus=status))} == {key}


def test_one_right_coding_among_others_is_enough(errors_of):
    status = {"coding": [{"system": "http://example.org", "code": "x"}, {"system": CLINICAL, "code": "active"}]}

    assert errors_of(condition(clinicalStatus=status)) == set()


def test_unknown_code_of_a_required_binding_never_enters(samples, errors_of):
    assert errors_of(samples.copy_of(samples.PATIENT, gender="nam")) == {("binding-required", "Patient.gender")}
    assert errors_of(samples.copy_of(samples.OBSERVATION, status="done")) == {
        ("binding-required", "Observation.status")
    }


def test_extensible_binding_only_warns(samples):
    reason = {"coding": [{"system": "http://example.org", "code": "x"}]}
    problems = validate(samples.copy_of(samples.OBSERVATION, component=..., dataAbsentReason=reason))

    assert [(problem.severity, problem.key) for problem in problems] == [("warning", "binding-extensible")]


def test_codes_that_cannot_be_decided_are_no_problem(errors_of):
    attachment = {"contentType": "application/pdf", "url": "https://example.org/a.pdf"}
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }

    assert errors_of(document) == set()


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Organization/o1", "ref-target"),
        ("https://example.org/fhir/Organization/o1", "ref-target"),
        ("Nobody/o1", "ref-type"),
        ("p1", "ref-form"),
        ("Patient/a b", "ref-form"),
        ("#nowhere", "ref-contained"),
    ],
)
def test_wrong_reference_is_refused(errors_of, reference, key):
    assert errors_of(condition(subject={"reference": reference})) == {(key, "Condition.subject.reference")}


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "Patient/p1/_history/2"},
        {"reference": "https://example.org/fhir/Patient/p1"},
        {"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
        {"identifier": {"system": "https://ansinh.vn/fhir/id/cccd", "value": "1"}},
        {"display": "Bà A"},
        {"reference": "Patient/p1", "type": "Patient"},
    ],
)
def test_right_reference_passes(errors_of, subject):
    assert errors_of(condition(subject=subject)) == set()


def test_type_beside_the_reference_must_agree(errors_of):
    found = errors_of(condition(subject={"reference": "Patient/p1", "type": "Group"}))

    assert found == {("ref-type-differs", "Condition.subject.type")}


def test_existence_is_asked_only_for_relative_references(errors_of):
    asked = []

    def exists(kind, identity):
        asked.append((kind, identity))
        return False

    missing = errors_of(condition(), exists=exists)
    elsewhere = errors_of(condition(subject={"reference": "https://example.org/fhir/Patient/x"}), exists=exists)

    assert missing == {("ref-missing", "Condition.subject.reference")}
    assert elsewhere == set()
    assert asked == [("Patient", "p1")]
