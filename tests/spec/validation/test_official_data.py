"""Data that nobody of this project wrote must pass, apart from what is really wrong in it."""

from pathlib import Path

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.validation import validate

CONFORMANCE = Path(__file__).resolve().parents[4] / "shared" / "conformance"
SYNTHEA = sorted((CONFORMANCE / "synthea-r4").glob("*.json"))
EXAMPLES = CONFORMANCE / "fhirpath-r4" / "tests.json"

# What these examples break on purpose or by their conversion from XML, read one by one.
KNOWN = {
    "codesystem-example.xml": {"csd-1"},
    "explanationofbenefit-example.json": {"required"},
    "valueset-example-expansion.xml": {"companion-length", "empty-object"},
    "patient-container-example.json": {"dom-3", "org-1", "ref-form"},
}


@pytest.mark.skipif(not SYNTHEA, reason="the Synthea bundles are not on this machine")
def test_synthea_resources_raise_no_false_alarm():
    accused = [
        (entry["resource"]["resourceType"], problem.key, problem.expression)
        for path in SYNTHEA[::12]
        for entry in json.loads(path.read_bytes())["entry"]
        for problem in validate(entry["resource"])
        if problem.severity == "error"
    ]

    assert accused == []


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the official examples are not on this machine")
def test_official_examples_raise_only_the_alarms_in_the_ledger():
    inputs = json.loads(EXAMPLES.read_bytes())["inputs"]
    found = {
        name: {problem.key for problem in validate(resource) if problem.severity == "error"}
        for name, resource in inputs.items()
        if isinstance(resource, dict)
    }

    assert len(found) >= 10
    assert {name: keys for name, keys in found.items() if keys} == KNOWN
