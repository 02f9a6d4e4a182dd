"""Changes into rows of a view's table: what held is closed at the position of the change, what holds is opened."""

from collections.abc import Iterable, Sequence
from typing import Any

from ansinh.fhir.store import database
from ansinh.fhir.store.records import Change
from ansinh.fhir.views.shapes import OPEN, Shape

_END, _ORG = -1, -3  # places of seq_to and org in a row; `Shape.columns` ends with rid, org, seq_from, seq_to


def write(shape: Shape, changes: Iterable[tuple[Change, Sequence[tuple[Any, ...]]]], table: str) -> None:
    """Apply changes of the view's resource type, each with the rows that it gives, in order of position.

    Rows carry today's owner at every position, because rights follow the tree as it is today.
    """
    opened: dict[int, list[list[Any]]] = {}
    closed: dict[int, tuple[int, int | None]] = {}
    for change, rows in changes:
        rid, position, org = change.rid, change.position, change.org
        if rid in opened:
            for row in opened[rid]:
                row[_ORG] = org
                row[_END] = min(row[_END], position)
        if rid in closed:
            closed[rid] = (closed[rid][0], org)
        elif rid != position:  # a resource's number is the position of its first version
            closed[rid] = (position, org)
        fresh = [[*values, rid, org, position, OPEN] for values in rows]
        opened.setdefault(rid, []).extend(fresh)
    _close(table, closed)
    database.insert(
        f'"{table}"', shape.columns, (tuple(row) for rows in opened.values() for row in rows), types=shape.casts
    )


def _close(table: str, closed: dict[int, tuple[int, int | None]]) -> None:
    """Versions that ended before and have the right owner stay untouched, however many there are."""
    if not closed:
        return
    rows = [(org, position, rid) for rid, (position, org) in closed.items()]
    if database.is_postgresql():
        database.run(
            f'UPDATE "{table}" t SET org = c.org, seq_to = least(t.seq_to, c.position) '
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS c(org, position, rid) WHERE t.rid = c.rid "
            "AND (t.seq_to > c.position OR t.org IS DISTINCT FROM c.org)",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return
    database.run_many(
        f'UPDATE "{table}" SET org = ?, seq_to = min(seq_to, ?) WHERE rid = ? AND (seq_to > ? OR org IS NOT ?)',
        [(*row, row[1], row[0]) for row in rows],
    )
