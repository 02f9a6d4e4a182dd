"""Searching: of a type, across types, within a patient's compartment."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ansinh.fhir.index.numbers import is_type, type_name
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.search import paging, parsing, statements
from ansinh.fhir.search.found import Page
from ansinh.fhir.search.query import Chained, Has, Query, Within
from ansinh.fhir.search.reading import wrong
from ansinh.fhir.store import Repository, database, reindexing, work
from ansinh.kernel.errors import NotFound

Params = Sequence[tuple[str, str]]
Resource = dict[str, Any]


def search(repository: Repository, resource_type: str, params: Params, *, strict: bool | None = True) -> Page:
    """The resources that match and that the reader may see.

    params: as in a FHIR URL, `[("name", "nguyen"), ("_sort", "-birthdate")]`. Queries: one, and one more each for the
    total, the includes and each round of `:iterate`. Raises `Malformed` naming the parameter, `Refused` by role.
    """
    query = parsing.parse(resource_type, params, strict=strict)
    return _answer(repository, [query], _fingerprint(resource_type, params))


def search_types(repository: Repository, params: Params, *, strict: bool | None = True) -> Page:
    """Search across types: those of `_type`, else all that are there and that the role may search, one after another.

    Only parameters that each of the types has are understood. With `_sort` the types are mixed.
    """
    named = [kind for code, value in params if code == "_type" for kind in value.split(",") if kind]
    rest = [pair for pair in params if pair[0] != "_type"]
    kinds = _named_types(named) if named else _present_types(repository)
    queries = [parsing.parse(kind, rest, strict=strict) for kind in kinds]
    return _answer(repository, queries, _fingerprint("", params))


def search_compartment(
    repository: Repository, patient: str, resource_type: str, params: Params, *, strict: bool | None = True
) -> Page:
    """Search what is written about a patient; resource_type "Observation,Condition", or "*" for every type or for those
    that `_type` names."""
    members = definitions().compartment("Patient")
    named = resource_type.split(",")
    if resource_type == "*":
        named = [kind for code, value in params if code == "_type" for kind in value.split(",")]
    kinds = _named_types([one for one in named if one])
    rest = [pair for pair in params if pair[0] != "_type"] if resource_type == "*" else params
    if not {"Patient", *members} >= set(kinds):
        raise NotFound("Loại hồ sơ này không thuộc hồ sơ của một người.", code="no-compartment")
    if not kinds:
        kinds = [one for one in sorted({"Patient", *members}) if repository.context.allows("search", one)]
    queries = [_inside(parsing.parse(kind, rest, strict=strict), patient, members.get(kind, [])) for kind in kinds]
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
    if not queries:
        return Page([])
    _check_sort(queries)
    _refuse_unready(queries)
    work.settle()
    with statements.limited():
        return paging.page(repository, queries, mark)


def _refuse_unready(queries: list[Query]) -> None:
    """An index that is being made anew would hide what it does not hold yet. What a search touches besides its own type
    (chains, includes) is not looked for: it waits for all."""
    if reindexing.unready():
        linked = [query.includes or query.revincludes or _is_linked(query) for query in queries]
        alone = not any(linked)
        reindexing.refuse_unready([query.resource_type for query in queries] if alone else ())


def _is_linked(query: Query) -> bool:
    return any(isinstance(one, Chained | Has) for one in query.criteria)


def _check_sort(queries: list[Query]) -> None:
    """Rows of several types can be mixed where a key means the same kind of value in each."""
    for keys in zip(*(query.sort for query in queries), strict=True):
        if len({one.parameter.type if one.parameter else "" for one in keys}) > 1:
            raise wrong("_sort", f"«{keys[0].code}» không cùng kiểu ở các loại hồ sơ được tìm.")


def find_one(repository: Repository, resource_type: str, params: Params) -> Resource | None:
    """The only match, or the first of several; None where there is none."""
    return next(iter(search(repository, resource_type, [*params, ("_count", "1")]).resources), None)


def _fingerprint(resource_type: str, params: Params) -> str:
    """A cursor continues the search that it came from and no other; its page may have another size."""
    text = "\x1f".join(f"{code}={value}" for code, value in sorted(params) if code not in ("_cursor", "_count"))
    return hashlib.blake2b(f"{resource_type}\x1e{text}".encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()
