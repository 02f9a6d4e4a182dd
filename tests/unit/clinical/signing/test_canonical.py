"""Bytes that are signed: the same for the same content, other for any other."""

from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.signing.canonical import canonical, digest, versioned
from ansinh.fhir.model import json

scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)


def nested(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)


values = st.recursive(scalars, nested, max_leaves=8)
objects = st.dictionaries(st.text(max_size=5).filter(lambda key: key != "meta"), values, max_size=4)


def turned(value):
    """The same with keys in the opposite order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(list(value))}
    return [turned(one) for one in value] if isinstance(value, list) else value


@given(objects)
def test_canonical_does_not_depend_on_the_order_of_keys(one):
    assert canonical([("A/1/_history/1", one)]) == canonical([("A/1/_history/1", turned(one))])


@given(objects, objects)
def test_canonical_differs_when_the_content_does(one, other):
    same = canonical([("A/1/_history/1", one)]) == canonical([("A/1/_history/1", other)])

    assert same == (_sorted(one) == _sorted(other))


def _sorted(value):
    if isinstance(value, dict):
        return [(key, _sorted(value[key])) for key in sorted(value)]
    return [_sorted(one) for one in value] if isinstance(value, list) else (type(value).__name__, value)


def test_canonical_leaves_out_what_the_store_sets():
    assert canonical([("A/1", {"id": "1", "meta": {"versionId": "1"}})]) == canonical([("A/1", {"id": "1"})])


def test_canonical_keeps_numbers_as_they_were_written():
    one, other = (json.loads(text) for text in (b'{"v":1.0}', b'{"v":1.00}'))

    assert canonical([("A/1", one)]) == b'[{"reference":"A/1","resource":{"v":1.0}}]'
    assert canonical([("A/1", one)]) != canonical([("A/1", other)])


def test_canonical_keeps_the_order_of_parts_and_of_lists():
    first, second = ("A/1", {"v": [1, 2]}), ("A/2", {"v": [2, 1]})

    assert canonical([first, second]) != canonical([second, first])
    assert canonical([("A/1", {"v": [1, 2]})]) != canonical([("A/1", {"v": [2, 1]})])


def test_digest_is_sha_256():
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_versioned_names_the_very_version():
    assert versioned({"resourceType": "Patient", "id": "1", "meta": {"versionId": "7"}}) == "Patient/1/_history/7"
