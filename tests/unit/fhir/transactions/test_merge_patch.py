"""JSON Merge Patch: the examples of RFC 7396, appendix A, and that nothing given is changed."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.transactions.merge_patch import apply

# original, patch, result
EXAMPLES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("original", "patch", "result"), EXAMPLES)
def test_merge_patch_example_of_the_standard_gives_its_result(original, patch, result):
    before = copy.deepcopy((original, patch))

    assert apply(original, patch) == result
    assert (original, patch) == before


_JSON = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@given(_JSON, _JSON)
def test_merge_patch_applied_twice_is_applied_once(original, patch):
    once = apply(original, patch)

    assert apply(once, patch) == once
