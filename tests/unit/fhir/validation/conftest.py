"""Sound resources, and short ways to say what is expected of a broken one."""

import importlib.util
from pathlib import Path

import pytest

from ansinh.fhir.validation import validate

_SPEC = importlib.util.spec_from_file_location("validation_samples", Path(__file__).with_name("samples.py"))
assert _SPEC
assert _SPEC.loader
_samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_samples)


@pytest.fixture(scope="session")
def samples():
    """The module of sound resources."""
    return _samples


@pytest.fixture(scope="session")
def errors_of():
    """Keys and places of the errors of a resource: {("required", "Observation.status")}."""

    def errors(resource, **options):
        return {
            (problem.key, problem.expression)
            for problem in validate(resource, **options)
            if problem.severity == "error"
        }

    return errors
