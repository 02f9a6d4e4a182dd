"""New search parameters reach every process: each looks now and then by which rules the index is made.

    ./ansinh load (another process) ─► index_state.mark ─► look() here, every 5 s ─► rules read again
                                                                                 ─► what was written meanwhile indexed

What this process wrote between the load and its look was indexed by the old rules; it is indexed again, and once more
at the next look for what was on its way.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connection, transaction

from ansinh.fhir import index
from ansinh.fhir.index.numbers import type_name, type_number
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, flushing, journal, work

EVERY = 5.0
_BATCH = 200
logger = logging.getLogger("ansinh.fhir")
_listeners: list[Callable[[], object]] = []


def on_change(listener: Callable[[], object]) -> None:
    """Call this when the rules were read again: for what is made from them and kept."""
    _listeners.append(listener)


class Watch:
    """What one process last saw of the rules, and the position of the journal then."""

    def __init__(self) -> None:
        self._marks = _marks()
        self._position = journal.position()
        self._again: tuple[list[str], int] | None = None

    def look(self) -> list[str]:
        """The types whose rules changed since the last look; their parameters are read again."""
        position, marks = journal.position(), _marks()
        changed = [type_name(kind) for kind, mark in marks.items() if self._marks.get(kind) != mark]
        if self._again is not None:
            index_since(*self._again)
            self._again = None
        if changed:
            index.forget()
            for listener in _listeners:
                listener()
            index_since(changed, self._position)
            self._again = changed, self._position
        self._marks, self._position = marks, position
        return changed


def index_since(kinds: list[str], position: int) -> int:
    """Index anew what was written of these types after a position of the journal; how many resources."""
    count, numbers = 0, [type_number(kind) for kind in kinds]
    marks = ", ".join(["%s"] * len(numbers))
    while True:
        with transaction.atomic():
            work.settle()
            head = journal.lock()
            found = database.fetch(
                f"SELECT rid, position, body FROM resource WHERE position > %s AND type IN ({marks}) AND deleted = 0 "
                f"ORDER BY position LIMIT {_BATCH}",
                [position, *numbers],
            )
            rows = {rid: index.extract(json.loads(bodies.unpack(database.blob(body)))) for rid, _, body in found}
            if not rows:
                return count
            flushing.write_index(rows, stale=list(rows), epoch=head.epoch)
        count, position = count + len(rows), found[-1][1]


def start(stop: threading.Event | None = None) -> threading.Thread:
    """Look every few seconds, in a thread that does not hold the process back when it ends."""
    thread = threading.Thread(target=_run, args=(stop or threading.Event(),), name="ansinh-rules", daemon=True)
    thread.start()
    return thread


def _run(stop: threading.Event) -> None:
    watch: Watch | None = None
    while not stop.is_set():
        try:
            connection.close_if_unusable_or_obsolete()
            if watch is None:
                watch = Watch()
            watch.look()
        except DatabaseError as error:
            logger.warning("rules: database unavailable: %s", type(error).__name__)
            connection.close()
        stop.wait(EVERY)
    connection.close()


def _marks() -> dict[int, str]:
    return dict(database.fetch("SELECT type, mark FROM index_state"))
