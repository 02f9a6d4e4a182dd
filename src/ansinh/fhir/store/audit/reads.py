"""Reads of people's records: noted in memory at once, written down within a second, grouped.

    Repository, search, live views ─► note ─► queue ─► flush: one row for reader, person and kind of reading

A note costs a microsecond or two and never waits. What a crash may lose is the last second's reads (`EVERY`); exports
do not go this way. When the database takes no rows for so long that `MOST` notes wait, nobody opens a person's record
any more: better closed than unseen. The node's own work (role `system`) is not noted.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import util
from typing import Any

from django.db import DatabaseError, connection

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.store import database
from ansinh.fhir.store.audit import entries
from ansinh.fhir.store.audit.entries import Entry
from ansinh.fhir.store.ownership import PERSONAL
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import UserError

EVERY = 1.0
"""Seconds between two flushes: the most that a crash loses."""
MOST = 100_000
"""Notes that wait at most while a thread writes them down."""
FEW = 5_000
"""Notes that are kept where no thread writes (a command, a test): it writes them down when it ends."""
_CHUNK = 400
_NOT_THERE = (None, 1)
_PERSONAL = frozenset(type_number(kind) for kind in PERSONAL)
logger = logging.getLogger("ansinh.fhir")

Owned = tuple[int | None, int | None]
"""Number of the person that a resource is about, number of its owner, as its row has them."""
Note = tuple[Context, Any, str, int, Sequence[int], Sequence[Owned] | None]
_notes: deque[Note] = deque()
_writer: list[threading.Thread] = []
_flushing = threading.Lock()


class Unwritten(UserError):
    """The audit cannot be written, and too much waits for it."""

    issue_type = "transient"
    status = 503


def note(context: Context, verb: str, kind: int, keys: Sequence[int], patient: int | None = None) -> None:
    """Remember that these resources of one type (its number) were read. `patient`: number of the person they are about,
    where the reader knows it. Raises `Unwritten`."""
    note_rows(context, verb, kind, keys, None if patient is None else ((patient, None),) * len(keys))


def note_rows(context: Context, verb: str, kind: int, keys: Sequence[int], people: Sequence[Owned] | None) -> None:
    """The same for a reader who has the rows and so knows whom each resource is about; None: to be looked up. Raises
    `Unwritten`."""
    if kind not in _PERSONAL or not keys or context.role == "system":
        return
    if len(_notes) >= FEW:
        _make_room()
    _notes.append((context, clock.now(), verb, kind, keys, people))


def note_people(context: Context, resource_type: str, patient_ids: Iterable[str], verb: str = "view") -> None:
    """Remember that rows about these people were read, of a view over one type."""
    if context.role == "system":
        return
    kind = type_number(resource_type)
    for one in dict.fromkeys(patient_ids):
        note(context, verb, kind, (0,), key_of("Patient", one))


def waiting() -> int:
    """How many notes wait to be written."""
    return len(_notes)


def forget() -> None:
    """Drop what waits (tests)."""
    _notes.clear()


def _make_room() -> None:
    if not _writer:
        _notes.popleft()
    elif len(_notes) >= MOST:
        text = "Sổ theo dõi truy cập tạm thời không ghi được, nên chưa mở được hồ sơ của ai. Xin thử lại sau ít phút."
        raise Unwritten(text, code="audit-unwritten")


def flush(append: Callable[[Iterable[Entry]], None]) -> int:
    """Write down what waits; how many rows it made. What cannot be written goes on waiting."""
    with _flushing:
        taken = [_notes.popleft() for _ in range(len(_notes))]
        if not taken:
            return 0
        try:
            made = list(_grouped(taken, _people(taken)))
            append(made)
        except Exception:
            _notes.extendleft(reversed(taken))
            raise
        return len(made)


class _Group:
    """What one reader read of one person. Most hold one kind, so the mapping is made for the second only."""

    __slots__ = ("at", "count", "counts", "key", "kind")

    def __init__(self, at: Any, kind: int, key: int) -> None:
        self.at, self.kind, self.key, self.count = at, kind, key, 1
        self.counts: dict[int, int] | None = None

    def add(self, kind: int, key: int) -> None:
        if key != self.key:
            self.key = 0
        if self.counts is None and kind == self.kind:
            self.count += 1
            return
        if self.counts is None:
            self.counts, self.key = {self.kind: self.count}, 0
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def entry(self, who: entries.Who, verb: str, patient: int | None) -> Entry:
        what = entries.packed_one(self.kind, self.count) if self.counts is None else entries.packed(self.counts)
        at_us = round(self.at.timestamp() * 1_000_000)
        return Entry(at_us, who, patient, self.key or None, None, verb, what)


def _grouped(notes: Iterable[Note], looked_up: dict[int, Owned]) -> Iterator[Entry]:
    groups: dict[tuple[entries.Who, str, int | None], _Group] = {}
    last, who = None, entries.NOBODY
    for context, at, verb, kind, keys, people in notes:
        if context is not last:
            last, who = context, entries.who_of(context)
        for key, (person, org) in zip(keys, people or [looked_up.get(one, _NOT_THERE) for one in keys], strict=True):
            if person is None and (org is None or org % 2):
                continue  # about a unit or nobody, or not there any more
            place = (who, verb, person)
            if (group := groups.get(place)) is None:
                groups[place] = _Group(at, kind, key)
            else:
                group.add(kind, key)
    for (reader, verb, person), group in groups.items():
        yield group.entry(reader, verb, person)


def _people(notes: Iterable[Note]) -> dict[int, Owned]:
    """Number of a resource → (number of its person, owner), for those whose person the reader did not know."""
    wanted = list({key for *_, keys, people in notes if people is None for key in keys})
    found: dict[int, Owned] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join(["%s"] * len(chunk))
        for key, patient, org in database.fetch(
            f"SELECT key, patient_key, org FROM resource WHERE key IN ({marks})", chunk
        ):
            found[key] = (patient, org)
    return found


def start(append: Callable[[Iterable[Entry]], None], stop: threading.Event | None = None) -> threading.Thread:
    """Write down every second, in a thread of its own; once more when the process ends in order."""
    ended = stop or threading.Event()
    thread = threading.Thread(target=_run, args=(append, ended), name="ansinh-audit", daemon=True)
    _writer[:] = [thread]
    thread.start()
    # A worker of the server is a child of multiprocessing, which calls these at its end and not those of atexit.
    util.Finalize(None, _last, args=(append, thread, ended), exitpriority=100)
    return thread


def _run(append: Callable[[Iterable[Entry]], None], stop: threading.Event) -> None:
    while not stop.is_set():
        stop.wait(EVERY)
        _try(append)
    connection.close()


def _try(append: Callable[[Iterable[Entry]], None]) -> None:
    if not _notes:
        return
    try:
        connection.close_if_unusable_or_obsolete()
        flush(append)
    except DatabaseError as error:
        logger.warning("audit: %d reads wait, database unavailable: %s", len(_notes), type(error).__name__)
        connection.close()


def _last(append: Callable[[Iterable[Entry]], None], thread: threading.Thread, stop: threading.Event) -> None:
    stop.set()
    thread.join(5)
    _try(append)
