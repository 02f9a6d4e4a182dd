"""Arrays as PostgreSQL reads them: the driver's own reader must find in them what was packed."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

psycopg = pytest.importorskip("psycopg")
from psycopg.adapt import Transformer  # noqa: E402
from psycopg.pq import Format  # noqa: E402

from ansinh.fhir.store import postgresql  # noqa: E402

ELEMENTS = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "int": st.integers(-(2**31), 2**31 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "double precision": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "bytea": st.binary(),
}


def read(packed: postgresql.Array) -> list:
    return Transformer().get_loader(packed.oid, Format.BINARY).load(bytes(packed))


@pytest.mark.parametrize("kind", ELEMENTS)
@given(data=st.data())
def test_array_is_read_back_as_it_was_packed(kind, data):
    values = data.draw(st.lists(ELEMENTS[kind] | st.none(), max_size=8))

    assert read(postgresql.array(kind, values)) == values


def test_rows_become_one_array_for_each_column():
    columns = postgresql.arrays(("bigint", "text"), [(1, "một"), (2, None)])

    assert [read(column) for column in columns] == [[1, 2], ["một", None]]


def test_no_rows_become_arrays_without_elements():
    assert [read(column) for column in postgresql.arrays(("bigint", "text"), [])] == [[], []]


@pytest.mark.parametrize(("kind", "value"), [("int", 2**31), ("smallint", 2**15), ("bigint", "một"), ("text", 1)])
def test_value_that_its_column_cannot_hold_is_refused(kind, value):
    with pytest.raises((ValueError, TypeError, OverflowError, struct.error)):
        postgresql.array(kind, [value])


def test_element_that_is_not_known_is_refused():
    with pytest.raises(KeyError):
        postgresql.array("money", [])


@pytest.mark.parametrize(
    ("kind", "letter"), [("bigint", "q"), ("int", "i"), ("smallint", "h"), ("double precision", "d")]
)
def test_many_values_are_packed_as_few_are(kind, letter):
    values = [number * 37 % 911 - 400 for number in range(1000)]

    packed = bytes(postgresql.array(kind, values))

    element = struct.Struct(">i" + letter)
    assert packed[20:] == b"".join(element.pack(element.size - 4, value) for value in values)
    assert struct.unpack(">iiiii", packed[:20])[0::3] == (1, 1000)
