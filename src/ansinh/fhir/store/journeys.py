"""Statements of the write path, asked of PostgreSQL through libpq: several on one journey.

    run, run ─► queue ─► BEGIN where none was, the statements, sync ─► one wait ─► an Answer for each

The driver's cursor and pipeline compute five times what libpq does, and a write is a handful of statements. A statement
that comes again is prepared, by its SQL and the types of its values. The driver must prepare nothing on such a
connection: when it rolls back it would drop what it never made.
"""

import select
import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Self

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

from ansinh.fhir.store.postgresql import LARGE, Array

MOST = 256
"""How many statements one connection remembers."""

_TEXT, _BINARY = 0, 1
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_GONE = b"26000"  # invalid_sql_statement_name
_UNKNOWN = 0

Sent = tuple[int, bytes | None, int]  # oid, value, format
_Statement = tuple[bytes, Sequence[Any], bool]


def _of_text(value: str) -> Sent:
    """As the driver sends it: the statement says what a text is to be."""
    if "\x00" in value:  # libpq takes it for the end
        raise psycopg.DataError("PostgreSQL text cannot contain NUL (0x00) bytes")
    return _UNKNOWN, value.encode(), _TEXT


_INT, _FLOAT = struct.Struct(">q").pack, struct.Struct(">d").pack
# Python's type of a value → its oid in pg_type.dat, its bytes, their format.
_SENT: dict[type, Callable[[Any], Sent]] = {
    int: lambda value: (20, _INT(value), _BINARY),
    float: lambda value: (701, _FLOAT(value), _BINARY),
    bool: lambda value: (16, bytes((value,)), _BINARY),
    bytes: lambda value: (17, value, _BINARY),
    str: _of_text,
    type(None): lambda value: (_UNKNOWN, None, _TEXT),
}


class Answer:
    """What one statement gave. To look at it before its journey has ended ends the journey."""

    __slots__ = ("_journey", "_result")

    def __init__(self, journey: "Journeys") -> None:
        self._journey = journey
        self._result: Any = None

    def arrive(self, result: Any) -> None:
        """The result is there."""
        self._result = result

    @property
    def rowcount(self) -> int:
        """Rows that were changed or found."""
        return int(self._arrived().command_tuples or 0)

    @property
    def description(self) -> list[tuple[str]]:
        """The names of the columns."""
        result = self._arrived()
        return [((result.fname(number) or b"").decode(),) for number in range(result.nfields)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        result = self._arrived()
        return self._journey.rows(result) if result.status == ExecStatus.TUPLES_OK else []

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row."""
        return next(iter(self.fetchall()), None)

    def _arrived(self) -> Any:
        if self._result is None:
            self._journey.send()
        if self._result is None:
            raise psycopg.InterfaceError("the statement was not carried out")
        return self._result


class Journeys:
    """One connection of the driver, as the write path uses it. As a context: what is run within goes together."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self._raw, self._pg = raw, raw.pgconn
        self._queue: list[tuple[_Statement, Answer]] = []
        self._names: OrderedDict[tuple[bytes, tuple[int, ...]], bytes] = OrderedDict()  # b"" for what was asked once
        self._depth = self._made = 0

    def __enter__(self) -> Self:
        self._depth += 1
        return self

    def __exit__(self, error: object, *_: object) -> None:
        self._depth -= 1
        if error is not None:
            self._queue.clear()
        elif not self._depth:
            self.send()

    @property
    def is_waiting(self) -> bool:
        """True when statements wait to be sent."""
        return bool(self._queue)

    def run(self, sql: bytes, values: Sequence[Any], *, keep: bool = True) -> Answer:
        """Queue a statement; outside of a context it goes at once. Placeholders are $1, $2, …

        After a large one the connection is marked: its buffers never shrink.
        """
        if sum([len(one) for one in values if isinstance(one, Array)]) > LARGE:
            self._raw.ansinh_swollen = True  # type: ignore[attr-defined]
        answer = Answer(self)
        self._queue.append(((sql, values, keep), answer))
        if not self._depth:
            self.send()
        return answer

    def send(self) -> None:
        """Send what waits and read all answers. Raises the error of the first statement that failed; those behind it
        were not carried out."""
        if not self._queue:
            return
        queue, self._queue = self._queue, []
        sent = [[_sent(value) for value in values] for (_, values, _), _ in queue]
        self._pg.enter_pipeline_mode()
        try:
            started = self._begin()
            known = [self._put(statement, values) for (statement, _), values in zip(queue, sent, strict=True)]
            self._pg.pipeline_sync()
            self._flush()
            self._read(started, known, [answer for _, answer in queue])
        except BaseException:
            self._leave(broken=True)
            raise
        self._leave()

    def rows(self, result: Any) -> list[tuple[Any, ...]]:
        """The rows of a result."""
        reader = Transformer(self._raw)
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, tuple)

    def _begin(self) -> bool:
        """The transaction that the driver would begin with the first statement."""
        if self._raw.autocommit or self._pg.transaction_status != TransactionStatus.IDLE:
            return False
        self._pg.send_query_params(self._raw._get_tx_start_command(), None)
        return True

    def _put(self, statement: _Statement, values: list[Sent]) -> tuple[Any, bytes]:
        """Hand one statement to libpq: (what it is remembered by, the name that is prepared with it or b"")."""
        sql, _, keep = statement
        oids = tuple([oid for oid, _, _ in values])
        data, formats = [value for _, value, _ in values], [form for _, _, form in values]
        key, prepared = (sql, oids), b""
        name = self._names.get(key) if keep else None
        if name is None:
            if keep:
                self._names[key] = b""
            self._pg.send_query_params(sql, data, oids, formats, _BINARY)
            return key, b""
        if not name:
            self._made += 1
            name = prepared = b"ansinh_w%d" % self._made
            self._pg.send_prepare(name, sql, oids)
        self._names.move_to_end(key)
        self._pg.send_query_prepared(name, data, formats, _BINARY)
        return key, prepared

    def _read(self, started: bool, known: Sequence[tuple[Any, bytes]], answers: Sequence[Answer]) -> None:
        results = [self._next()] if started else []
        for (key, prepared), answer in zip(known, answers, strict=True):
            if prepared:
                results.append(self._next())
                if results[-1].status == ExecStatus.COMMAND_OK:
                    self._names[key] = prepared
            results.append(self._next())
            if results[-1].status in _DONE:
                answer.arrive(results[-1])
        self._result()  # the sync
        if found := [result for result in results if result.status not in _DONE]:
            self._refuse(found[0])

    def _next(self) -> Any:
        """The result of the next command. Raises OperationalError when the connection was lost."""
        result = self._result()
        if result is None or self._pg.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection to the database was lost")
        self._result()  # None: the end of the command
        return result

    def _result(self) -> Any:
        """What `PQgetResult` gives. It would wait with the interpreter held: no other thread could run, not even the
        one whose commit is waited for."""
        while self._pg.is_busy():
            self._until(select.POLLIN)
        return self._pg.get_result()

    def _flush(self) -> None:
        """Send what libpq could not send at once, reading meanwhile, so that neither side waits for the other."""
        while self._pg.flush():
            self._until(select.POLLIN | select.POLLOUT)

    def _until(self, events: int) -> None:
        """Wait, other threads running, until the server sent something or takes more."""
        waiting = select.poll()
        waiting.register(self._pg.socket, events)
        if any(found & ~select.POLLOUT for _, found in waiting.poll()):
            self._pg.consume_input()

    def _refuse(self, result: Any) -> None:
        if result.error_field(DiagnosticField.SQLSTATE) == _GONE:
            self._names.clear()
        raise psycopg.errors.error_from_result(result, encoding="utf-8")

    def _leave(self, *, broken: bool = False) -> None:
        """Out of the pipeline; what was left in the middle of one cannot be trusted any more."""
        try:
            self._pg.exit_pipeline_mode()
        except psycopg.Error:
            self._raw.close()
            if not broken:
                raise
        while len(self._names) > MOST:
            self._forget(self._names.popitem(last=False)[1])

    def _forget(self, name: bytes) -> None:
        if name and not self._raw.closed:
            self._pg.exec_(b"DEALLOCATE " + name)


def journeys(raw: Any) -> Journeys:
    """The Journeys of a connection of the driver, kept with it."""
    found: Journeys | None = getattr(raw, "ansinh_journeys", None)
    if found is None:
        found = raw.ansinh_journeys = Journeys(raw)
    return found


def _sent(value: Any) -> Sent:
    if isinstance(value, Array):
        return value.oid, value, _BINARY
    known = _SENT.get(type(value))
    return known(value) if known is not None else _by_the_driver(value)


def _by_the_driver(value: Any) -> Sent:
    """What is rarely sent: whatever else the driver can send."""
    dumper = Transformer().get_dumper(value, PyFormat.AUTO)
    data = dumper.dump(value)
    return dumper.oid, None if data is None else bytes(data), int(dumper.format)
