"""The bare door with the SQL of a read: what reading by id costs when nothing else is done.

The statement, the way to the database and the connection of each thread are those of the node; the answer is a
constant.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from ansinh.fhir.index.numbers import key
from ansinh.fhir.store.records import COLUMNS
from measuring import constant

_URL = os.environ["DATABASE_URL"]
_LITE = urlsplit(_URL).scheme == "sqlite"
_SQL = f"SELECT {COLUMNS} FROM resource WHERE key = " + ("?" if _LITE else "$1")
_own = threading.local()

Ask = Callable[[int], list[tuple]]


def asking() -> Ask:
    """The read, asked on a connection of its own."""
    if _LITE:
        line = sqlite3.connect(_URL.removeprefix("sqlite:///"), isolation_level=None)
        line.execute("PRAGMA cache_size=-4000")
        return lambda number: line.execute(_SQL, (number,)).fetchall()
    import psycopg

    from ansinh.fhir.store import direct

    direct_line = direct.line(psycopg.connect(_URL, autocommit=True))
    return lambda number: direct_line.fetch(_SQL.encode(), [number], keep=True)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`/<type>/<id>`: read the row, answer as the bare door does; nobody there is a 404."""
    _, kind, identity = environ["PATH_INFO"].split("/")
    if not hasattr(_own, "ask"):
        _own.ask = asking()
    if not _own.ask(key(kind, identity)):
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    return constant.application(environ, start_response)
