"""Search parameters as objects: known at once, their expressions read when a resource is first asked."""

import pytest

from ansinh.fhir.index import parameters as room
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model.definitions import definitions

PERSON = {
    "resourceType": "Patient",
    "name": [{"family": "Lê", "given": ["An"]}],
    "identifier": [{"system": "http://example.org/so", "value": "001942"}],
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">đau lưng</div>'},
}


@pytest.fixture
def read(monkeypatch):
    """Which expressions are compiled from here on; what is known is forgotten before and after."""
    found, compile_path = [], room.compile_path

    def noted(expression, *rest):
        found.append(expression)
        return compile_path(expression, *rest)

    monkeypatch.setattr(room, "compile_path", noted)
    room.forget()
    yield found
    monkeypatch.undo()
    room.forget()


def test_parameters_of_every_type_are_known_without_reading_their_expressions(read):
    known = {kind: parameters(kind) for kind in definitions().resource_types}

    assert sum(map(len, known.values())) > 2_000
    composites = [one for found in known.values() for one in found.values() if one.type == "composite"]
    assert len(read) == sum(len(one.parts) for one in composites)


def test_parameter_reads_its_expression_when_it_is_asked(read):
    family = parameters("Patient")["family"]
    before = len(read)

    assert family.evaluate(PERSON) == ["Lê"]
    assert len(read) == before + 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [("given", ["An"]), ("identifier-end", ["249100"]), ("gender", [])],
)
def test_parameter_finds_what_its_expression_says(code, expected):
    assert parameters("Patient")[code].evaluate(PERSON) == expected


@pytest.mark.parametrize("code", ["_text", "_content"])
def test_parameter_of_words_finds_the_narrative(code):
    assert parameters("Patient")[code].evaluate(PERSON)


@pytest.mark.parametrize("kind", ["Patient", "Observation", "CarePlan", "Encounter"])
def test_every_expression_of_a_type_can_be_read(kind):
    assert all(callable(one.evaluate) for one in parameters(kind).values())


def test_two_readings_of_one_definition_are_equal(read):
    before = parameters("Observation")
    room.forget()

    assert parameters("Observation") is not before
    assert parameters("Observation") == before
