"""Appending to the audit outside of a write, and finding what it holds."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import type_name, type_number
from ansinh.fhir.store import database, journal, work
from ansinh.fhir.store.audit import entries, reads
from ansinh.fhir.store.audit.entries import Entry
from ansinh.fhir.store.records import microseconds, moment
from ansinh.kernel import clock
from ansinh.kernel.context import Context

_IGNORE = "ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class Happened:
    """One row as readers see it. patient and key are numbers (`index.numbers.key`), None where there is none; what:
    type → how many, of which 255 means so many or more."""

    id: int
    at: datetime
    patient: int | None
    key: int | None
    position: int | None
    verb: str
    what: dict[str, int]
    actor: str
    login: str
    role: str
    unit: str
    purpose: str
    source: str


def entry(
    context: Context, verb: str, resource_type: str, fhir_id: str, *, patient: int | None = None, position: int = 0
) -> Entry:
    """What to `append` of one resource; an empty id says "some of this type"."""
    key = key_of(resource_type, fhir_id) if fhir_id else None
    if patient is None and resource_type == "Patient":
        patient = key
    at_us, what = microseconds(clock.now()), entries.of_one(type_number(resource_type))
    return Entry(at_us, entries.who_of(context), patient, key, position or None, verb, what)


def of_records(context: Context, verb: str, named: Mapping[tuple[str, str], int]) -> list[Entry]:
    """What to `append` of several resources, (type, id) → position of the journal; whom they are about is looked up."""
    keys = [key_of(*name) for name in named]
    marks = ", ".join(["%s"] * len(keys))
    found = database.fetch(f"SELECT key, patient_key FROM resource WHERE key IN ({marks})", keys) if keys else []
    people = dict(found)
    return [
        entry(context, verb, kind, fhir_id, patient=people.get(key_of(kind, fhir_id)), position=position)
        for (kind, fhir_id), position in named.items()
    ]


def append(happened: Iterable[Entry]) -> None:
    """Append in the caller's transaction, or in one of their own: it is there before an answer goes out."""
    listed = list(happened)
    if not listed:
        return
    with transaction.atomic():
        work.settle()
        head = journal.lock()
        made = entries.sealed(head, listed)
        database.insert(entries.TABLE, entries.COLUMNS, made.rows)
        database.insert("audit_who", entries.WHO_COLUMNS, made.who, tail=_IGNORE)
        database.insert("audit_seal", entries.SEAL_COLUMNS, made.seals)
        journal.advance_audit(head)


def start(stop: threading.Event | None = None) -> threading.Thread:
    """Write down the reads of this process every second from now on."""
    return reads.start(append, stop)


def flush_reads() -> int:
    """Write down the reads of this process that are only noted; how many rows they made."""
    return reads.flush(append)


_SELECT = (
    "SELECT a.id, a.at_us, a.patient, a.key, a.position, a.verb, a.what, w.actor, w.login, w.role, w.unit, w.purpose, "
    "w.source FROM audit_row a JOIN audit_who w ON w.who = a.who"
)


def find(where: str, values: Sequence[Any], limit: int) -> list[Happened]:
    """Rows that fulfil a condition on `a` (audit_row) and `w` (audit_who), newest first. No access rule is applied."""
    flush_reads()
    found = database.fetch(f"{_SELECT} WHERE {where} ORDER BY a.id DESC LIMIT %s", [*values, limit])
    return [_happened(row) for row in found]


def of_person(patient_id: str, *, before: int = 0, limit: int = 100) -> list[Happened]:
    """What happened to one person's data, the newest first; `before`: id of a row that the page stands behind."""
    behind, more = (" AND a.id < %s", [before]) if before else ("", [])
    return find(f"a.patient = %s{behind}", [key_of("Patient", patient_id), *more], limit)


def of_resource(resource_type: str, fhir_id: str, *, limit: int = 100) -> list[Happened]:
    """What happened to one resource by itself, the newest first."""
    key = key_of(resource_type, fhir_id)
    about = database.fetch("SELECT patient_key FROM resource WHERE key = %s", [key])
    patient = about[0][0] if about else key_of("Patient", fhir_id) if resource_type == "Patient" else None
    if patient is None:
        return find("a.patient IS NULL AND a.key = %s", [key], limit)
    return find("a.patient = %s AND a.key = %s", [patient, key], limit)


def names(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Number of a resource → its type and id, for those that are or were here."""
    if not keys:
        return {}
    marks = ", ".join(["%s"] * len(keys))
    found = database.fetch(f"SELECT key, type, fhir_id FROM resource WHERE key IN ({marks})", keys)
    return {key: (type_name(kind), fhir_id) for key, kind, fhir_id in found}


def node() -> str:
    """This node's name in the journal."""
    found = database.fetch("SELECT node FROM journal_head WHERE id = 1")
    return found[0][0] if found else ""


def _happened(row: tuple) -> Happened:
    number, at_us, patient, key, position, verb, what, *who = row
    kinds = entries.unpacked(database.blob(what))
    return Happened(number, moment(at_us), patient, key, position, entries.VERBS[verb], kinds, *who)
