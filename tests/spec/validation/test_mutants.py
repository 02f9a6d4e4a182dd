"""Seeded mistakes at any place of a sound resource: every one must be caught, and the sound ones never accused."""

import copy
import importlib.util
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.validation import validate

_FOLDER = Path(__file__).resolve().parents[2] / "unit" / "fhir" / "validation"
_SPEC = importlib.util.spec_from_file_location("validation_samples_for_mutants", _FOLDER / "samples.py")
assert _SPEC
assert _SPEC.loader
samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(samples)


def places(value, path=()):
    """Paths of everything below a JSON value, except what names the resource."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in pairs:
        if key != "resourceType":
            yield (*path, key)
            yield from places(below, (*path, key))


def at(resource, path):
    for step in path:
        resource = resource[step]
    return resource


def put(resource, path, value):
    changed = copy.deepcopy(resource)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def has_error(resource):
    return any(problem.severity == "error" for problem in validate(resource))


@st.composite
def resource_and_place(draw, wanted=lambda value: True):
    resource = draw(st.sampled_from(samples.ALL))
    candidates = [path for path in places(resource) if wanted(at(resource, path))]
    return resource, draw(st.sampled_from(candidates))


def is_text(value):
    return isinstance(value, str)


def is_object(value):
    return isinstance(value, dict)


@given(resource_and_place())
def test_null_or_empty_anywhere_is_caught(pair):
    resource, path = pair

    for nothing in ("", {}, [], None):
        assert has_error(put(resource, path, nothing)), (path, nothing)


@given(resource_and_place(), st.sampled_from([7, True, "7", {"x": 1}, [1]]))
def test_value_of_another_kind_is_caught(pair, other):
    resource, path = pair
    value = at(resource, path)
    alike = isinstance(value, type(other)) and isinstance(value, bool) == isinstance(other, bool)

    if not alike:
        assert has_error(put(resource, path, other)), (path, other)


@given(resource_and_place(is_object), st.from_regex(r"[a-z]{9,12}", fullmatch=True), st.sampled_from(["x", 1, {}]))
def test_unknown_element_in_any_object_is_caught(pair, name, value):
    resource, path = pair

    if definitions().structure(resource["resourceType"]) and name not in str(resource):
        assert has_error(put(resource, (*path, name), value)), (path, name)


@given(resource_and_place())
def test_list_for_one_and_one_for_list_is_caught(pair):
    resource, path = pair
    value = at(resource, path)
    if isinstance(path[-1], int):
        return

    assert has_error(put(resource, path, value[0] if isinstance(value, list) else [value])), path


_REQUIRED = [
    (samples.OBSERVATION, ("status",)),
    (samples.OBSERVATION, ("code",)),
    (samples.OBSERVATION, ("component", 0, "code")),
    (samples.QUESTIONNAIRE, ("item", 0, "linkId")),
    (samples.QUESTIONNAIRE, ("item", 0, "item", 0, "type")),
    (samples.ENCOUNTER, ("status",)),
    (samples.ENCOUNTER, ("class",)),
    (samples.PATIENT, ("text", "div")),
]


@given(st.sampled_from(_REQUIRED))
def test_missing_required_element_is_caught(pair):
    resource, path = pair
    changed = copy.deepcopy(resource)
    del at(changed, path[:-1])[path[-1]]

    assert has_error(changed), path


_CODES = [
    (samples.PATIENT, ("gender",)),
    (samples.PATIENT, ("name", 0, "use")),
    (samples.OBSERVATION, ("status",)),
    (samples.QUESTIONNAIRE, ("item", 0, "item", 0, "type")),
    (samples.ENCOUNTER, ("status",)),
    (samples.ENCOUNTER, ("contained", 0, "gender")),
]


@given(st.sampled_from(_CODES), st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_unknown_code_of_a_required_binding_is_caught(pair, code):
    resource, path = pair
    known = {"male", "female", "other", "unknown", "final", "amended", "usual", "temp", "old", "group", "string"}

    if code not in known | {"official", "nickname", "anonymous", "maiden", "url", "text", "date", "time", "choice"}:
        assert has_error(put(resource, path, code)) or code in str(definitions().value_set_urls()), (path, code)


@given(st.integers(13, 99), st.integers(32, 99), st.integers(1, 9999))
def test_day_that_the_calendar_lacks_is_caught(month, day, year):
    for text in (f"{year:04}-{month}-01", f"{year:04}-01-{day}", f"{year:04}-02-30"):
        assert has_error(put(samples.PATIENT, ("birthDate",), text)), text


@settings(max_examples=30)
@given(st.sampled_from(["Organization", "Observation", "Encounter", "Practitioner"]))
def test_reference_to_the_wrong_type_is_caught(kind):
    assert has_error(put(samples.OBSERVATION, ("subject", "reference"), f"{kind}/x1"))


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
))  # fmt: skip
def test_any_json_is_answered_without_a_crash(value):
    validate(value)
    validate({"resourceType": "Patient", "name": value, "contained": value, "meta": value})
    validate({"resourceType": "Bundle", "type": "batch", "entry": value})
