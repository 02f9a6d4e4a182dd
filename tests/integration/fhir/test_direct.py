"""SELECTs through libpq: the same rows as the driver's cursor gives, plans kept, errors of the usual classes."""

import threading
from decimal import Decimal

import pytest
from django.db import DataError, ProgrammingError, connection
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.search import statements
from ansinh.fhir.store import database

psycopg = pytest.importorskip("psycopg")
from ansinh.fhir.store import direct  # noqa: E402

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="libpq speaks to PostgreSQL"),
]


@pytest.fixture
def line():
    """A connection of its own, outside of the test's transaction."""
    parameters = {**connection.get_connection_params(), "autocommit": True}
    parameters.pop("cursor_factory", None)
    with psycopg.connect(**parameters) as raw:
        yield direct.line(raw)


def prepared(line):
    rows = line.fetch(b"SELECT name FROM pg_prepared_statements ORDER BY prepare_time", [], keep=False)
    return [name for (name,) in rows]


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize(
    ("sql", "values", "rows"),
    [
        ("SELECT $1 + 1", [41], [(42,)]),
        ("SELECT $1 + 1", [-(2**62)], [(1 - 2**62,)]),
        ("SELECT $1", ["Đặng Thị «Ký» \U0001f9a9"], [("Đặng Thị «Ký» \U0001f9a9",)]),
        ("SELECT $1 * 2", [0.1], [(0.2,)]),
        ("SELECT $1", [b"\x00\xff"], [(b"\x00\xff",)]),
        ("SELECT $2, $1", [1, "hai"], [("hai", 1)]),
        ("SELECT n, NULL::bigint FROM generate_series(1, $1) n", [3], [(1, None), (2, None), (3, None)]),
        ("SELECT 1 WHERE 1 = $1", [0], []),
        ("SELECT 1::smallint, 2::int, true", [], [(1, 2, True)]),
    ],
)
def test_rows_are_those_of_the_driver_each_time_they_are_asked_for(line, keep, sql, values, rows):
    for _ in range(3):
        assert line.fetch(sql.encode(), values, keep=keep) == rows


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text("aàß漢\U0001f600%' "), max_size=5)
)
def test_values_come_back_as_they_were_sent(values):
    marks = ", ".join(f"%s::{ {int: 'bigint', float: 'float8', str: 'text'}[type(one)] }" for one in values) or "1"

    assert database.ask(f"SELECT {marks}", values) == [tuple(values) or (1,)]


def test_statement_is_prepared_when_it_comes_again_and_only_then(line):
    for times, known in ((1, 0), (2, 1), (3, 1)):
        line.fetch(b"SELECT $1 + 7", [1], keep=True)
        assert len(prepared(line)) == known, times
    line.fetch(b"SELECT $1 + 7", [1.5], keep=True)
    line.fetch(b"SELECT $1 + 7", [1.5], keep=True)

    assert len(prepared(line)) == 2, "other types are another statement"


def test_statement_that_may_not_be_kept_is_never_prepared(line):
    for _ in range(3):
        line.fetch(b"SELECT $1 + 7", [1], keep=False)

    assert prepared(line) == []


def test_oldest_statement_is_forgotten_when_there_are_too_many(line, monkeypatch):
    monkeypatch.setattr(direct, "MOST", 3)
    for number in range(5):
        for _ in range(2):
            assert line.fetch(b"SELECT $1 + %d" % number, [1], keep=True) == [(number + 1,)]

    assert len(prepared(line)) == 3
    assert line.fetch(b"SELECT $1 + 0", [1], keep=True) == [(1,)]


def test_statements_that_the_driver_dropped_are_made_again(line):
    for _ in range(2):
        line.fetch(b"SELECT $1 + 7", [1], keep=True)
    line._raw.execute("DEALLOCATE ALL")

    assert line.fetch(b"SELECT $1 + 7", [1], keep=True) == [(8,)]
    assert line.fetch(b"SELECT $1 + 7", [1], keep=True) == [(8,)]
    assert len(prepared(line)) == 1


@pytest.mark.parametrize(
    ("sql", "values", "error"),
    [
        (b"SELECT nowhere FROM resource", [], psycopg.errors.UndefinedColumn),
        (b"SELECT 1 / $1", [0], psycopg.errors.DivisionByZero),
        (b"SELECT $1", ["a\x00b"], psycopg.DataError),
    ],
)
@pytest.mark.parametrize("keep", [False, True])
def test_mistake_is_an_error_of_the_driver_and_the_connection_stays_good(line, sql, values, error, keep):
    for _ in range(2):
        with pytest.raises(error):
            line.fetch(sql, values, keep=keep)

    assert line.fetch(b"SELECT 1", [], keep=False) == [(1,)]
    assert line.is_free


def test_lost_connection_is_an_operational_error(line):
    with psycopg.connect(line._raw.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [line._raw.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        line.fetch(b"SELECT 1", [], keep=False)
    with pytest.raises(psycopg.OperationalError):
        line.fetch(b"SELECT 1", [], keep=False)


def test_value_of_another_type_is_a_mistake_of_ours(line):
    with pytest.raises(TypeError, match="Decimal"):
        line.fetch(b"SELECT $1", [Decimal("1.10")], keep=False)


def test_line_is_not_free_within_transactions_and_pipelines(line):
    assert line.is_free
    with line._raw.transaction():
        assert not line.is_free
    assert line.is_free
    with line._raw.pipeline():
        assert not line.is_free
    assert line.is_free


def test_errors_are_django_s_own_whoever_asks():
    with pytest.raises(DataError), connection.wrap_database_errors:
        raise psycopg.errors.DivisionByZero
    with pytest.raises(ProgrammingError):
        database.ask("SELECT nowhere FROM resource")


def test_statement_is_cut_from_another_thread_and_the_connection_stays_good(line):
    watched = statements._Watched(line._raw, 0.0)
    threading.Timer(0.1, watched.stop).start()

    with pytest.raises(psycopg.errors.QueryCanceled):
        line.fetch(b"SELECT 1 FROM pg_sleep(20)", [], keep=False)

    assert watched.cut
    assert line.fetch(b"SELECT 1", [], keep=False) == [(1,)]
