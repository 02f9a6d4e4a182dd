"""History across resources: the journal as one reader may see it, the newest first, paged by position."""

from dataclasses import dataclass

from ansinh.fhir.index.numbers import TYPES, type_name, type_number
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, journal, reach
from ansinh.fhir.store.records import Event, Version, moment
from ansinh.kernel.context import Context

_MUCH = 10_000
_NEVER = 1 << 62
_COLUMNS = "j.version, j.position, j.at_us, j.author, j.method, j.body, j.type, r.fhir_id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which versions. type and id: "" for all. Instants are microseconds: `since` is the first that counts; `at`
    keeps what was current at some time of the interval. `before` is the position that the page stands behind."""

    type: str = ""
    id: str = ""
    since: int | None = None
    at: tuple[int, int] | None = None
    before: int | None = None


def read(context: Context, wanted: Wanted, limit: int) -> list[Event]:
    """At most `limit` versions within the reader's reach and role."""
    where, values = _where(context, wanted)
    found = database.fetch(
        f"SELECT {_COLUMNS} FROM journal j JOIN resource r ON r.key = j.key WHERE {where} "
        f"ORDER BY j.position DESC LIMIT {int(limit)}",
        values,
    )
    return [Event(type_name(row[6]), row[7], version_of(row[:6])) for row in found]


def count(context: Context, wanted: Wanted) -> int:
    """How many versions there are."""
    where, values = _where(context, wanted)
    sql = f"SELECT count(*) FROM journal j JOIN resource r ON r.key = j.key WHERE {where}"
    return int(database.fetch(sql, values)[0][0])


def version_of(values: tuple) -> Version:
    """A version from (version, position, at_us, author, method, body); a deletion has no body."""
    version, position, at_us, author, method, body = values
    name = journal.METHODS[method]
    resource = None if name == "delete" else json.loads(bodies.unpack(database.blob(body)))
    return Version(version, position, moment(at_us), author, name, resource)


def _where(context: Context, wanted: Wanted) -> tuple[str, list[int]]:
    parts, values = [reach.condition(context, "r.org"), _of_types(context, wanted)], list[int]()
    if wanted.id:
        parts.append("j.key = %s")
        values.append(key_of(wanted.type, wanted.id))
    if wanted.before is not None:
        parts.append("j.position < %s")
        values.append(wanted.before)
    if wanted.since is not None:
        parts.append("j.at_us >= %s")
        values.append(wanted.since)
        if not wanted.id and (first := _first_since(wanted.since)) is not None:
            parts.append("j.position >= %s")
            values.append(first)
    if wanted.at is not None:
        parts.append(
            "j.at_us <= %s AND NOT EXISTS (SELECT 1 FROM journal n WHERE n.key = j.key AND n.version = j.version + 1 "
            "AND n.at_us <= %s)"
        )
        values += [wanted.at[1], wanted.at[0]]
    return " AND ".join(parts), values


def _first_since(since: int) -> int | None:
    """The position before which nothing was written since then; None where so much was that reading finds it at once.

    Without it a reader who asks for the last minute would be led through the whole journal.
    """
    sql = f"SELECT min(position), count(*) FROM (SELECT position FROM journal WHERE at_us >= %s LIMIT {_MUCH}) n"
    first, count = database.fetch(sql, [since])[0]
    return None if count == _MUCH else (first or 0) if count else _NEVER


def _of_types(context: Context, wanted: Wanted) -> str:
    if wanted.type:
        return f"j.type = {type_number(wanted.type)}"
    allowed = [type_number(kind) for kind in TYPES if context.allows("history", kind)]
    if len(allowed) == len(TYPES):
        return "1 = 1"
    return f"j.type IN ({', '.join(map(str, allowed))})" if allowed else "1 = 0"
