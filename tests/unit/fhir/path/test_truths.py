"""Conditions on bare JSON against the full form: what is told at once is what the full form says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.path import PathError, compile_path

CONDITIONS = [
    "status = 'final'",
    "status != 'entered-in-error'",
    "status in ('final' | 'amended')",
    "status = 'final' and value.exists()",
    "status = 'final' or dataAbsentReason.empty()",
    "status = 'final' xor value.exists()",
    "status = 'final' implies issued.exists()",
    "(status = 'final').not()",
    "dataAbsentReason.empty() or value.empty()",
    "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()",
    "value.ofType(Quantity).exists()",
    "value.ofType(boolean)",
    "value.ofType(boolean) = false",
    "value.ofType(boolean).not()",
    "(value as Quantity).exists()",
    "category.coding.where(code = 'survey').exists()",
    "category.coding.where(code = 'survey').exists().not()",
    "category.coding.where(code = 'survey' and value.ofType(Quantity).exists()).empty()",
    "category.coding.exists(code = 'survey')",
    "category.coding.all(system.exists() and code.exists())",
    "category.coding.code = 'survey'",
    "category.first().coding[0].code = 'survey'",
    "component.exists() = value.exists()",
    "component.exists() != hasMember.exists()",
    "extension('http://a').exists()",
    "extension('http://a').value.ofType(boolean) = true",
    "Observation.status = 'final' and Observation.issued.exists()",
    "note.text.exists()",
    "note.where(text = 'a' or author.exists()).exists()",
    "value.exists() and status > 'a'",
    "value.exists() and issued < @2020",
    "$this.status.exists()",
    "true or status.exists()",
]
LEFT = [
    "status > 'a'",
    "issued < @2020",
    "value = 5 'mg'",
    "contained.id.exists()",
    "note.count() > 1",
    "nothing.exists()",
]

texts = st.sampled_from(["final", "entered-in-error", "survey", "http://a", "2020-01-01T00:00:00Z", ""])


def record(**fields):
    return st.fixed_dictionaries({}, optional=fields)


extra = record(id=texts, extension=st.lists(record(url=texts, valueCode=texts), max_size=2))
coding = record(system=texts, code=texts, _code=extra)
concept = record(coding=st.lists(coding, max_size=3), text=texts)
observations = record(
    status=texts,
    _status=extra,
    issued=texts,
    category=st.lists(concept, max_size=2),
    code=concept,
    dataAbsentReason=concept,
    valueQuantity=record(value=st.integers(0, 3), unit=texts),
    valueBoolean=st.booleans(),
    _valueBoolean=extra,
    valueString=texts,
    _valueString=extra,
    component=st.lists(record(code=concept, valueString=texts), max_size=2),
    hasMember=st.lists(record(reference=texts), max_size=1),
    note=st.lists(record(text=texts, _text=extra, authorString=texts) | st.none(), max_size=2),
    extension=st.lists(record(url=texts, valueBoolean=st.booleans(), valueString=texts), max_size=2),
).map(lambda fields: {"resourceType": "Observation", **fields})


def _full(path, resource):
    """The answer of the full form, or the sentence with which it refuses."""
    try:
        return path(resource, trace=lambda name, items: None)  # an option takes the full way
    except PathError as error:
        return str(error)


def _any(path, resource):
    try:
        return path(resource)
    except PathError as error:
        return str(error)


@pytest.mark.parametrize("expression", CONDITIONS)
def test_conditions_have_a_fast_form(expression):
    assert compile_path(expression, "Observation").is_simple


@pytest.mark.parametrize("expression", LEFT)
def test_other_conditions_are_left_to_the_full_form(expression):
    assert not compile_path(expression, "Observation").is_simple
    assert compile_path(expression, "Observation").at_once({"resourceType": "Observation"}) is None


@settings(max_examples=400, deadline=None)
@given(observations, st.sampled_from(CONDITIONS))
def test_what_is_told_at_once_is_what_the_full_form_says(observation, expression):
    path = compile_path(expression, "Observation")
    full = _full(path, observation)

    assert path.at_once(observation) in (None, full)
    assert _any(path, observation) == full


@settings(max_examples=200, deadline=None)
@given(observations, st.sampled_from(CONDITIONS[:12]))
def test_plain_data_is_told_without_the_full_form(observation, expression):
    plain = {key: value for key, value in observation.items() if not key.startswith("_")}
    plain["note"] = []

    assert compile_path(expression, "Observation").at_once(plain) is not None or "%resource" in expression


TOLD = [
    ("status != 'entered-in-error'", {"status": "final"}, [True]),
    ("status != 'entered-in-error'", {}, []),
    ("status != 'entered-in-error'", {"_status": {"id": "1"}}, None),
    ("status = 'final'", {"status": 5}, None),
    ("value.exists()", {"_valueString": {"extension": [{"url": "http://a"}]}}, None),
    ("value.exists()", {"valueBoolean": False}, [True]),
    ("category.exists()", {"category": []}, None),
    ("category.exists()", {"category": [{}]}, [True]),
    ("category.coding.code = 'survey'", {"category": [{"coding": [{"code": "survey"}, {"code": "x"}]}]}, None),
    ("category.coding.exists(code = 'survey')", {"category": ["broken"]}, None),
    ("value.exists() and issued < @2020", {"valueString": "a", "issued": "2019-01-01T00:00:00Z"}, None),
    ("value.exists() and issued < @2020", {}, [False]),
]


@pytest.mark.parametrize(("expression", "fields", "told"), TOLD)
def test_at_once_tells_or_leaves_it(expression, fields, told):
    resource = {"resourceType": "Observation", **fields}
    path = compile_path(expression, "Observation")

    assert path.at_once(resource) == told
    assert _any(path, resource) == _full(path, resource)


def test_type_named_by_every_path_needs_no_root_type():
    path = compile_path("Patient.deceased.exists() and Patient.active = true")

    assert path.is_simple
    assert path({"resourceType": "Patient", "deceasedBoolean": True, "active": True}) == [True]
    assert path({"resourceType": "Person", "active": True}) == [False]


def test_conditions_are_typed_as_system_truths():
    path = compile_path("status = 'final'", "Observation")

    assert path.typed({"resourceType": "Observation", "status": "final"}) == [("Boolean", True)]
    assert path.typed({"resourceType": "Observation"}) == []
