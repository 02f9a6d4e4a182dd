import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.model import references
from ansinh.fhir.model.references import Reference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient/a-1", Reference("relative", "Patient/a-1", type="Patient", id="a-1")),
        ("Patient/1/_history/2", Reference("relative", "Patient/1/_history/2", "Patient", "1", "2")),
        (
            "https://ansinh.vn/fhir/Patient/1",
            Reference("absolute", "https://ansinh.vn/fhir/Patient/1", "Patient", "1", base="https://ansinh.vn/fhir"),
        ),
        ("urn:uuid:5a-b", Reference("urn", "urn:uuid:5a-b")),
        ("#p1", Reference("fragment", "#p1", fragment="p1")),
        ("#", Reference("fragment", "#")),
        ("https://example.org/some.pdf", Reference("uri", "https://example.org/some.pdf")),
    ],
)
def test_parse_of_each_form_names_its_parts(text, expected):
    assert references.parse(text) == expected


@pytest.mark.parametrize("text", ["", "Patient", "Patient/", "patient/1", "Patient/a b", f"Patient/{'x' * 65}", "1"])
def test_parse_of_no_reference_gives_none(text):
    assert references.parse(text) is None


def test_parse_of_no_text_gives_none():
    assert references.parse(5) is None


def test_iter_references_finds_nested_and_contained_with_their_paths():
    resource = {
        "resourceType": "Task",
        "for": {"reference": "Patient/1"},
        "contained": [{"resourceType": "Group", "member": [{"entity": {"reference": "Patient/2"}}]}],
        "input": [{"valueReference": {"display": "only words"}}],
    }

    found = {path: element["reference"] for path, element in references.iter_references(resource)}

    assert found == {"Task.for": "Patient/1", "Task.contained[0].member[0].entity": "Patient/2"}


@settings(deadline=None)
@given(st.text())
def test_parse_never_raises(text):
    assert references.parse(text) is None or references.parse(text).text == text
