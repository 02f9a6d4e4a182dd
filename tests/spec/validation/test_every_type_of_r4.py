"""Every resource type of R4: the least that the standard asks of it is accepted, and what is wrong with it is named.

For each of the types a resource is put together from the definitions of the specification: what has to be there and
nothing more. Then one thing at a time is taken away, added, or turned into something else. What the engine makes of a
resource elsewhere (bytes, index rows, an expression) has to take each of them too.
"""

import copy
from functools import cache
from typing import Any

import pytest

from ansinh.fhir.index.extraction import extract
from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.elements import Element
from ansinh.fhir.path import evaluate
from ansinh.fhir.validation import validate

KNOWN = definitions()
TYPES = sorted(KNOWN.resource_types - {"Parameters", "Binary", "Bundle"})
# Values of the primitive types, and of data types that cannot be empty objects.
VALUES: dict[str, Any] = {
    "base64Binary": "QQ==", "boolean": True, "canonical": "http://example.org/x", "code": "x", "date": "2026-01-01",
    "dateTime": "2026-01-01", "decimal": 1, "id": "x", "instant": "2026-01-01T00:00:00Z", "integer": 0, "markdown": "x",
    "oid": "urn:oid:1.2", "positiveInt": 1, "string": "x", "time": "08:00:00", "unsignedInt": 0, "uri": "http://x",
    "url": "http://x", "uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "Reference": {"display": "x"}, "CodeableConcept": {"text": "x"}, "Coding": {"display": "x"},
    "Identifier": {"value": "x"}, "Period": {"start": "2026"}, "Quantity": {"value": 1}, "HumanName": {"text": "x"},
    "ContactPoint": {"system": "phone", "value": "1"}, "Attachment": {"url": "http://x"},
    "Range": {"low": {"value": 1}},
    "Timing": {"event": ["2026"]}, "Ratio": {"numerator": {"value": 1}, "denominator": {"value": 2}},
    "Money": {"value": 1}, "Annotation": {"text": "x"}, "Age": {"value": 1}, "Duration": {"value": 1},
    "Expression": {"language": "text/fhirpath", "expression": "true"}, "Signature": {"who": {"display": "x"}},
    "Narrative": {"status": "empty", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
    "SimpleQuantity": {"value": 1}, "Meta": {"source": "http://x"}, "UsageContext": {"code": {"code": "x"}},
    "TriggerDefinition": {"type": "periodic", "timingDate": "2026"}, "Dosage": {"text": "x"},
    "SubstanceAmount": {"amountText": "x"}, "Population": {"race": {"text": "x"}},
    "ProdCharacteristic": {"color": ["x"]},
    "ProductShelfLife": {"type": {"text": "x"}, "period": {"value": 1}}, "Address": {"text": "x"},
    "MarketingStatus": {"country": {"text": "x"}, "status": {"text": "x"}, "dateRange": {"start": "2026"}},
    "ElementDefinition": {"path": "Patient"}, "Resource": {"resourceType": "Basic", "code": {"text": "x"}},
}  # fmt: skip
# Codes of sets that are too large, or too open, to be listed in the definitions.
CODES = {
    "mimetypes": "text/plain",
    "languages": "vi",
    "all-languages": "vi",
    "all-types": "Patient",
    "currencies": "VND",
}


@cache
def a_code(value_set: str) -> str:
    """One code of a set of the specification."""
    url = value_set.partition("|")[0]
    if (name := url.rpartition("/")[2]) in CODES:
        return CODES[name]
    found = KNOWN.value_set(url) or {}
    for include in found.get("compose", {}).get("include", []):
        system = KNOWN.code_system(include.get("system", "")) or {}
        for concept in [*include.get("concept", []), *system.get("concept", [])]:
            return concept["code"]
        for inner in include.get("valueSet", []):
            return a_code(inner)
    raise AssertionError(value_set)


def elements_of(path: str) -> list[Element]:
    """The elements just below a path of a resource type."""
    structure = KNOWN.structure(path.partition(".")[0])
    assert structure is not None
    return [one for one in structure.elements if one.path.rpartition(".")[0] == path and not one.slice_name]


def value_of(element: Element) -> Any:
    """A sound value of an element, with what it has to hold itself."""
    if element.content_reference:
        return least(element.content_reference.removeprefix("#"))
    kind = element.types[0].code.rpartition("/")[2].replace("System.", "").lower()
    kind = next((name for name in (*VALUES, "BackboneElement", "Element") if name.lower() == kind), kind)
    if kind in ("BackboneElement", "Element"):
        return least(element.path)
    if kind == "code" and element.binding and element.binding.strength == "required":
        return a_code(element.binding.value_set)
    return copy.deepcopy(VALUES[kind])


def key_of(element: Element) -> str:
    """The name of an element in JSON; a choice takes its first type."""
    if not element.is_choice:
        return element.name
    kind = element.types[0].code
    return element.name + kind[:1].upper() + kind[1:]


def least(path: str) -> dict[str, Any]:
    """What has to be there, and where nothing has to, the first thing that may."""
    below = elements_of(path)
    must = [one for one in below if one.min]
    may = [one for one in below if one.name not in ("id", "extension", "modifierExtension")][:1] if "." in path else []
    return {key_of(one): [value_of(one)] if one.repeats else value_of(one) for one in must or may}


def minimal(kind: str) -> dict[str, Any]:
    return {"resourceType": kind, **least(kind)}


def errors(resource: dict[str, Any]) -> set[tuple[str, str]]:
    found = validate(resource, invariants=False)
    return {(one.key, one.expression) for one in found if one.severity == "error"}


@pytest.mark.parametrize("kind", TYPES)
def test_least_that_the_standard_asks_is_accepted(kind):
    assert errors(minimal(kind)) == set()


@pytest.mark.parametrize("kind", TYPES)
def test_each_thing_that_has_to_be_there_is_missed_by_name(kind):
    whole = minimal(kind)

    for element in [one for one in elements_of(kind) if one.min]:
        rest = {key: value for key, value in whole.items() if key != key_of(element)}
        assert errors(rest) == {("required", element.path.removesuffix("[x]"))}


@pytest.mark.parametrize("kind", TYPES)
def test_list_for_one_and_one_for_a_list_are_told_apart(kind):
    whole = minimal(kind)

    for element in [one for one in elements_of(kind) if one.min]:
        key = key_of(element)
        turned = whole[key][0] if element.repeats else [whole[key]]
        assert errors({**whole, key: turned}), key


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("key", "value"), [("khongCo", "x"), ("resourcetype", "Patient"), ("_khongCo", {"id": "a"})])
def test_element_that_the_type_has_not_is_refused(kind, key, value):
    assert errors({**minimal(kind), key: value})


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_nothing_in_place_of_a_value_is_refused(kind, nothing):
    whole = minimal(kind)

    for element in [one for one in elements_of(kind) if one.min]:
        assert errors({**whole, key_of(element): nothing}), element.path
    assert errors({**whole, "language": nothing})


@pytest.mark.parametrize("kind", TYPES)
def test_code_of_no_set_never_enters_where_the_set_binds(kind):
    whole = minimal(kind)
    bound = [
        one
        for one in elements_of(kind)
        if one.min and one.binding and one.binding.strength == "required" and one.types[0].code == "code"
    ]

    for element in bound:
        value = ["khong-co-ma-nay"] if element.repeats else "khong-co-ma-nay"
        if element.binding.value_set.partition("|")[0].rpartition("/")[2] not in CODES:
            assert errors({**whole, element.name: value}), element.path


@pytest.mark.parametrize("kind", TYPES)
def test_resource_comes_back_from_its_bytes_as_it_was(kind):
    whole = {**minimal(kind), "id": "x", "extension": [{"url": "http://x", "valueString": "Đắk Nông"}]}

    again = json.loads(json.dumps(whole))

    assert again == whole
    assert list(again) == list(whole)
    assert json.dumps(again) == json.dumps(whole)


@pytest.mark.parametrize("kind", TYPES)
def test_resource_is_indexed_and_asked_by_every_search_parameter_of_its_type(kind):
    whole = {**minimal(kind), "id": "x", "meta": {"lastUpdated": "2026-01-01T00:00:00Z", "versionId": "1"}}

    extract(whole)

    assert evaluate("id", whole) == ["x"]
    assert evaluate(f"{kind}.id", whole) == ["x"]
    assert evaluate("descendants().count() > 0", whole) == [True]
