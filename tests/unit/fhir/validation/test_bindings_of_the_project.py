"""Bindings to the project's own sets ask the tables; elsewhere nothing asks the database."""

import pytest

from ansinh.fhir.model.definitions import Binding
from ansinh.fhir.terminology import valuesets
from ansinh.fhir.validation.bindings import binding_check
from ansinh.fhir.validation.run import Run
from ansinh.kernel.naming import CS, VS


@pytest.fixture
def asked(monkeypatch):
    """What the project's sets were asked; only `good` is in them."""
    calls = []

    def contains(url, system, code):
        calls.append((url, system, code))
        return code == "good"

    monkeypatch.setattr(valuesets, "contains", contains)
    return calls


def problems(check, value):
    run = Run({})
    check(value, "X.y", run)
    return [(problem.severity, problem.key) for problem in run.problems]


@pytest.mark.parametrize("strength", ["preferred", "example"])
def test_weak_bindings_ask_nothing(strength):
    assert binding_check(Binding(strength, VS("x")), "code") is None


def test_codes_codings_and_concepts_are_asked(asked):
    required = Binding("required", VS("x"))
    code, coding, concept = (binding_check(required, kind) for kind in ("code", "Coding", "CodeableConcept"))

    assert problems(code, "good") == problems(coding, {"system": CS("x"), "code": "good"}) == []
    assert problems(code, "bad") == [("error", "binding-required")]
    assert problems(coding, {"code": "bad"}) == [("error", "binding-required")]
    assert problems(concept, {"coding": [{"code": "bad"}, {"code": "good"}]}) == []
    assert asked[0] == (VS("x"), "", "good")


def test_extensible_coding_warns(asked):
    check = binding_check(Binding("extensible", VS("x")), "Coding")

    assert problems(check, {"code": "bad"}) == [("warning", "binding-extensible")]


def test_coding_without_code_says_nothing(asked):
    check = binding_check(Binding("required", VS("x")), "Coding")

    assert problems(check, {"display": "x"}) == []
    assert asked == []
