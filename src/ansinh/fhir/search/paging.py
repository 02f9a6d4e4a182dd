"""One page over one or several queries, and the cursor to the next."""

from dataclasses import replace
from typing import Any

from django.core import signing
from django.db import connection

from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.search import statements, walking
from ansinh.fhir.search.found import Found, Page, json_of
from ansinh.fhir.search.including import included
from ansinh.fhir.search.planning import Planner
from ansinh.fhir.search.query import Query
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import reads
from ansinh.kernel.errors import Malformed

_SALT = "ansinh.search"

After = tuple[list[Any], int] | None
Row = tuple[Any, ...]


def page(repository: Repository, queries: list[Query], mark: str) -> Page:
    """All queries have the same count, total, sort keys and includes. Without a sort they answer one after another;
    with one their rows are mixed as the keys say. `mark`: the search that a cursor belongs to."""
    first = queries[0]
    total = sum(_total(repository, query) for query in queries) if first.total else None
    if first.count == 0:
        return Page([], total, ignored=first.ignored)
    start, after = _read_cursor(first.cursor, mark, queries)
    if first.sort and len(queries) > 1:
        rows, cursor = _mixed(repository, queries, after, mark)
    else:
        rows, cursor = _in_turn(repository, queries, start, after, mark)
    added: dict[tuple[str, str], Found] = {}
    for query in queries:
        own = [row for one, row in rows if one is query]
        people = [row[-2:] for row in own]
        reads.note_rows(repository.context, "search", type_number(query.resource_type), [row[1] for row in own], people)
        for each in included(repository, query, {row[0]: row[1] for row in own}):
            added[each.type, each.id] = each
    for query, row in rows:
        added.pop((query.resource_type, row[2]), None)
    matches = [Found(query.resource_type, row[2], json_of(row[3])) for query, row in rows]
    return Page(matches, total, cursor, list(added.values()), first.ignored)


def _in_turn(
    repository: Repository, queries: list[Query], start: int, after: After, mark: str
) -> tuple[list[tuple[Query, Row]], str | None]:
    rows: list[tuple[Query, Row]] = []
    for place in range(start, len(queries)):
        query, room = queries[place], queries[0].count - len(rows)
        found = _rows(repository, replace(query, count=room), after if place == start else None)
        rows += [(query, row) for row in found[:room]]
        if len(found) > room:
            return rows, _cursor(place, found[room - 1] if room else None, mark)
    return rows, None


def _mixed(
    repository: Repository, queries: list[Query], after: After, mark: str
) -> tuple[list[tuple[Query, Row]], str | None]:
    """Each query gives as many rows as the page has; the first of them all are the page."""
    count = queries[0].count
    rows = [(query, row) for query in queries for row in _rows(repository, query, after)]
    rows.sort(key=lambda pair: pair[1][0])
    for number, one in reversed(list(enumerate(queries[0].sort, start=4))):
        some = [pair for pair in rows if pair[1][number] is not None]
        some.sort(key=lambda pair: pair[1][number], reverse=one.descending)
        rows = some + [pair for pair in rows if pair[1][number] is None]
    return rows[:count], _cursor(0, rows[count - 1][1], mark) if len(rows) > count else None


def _rows(repository: Repository, query: Query, after: After) -> list[Row]:
    return walking.rows(Planner(repository.context, query, connection.vendor), after)


def _total(repository: Repository, query: Query) -> int:
    return int(statements.answer(Planner(repository.context, query, connection.vendor).count())[0][0])


def _cursor(place: int, row: Row | None, mark: str) -> str:
    """Behind this row of the query at `place`; without a row before all of its rows."""
    return signing.dumps([mark, place, *((row[0], *row[4:-2]) if row else ())], salt=_SALT, compress=True)


def _read_cursor(text: str, mark: str, queries: list[Query]) -> tuple[int, After]:
    if not text:
        return 0, None
    try:
        seen, place, *row = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Malformed("Đường dẫn sang trang sau không hợp lệ; hãy tìm lại từ đầu.", field="_cursor") from error
    if seen != mark or place >= len(queries) or (row and len(row) != 1 + len(queries[place].sort)):
        raise Malformed("Đường dẫn sang trang sau thuộc một lần tìm khác; hãy tìm lại từ đầu.", field="_cursor")
    return place, (row[1:], row[0]) if row else None
