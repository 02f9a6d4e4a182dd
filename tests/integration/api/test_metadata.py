"""The CapabilityStatement tells what is really there."""

import pytest

from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.validation import validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(nobody):
    answer = nobody.get("/metadata")
    assert answer.status_code == 200
    return answer.json


def test_metadata_is_open_and_sound(statement):
    assert statement["fhirVersion"] == "4.0.1"
    assert [problem for problem in validate(statement) if problem.severity == "error"] == []


def test_metadata_names_the_search_parameters_of_the_index(statement):
    patient = next(item for item in statement["rest"][0]["resource"] if item["type"] == "Patient")
    named = {parameter["name"] for parameter in patient["searchParam"]}

    assert {"_id", "_lastUpdated"} | parameters("Patient").keys() == named
    assert "Patient:organization" in patient["searchInclude"]


def test_metadata_announces_only_what_has_a_responder(statement):
    codes = {item["code"] for item in statement["rest"][0]["resource"][0]["interaction"]}

    instance = {"read", "vread", "update", "patch", "delete", "history-instance"}
    assert instance | {"create", "search-type", "history-type"} == codes
    whole = {item["code"] for item in statement["rest"][0]["interaction"]}
    assert whole == {"transaction", "batch", "search-system", "history-system"}


def test_every_search_parameter_announced_can_be_asked(doctor, statement):
    for kind in ("Patient", "Observation", "Encounter"):
        resource = next(item for item in statement["rest"][0]["resource"] if item["type"] == kind)
        refused = [
            parameter["name"]
            for parameter in resource["searchParam"]
            if doctor.get(f"/{kind}?{parameter['name']}:missing=true&_count=1").status_code != 200
            and parameter["name"] not in ("_id", "_lastUpdated")
        ]
        assert refused == []


def test_terminology_is_told_on_request(nobody):
    told = nobody.get("/metadata?mode=terminology").json

    assert told["resourceType"] == "TerminologyCapabilities"
    assert not [one for one in validate(told) if one.severity == "error"]
    assert {"uri": "http://hl7.org/fhir/administrative-gender", "subsumption": True} in told["codeSystem"]
    assert nobody.get("/metadata?mode=normative").json["resourceType"] == "CapabilityStatement"
    assert nobody.get("/metadata?mode=other").status_code == 400
