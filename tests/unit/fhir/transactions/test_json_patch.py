"""JSON Patch: the examples of RFC 6902 in FHIR's clothes, and what must be refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.transactions.json_patch import MOST_OPERATIONS, apply
from ansinh.kernel.errors import Invalid, Malformed

PERSON = {"resourceType": "Patient", "gender": "male", "name": [{"text": "A"}, {"text": "B"}], "a/b": {"m~n": 1}}


def patched(*operations: dict) -> dict:
    return apply(PERSON, list(operations))


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/birthDate", "value": "1948"}, {**PERSON, "birthDate": "1948"}),
        ({"op": "add", "path": "/name/-", "value": {}}, {**PERSON, "name": [{"text": "A"}, {"text": "B"}, {}]}),
        ({"op": "add", "path": "/name/0", "value": {}}, {**PERSON, "name": [{}, {"text": "A"}, {"text": "B"}]}),
        ({"op": "replace", "path": "/gender", "value": "other"}, {**PERSON, "gender": "other"}),
        ({"op": "remove", "path": "/name/1"}, {**PERSON, "name": [{"text": "A"}]}),
        ({"op": "replace", "path": "/a~1b/m~0n", "value": 2}, {**PERSON, "a/b": {"m~n": 2}}),
        ({"op": "move", "from": "/name/1", "path": "/name/0"}, {**PERSON, "name": [{"text": "B"}, {"text": "A"}]}),
        (
            {"op": "copy", "from": "/name/0", "path": "/name/-"},
            {**PERSON, "name": [{"text": "A"}, {"text": "B"}, {"text": "A"}]},
        ),
        ({"op": "test", "path": "/gender", "value": "male"}, PERSON),
    ],
)
def test_operation_gives_what_the_rfc_says(operation, expected):
    assert patched(operation) == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/birthDate"},
        {"op": "remove", "path": "/name/2"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "/name/01", "value": {}},
        {"op": "add", "path": "/name/3", "value": {}},
        {"op": "add", "path": "/gender/x", "value": 1},
        {"op": "test", "path": "/gender", "value": "female"},
        {"op": "test", "path": "/a~1b/m~0n", "value": True},
        {"op": "move", "from": "/name", "path": "/name/0"},
    ],
)
def test_operation_that_fails_is_invalid_and_names_its_place(operation):
    with pytest.raises(Invalid) as error:
        patched({"op": "test", "path": "/gender", "value": "male"}, operation)

    assert error.value.problems[0].expression == "[1]"


@pytest.mark.parametrize(
    "document",
    [{}, [1], [{"op": "grow", "path": "/x"}], [{"op": "add", "path": "x", "value": 1}], [{"op": "add", "path": "/x"}]],
)
def test_what_is_no_json_patch_is_malformed(document):
    with pytest.raises(Malformed):
        apply(PERSON, document)


def test_patch_changes_nothing_of_the_original():
    patched({"op": "remove", "path": "/name/0"}, {"op": "replace", "path": "/a~1b/m~0n", "value": 9})

    assert PERSON["name"] == [{"text": "A"}, {"text": "B"}]
    assert PERSON["a/b"] == {"m~n": 1}


def test_numbers_are_equal_by_value():
    assert apply({"x": Decimal("1.0")}, [{"op": "test", "path": "/x", "value": 1}])


def test_copies_of_copies_are_stopped_before_they_fill_the_memory():
    bomb = [{"op": "copy", "from": "", "path": f"/k{number}"} for number in range(40)]

    with pytest.raises(Invalid):
        apply({"text": "x" * 1000}, bomb)


def test_too_many_operations_are_refused():
    with pytest.raises(Malformed):
        apply(PERSON, [{"op": "test", "path": "/gender", "value": "male"}] * (MOST_OPERATIONS + 1))


values = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from("abc"), values, max_size=3), st.sampled_from("abc"), values)
def test_add_then_test_then_remove_gives_what_was_without_it(document, key, value):
    done = apply(
        document,
        [
            {"op": "add", "path": f"/{key}", "value": value},
            {"op": "test", "path": f"/{key}", "value": value},
            {"op": "remove", "path": f"/{key}"},
        ],
    )

    assert done == {name: kept for name, kept in document.items() if name != key}
