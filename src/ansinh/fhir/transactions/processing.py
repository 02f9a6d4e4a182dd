"""Carrying out a Bundle."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.model import json, outcomes
from ansinh.fhir.search import history, history_bundle, search
from ansinh.fhir.store import BATCH, Plan, Repository, Wanted
from ansinh.fhir.transactions import conditional, entries, linking
from ansinh.fhir.transactions.answers import answer, found_answer, read_answer, response
from ansinh.fhir.transactions.entries import Entry
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, Malformed, NotFound, Problem, UserError
from ansinh.kernel.ids import new_id

Resource = dict[str, Any]

MOST_ASKED = 1000
"""Searches, histories and operations of one Bundle: each may cost as much as a request of its own."""


@dataclass(frozen=True, slots=True)
class Door:
    """What answers the entries that are neither a write nor the read of one record: histories, searches, operations.

    base: its address. ask(method, address below it, resource or None) → a response entry; raises UserError.
    """

    base: str
    ask: Callable[[str, str, Resource | None], Resource]


@dataclass(frozen=True, slots=True)
class _Way:
    """How a Bundle is carried out; returns: what writes answer with (`Prefer`)."""

    repository: Repository
    door: Door | None
    returns: str

    @property
    def base(self) -> str | None:
        return self.door.base if self.door else None


def process(
    repository: Repository, bundle: Resource, *, door: Door | None = None, returns: str = "minimal"
) -> Resource:
    """The response Bundle, entries in the order asked.

    A transaction is one database transaction: when an entry fails, nothing happened, and the error raised names the
    entry and the path within it. In a batch each entry succeeds or fails alone; a failed one answers with its
    OperationOutcome. returns: `Prefer` of the request, minimal, representation or OperationOutcome.
    """
    kind, raw = entries.read_bundle(bundle)
    way = _Way(repository, door, returns)
    answers = _transaction(way, raw) if kind == "transaction" else _batch(way, raw)
    return {"resourceType": "Bundle", "type": f"{kind}-response", "entry": answers}


def _batch(way: _Way, raw: list[Resource]) -> list[Resource]:
    out, asked = [], 0
    for index, one in enumerate(raw):
        try:
            entry = entries.read_entry(index, one, way.base)
            asked += bool(entry.asked)
            _check_asked(entry, asked)
            with conditional.alone(way.repository) if _conditional(entry) else nullcontext():
                _locate(way.repository, entry)
                out.append(_perform(way, entry))
        except UserError as error:
            out.append(response(f"{error.status}", outcome=outcomes.outcome(error.problems)))
    return out


def _transaction(way: _Way, raw: list[Resource]) -> list[Resource]:
    """Resources that are only to be written need no transaction around them: they are written as one order."""
    asked = [entries.read_entry(index, one, way.base) for index, one in enumerate(raw)]
    entries.check_distinct(asked)
    for number, entry in enumerate((entry for entry in asked if entry.asked), start=1):
        _check_asked(entry, number)
    answers: dict[int, Resource] = {}
    with _scope(way.repository, asked):
        for entry in asked:
            _at(entry, partial(_locate, way.repository, entry))
        entries.check_distinct(entry for entry in asked if not entry.found)
        _link(way.repository, asked)
        for writing, turn in groupby(sorted(asked, key=_turn), _is_written):
            if writing:
                answers |= _write(way, list(turn))
            else:
                answers |= {entry.index: _at(entry, partial(_perform, way, entry)) for entry in turn}
    return [answers[index] for index in range(len(asked))]


def _check_asked(entry: Entry, number: int) -> None:
    if entry.asked and number > MOST_ASKED:
        raise entries.malformed(entry.index, f"một gói hỏi nhiều nhất {MOST_ASKED} lần.", "request.url")


def _scope(repository: Repository, asked: list[Entry]) -> AbstractContextManager[None]:
    if any(_conditional(entry) for entry in asked):
        return conditional.alone(repository, batch=BATCH)
    if all(entry.method in ("POST", "PUT") and not entry.asked for entry in asked):
        return nullcontext()
    return repository.transaction(batch=BATCH)


def _conditional(entry: Entry) -> bool:
    """What is done depends on what a search finds."""
    return entry.method != "GET" and bool(entry.if_none_exist or entry.query)


def _is_written(entry: Entry) -> bool:
    return entry.method in ("POST", "PUT") and not entry.found and not entry.asked


def _write(way: _Way, turn: list[Entry]) -> dict[int, Resource]:
    plans = [_at(entry, partial(_planned, way.repository, entry)) for entry in turn]
    done = way.repository.carry_out(plans, placed=lambda number, error: _placed(error, turn[number]))
    return {entry.index: answer(saved, way.returns) for entry, saved in zip(turn, done, strict=True)}


def _planned(repository: Repository, entry: Entry) -> Plan:
    assert entry.resource is not None
    if entry.method == "POST":
        return repository.to_create(entry.resource, id=entry.id)
    return repository.to_update({**entry.resource, "id": entry.id}, if_match=entry.if_match)


def _turn(entry: Entry) -> tuple[int, bool, int]:
    """DELETE, then POST, then PUT and PATCH, then GET, as FHIR orders; persons before what is written about them.
    Operations are asked last, of what was written."""
    writes = entry.method in ("POST", "PUT") and not entry.asked
    method = "GET" if entry.asked else entry.method
    return (1 if writes else entries.METHODS.index(method)), writes and entry.type != "Patient", _order(entry)


def _order(entry: Entry) -> int:
    return entries.METHODS.index(entry.method) * 1_000_000 + entry.index


def _locate(repository: Repository, entry: Entry) -> None:
    """Give the entry the id that it works on: a new one, the one named, or the one that its condition finds."""
    if entry.asked:
        return
    if entry.method == "POST":
        match = conditional.match(repository, entry.type, entry.if_none_exist) if entry.if_none_exist else None
        entry.found = match is not None
        entry.id = match or new_id()
    elif entry.query is not None and entry.method == "PUT":
        own = (entry.resource or {}).get("id", "")
        entry.id = conditional.target_of_update(repository, entry.type, entry.query, own)
    elif entry.query is not None and entry.method in ("DELETE", "PATCH"):
        entry.id = conditional.match(repository, entry.type, entry.query) or ""
        if entry.method == "PATCH" and not entry.id:
            raise NotFound("Điều kiện không tìm thấy hồ sơ nào để sửa.")


def _names(asked: list[Entry]) -> Iterator[tuple[str, str]]:
    """What each resource is called in the Bundle, and where it will stand. What a POST brings may also be called by its
    version there: it gets an id and a version of its own, so that one leads to the resource."""
    for entry in asked:
        if entry.full_url and entry.id:
            place = f"{entry.type}/{entry.id}"
            yield entry.full_url, place
            meta = (entry.resource or {}).get("meta") if entry.method == "POST" else None
            if isinstance(meta, dict) and isinstance(meta.get("versionId"), str):
                yield f"{entry.full_url}/_history/{meta['versionId']}", place


def _link(repository: Repository, asked: list[Entry]) -> None:
    """Let references point at what the transaction makes."""
    names = dict(_names(asked))
    resolve = cache(partial(_resolved, repository))  # a Bundle names the same practitioner a hundred times
    for entry in asked:
        if entry.resource is not None and entry.method in ("POST", "PUT", "PATCH"):
            seen = linking.names_from(entry.full_url, names)
            entry.resource = _at(entry, partial(linking.link, entry.resource, seen, resolve))


def _resolved(repository: Repository, text: str) -> str:
    """`Patient?identifier=…` → `Patient/<id>`; exactly one must match."""
    kind, _, query = text.partition("?")
    if not is_type(kind):
        raise Malformed("Tham chiếu có điều kiện phải bắt đầu bằng một loại tài nguyên.", field="reference")
    found = conditional.match(repository, kind, parse_qsl(query))
    if found is None:
        raise NotFound("Tham chiếu có điều kiện không tìm thấy hồ sơ nào.", field="reference")
    return f"{kind}/{found}"


def _perform(way: _Way, entry: Entry) -> Resource:
    repository = way.repository
    if entry.asked:
        assert way.door is not None
        return way.door.ask(entry.method, entry.asked, entry.resource)
    if _is_written(entry):
        return answer(repository.carry_out([_planned(repository, entry)])[0], way.returns)
    if entry.found:
        return _found(way, entry)
    if entry.method == "PATCH":
        document = entries.patch_of(entry)
        saved = conditional.patch(repository, entry.type, entry.id, document, if_match=entry.if_match)
        return answer(saved, way.returns)
    if entry.method == "DELETE":
        return _delete(repository, entry)
    return _read(repository, entry)


def _found(way: _Way, entry: Entry) -> Resource:
    """What a conditional create found."""
    raw = way.repository.raw(entry.type, entry.id)
    told = found_answer(entry.type, entry.id, raw)
    return {"resource": json.loads(raw.body), **told} if way.returns == "representation" else told


def _delete(repository: Repository, entry: Entry) -> Resource:
    if entry.id:
        with suppress(NotFound):  # what is not there need not be deleted
            repository.delete(entry.type, entry.id, if_match=entry.if_match)
    return response("204")


def _read(repository: Repository, entry: Entry) -> Resource:
    if entry.version is not None:
        return response("200", resource=repository.vread(entry.type, entry.id, entry.version))
    if entry.history:
        page = history(repository, Wanted(entry.type, entry.id), entry.query or [])
        return response("200", resource=history_bundle(page))
    if entry.id:
        raw = repository.raw(entry.type, entry.id)
        if entry.if_none_match == raw.version or _is_unmodified(entry, raw.updated):
            return response("304", etag=f'W/"{raw.version}"', lastModified=clock.instant(raw.updated))
        return read_answer(json.loads(raw.body), raw)
    found = search(repository, entry.type, entry.query or [])
    matches = [{"resource": one, "search": {"mode": "match"}} for one in found.resources]
    included = [{"resource": one, "search": {"mode": "include"}} for one in found.included]
    total = {} if found.total is None else {"total": found.total}
    return response(
        "200", resource={"resourceType": "Bundle", "type": "searchset", **total, "entry": matches + included}
    )


def _is_unmodified(entry: Entry, updated: datetime) -> bool:
    """ifModifiedSince says the second; ifNoneMatch outweighs it, as HTTP has it."""
    if not entry.if_modified_since or entry.if_none_match is not None:
        return False
    return updated < datetime.fromisoformat(entry.if_modified_since) + timedelta(seconds=1)


def _at[T](entry: Entry, act: Callable[[], T]) -> T:
    """Errors say which entry they are about, and keep their kind and every problem."""
    try:
        return act()
    except UserError as error:
        raise _placed(error, entry) from error


def _placed(error: UserError, entry: Entry) -> UserError:
    problems = [
        Problem(one.code, one.message, _path(one.expression, entry), one.severity, one.key) for one in error.problems
    ]
    message = f"Mục {entry.index + 1} ({entry.method} {entry.type or entry.asked.partition('?')[0]}): {error.message}"
    kind = type(error) if type(error).__init__ is UserError.__init__ else Invalid
    placed = kind(message, code=error.code, field=entry.place, problems=problems)
    placed.status = error.status
    return placed


def _path(expression: str, entry: Entry) -> str:
    """`Patient.name[0]` → `Bundle.entry[2].resource.name[0]`."""
    if expression.startswith("Bundle.entry["):
        return expression
    head, dot, rest = expression.partition(".")
    if head == entry.type:
        return f"{entry.place}.resource{dot}{rest}"
    return f"{entry.place}.{expression}" if expression.startswith("request") else f"{entry.place}.resource"
