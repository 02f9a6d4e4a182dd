"""Making index rows again from the current resources: after new extraction rules, or when rows are doubted."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from ansinh.fhir import index
from ansinh.fhir.index.numbers import TYPES, type_number
from ansinh.fhir.index.rows import Rows
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, flushing, journal, work

_BATCH = 500


def reindex(types: Iterable[str] = TYPES) -> int:
    """Index every current resource of these types anew, in one transaction; how many there were."""
    count = 0
    with transaction.atomic():
        work.settle()
        head = journal.lock()
        for batch in _batches([type_number(kind) for kind in types]):
            flushing.write_index(batch, stale=list(batch), epoch=head.epoch)
            count += len(batch)
    return count


def _batches(types: list[int]) -> Iterator[dict[int, Rows]]:
    after = 0
    marks = ", ".join(["%s"] * len(types))
    while found := database.fetch(
        f"SELECT rid, deleted, body FROM resource WHERE type IN ({marks}) AND rid > %s ORDER BY rid LIMIT {_BATCH}",
        [*types, after],
    ):
        yield {
            rid: Rows() if deleted else index.extract(json.loads(bodies.unpack(database.blob(body))))
            for rid, deleted, body in found
        }
        after = found[-1][0]
