"""The fast form of a path against the full one, on records of every shape that JSON allows."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.path import compile_path

SIMPLE = [
    "Patient.name.family",
    "Patient.name.given",
    "Patient.name.given.first()",
    "Patient.name.first().given[1]",
    "Patient.name.where(use='official').given",
    "Patient.name.where(given='An').family",
    "Patient.name.where(use='official' and family='Lê').given",
    "Patient.name.where(use='official' or use='old').family",
    "Patient.name.where(period.exists()).period.start",
    "Patient.telecom.where(system='phone').value",
    "Patient.birthDate",
    "Patient.active",
    "Patient.contact.where(name.family='Lê').telecom.value",
    "Patient.deceased",
    "Patient.deceased.ofType(boolean)",
    "(Patient.deceased as dateTime)",
    "Patient.multipleBirth.ofType(integer) | Patient.active",
    "Patient.name | Patient.contact.name",
    "Patient.name.family | Patient.name.given",
    "Patient.extension('http://a').value.ofType(string)",
    "Patient.extension('http://a').value",
    "Patient.extension.where(url='http://a' and extension.exists()).url",
    "Patient.generalPractitioner.where(resolve() is Practitioner)",
    "Patient.generalPractitioner.getReferenceKey(Practitioner)",
    "Patient.generalPractitioner.getReferenceKey()",
    "Patient.name.given | Patient.name.family | Patient.name.use",
    "Patient.name.where(given.first() = 'An')[0].family",
    "$this.name.given",
    "Patient.link.where(type='refer').other.reference",
    "Patient.identifier.where(type.coding.code='CCCD').value",
    "getResourceKey()",
    "Resource.id",
    "Patient",
]

texts = st.sampled_from(["An", "Lê", "official", "old", "phone", "http://a", "refer", "CCCD", "2020-01", ""])
references = st.sampled_from(
    ["Practitioner/1", "Organization/2", "#c", "#", "urn:uuid:1", "x", "https://a/Practitioner/3"]
)


def holes(values):
    return st.lists(values | st.none(), max_size=3)


def record(**fields):
    return st.fixed_dictionaries({}, optional=fields)


extra = record(id=texts, extension=st.lists(record(url=texts, valueCode=texts), max_size=2))
name = record(
    use=texts, family=texts, given=holes(texts), _given=holes(extra), _family=extra, period=record(start=texts)
)
extension = record(url=texts, valueString=texts, valueBoolean=st.booleans(), valueCoding=record(code=texts))
reference = record(reference=references, type=st.sampled_from(["Practitioner", "Patient"]), display=texts)
identifier = record(value=texts, type=record(coding=st.lists(record(code=texts), max_size=2)))
patients = record(
    id=texts,
    active=st.booleans(),
    birthDate=texts,
    _birthDate=extra,
    name=st.lists(name, max_size=3),
    telecom=st.lists(record(system=texts, value=texts), max_size=2),
    contact=st.lists(record(name=name, telecom=st.lists(record(value=texts), max_size=2)), max_size=2),
    deceasedBoolean=st.booleans(),
    deceasedDateTime=texts,
    _deceasedBoolean=extra,
    multipleBirthInteger=st.integers(0, 3),
    extension=st.lists(extension, max_size=3),
    generalPractitioner=st.lists(reference, max_size=3),
    link=st.lists(record(type=texts, other=reference), max_size=2),
    identifier=st.lists(identifier, max_size=3),
    contained=st.lists(st.just({"resourceType": "Practitioner", "id": "c"}), max_size=1),
).map(lambda fields: {"resourceType": "Patient", **fields})


@pytest.mark.parametrize("expression", SIMPLE)
def test_simple_expressions_have_a_fast_form(expression):
    assert compile_path(expression, "Patient").is_simple


@settings(max_examples=200, deadline=None)
@given(patients, st.sampled_from(SIMPLE))
def test_fast_form_finds_what_the_full_form_finds(patient, expression):
    path = compile_path(expression, "Patient")
    full = path.typed(patient, trace=lambda name, items: None)  # an option takes the full way

    assert path.typed(patient) == full
    assert path(patient) == [value for _, value in full]


@settings(max_examples=100, deadline=None)
@given(patients, st.sampled_from([*SIMPLE, "descendants().count()", "name.given.distinct()", "name.sort(family)"]))
def test_evaluation_is_pure(patient, expression):
    before = deepcopy(patient)
    path = compile_path(expression)

    first = path(patient)

    assert path(patient) == first
    assert patient == before


@pytest.mark.parametrize(
    "patient",
    [
        {"resourceType": "Patient", "name": {"family": "not a list"}},
        {"resourceType": "Patient", "name": "not an object"},
        {"resourceType": "Patient", "name": [["list in list"]]},
        {"resourceType": "Patient", "name": [None, {"family": 5}]},
        {"resourceType": "Patient", "telecom": [{"system": ["phone"], "value": {"a": 1}}]},
        {"resourceType": "Patient", "deceasedBoolean": "yes", "generalPractitioner": [{"reference": 7}, 8]},
    ],
)
@pytest.mark.parametrize("expression", SIMPLE)
def test_data_that_breaks_the_standard_never_crashes(patient, expression):
    assert isinstance(compile_path(expression, "Patient")(patient), list)


@pytest.mark.parametrize(
    ("expression", "root"),
    [("Patient.extension.where(value.exists())", ""), ("Patient.name.given.upper()", ""), ("Patient.name.given.x", ""),
     ("Patient.extension.value.where(code = 'x')", ""), ("Patient.deceased.first() | Patient.birthDate", ""),
     ("Patient.name.count()", ""), ("Patient.contained.id", ""), ("Patient.nothing", ""), ("name.family", ""),
     ("Patient.birthDate.extension('x')", ""), ("Patient.name.where($this.use = use)", ""), ("name + 1", "Patient"),
     ("Patient.birthDate = '2020'", ""), ("Patient.name.where(period.start = '2020').family", "")],
)  # fmt: skip
def test_other_expressions_are_left_to_the_full_form(expression, root):
    assert not compile_path(expression, root).is_simple


def test_root_type_lets_paths_start_inside_a_resource():
    path = compile_path("value.ofType(Quantity).value", "Observation.component")

    assert path.is_simple
    assert path({"valueQuantity": {"value": 5}}) == [5]
    assert path.typed({"valueQuantity": {"value": 5}}) == [("decimal", 5)]


def test_resource_of_another_type_gives_nothing():
    assert compile_path("Patient.name.family")({"resourceType": "Person", "name": [{"family": "Lê"}]}) == []
    assert compile_path("name.family", "Patient")({"resourceType": "Person", "name": [{"family": "Lê"}]}) == ["Lê"]


def test_types_are_known_before_anything_runs():
    assert compile_path("Observation.effective").types == {"dateTime", "Period", "Timing", "instant"}
    assert compile_path("Patient.name.family").types == {"string"}
    assert compile_path("Patient.name.count()").types == frozenset()
