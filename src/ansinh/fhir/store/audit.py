"""Who did what to which record, and why. Rows carry ids and codes, never content."""

from collections.abc import Iterable
from typing import Any

from ansinh.fhir.store import database
from ansinh.fhir.store.records import microseconds
from ansinh.kernel import clock
from ansinh.kernel.context import Context

COLUMNS = (
    "at_us", "actor", "login", "role", "unit", "purpose", "verb", "type", "fhir_id", "version", "position",
)  # fmt: skip


def row(
    context: Context, verb: str, resource_type: str, fhir_id: str, version: int | None, position: int | None
) -> tuple:
    """One audit row as the table takes it."""
    at = microseconds(clock.now())
    who = (context.actor, context.login, context.role, context.unit, context.purpose)
    return (at, *who, verb, resource_type, fhir_id, version, position)


def write(rows: Iterable[tuple]) -> None:
    """Append rows; the caller holds the transaction."""
    database.insert("audit", COLUMNS, rows)


def record_read(context: Context, resource_type: str, fhir_id: str, *, verb: str = "read") -> None:
    """Note that a person's record was opened (`read`), listed (`search`) or exported (`export`)."""
    write([row(context, verb, resource_type, fhir_id, None, None)])


def entries(resource_type: str, fhir_id: str, *, limit: int = 100) -> list[dict[str, Any]]:
    """The newest audit rows of one record. PostgreSQL's index holds a number of the id, a third as wide."""
    where, params = "type = %s AND fhir_id = %s", [resource_type, fhir_id]
    if database.is_postgresql():
        where, params = f"hashtext(fhir_id) = hashtext(%s) AND {where}", [fhir_id, *params]
    found = database.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM audit WHERE {where} ORDER BY id DESC LIMIT %s", [*params, limit]
    )
    return [dict(zip(COLUMNS, values, strict=True)) for values in found]
