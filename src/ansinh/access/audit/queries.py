"""What a reader may see of the audit.

Of a person within reach: everything that happened to that person's data, whoever did it. Without a person: what was
done by those who act for a unit within reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.store import Repository, database
from ansinh.fhir.store.audit import entries, reads, trail
from ansinh.fhir.store.audit.trail import Happened
from ansinh.fhir.store.records import microseconds
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. person: id of a Patient. login: of an account. actor: a reference. verbs: any of them.
    since and until: both included. before: the row that the page stands behind. row: this one alone."""

    person: str = ""
    login: str = ""
    actor: str = ""
    verbs: tuple[str, ...] = ()
    purpose: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A page, the newest first. more: there are older ones."""

    rows: tuple[Happened, ...]
    more: bool


def find(context: Context, asked: Asked, limit: int = PAGE) -> Found:
    """The rows that this reader may see. Raises NotFound for a person out of reach; that somebody looked is noted."""
    where, values = _where(context, asked)
    rows = trail.find(where, values, limit + 1)
    if asked.person and rows:
        reads.note_people(context, "AuditEvent", [asked.person], verb="audit")
    return Found(tuple(rows[:limit]), len(rows) > limit)


def row(context: Context, number: int) -> Happened:
    """One row. Raises NotFound where there is none that this reader may see."""
    found = trail.find("a.id = %s", [number], 1)
    if not found:
        raise NotFound("Không có dòng này trong sổ theo dõi truy cập.")
    person = found[0].patient
    named = trail.names([person]).get(person) if person else None
    asked = Asked(person=named[1]) if named and _sees(context, named[1]) else Asked()
    if not find(context, replace(asked, row=number), 1).rows:
        raise NotFound("Không có dòng này trong sổ theo dõi truy cập.")
    return found[0]


def _sees(context: Context, person: str) -> bool:
    return context.allows("read", "Patient") and Repository(context).exists("Patient", person)


def _where(context: Context, asked: Asked) -> tuple[str, Sequence[Any]]:
    parts, values = list[str](), list[Any]()

    def also(sql: str, *given: Any) -> None:
        parts.append(sql)
        values.extend(given)

    if asked.person:
        if not _sees(context, asked.person):
            raise NotFound("Không tìm thấy người này.")
        also("a.patient = %s", key_of("Patient", asked.person))
    else:
        also(*_of_units(context))
    for column, value in (("login", asked.login), ("actor", asked.actor), ("purpose", asked.purpose)):
        if value:
            also(f"w.{column} = %s", value)
    if asked.verbs:
        also(f"a.verb IN ({', '.join(str(entries.VERBS.index(verb)) for verb in asked.verbs)})")
    if asked.since:
        also("a.at_us >= %s AND a.id > %s", microseconds(asked.since), _id_before(microseconds(asked.since)))
    if asked.until:
        also("a.at_us <= %s", microseconds(asked.until))
    if asked.before:
        also("a.id < %s", asked.before)
    if asked.row:
        also("a.id = %s", asked.row)
    return " AND ".join(parts), values


def _of_units(context: Context) -> tuple[str, *tuple[str, ...]]:
    people = "1 = 1" if context.persons else "a.patient IS NULL"
    if EVERYWHERE in context.reach:
        return (people,)
    units = sorted(context.reach)
    if not units:
        return ("1 = 0",)
    return (f"{people} AND w.unit IN ({', '.join(['%s'] * len(units))})", *units)


def _id_before(at_us: int) -> int:
    """A row before which nothing happened since: seals tell it without reading the rows. Rows of one block may stand in
    another order than their times."""
    found = database.fetch("SELECT max(id) FROM audit_seal WHERE at_us < %s", [at_us])[0][0]
    return max(0, int(found or 0) - entries.BLOCK)
