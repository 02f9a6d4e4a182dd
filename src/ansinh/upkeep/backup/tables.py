"""What a backup holds: every table that cannot be made again from the others, row by row as portable values.

The journal and the audit grow at their end: a segment takes what is new. Every other table is small: a segment takes
it whole, unless it is as the chain already has it. A table that nobody thought of is taken whole, never left out.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models

BATCH = 500
GROWING = {"journal": "position", "audit": "id", "audit_row": "id"}
"""Tables that are only ever added to, each with the column that counts."""

OVERLAP = {"audit": 5_000}
"""Rows that are taken again: on PostgreSQL one may be committed after one with a higher number. Journal and audit chain
are numbered under a lock."""

LEFT_OUT = frozenset(
    """resource ix_token ix_ref ix_date ix_string ix_number ix_uri ix_quantity index_state journal_head token
    live_view view_build kept_tally job job_lease django_session usersessions_usersession access_tries
    upkeep_backuprow""".split()
)
"""Made again from the rest, or true only for the node that ran: index, views, running jobs, open sessions."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table as its model describes it; `growing` is the column that counts, "" for one that is taken whole."""

    name: str
    model: type[models.Model]
    growing: str

    @property
    def fields(self) -> "list[models.Field[Any, Any]]":
        """The fields that are columns, in the order of the model."""
        return [field for field in self.model._meta.concrete_fields if field.column and not field.generated]

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of `fields`."""
        return [str(field.column) for field in self.fields]

    def rows(self, alias: str, after: int = 0, upto: int | None = None) -> Iterator[list[list[Any]]]:
        """Batches of rows as the database of `alias` has them; of a growing table those between two counts."""
        found = self.model._base_manager.using(alias).order_by("pk")
        if self.growing:
            found = found.filter(**{f"{self.growing}__gt": after})
            found = found if upto is None else found.filter(**{f"{self.growing}__lte": upto})
        batch: list[list[Any]] = []
        for values in found.values_list(*[field.attname for field in self.fields]).iterator(chunk_size=BATCH):
            batch.append([bytes(one) if isinstance(one, memoryview) else one for one in values])
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def last(self, alias: str) -> int:
        """The highest count of a growing table; 0 when it is empty."""
        return self.model._base_manager.using(alias).aggregate(last=models.Max(self.growing))["last"] or 0

    def digest(self, alias: str) -> tuple[str, int]:
        """SHA-256 of the rows, by which a table is known to be unchanged, and how many there are."""
        summed, count = hashlib.sha256(), 0
        for batch in self.rows(alias):
            count += len(batch)
            for row in batch:
                summed.update(msgspec.msgpack.encode(row))
        return summed.hexdigest(), count


def kept() -> list[Table]:
    """Every table that a backup holds, by name. Tables without a model (rows of live views) are made again."""
    found = {
        model._meta.db_table: Table(model._meta.db_table, model, GROWING.get(model._meta.db_table, ""))
        for model in apps.get_models(include_auto_created=True)
        if (not model._meta.proxy and model._meta.managed) or model._meta.db_table in GROWING
    }
    return [found[name] for name in sorted(found) if name not in LEFT_OUT]


def insert(alias: str, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows of a backup. Columns that this release no longer has in its model are written as they came."""
    connection = connections[alias]
    fields = {str(field.column): field for field in table.fields}
    chosen = [fields.get(column) for column in columns]
    adapted = [[_adapted(field, value, connection) for field, value in zip(chosen, row, strict=True)] for row in rows]
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    name = connection.ops.quote_name(table.name)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {name} ({quoted}) FROM STDIN") as copying:
                for row in adapted:
                    copying.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {name} ({quoted}) VALUES ({marks})", adapted)


def empty(alias: str, table: Table) -> None:
    """Remove what migrations put there."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.name)}")


def count_on(alias: str) -> None:
    """Numbers that the database gives go on behind those that were restored."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in kept()]):
            cursor.execute(statement)


def _adapted(field: "models.Field[Any, Any] | None", value: Any, connection: Any) -> Any:
    if field is None or value is None:
        return value
    if not isinstance(field, models.JSONField):
        value = field.to_python(value)
    return field.get_db_prep_save(value, connection)
