"""SELECTs asked of PostgreSQL through libpq, on the connection that Django holds.

    SQL, values ─► binary values ─► one call of libpq (sends, waits, reads; other threads run) ─► rows

The driver's cursor costs five times what libpq does for a statement that finds one row, and each of its waits hands the
interpreter to another thread. Here a statement that comes again is prepared, by its SQL and the types of its values.
"""

import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, PipelineStatus, TransactionStatus

MOST = 256
"""How many statements one connection remembers."""

_BINARY = 1
_ROWS = ExecStatus.TUPLES_OK
_GONE = b"26000"  # invalid_sql_statement_name: the driver has sent DEALLOCATE ALL
# Python's type of a value → its oid in pg_type.dat, and how PostgreSQL receives it.
_SENT: dict[type, tuple[int, Callable[[Any], bytes]]] = {
    int: (20, struct.Struct(">q").pack),
    float: (701, struct.Struct(">d").pack),
    str: (25, str.encode),
    bytes: (17, bytes),
}

_Key = tuple[bytes, tuple[type, ...]]


class Line:
    """One connection of the driver as it is asked directly."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self._raw, self._pg = raw, raw.pgconn
        self._rows = Transformer(raw)
        self._names: OrderedDict[_Key, bytes] = OrderedDict()  # b"" for what was asked once
        self._made = 0

    @property
    def is_free(self) -> bool:
        """True outside of transactions and pipelines: there a plan that is gone would cost the transaction, and what is
        asked goes by `journeys`, in the order of the writes."""
        free = self._raw.autocommit and self._pg.transaction_status == TransactionStatus.IDLE
        return free and self._pg.pipeline_status == PipelineStatus.OFF

    def fetch(self, sql: bytes, values: Sequence[Any], *, keep: bool) -> list[tuple]:
        """All rows. Placeholders are $1, $2, …; `keep`: one plan serves whatever the values are.

        Raises psycopg's errors, and TypeError for a value that is no int, float, str or bytes.
        """
        return self.table(sql, values, keep=keep, named=False)[1]

    def table(
        self, sql: bytes, values: Sequence[Any], *, keep: bool, named: bool = True
    ) -> tuple[list[str], list[tuple]]:
        """The names of the columns, [] unless they are wanted (`named`), and all rows."""
        types = tuple(map(type, values))
        oids, packers, formats = _sending(types)
        data = [pack(value) for pack, value in zip(packers, values, strict=True)]
        name = self._name((sql, types), oids) if keep else b""
        if name:
            result = self._pg.exec_prepared(name, data, formats, _BINARY)
        else:
            result = self._pg.exec_params(sql, data, oids, formats, _BINARY)
        if result.status != _ROWS:
            if name and result.error_field(DiagnosticField.SQLSTATE) == _GONE:
                self._names.clear()
                return self.table(sql, values, keep=keep, named=named)
            self._expect(result, _ROWS)
        self._rows.set_pgresult(result)
        names = [(result.fname(number) or b"").decode() for number in range(result.nfields)] if named else []
        return names, self._rows.load_rows(0, result.ntuples, tuple)

    def _name(self, key: _Key, oids: Sequence[int]) -> bytes:
        """The prepared statement; b"" when it is asked for the first time, and perhaps never again."""
        name = self._names.get(key)
        if name:
            self._names.move_to_end(key)
            return name
        if name is None:
            self._names[key] = b""
            self._forget_oldest()
            return b""
        self._made += 1
        name = b"ansinh_%d" % self._made
        self._expect(self._pg.prepare(name, key[0], oids), ExecStatus.COMMAND_OK)
        self._names[key] = name
        return name

    def _forget_oldest(self) -> None:
        while len(self._names) > MOST:
            _, name = self._names.popitem(last=False)
            if name:
                self._expect(self._pg.exec_(b"DEALLOCATE " + name), ExecStatus.COMMAND_OK)

    def _expect(self, result: Any, status: ExecStatus) -> None:
        if result.status == status:
            return
        if self._pg.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection to the database was lost")
        raise psycopg.errors.error_from_result(result, encoding="utf-8")


def line(raw: Any) -> Line:
    """The Line of a connection of the driver, kept with it as `ansinh_line`."""
    raw.ansinh_line = Line(raw)
    return raw.ansinh_line


@lru_cache(maxsize=1024)
def _sending(types: tuple[type, ...]) -> tuple[list[int], list[Callable[[Any], bytes]], list[int]]:
    """(oids, packers, formats) of values of these types."""
    if strange := [one.__name__ for one in types if one not in _SENT]:
        raise TypeError(f"values of a search are int, float, str or bytes, not {', '.join(strange)}")
    return [_SENT[one][0] for one in types], [_SENT[one][1] for one in types], [_BINARY] * len(types)
