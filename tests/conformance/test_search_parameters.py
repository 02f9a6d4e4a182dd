"""Every search parameter of R4, of every type of resource: indexed from its official expression, and searched by it."""

import pytest
from msgspec.structs import replace

from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.search import search
from ansinh.kernel.errors import UserError

pytestmark = pytest.mark.django_db

# Named queries are a server's own; there are none here.
LEFT_OUT = {"_query"}
SAMPLES = {
    "string": "mau",
    "token": "http://example.org/codes|a",
    "reference": "Patient/a",
    "date": "ge2025-01-01",
    "number": "lt5.4",
    "quantity": "5.4|http://unitsofmeasure.org|mg",
    "uri": "http://example.org/a",
    "special": "a",
}


def sample(kind: str, parameter) -> str:
    """A value that the parameter takes."""
    if parameter.code == "near":
        return "20.25|105.97|10|km"
    if parameter.code in ("_id", "_lastUpdated"):
        return {"_id": "a", "_lastUpdated": "ge2025-01-01"}[parameter.code]
    if parameter.type == "composite":
        return "$".join(SAMPLES[one] for one in parameters(kind)[parameter.code].component_types)
    return SAMPLES[parameter.type]


def difference(system, kind: str, parameter) -> str:
    """What is wrong with a search by this parameter, "" when nothing is."""
    try:
        search(system, kind, [(parameter.code, sample(kind, parameter)), ("_count", "1")])
    except UserError as error:
        return error.message
    return ""


def test_search_parameters_are_all_indexed_and_searched(system, score):
    total, wrong = 0, {}
    for kind in sorted(definitions().resource_types):
        for parameter in definitions().search_parameters(kind):
            if parameter.code in LEFT_OUT:
                continue
            total += 1
            if found := difference(system, kind, parameter):
                wrong[f"{kind}.{parameter.code}"] = found

    score("search parameters", total - len(wrong), total)
    assert wrong == {}


def test_search_parameter_that_is_not_there_would_be_seen(system):
    parameter = definitions().search_parameters("Patient")[0]

    assert difference(system, "Patient", replace(parameter, code="colour", type="string")) != ""
