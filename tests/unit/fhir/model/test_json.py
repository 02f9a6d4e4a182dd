import copy
import pickle
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.kernel.errors import Malformed


def test_loads_number_with_point_keeps_its_digits():
    assert str(json.loads('{"value": 1.50}')["value"]) == "1.50"


NUMBERS = """1e2 1E2 1e+2 1.10 -0 -0.0 0.0 1e-7 1E-7 0.0000001 0e0 -0e0 -0E+00 1.0e10 100e-2 1e999 -1.50E-05
    12345678901234567890123 0.10000000000000000000000000000000000001""".split()


@pytest.mark.parametrize("text", NUMBERS)
@pytest.mark.parametrize("shape", ["%s", "[%s]", '{"a":%s}', '{"a":{"b":[1,%s,"x"],"c":-0}}'])
def test_number_comes_back_as_it_was_written_wherever_it_stands(text, shape):
    data = (shape % text).encode()

    assert json.dumps(json.loads(data)) == json.dumps(json.loads(data.decode())) == data


@pytest.mark.parametrize("text", NUMBERS)
def test_number_is_worth_the_same_however_it_is_written(text):
    value = json.loads(f"[{text}]")[0]

    assert value == Decimal(text)
    assert hash(value) == hash(Decimal(text))
    assert type(value + Decimal(0)) is Decimal


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copy_of_a_number_is_written_the_same_way(copied):
    assert json.dumps(copied(json.loads("[1e2,-0,1.10]"))) == b"[1e2,-0,1.10]"


def test_minus_zero_before_white_space_and_in_text_is_kept():
    assert json.dumps(json.loads('{"a": -0 ,\n"b": [ -0\n], "c": "x -0, y", "d": -0.0}')) == (
        b'{"a":-0,"b":[-0],"c":"x -0, y","d":-0.0}'
    )


def test_ordinary_number_is_a_plain_decimal_and_a_plain_int():
    assert [type(one) for one in json.loads("[1.10, 0.0, 7, 0, -10]")] == [Decimal, Decimal, int, int, int]


_digits = st.text("0123456789", min_size=1, max_size=12)
_written = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-"]),
    st.integers(0, 10**12),
    st.just("") | _digits.map(".{}".format),
    st.just("")
    | st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), st.integers(0, 99)),
)


@settings(deadline=None)
@given(st.lists(_written))
def test_any_number_of_json_comes_back_as_it_was_written(numbers):
    data = f"[{','.join(numbers)}]".encode()

    assert json.dumps(json.loads(data)) == data


def test_loads_whole_number_stays_an_int():
    assert json.loads("12345678901234567890123") == 12345678901234567890123


def test_dumps_decimal_writes_a_number_and_keeps_key_order():
    assert json.dumps({"b": Decimal("1.50"), "a": "Đắk"}) == '{"b":1.50,"a":"Đắk"}'.encode()


@pytest.mark.parametrize("data", ["", "{", b"\xff\xfe", '{"a": 1,}', "[" * 100_000, '"\ud800"'])
def test_loads_what_is_not_json_raises_malformed(data):
    with pytest.raises(Malformed) as raised:
        json.loads(data)

    assert "JSON" in raised.value.message


def test_loads_error_does_not_repeat_the_content():
    with pytest.raises(Malformed) as raised:
        json.loads('{"name": "Nguyễn Văn Mật" x}')

    assert "Mật" not in raised.value.message
    assert raised.value.place == (1, 27)
    assert "dòng 1, cột 27" in raised.value.message


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ('{"a":\n 1,}', (2, 4)),
        ('{"a": [1,\n2],\n "b": 3 4}', (3, 9)),
        ('{"tên": "ấm" x}'.encode(), (1, 14)),
        (b'{"a":\n"\xff"}', (2, 2)),
        ("", (1, 1)),
        ('{"a":\n', (2, 1)),
        ('{"a": 1} x', (1, 10)),
        ("9" * 5000, None),
        ("[" * 100_000, None),
    ],
)
def test_loads_of_broken_json_says_line_and_column_in_characters(data, place):
    with pytest.raises(json.NotJson) as raised:
        json.loads(data)

    assert raised.value.place == place


@pytest.mark.parametrize(
    "data",
    [
        '{"text": "Hoà", "x": ["Đức", {"y": 1.50}]}',
        '{"text": "Hoa\\u0300", "x": ["\\u0110ức", {"y": 1.50}]}',
        '{"text": "Hoa\u0300", "x": ["Đu\u031b\u0301c", {"y": 1.50}]}',
    ],
)
def test_composed_gives_every_text_in_nfc_and_leaves_numbers_alone(data):
    raw = data.encode()

    found = json.composed(raw, json.loads(raw))

    assert json.dumps(found) == '{"text":"Hoà","x":["Đức",{"y":1.50}]}'.encode()


def test_composed_of_what_is_composed_already_is_the_same_value():
    raw = '{"text": "Hoà"}'.encode()
    value = json.loads(raw)

    assert json.composed(raw, value) is value


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(_plain)
def test_loads_of_dumps_gives_the_same_value(value):
    assert json.loads(json.dumps(value)) == value


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_loads_of_dumps_keeps_trailing_zeros(value):
    assert str(json.loads(json.dumps(value))) == str(value)


def test_dumps_a_kind_of_str_is_written_as_its_text():
    class Phrase(str):
        pass

    assert json.dumps({"display": Phrase("Tập tốt")}) == '{"display":"Tập tốt"}'.encode()
    with pytest.raises(TypeError):
        json.dumps({"what": object()})


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ('{"a":1,"b":2}', False),
        ('{ "a" : [ { "b": 1.50 }, {"b": 1E5} ] }', False),
        (r'{"a":"\u00e9","b":"\/"}', False),
        ('{"a":1,"a":1}', True),
        ('{"x":[{"a":1},{"b":{"c":1, "c":2}}]}', True),
        (r'{"a":1,"\u0061":2}', True),
        ('{"a":1E5,"b":1E5,"c":1E5,"d":1E5,"e":1E5,"a":0}', True),
        ("[1e999]", False),
    ],
)
def test_key_named_twice_is_seen_however_it_is_written(text, twice):
    data = text.encode()

    assert json.has_duplicate_keys(data, json.loads(data)) is twice


def test_is_deeper_counts_objects_and_lists_alike():
    nested = {"a": [{"b": [1]}]}

    assert json.is_deeper(nested, 3)
    assert not json.is_deeper(nested, 4)
    assert not json.is_deeper({}, 1)
