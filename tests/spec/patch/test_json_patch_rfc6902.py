"""JSON Patch as RFC 6902 says it: the examples of its appendix A, the pointers of RFC 6901, and every operation
against a second, naive implementation for random documents.
"""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.transactions.json_patch import apply
from ansinh.kernel.errors import Invalid, Malformed, UserError

# RFC 6902, appendix A: the document, the patch, and what comes out (None: an error).
APPENDIX = {
    "A.1 adding an object member": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux"}],
        {"baz": "qux", "foo": "bar"},
    ),
    "A.2 adding an array element": (
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    "A.3 removing an object member": (
        {"baz": "qux", "foo": "bar"},
        [{"op": "remove", "path": "/baz"}],
        {"foo": "bar"},
    ),
    "A.4 removing an array element": (
        {"foo": ["bar", "qux", "baz"]},
        [{"op": "remove", "path": "/foo/1"}],
        {"foo": ["bar", "baz"]},
    ),
    "A.5 replacing a value": (
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    "A.6 moving a value": (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    "A.7 moving an array element": (
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    "A.8 testing a value, success": (
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    "A.9 testing a value, error": ({"baz": "qux"}, [{"op": "test", "path": "/baz", "value": "bar"}], None),
    "A.10 adding a nested member object": (
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    "A.11 ignoring unrecognized elements": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    "A.12 adding to a nonexistent target": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz/bat", "value": "qux"}],
        None,
    ),
    "A.14 ~ escape ordering": (
        {"/": 9, "~1": 10},
        [{"op": "test", "path": "/~01", "value": 10}],
        {"/": 9, "~1": 10},
    ),
    "A.15 comparing strings and numbers": ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": "10"}], None),
    "A.16 adding an array value": (
        {"foo": ["bar"]},
        [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
        {"foo": ["bar", ["abc", "def"]]},
    ),
}
# The operations' own sections (4.1 to 4.6), where they say "MUST" or tell a special case.
SECTIONS = {
    "4.1 add replaces a member that is there": ({"a": 1}, [{"op": "add", "path": "/a", "value": 2}], {"a": 2}),
    "4.1 add at the end by its number": ({"a": [1]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2]}),
    "4.1 add beyond the end": ({"a": [1]}, [{"op": "add", "path": "/a/2", "value": 2}], None),
    "4.1 add of the whole document": ({"a": 1}, [{"op": "add", "path": "", "value": {"b": 2}}], {"b": 2}),
    "4.1 add of null is a value": ({"a": 1}, [{"op": "add", "path": "/b", "value": None}], {"a": 1, "b": None}),
    "4.2 remove of what is not there": ({"a": 1}, [{"op": "remove", "path": "/b"}], None),
    "4.2 remove past the end": ({"a": [1]}, [{"op": "remove", "path": "/a/1"}], None),
    "4.2 remove of the place after the end": ({"a": [1]}, [{"op": "remove", "path": "/a/-"}], None),
    "4.3 replace of what is not there": ({"a": 1}, [{"op": "replace", "path": "/b", "value": 1}], None),
    "4.3 replace of the whole document": ({"a": 1}, [{"op": "replace", "path": "", "value": {"b": 2}}], {"b": 2}),
    "4.4 move to itself changes nothing": ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
    "4.4 move into one's own child": ({"a": {"b": {}}}, [{"op": "move", "from": "/a", "path": "/a/b"}], None),
    "4.4 move beside one's own name": (
        {"a": 1, "ab": {}},
        [{"op": "move", "from": "/a", "path": "/ab/c"}],
        {"ab": {"c": 1}},
    ),
    "4.4 move of what is not there": ({"a": 1}, [{"op": "move", "from": "/b", "path": "/c"}], None),
    "4.5 copy is of its own": (
        {"a": {"x": 1}},
        [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "replace", "path": "/b/x", "value": 2}],
        {"a": {"x": 1}, "b": {"x": 2}},
    ),
    "4.5 copy over what is there": ({"a": 1, "b": 2}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": 1, "b": 1}),
    "4.6 test of objects in another order": (
        {"a": {"x": 1, "y": 2}},
        [{"op": "test", "path": "/a", "value": {"y": 2, "x": 1}}],
        {"a": {"x": 1, "y": 2}},
    ),
    "4.6 test of a list in another order": ({"a": [1, 2]}, [{"op": "test", "path": "/a", "value": [2, 1]}], None),
    "4.6 test of a list with one more": ({"a": [1, 2]}, [{"op": "test", "path": "/a", "value": [1]}], None),
    "4.6 test of an object with one less": ({"a": {"x": 1}}, [{"op": "test", "path": "/a", "value": {}}], None),
    "4.6 test of truth against one": ({"a": 1}, [{"op": "test", "path": "/a", "value": True}], None),
    "4.6 test of a number by its value": ({"a": 1}, [{"op": "test", "path": "/a", "value": 1.0}], {"a": 1}),
    "4.6 test of null": ({"a": None}, [{"op": "test", "path": "/a", "value": None}], {"a": None}),
    "5 a failure leaves nothing done": (
        {"a": 1},
        [{"op": "replace", "path": "/a", "value": 2}, {"op": "test", "path": "/a", "value": 1}],
        None,
    ),
    "3 later operations see what earlier ones made": (
        {},
        [{"op": "add", "path": "/a", "value": []}, {"op": "add", "path": "/a/0", "value": 1}],
        {"a": [1]},
    ),
}
# RFC 6901, section 5: the pointer, and what it names in this document.
POINTED = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}
POINTERS = {
    "": POINTED,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
}
NO_INDEX = ["00", "01", "-1", "+1", "1.0", "1e0", " 1", "1 ", "٠", "x", "", "-", "99999999999999999999"]


@pytest.mark.parametrize("case", [*APPENDIX, *SECTIONS])
def test_patch_of_the_rfc_gives_what_the_rfc_says(case):
    document, operations, expected = (APPENDIX | SECTIONS)[case]
    before = copy.deepcopy((document, operations))

    if expected is None:
        with pytest.raises(Invalid) as refusal:
            apply(document, operations)
        assert refusal.value.problems[0].expression == f"[{len(operations) - 1}]"
    else:
        assert apply(document, operations) == expected
    assert (document, operations) == before


@pytest.mark.parametrize("pointer", POINTERS)
def test_pointer_of_rfc_6901_names_its_value(pointer):
    assert apply(POINTED, [{"op": "test", "path": pointer, "value": POINTERS[pointer]}]) == POINTED


@pytest.mark.parametrize("index", NO_INDEX)
@pytest.mark.parametrize("operation", ["remove", "replace", "test"])
def test_what_is_no_index_of_the_list_is_refused(operation, index):
    with pytest.raises(UserError):
        apply({"a": [1, 2]}, [{"op": operation, "path": f"/a/{index}", "value": 1}])


@pytest.mark.parametrize(
    "operation",
    [
        {},
        {"path": "/a"},
        {"op": "add"},
        {"op": "add", "path": "/a"},
        {"op": "replace", "path": "/a"},
        {"op": "test", "path": "/a"},
        {"op": "move", "path": "/a"},
        {"op": "copy", "path": "/a"},
        {"op": "ADD", "path": "/a", "value": 1},
        {"op": None, "path": "/a", "value": 1},
        {"op": ["add"], "path": "/a", "value": 1},
        {"op": "add", "path": "a", "value": 1},
        {"op": "add", "path": 1, "value": 1},
        {"op": "add", "path": None, "value": 1},
        {"op": "move", "from": "a", "path": "/b"},
        {"op": "copy", "from": 7, "path": "/b"},
        "add",
        None,
        [],
    ],
)
def test_operation_of_another_shape_is_malformed_and_named(operation):
    with pytest.raises(Malformed) as refusal:
        apply({"a": 1}, [{"op": "test", "path": "/a", "value": 1}, operation])

    assert refusal.value.problems[0].expression == "[1]"
    assert "bước 2" in refusal.value.message


# --- a second implementation ---------------------------------------------------------------------------------------


class Fails(Exception):
    """What the naive implementation says to an operation that cannot be done."""


def keys(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def pick(holder: Any, key: str) -> Any:
    if isinstance(holder, dict) and key in holder:
        return holder[key]
    if isinstance(holder, list) and key in [str(index) for index in range(len(holder))]:
        return holder[int(key)]
    raise Fails


def walk(document: Any, path: list[str]) -> Any:
    for key in path:
        document = pick(document, key)
    return document


def put(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    holder, key = walk(document, path[:-1]), path[-1]
    if isinstance(holder, dict):
        holder[key] = value
    elif isinstance(holder, list) and key in ["-", *(str(index) for index in range(len(holder) + 1))]:
        holder.insert(len(holder) if key == "-" else int(key), value)
    else:
        raise Fails
    return document


def cut(document: Any, path: list[str]) -> Any:
    if not path:
        raise Fails
    holder, key = walk(document, path[:-1]), path[-1]
    found = pick(holder, key)
    del holder[int(key) if isinstance(holder, list) else key]
    return found


def naively(document: Any, operations: list[dict]) -> Any:
    made = copy.deepcopy(document)
    for one in operations:
        path, source = keys(one["path"]), keys(one.get("from", ""))
        value = copy.deepcopy(one.get("value"))
        if one["op"] == "add":
            made = put(made, path, value)
        elif one["op"] == "remove":
            cut(made, path)
        elif one["op"] == "replace":
            if path:
                cut(made, path)
                made = put(made, path, value)
            else:
                made = value
        elif one["op"] == "move":
            if path[: len(source)] == source and path != source:
                raise Fails
            made = put(made, path, cut(made, source))
        elif one["op"] == "copy":
            made = put(made, path, copy.deepcopy(walk(made, source)))
        elif walk(made, path) != value:
            raise Fails
    return made


names = st.sampled_from(["a", "b", "a/b", "m~n", "0", ""])
values = st.recursive(
    st.integers(0, 3) | st.text("xy", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(names, values, max_size=4)
pointers = st.lists(names | st.sampled_from(["1", "2", "-"]), max_size=3).map(
    lambda path: "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
)
operations = st.lists(
    st.fixed_dictionaries(
        {
            "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
            "path": pointers,
            "from": pointers,
            "value": values,
        }
    ),
    min_size=1,
    max_size=4,
)


@given(documents, operations)
@settings(max_examples=400)
def test_any_patch_gives_what_the_naive_implementation_gives(document, operations):
    try:
        expected = naively(document, operations)
    except Fails:
        with pytest.raises(Invalid):
            apply(document, operations)
    else:
        assert apply(document, operations) == expected


@given(documents, operations, operations)
def test_patches_one_after_the_other_are_one_patch_of_both(document, first, second):
    try:
        between = apply(document, first)
        expected = apply(between, second)
    except UserError:
        with pytest.raises(UserError):
            apply(document, [*first, *second])
    else:
        assert apply(document, [*first, *second]) == expected


@given(documents, st.sampled_from(["a", "b"]), values)
def test_what_was_replaced_can_be_put_back(document, name, value):
    document = {**document, name: "first"}
    there = [{"op": "replace", "path": f"/{name}", "value": value}]
    back = [{"op": "replace", "path": f"/{name}", "value": "first"}]

    assert apply(apply(document, there), back) == document


junk = st.recursive(
    st.none() | st.integers() | st.text(max_size=3) | st.sampled_from(["add", "move", "/a", "/a/0"]),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(["op", "path", "from", "value"]), each),
)


@given(junk)
def test_anything_is_a_patch_or_refused_in_words(patch):
    try:
        apply({"a": [1, {"b": 2}]}, patch)
    except UserError as refusal:
        told = refusal.message
    else:
        told = "JSON Patch"
    assert "JSON Patch" in told
