"""Invariants of the standard."""

import pytest

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path import compile_path
from ansinh.fhir.validation import validate
from ansinh.fhir.validation.invariants import COVERED


def all_rules():
    known = definitions()
    for name in sorted(known.type_names):
        structure = known.structure(name)
        for element in structure.elements if structure else ():
            for rule in element.constraints:
                if rule.expression and rule.key not in COVERED:
                    yield rule.expression, element.path


def test_every_rule_of_the_standard_can_be_compiled():
    rules = list(all_rules())

    assert len(rules) > 1000
    assert all(compile_path(expression, path) for expression, path in rules)


@pytest.mark.parametrize(
    ("kind", "change", "key", "place"),
    [
        ("OBSERVATION", {"dataAbsentReason": {"text": "x"}, "valueInteger": 1}, "obs-6", "Observation"),
        ("OBSERVATION", {"referenceRange": [{"age": {"low": {"value": 1}}}]}, "obs-3", "Observation.referenceRange[0]"),
        ("OBSERVATION", {"valueQuantity": {"value": 1, "code": "kg"}}, "qty-3", "Observation.value"),
        ("PATIENT", {"telecom": [{"value": "0900000000"}]}, "cpt-2", "Patient.telecom[0]"),
        ("ENCOUNTER", {"period": {"start": "2025-07-02", "end": "2025-07-01"}}, "per-1", "Encounter.period"),
        ("QUESTIONNAIRE", {"item": [{"linkId": "1", "type": "group"}]}, "que-1", "Questionnaire.item[0]"),
        ("QUESTIONNAIRE", {"item": [{"linkId": "1", "type": "string"}] * 2}, "que-2", "Questionnaire"),
    ],
)
def test_broken_rule_is_named(samples, errors_of, kind, change, key, place):
    assert (key, place) in errors_of(samples.copy_of(getattr(samples, kind), **change))


@pytest.mark.parametrize("period", [{"start": "2025", "end": "2025-01-01"}, {"start": "2025-07-01"}, {"end": "2025"}])
def test_period_that_could_be_right_passes(samples, errors_of, period):
    assert errors_of(samples.copy_of(samples.ENCOUNTER, period=period)) == set()


def test_rule_of_an_element_beyond_its_type(errors_of):
    organization = {"resourceType": "Organization", "name": "X", "telecom": [{"use": "home", "system": "phone"}]}

    assert ("org-3", "Organization.telecom[0]") in errors_of(organization)


def test_rules_can_be_left_out(samples, errors_of):
    broken = samples.copy_of(samples.OBSERVATION, dataAbsentReason={"text": "x"}, valueInteger=1)

    assert errors_of(broken, invariants=False) == set()


def test_rules_wait_until_the_structure_is_right(samples, errors_of):
    broken = samples.copy_of(samples.OBSERVATION, valueInteger="x", dataAbsentReason={"text": "x"})

    assert {key for key, _ in errors_of(broken)} == {"type-integer"}


def test_rule_without_vietnamese_words_shows_its_key(samples):
    problems = validate(
        {"resourceType": "Group", "type": "person", "actual": False, "member": [{"entity": {"display": "x"}}]}
    )

    assert any(problem.key == "grp-1" and "grp-1" in problem.message for problem in problems)


def test_a_warning_does_not_keep_rules_from_running(samples, errors_of):
    reason = {"coding": [{"system": "http://example.org", "code": "x"}]}
    broken = samples.copy_of(samples.OBSERVATION, component=..., valueInteger=1, dataAbsentReason=reason)

    assert errors_of(broken) == {("obs-6", "Observation")}
