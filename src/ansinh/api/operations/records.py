"""Operations on records: $meta, $meta-add, $meta-delete, $lastn."""

from typing import Any

import falcon

from ansinh.api import answers, requests, searching
from ansinh.api.operations.arguments import arguments, parameters
from ansinh.fhir.search import Found, Page, labels, search
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Malformed, UserError

_LIST_KEYS = {"tag": ("system", "code"), "security": ("system", "code")}
_MOST_OBSERVATIONS = 10_000


class Meta:
    """`$meta` of the node, of a type, of a record or of one of its versions."""

    def on_get(self, request: falcon.Request, response: falcon.Response, **place: str) -> None:
        """A record's meta; of a type and of the node the profiles, tags and labels in use that the caller may see."""
        answers.send(response, parameters(("return", "valueMeta", _meta(Repository(request.context.actor), **place))))

    on_post = on_get  # parameters are not needed


def _meta(repository: Repository, kind: str = "", identity: str = "", version: str = "") -> dict[str, Any]:
    kind = kind and requests.resource_type(kind)
    if version:
        stored = repository.vread(kind, identity, requests.version(version))
    elif identity:
        stored = repository.read(kind, identity)
    else:
        return labels(repository, kind)
    meta: dict[str, Any] = stored["meta"]
    return meta


class MetaAdd:
    """`/fhir/{type}/{id}/$meta-add`."""

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Add the profiles, tags and security labels that are not there yet."""
        _changed(request, response, kind, identity, _with)


class MetaDelete:
    """`/fhir/{type}/{id}/$meta-delete`."""

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Take away the profiles, tags and security labels named."""
        _changed(request, response, kind, identity, _without)


def _changed(request: falcon.Request, response: falcon.Response, kind: str, identity: str, change: Any) -> None:
    kind, given = requests.resource_type(kind), arguments(request)
    named = given.get("meta", [None])[0]
    if not isinstance(named, dict) or not all(isinstance(value, list) for value in _parts(named).values()):
        raise Malformed("Cần tham số meta kiểu Meta.", field="meta")
    repository = Repository(request.context.actor)
    with repository.transaction():
        stored = repository.read(kind, identity)
        parts = {key: change(key, stored["meta"].get(key, []), value) for key, value in _parts(named).items()}
        meta = {key: value for key, value in (stored["meta"] | parts).items() if value}
        saved = repository.save({**stored, "meta": meta})
    answers.send(response, parameters(("return", "valueMeta", saved.resource["meta"])))


def _parts(meta: dict[str, Any]) -> dict[str, Any]:
    return {key: meta[key] for key in ("profile", "tag", "security") if key in meta}


def _mark(key: str, value: Any) -> Any:
    names = _LIST_KEYS.get(key)
    return tuple(value.get(name) for name in names) if names and isinstance(value, dict) else str(value)


def _with(key: str, present: list[Any], named: list[Any]) -> list[Any]:
    known = {_mark(key, one) for one in present}
    return [*present, *(one for one in named if _mark(key, one) not in known)]


def _without(key: str, present: list[Any], named: list[Any]) -> list[Any]:
    gone = {_mark(key, one) for one in named}
    return [one for one in present if _mark(key, one) not in gone]


class LastN:
    """`/fhir/Observation/$lastn`: the newest observations of each code."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search parameters choose (a patient or subject must be among them); `max` says how many of each code."""
        self._answer(request, response, requests.query_parameters(request))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """The same in a form, or in Parameters."""
        if "json" in (request.content_type or ""):
            given = arguments(request)
            self._answer(request, response, [(name, str(value)) for name, values in given.items() for value in values])
        else:
            self._answer(request, response, requests.form_parameters(request))

    def _answer(self, request: falcon.Request, response: falcon.Response, asked: list[tuple[str, str]]) -> None:
        most = requests.whole_number(dict(asked), "max", 1)
        rest = [pair for pair in asked if pair[0] not in ("max", "_count", "_sort", "_cursor")]
        if not any(name.partition(":")[0].partition(".")[0] in ("patient", "subject") for name, _ in rest):
            raise Malformed("Cần tham số patient hoặc subject.", code="required", field="patient")
        found = _newest(Repository(request.context.actor), rest, most)
        links = [("self", request.uri)]
        subset = searching.subset_of(asked)
        answers.send(response, answers.search_bundle(answers.base_of(request), found, links, subset))


def _newest(repository: Repository, asked: list[tuple[str, str]], most: int) -> Page:
    kept: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    read, cursor = 0, ""
    while True:
        more = [("_cursor", cursor)] if cursor else []
        page = search(repository, "Observation", [*asked, ("_sort", "-date"), ("_count", "1000"), *more])
        for one in page.resources:
            group = kept.setdefault(_code(one), [])
            if len(group) < most:
                group.append(one)
        read, cursor = read + len(page.resources), page.next or ""
        if not cursor:
            return Page([Found.of(one) for group in kept.values() for one in group])
        if read >= _MOST_OBSERVATIONS:
            raise UserError("Có quá nhiều quan sát; hãy giới hạn bằng code, category hoặc date.", code="too-costly")


def _code(observation: dict[str, Any]) -> tuple[str, ...]:
    code = observation.get("code", {})
    marks = sorted(f"{one.get('system', '')}|{one.get('code', '')}" for one in code.get("coding", ()))
    return tuple(marks) or (code.get("text", ""),)
