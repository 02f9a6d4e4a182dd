"""Asking the database for a search: prepared where that pays, and never longer than a limit.

Planning a statement costs PostgreSQL more than running it, so it keeps the plans of statements that come again.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import OperationalError

from ansinh.fhir.store import database
from ansinh.kernel.errors import UserError

_TICK = 0.1


class TooSlow(UserError):
    """The search was given up: it would have cost more time than one request may take."""

    issue_type = "too-costly"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with %s for its values. `fixed`: the same plan is good whatever the values are."""

    sql: str
    values: list[Any]
    fixed: bool = False


def limit() -> float:
    """Seconds that one search may spend in the database: env `ANSINH_SEARCH_SECONDS`, else 10; 0 for no limit."""
    return float(os.environ.get("ANSINH_SEARCH_SECONDS") or 10)


def answer(statement: Statement) -> list[tuple]:
    """All rows of a planned statement."""
    return database.ask(statement.sql, statement.values, keep=statement.fixed)


def fetch(sql: str, values: Sequence[Any]) -> list[tuple]:
    """All rows of a SELECT whose placeholders are %s; its plan depends on the values."""
    return database.ask(sql, values, keep=False)


class _Watched:
    """One search under way on one connection. `cut` says that it was stopped."""

    __slots__ = ("cut", "deadline", "done", "lock", "raw")

    def __init__(self, raw: Any, deadline: float) -> None:
        self.raw, self.deadline = raw, deadline
        self.lock, self.done, self.cut = threading.Lock(), False, False

    def stop(self) -> None:
        """Cancel what the connection is doing. While this holds the lock, the search cannot go on to something else."""
        with self.lock:
            if self.done:
                return
            self.cut = True
            if hasattr(self.raw, "cancel_safe"):
                self.raw.cancel_safe(timeout=5)
            else:
                self.raw.interrupt()


_watched: dict[int, _Watched] = {}
_awake = threading.Event()
_watchman: list[threading.Thread] = []


@contextmanager
def limited() -> Iterator[None]:
    """Cut what is asked within after `limit()` seconds. Raises `TooSlow`. Costs a search some microseconds.

    A thread cancels instead of `statement_timeout`: that would need two statements more for each search.
    """
    seconds = limit()
    if not seconds:
        yield
        return
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.connection is None:
        wrapper.ensure_connection()
    one = _Watched(wrapper.connection, time.monotonic() + seconds)
    _watch(one)
    try:
        yield
    except OperationalError as error:
        if one.cut:
            text = f"Tìm kiếm này cần hơn {seconds:g} giây nên đã dừng; hãy thêm điều kiện để thu hẹp."
            raise TooSlow(text, code="search-too-slow") from error
        raise
    finally:
        with one.lock:
            one.done = True
        _watched.pop(id(one), None)


def _watch(one: _Watched) -> None:
    _watched[id(one)] = one
    if not (_watchman and _watchman[0].is_alive()):
        _watchman[:] = [threading.Thread(target=_keep_watch, name="search-watchman", daemon=True)]
        _watchman[0].start()
    if not _awake.is_set():
        _awake.set()


def _keep_watch() -> None:
    while True:
        if not _watched:
            _awake.clear()
            if not _watched:
                _awake.wait()
        now = time.monotonic()
        for one in list(_watched.values()):
            if now >= one.deadline:
                one.stop()
        time.sleep(_TICK)
