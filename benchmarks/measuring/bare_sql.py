"""The bare door with the SQL of a read: what reading by id costs when nothing else is done.

The statement, the driver and the connection of each thread are those of the node; the answer is a constant.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import psycopg

from ansinh.fhir.index.numbers import key
from ansinh.fhir.store.records import COLUMNS
from measuring import constant

_URL = os.environ["DATABASE_URL"]
_LITE = urlsplit(_URL).scheme == "sqlite"
_SQL = f"SELECT {COLUMNS} FROM resource WHERE key = " + ("?" if _LITE else "%s")
_own = threading.local()


def _execute() -> Callable[..., Any]:
    """The execute of this thread's connection."""
    if not hasattr(_own, "execute"):
        if _LITE:
            line = sqlite3.connect(_URL.removeprefix("sqlite:///"), isolation_level=None)
            line.execute("PRAGMA cache_size=-12000")
            _own.execute = line.execute
        else:
            _own.execute = psycopg.ClientCursor(psycopg.connect(_URL, autocommit=True)).execute
    found: Callable[..., Any] = _own.execute
    return found


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`/<type>/<id>`: read the row, answer as the bare door does; nobody there is a 404."""
    _, kind, identity = environ["PATH_INFO"].split("/")
    row = _execute()(_SQL, (key(kind, identity),)).fetchone()
    if row is None:
        start_response("404 Not Found", [("Content-Length", "0")])
        return [b""]
    return constant.application(environ, start_response)
