"""What a lenient node warns of, and what no node lets pass."""

import pytest

from ansinh.fhir.validation import validate

BP = "http://hl7.org/fhir/StructureDefinition/bp"
VITALS = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
BIRTH_PLACE = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"city": "A"}}
LOOSE = {"resourceType": "Organization", "id": "c", "name": "A"}


def observation(**more):
    return {"resourceType": "Observation", "status": "final", "code": {"text": "A"}} | more


def patient(**more):
    return {"resourceType": "Patient"} | more


# resource, passes a strict node, passes a lenient node
SPEC = {
    "sound": (patient(gender="male"), True, True),
    "a profile that is claimed and not met": (observation(meta={"profile": [BP]}), False, True),
    "a profile of another type": (patient(meta={"profile": [BP]}), False, True),
    "a profile that nobody here knows": (patient(meta={"profile": ["http://example.org/p"]}), True, True),
    "an extension where it may not stand": (patient(name=[{"extension": [BIRTH_PLACE]}]), False, True),
    "something contained that nothing mentions": (patient(contained=[LOOSE]), False, True),
    "a code outside a required binding": (patient(gender="nam"), False, False),
    "a concept outside a required binding": (
        {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/a"}}
        | {"clinicalStatus": {"coding": [{"system": "http://example.org", "code": "x"}]}},
        False,
        False,
    ),
    "a code outside a required binding of a claimed profile": (
        observation(meta={"profile": [VITALS]}, status="gone"),
        False,
        False,
    ),
    "an element that is none": (patient(colour="red"), False, False),
    "a required element missing": (observation(status=...), False, False),
    "a day that the calendar has not": (patient(birthDate="2025-02-30"), False, False),
    "an invariant": (patient(contact=[{"gender": "male"}]), False, False),
    "a list where one value belongs": (patient(gender=["male"]), False, False),
}


@pytest.mark.parametrize("case", SPEC)
@pytest.mark.parametrize("lenient", [False, True])
def test_node_refuses_as_strictly_as_it_is_set(case, lenient):
    resource, strict_passes, lenient_passes = SPEC[case]
    resource = {key: value for key, value in resource.items() if value is not ...}

    problems = validate(resource, lenient=lenient)

    passes = not [problem for problem in problems if problem.severity == "error"]
    assert passes is (lenient_passes if lenient else strict_passes)


@pytest.mark.parametrize("case", [case for case, (_, strict, lenient) in SPEC.items() if lenient and not strict])
def test_lenient_node_still_says_what_it_lets_pass(case):
    strict, lenient = (validate(SPEC[case][0], lenient=loose) for loose in (False, True))

    assert {(one.key, one.expression) for one in strict} <= {(one.key, one.expression) for one in lenient}
    assert {one.severity for one in lenient} == {"warning"}


def test_profile_that_the_caller_asks_for_is_held_against_the_resource_anywhere():
    problems = validate(observation(), profiles=[BP], lenient=True)

    assert "error" in {problem.severity for problem in problems}
