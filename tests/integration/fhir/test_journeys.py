"""Statements that go together: in order, all or none, prepared when they come again, errors of the usual classes."""

import threading
import time
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.store import database

psycopg = pytest.importorskip("psycopg")
from ansinh.fhir.store import direct, journeys, postgresql  # noqa: E402

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="libpq speaks to PostgreSQL"),
]


@pytest.fixture
def raw():
    """A connection of its own, in the driver's usual way of transactions, with an empty table of its own."""
    parameters = {**connection.get_connection_params(), "autocommit": False}
    parameters.pop("cursor_factory", None)
    with psycopg.connect(**parameters) as made:
        made.execute("CREATE TEMPORARY TABLE step (n bigint PRIMARY KEY, name text)")
        made.commit()
        yield made
        with suppress(psycopg.OperationalError):  # a test has ended it
            made.rollback()


@pytest.fixture
def line(raw):
    return journeys.journeys(raw)


INSERT = b"INSERT INTO step (n, name) VALUES ($1, $2)"


def together(line, *statements):
    """The answers of statements on one journey; one that is an error is raised in its place."""
    with line:
        answers = []
        for one in statements:
            if isinstance(one, Exception):
                raise one
            answers.append(line.run(INSERT, one))
        return answers


def numbers(raw):
    return [n for (n,) in raw.execute("SELECT n FROM step ORDER BY n").fetchall()]


def prepared(raw):
    return [name for (name,) in raw.execute("SELECT name FROM pg_prepared_statements ORDER BY 1").fetchall()]


def test_statements_of_one_journey_see_each_other_in_order(raw, line):
    with line:
        for number in (1, 2, 3):
            line.run(INSERT, [number, "một"])
        changed = line.run(b"UPDATE step SET name = $1 WHERE n > $2", ["hai", 1])
        found = line.run(b"SELECT n, name FROM step ORDER BY n", [])
        assert line.is_waiting

    assert changed.rowcount == 2
    assert found.fetchall() == [(1, "một"), (2, "hai"), (3, "hai")]
    assert [name for (name,) in found.description] == ["n", "name"]
    assert not line.is_waiting


def test_transaction_begins_with_the_first_statement_and_is_the_drivers(raw, line):
    line.run(INSERT, [1, "một"])
    raw.rollback()
    line.run(INSERT, [2, "hai"])
    raw.commit()

    assert numbers(raw) == [2]


def test_statement_alone_goes_at_once_and_a_look_at_an_answer_ends_the_journey(raw, line):
    line.run(INSERT, [1, "một"])
    assert not line.is_waiting
    with line:
        line.run(INSERT, [2, "hai"])
        assert line.run(b"SELECT count(*) FROM step", []).fetchone() == (2,)
        assert not line.is_waiting
        with line:
            line.run(INSERT, [3, "ba"])
        assert line.is_waiting, "what is nested goes with what is around it"

    assert numbers(raw) == [1, 2, 3]


def test_error_within_the_block_sends_nothing(raw, line):
    with pytest.raises(ZeroDivisionError):
        together(line, [1, "một"], ZeroDivisionError())

    assert numbers(raw) == []


def test_first_error_is_raised_and_what_stands_behind_it_is_not_done(raw, line):
    with pytest.raises(psycopg.errors.UniqueViolation):
        together(line, [1, "một"], [1, "một nữa"], [2, "hai"])
    raw.rollback()

    assert numbers(raw) == []
    line.run(INSERT, [3, "ba"])
    assert numbers(raw) == [3]


def test_statement_that_cannot_be_prepared_is_told_and_the_connection_goes_on(raw, line):
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            line.run(b"SELECT 1 FROM nowhere", [])
        raw.rollback()

    assert line.run(b"SELECT 1", []).fetchall() == [(1,)]


def test_statement_is_prepared_when_it_comes_again_and_only_then(raw, line):
    for number, known in ((1, 0), (2, 1), (3, 1)):
        line.run(INSERT, [number, "x"])
        assert len(prepared(raw)) == known
    line.run(INSERT, [4, None])
    line.run(b"SELECT 1", [], keep=False)
    line.run(b"SELECT 1", [], keep=False)

    assert len(prepared(raw)) == 1


def test_what_was_prepared_outlives_a_rollback(raw, line):
    for number in (1, 2):
        line.run(INSERT, [number, "x"])
    raw.rollback()

    line.run(INSERT, [3, "x"])

    assert numbers(raw) == [3]
    assert len(prepared(raw)) == 1


def test_plan_that_was_dropped_is_made_anew_in_the_next_transaction(raw, line):
    for number in (1, 2):
        line.run(INSERT, [number, "x"])
    raw.execute("DEALLOCATE ALL")
    with pytest.raises(psycopg.errors.InvalidSqlStatementName):
        line.run(INSERT, [3, "x"])
    raw.rollback()

    line.run(INSERT, [4, "x"])

    assert numbers(raw) == [4]


def test_no_more_statements_are_remembered_than_allowed(raw, line, monkeypatch):
    monkeypatch.setattr(journeys, "MOST", 3)
    for number in range(8):
        for _ in range(2):
            line.run(b"SELECT %d" % number, [])

    assert len(prepared(raw)) == 3
    assert line.run(b"SELECT 0", []).fetchall() == [(0,)]


VALUES = [None, True, 0, -(2**62), 0.25, "Đặng «Ký» \U0001f9a9", b"\x00\xff", Decimal("1.10")]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back_as_they_were_sent(line, value):
    kind = {bool: "bool", int: "bigint", float: "float8", str: "text", bytes: "bytea", Decimal: "numeric"}
    cast = kind.get(type(value), "text").encode()
    for _ in range(2):
        assert line.run(b"SELECT $1::" + cast, [value]).fetchone() == (value,)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40))
def test_arrays_come_back_as_they_were_packed(values):
    packed = postgresql.array("bigint", values)

    with transaction.atomic():
        found = journeys.journeys(connection.connection).run(b"SELECT * FROM unnest($1::bigint[])", [packed]).fetchall()

    assert found == [(one,) for one in values]


def test_text_with_a_nul_is_refused_before_anything_is_sent(raw, line):
    with pytest.raises(psycopg.DataError):
        together(line, [1, "một"], [2, "a\x00b"])

    assert numbers(raw) == []


def test_large_statement_marks_the_connection(raw, line):
    assert not getattr(raw, "ansinh_swollen", False)

    line.run(b"SELECT count(*) FROM unnest($1::bigint[])", [postgresql.array("bigint", range(50_000))])

    assert raw.ansinh_swollen


def test_lost_connection_is_told_as_such(raw, line):
    with psycopg.connect(**{**connection.get_connection_params(), "autocommit": True}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        together(line, [1, "một"], [2, "hai"])


def test_errors_through_django_are_djangos():
    for sql, values, kind in (
        ("INSERT INTO journal_head (id, position, hash, node, epoch) VALUES (%s, 0, '', 'x', 0), (%s, 0, '', 'x', 0)",
         [7, 7], IntegrityError),
        ("SELECT 1 FROM nowhere WHERE 1 = %s", [1], ProgrammingError),
        ("UPDATE journal_head SET position = %s WHERE node = %s", [1, "a\x00"], DataError),
    ):  # fmt: skip
        with pytest.raises(kind), transaction.atomic():
            database.run(sql, values)


@pytest.mark.parametrize("ask", [database.fetch, database.ask])
def test_question_beside_the_journey_sees_what_was_run_before_it(ask):
    with database.together():
        database.run("INSERT INTO node_state (name, value) VALUES (%s, %s)", ["beside", "một"])

        assert ask("SELECT value FROM node_state WHERE name = %s", ["beside"]) == [("một",)]


def test_reads_beside_a_transaction_do_not_meet_its_plans(raw, line):
    raw.autocommit = True
    reader = direct.line(raw)
    for _ in range(3):
        assert reader.fetch(b"SELECT $1 + 1", [1], keep=True) == [(2,)]
        line.run(b"SELECT $1 + 1", [1])

    assert len(prepared(raw)) == 2


def test_other_threads_run_while_an_answer_is_waited_for(line):
    """Or the one whose commit a write waits for could never commit."""
    seconds, ended, turns = 0.3, threading.Event(), []

    def count():
        while not ended.wait(0.01):
            turns.append(time.monotonic())

    other = threading.Thread(target=count)
    other.start()
    try:
        line.run(b"SELECT pg_sleep(0.3)", [])
    finally:
        ended.set()
        other.join()

    assert len(turns) > seconds / 0.01 / 5


def test_more_than_the_socket_takes_at_once_is_sent_and_read(line):
    names = ["x" * 400_000 for _ in range(12)]
    with line:
        answers = [line.run(b"SELECT $1::text", [name]) for name in names]

    assert [answer.fetchone() for answer in answers] == [(name,) for name in names]
