"""Parts of a resource: which elements each summary keeps."""

import pytest

from ansinh.api.subsets import Subset, subset_of
from ansinh.kernel.errors import Malformed

OBSERVATION = {
    "resourceType": "Observation",
    "id": "o",
    "meta": {"versionId": "1", "tag": [{"code": "x"}]},
    "text": {"status": "generated", "div": "…"},
    "status": "final",
    "_status": {"id": "s"},
    "code": {"text": "Mạch"},
    "valueInteger": 1,
    "note": [{"text": "…"}],
    "component": [],
}


@pytest.mark.parametrize(
    ("parameters", "kept"),
    [
        ([("_summary", "text")], {"text", "status", "_status", "code"}),
        ([("_summary", "data")], {"status", "_status", "code", "valueInteger", "note", "component"}),
        ([("_summary", "true")], {"status", "_status", "code", "valueInteger", "component"}),
        ([("_elements", "value, note")], {"status", "_status", "code", "valueInteger", "note"}),
        ([("_elements", "Observation.note")], {"status", "_status", "code", "note"}),
    ],
)
def test_part_keeps_what_was_asked_and_what_must_be(parameters, kept):
    part = subset_of(parameters).of(OBSERVATION)

    assert part.keys() == kept | {"resourceType", "id", "meta"}
    assert [tag["code"] for tag in part["meta"]["tag"]] == ["x", "SUBSETTED"]
    assert OBSERVATION["meta"]["tag"] == [{"code": "x"}]


@pytest.mark.parametrize("parameters", [[], [("_summary", "false")], [("_summary", "count")], [("_elements", "")]])
def test_whole_resource_stays_untagged(parameters):
    assert subset_of(parameters).of(OBSERVATION) is OBSERVATION


def test_unknown_element_is_simply_not_there():
    assert "hoTen" not in Subset(elements=frozenset({("", "hoTen")})).of(OBSERVATION)


def test_elements_of_one_type_leave_other_types_alone():
    subset = subset_of([("_elements", "Patient.note,Observation.component")])

    assert "note" not in subset.of(OBSERVATION)
    assert "component" in subset.of(OBSERVATION)


def test_a_summary_leaves_out_parts_of_nested_elements_as_defined():
    part = {"code": {"text": "Tâm thu"}, "valueInteger": 120, "interpretation": [{"text": "Cao"}], "id": "c"}
    found = subset_of([("_summary", "true")]).of(OBSERVATION | {"component": [part]})

    assert found["component"] == [{"code": {"text": "Tâm thu"}, "valueInteger": 120, "id": "c"}]
    assert part["interpretation"] == [{"text": "Cao"}]


def test_unknown_summary_is_refused():
    with pytest.raises(Malformed, match="_summary"):
        subset_of([("_summary", "some")])
