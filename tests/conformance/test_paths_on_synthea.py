"""Every search expression over real-looking records: the fast form of a path finds what the full form finds."""

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path import compile_path


@pytest.mark.parametrize("person", range(2))
def test_search_expressions_fast_form_finds_what_the_full_form_finds(official, person):
    bundle = json.loads(sorted(official("synthea-r4").glob("*.json"))[person].read_bytes())

    for entry in bundle["entry"]:
        resource = entry["resource"]
        for parameter in definitions().search_parameters(resource["resourceType"]):
            if not parameter.expression:
                continue
            path = compile_path(parameter.expression)
            full = path.typed(resource, trace=lambda name, items: None)  # an option takes the full way

            assert path.typed(resource) == full
            assert path(resource) == [value for _, value in full]


def test_search_expressions_are_nearly_all_simple():
    expressions = {
        parameter.expression
        for resource_type in definitions().resource_types
        for parameter in definitions().search_parameters(resource_type)
        if parameter.expression
    }
    slow = {expression for expression in expressions if not compile_path(expression).is_simple}

    assert slow == {"name | alias"}


def test_invariants_of_the_specification_all_compile():
    for url in definitions().structure_urls():
        structure = definitions().structure(url)
        for element in structure.elements:
            for rule in element.constraints:
                if rule.expression:
                    compile_path(rule.expression)
