"""Thousands of closures stay in memory: each holds only what it runs with."""

import gc
from types import FunctionType, GenericAlias

import pytest

from ansinh.fhir.path import compile_path

PATHS = [
    "Patient.name.where(use = 'official').given.first()",
    "Observation.component.where(code.exists() and value.exists()).count() > 1",
    "Bundle.entry[0].resource.ofType(Patient).birthDate <= today()",
]


@pytest.mark.parametrize("expression", PATHS)
def test_compiled_path_makes_no_types_of_its_own(expression):
    compile_path("Patient.active", "Patient")  # what is made once
    gc.collect()
    before = _aliases()

    path = compile_path(expression, expression.partition(".")[0])

    assert callable(path)
    assert _aliases() == before
    assert any(type(one) is FunctionType for one in gc.get_referents(path))


def _aliases():
    return sum(type(one) is GenericAlias for one in gc.get_objects())
