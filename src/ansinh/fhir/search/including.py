"""What `_include` and `_revinclude` add to a page."""

from collections.abc import Iterable
from typing import Any

from ansinh.fhir.index.numbers import type_name, type_number
from ansinh.fhir.search import statements
from ansinh.fhir.search.found import Found, json_of
from ansinh.fhir.search.query import Include, Query
from ansinh.fhir.store import Repository, reach
from ansinh.fhir.store.audit import reads

_MOST_INCLUDED = 1000
_ROUNDS = 5
_CHUNK = 400


def included(repository: Repository, query: Query, page: dict[int, int]) -> list[Found]:
    """What includes add, each once, in a stable order; the page itself is not repeated."""
    if not page or not (query.includes or query.revincludes):
        return []
    seen, found = set(page), dict[int, tuple]()
    kinds = dict.fromkeys(page, query.resource_type)
    frontier = dict(page)
    for turn in range(_ROUNDS):
        forward = [one for one in query.includes if turn == 0 or one.iterate]
        backward = [one for one in query.revincludes if turn == 0 or one.iterate]
        rows = _step(repository, forward, backward, frontier, set(kinds.values()))
        fresh = {row[0]: row for row in rows if row[0] not in seen}
        if not fresh or len(found) >= _MOST_INCLUDED:
            break
        found.update(fresh)
        seen.update(fresh)
        frontier = {rid: row[1] for rid, row in fresh.items()}
        kinds = {rid: type_name(row[2]) for rid, row in fresh.items()}
    chosen = sorted(found.values())[:_MOST_INCLUDED]
    for row in chosen:
        reads.note_rows(repository.context, "search", row[2], (row[1],), (row[5:7],))
    return [Found(type_name(row[2]), row[4], json_of(row[3])) for row in chosen]


def _step(
    repository: Repository,
    forward: Iterable[Include],
    backward: Iterable[Include],
    frontier: dict[int, int],
    kinds: set[str],
) -> list[tuple]:
    """One hop from the frontier (rid → key) along the includes."""
    rows: list[tuple] = []
    ahead = [one for one in forward if one.source in kinds]
    back = [one for one in backward if not one.target or one.target in kinds]
    rids, keys = list(frontier), list(frontier.values())
    for start in range(0, len(rids), _CHUNK):
        if ahead:
            rows += _pointed_at(repository, ahead, rids[start : start + _CHUNK])
        if back:
            rows += _pointing(repository, back, keys[start : start + _CHUNK])
    return [row[:7] for row in rows if repository.context.allows("search", type_name(row[2]))]


_COLUMNS = "t.rid, t.key, t.type, t.body, t.fhir_id, t.patient_key, t.org"


def _pointed_at(repository: Repository, includes: list[Include], rids: list[int]) -> list[tuple]:
    numbers = {one.parameter.number for one in includes}
    seen = reach.condition(repository.context, "t.org")
    sql = (
        f"SELECT {_COLUMNS}, x.param FROM ix_ref x JOIN resource t ON t.key = x.target "
        f"WHERE x.rid IN ({_marks(rids)}) AND x.param IN ({_marks(list(numbers))}) AND t.deleted = 0 AND {seen}"
    )
    wanted = {(one.parameter.number, type_number(one.target) if one.target else 0) for one in includes}
    rows = statements.fetch(sql, [*rids, *numbers])
    return [row for row in rows if (row[7], 0) in wanted or (row[7], row[2]) in wanted]


def _pointing(repository: Repository, includes: list[Include], keys: list[int]) -> list[tuple]:
    numbers = {one.parameter.number for one in includes}
    seen = reach.condition(repository.context, "t.org")
    sql = (
        f"SELECT {_COLUMNS} FROM ix_ref x JOIN resource t ON t.rid = x.rid "
        f"WHERE x.target IN ({_marks(keys)}) AND x.param IN ({_marks(list(numbers))}) AND t.deleted = 0 AND {seen} "
        f"ORDER BY t.rid LIMIT {_MOST_INCLUDED}"
    )
    return statements.fetch(sql, [*keys, *numbers])


def _marks(values: list[Any]) -> str:
    return ", ".join(["%s"] * len(values))
