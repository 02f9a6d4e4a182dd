"""Running a search: the page, its total, what it includes, and the cursor to the next page."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.db import connection

from ansinh.fhir.index.numbers import is_type, type_name, type_number
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.search import parsing, statements
from ansinh.fhir.search.planning import Planner
from ansinh.fhir.search.query import Include, Query, Within
from ansinh.fhir.search.reading import wrong
from ansinh.fhir.store import Repository, bodies, database, reach, work
from ansinh.kernel.errors import Malformed, NotFound

_SALT = "ansinh.search"
_MOST_INCLUDED = 1000
_ROUNDS = 5
_CHUNK = 400

Params = Sequence[tuple[str, str]]
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One resource as the bytes of its JSON, for a door that does not look inside."""

    type: str
    id: str
    body: bytes

    @classmethod
    def of(cls, resource: Resource) -> "Found":
        """From a resource in memory."""
        return cls(resource["resourceType"], resource["id"], json.dumps(resource))


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `next` is the value for `_cursor` with the same parameters, None at the end; `total` only when asked;
    `ignored` names the parameters that lenient handling passed over."""

    found: Sequence[Found]
    total: int | None = None
    next: str | None = None
    added: Sequence[Found] = ()
    ignored: tuple[str, ...] = ()

    @property
    def resources(self) -> list[Resource]:
        """The matches, decoded each time this is asked."""
        return [json.loads(one.body) for one in self.found]

    @property
    def included(self) -> list[Resource]:
        """What includes added, decoded."""
        return [json.loads(one.body) for one in self.added]


def search(repository: Repository, resource_type: str, params: Params, *, strict: bool | None = True) -> Page:
    """The resources that match and that the reader may see.

    params: as in a FHIR URL, `[("name", "nguyen"), ("_sort", "-birthdate")]`. Queries: one, and one more each for the
    total, the includes and each round of `:iterate`. Raises `Malformed` naming the parameter, `Refused` by role.
    """
    query = parsing.parse(resource_type, params, strict=strict)
    return _answer(repository, [query], _fingerprint(resource_type, params))


def search_types(repository: Repository, params: Params, *, strict: bool | None = True) -> Page:
    """Search across types: those of `_type`, else all that are there and that the role may search, one after another.

    Only parameters that each of the types has are understood; sorting across types is not.
    """
    named = [kind for code, value in params if code == "_type" for kind in value.split(",") if kind]
    rest = [pair for pair in params if pair[0] != "_type"]
    kinds = _named_types(named) if named else _present_types(repository)
    if len(kinds) > 1 and any(code == "_sort" for code, _ in rest):
        raise wrong("_sort", "không sắp xếp được khi tìm qua nhiều loại hồ sơ.")
    queries = [parsing.parse(kind, rest, strict=strict) for kind in kinds]
    return _answer(repository, queries, _fingerprint("", params))


def search_compartment(
    repository: Repository, patient: str, resource_type: str, params: Params, *, strict: bool | None = True
) -> Page:
    """Search what is written about a patient; resource_type "Observation,Condition", or "*" for every type."""
    members = definitions().compartment("Patient")
    kinds = _named_types([one for one in resource_type.split(",") if one]) if resource_type != "*" else []
    if not {"Patient", *members} >= set(kinds):
        raise NotFound("Loại hồ sơ này không thuộc hồ sơ của một người.", code="no-compartment")
    if not kinds:
        kinds = [one for one in sorted({"Patient", *members}) if repository.context.allows("search", one)]
    if len(kinds) > 1 and any(code == "_sort" for code, _ in params):
        raise wrong("_sort", "không sắp xếp được khi tìm qua nhiều loại hồ sơ.")
    queries = [_inside(parsing.parse(kind, params, strict=strict), patient, members.get(kind, [])) for kind in kinds]
    return _answer(repository, queries, _fingerprint(f"Patient/{patient}/{resource_type}", params))


def _inside(query: Query, patient: str, codes: Iterable[str]) -> Query:
    known = parameters(query.resource_type)
    within = Within(tuple(known[code] for code in codes if code in known), key_of("Patient", patient))
    return replace(query, criteria=(within, *query.criteria))


def _named_types(names: list[str]) -> list[str]:
    for name in names:
        if not is_type(name):
            raise wrong("_type", "có loại tài nguyên mà FHIR R4 không có.")
    return list(dict.fromkeys(names))


def _present_types(repository: Repository) -> list[str]:
    found = database.fetch("SELECT type FROM resource GROUP BY type ORDER BY type")
    return [kind for (number,) in found if repository.context.allows("search", kind := type_name(number))]


def _answer(repository: Repository, queries: list[Query], mark: str) -> Page:
    """One page over several queries, one after another; all have the same count, total and includes."""
    if not queries:
        return Page([])
    work.settle()
    with statements.limited():
        return _page(repository, queries, mark)


def _page(repository: Repository, queries: list[Query], mark: str) -> Page:
    first = queries[0]
    total = sum(_total(repository, query) for query in queries) if first.total else None
    if first.count == 0:
        return Page([], total, ignored=first.ignored)
    start, after = _read_cursor(first.cursor, mark, queries)
    matches: list[Found] = []
    added: dict[tuple[str, str], Found] = {}
    cursor = None
    for place in range(start, len(queries)):
        query, room = queries[place], first.count - len(matches)
        planner = Planner(repository.context, replace(query, count=room), connection.vendor)
        rows = statements.answer(planner.page(after if place == start else None))
        kept = rows[:room]
        matches += [Found(query.resource_type, row[2], _json(row[3])) for row in kept]
        for one in _included(repository, query, {row[0]: row[1] for row in kept}):
            added[one.type, one.id] = one
        if len(rows) > room:
            cursor = _cursor(place, kept[-1] if kept else None, mark)
            break
    return Page(matches, total, cursor, list(added.values()), first.ignored)


def _json(body: Any) -> bytes:
    return bodies.unpack(database.blob(body))


def _total(repository: Repository, query: Query) -> int:
    return int(statements.answer(Planner(repository.context, query, connection.vendor).count())[0][0])


def find_one(repository: Repository, resource_type: str, params: Params) -> Resource | None:
    """The only match, or the first of several; None where there is none."""
    return next(iter(search(repository, resource_type, [*params, ("_count", "1")]).resources), None)


def _fingerprint(resource_type: str, params: Params) -> str:
    """A cursor continues the search that it came from and no other; its page may have another size."""
    text = "\x1f".join(f"{code}={value}" for code, value in sorted(params) if code not in ("_cursor", "_count"))
    return hashlib.blake2b(f"{resource_type}\x1e{text}".encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def _cursor(place: int, row: tuple | None, mark: str) -> str:
    """Behind this row of the query at `place`; without a row before all of its rows."""
    return signing.dumps([mark, place, *((row[0], *row[4:]) if row else ())], salt=_SALT, compress=True)


def _read_cursor(text: str, mark: str, queries: list[Query]) -> tuple[int, tuple[list[Any], int] | None]:
    if not text:
        return 0, None
    try:
        seen, place, *row = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Malformed("Đường dẫn sang trang sau không hợp lệ; hãy tìm lại từ đầu.", field="_cursor") from error
    if seen != mark or place >= len(queries) or (row and len(row) != 1 + len(queries[place].sort)):
        raise Malformed("Đường dẫn sang trang sau thuộc một lần tìm khác; hãy tìm lại từ đầu.", field="_cursor")
    return place, (row[1:], row[0]) if row else None


def _included(repository: Repository, query: Query, page: dict[int, int]) -> list[Found]:
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
    return [Found(type_name(row[2]), row[4], _json(row[3])) for row in chosen]


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
    return [row[:5] for row in rows if repository.context.allows("search", type_name(row[2]))]


_COLUMNS = "t.rid, t.key, t.type, t.body, t.fhir_id"


def _pointed_at(repository: Repository, includes: list[Include], rids: list[int]) -> list[tuple]:
    numbers = {one.parameter.number for one in includes}
    seen = reach.condition(repository.context, "t.org")
    sql = (
        f"SELECT {_COLUMNS}, x.param FROM ix_ref x JOIN resource t ON t.key = x.target "
        f"WHERE x.rid IN ({_marks(rids)}) AND x.param IN ({_marks(list(numbers))}) AND t.deleted = 0 AND {seen}"
    )
    wanted = {(one.parameter.number, type_number(one.target) if one.target else 0) for one in includes}
    rows = statements.fetch(sql, [*rids, *numbers])
    return [row for row in rows if (row[5], 0) in wanted or (row[5], row[2]) in wanted]


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
