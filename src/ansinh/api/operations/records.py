"""Operations on records: $validate, $meta, $meta-add, $meta-delete, $everything, $lastn."""

from typing import Any

import falcon

from ansinh.api import answers, outcomes, requests, searching
from ansinh.api.operations.arguments import Arguments, arguments, parameters, text
from ansinh.fhir.search import Page, Params, search, search_compartment
from ansinh.fhir.store import Repository
from ansinh.fhir.validation import validate
from ansinh.kernel.errors import Malformed, Problem, UserError

_MODES = ("", "create", "update", "delete")
_LIST_KEYS = {"tag": ("system", "code"), "security": ("system", "code")}
_MOST_OBSERVATIONS = 10_000


class Validate:
    """`/fhir/{type}/$validate`: what would be wrong with a resource; nothing is stored."""

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """The resource is the body, or the parameter `resource`; `profile`, `mode` as in R4."""
        kind = requests.resource_type(kind)
        given = arguments(request)
        _validated(request, response, kind, "", given, given.get("resource", [None])[0])


class ValidateStored:
    """`/fhir/{type}/{id}/$validate`: a stored resource against the standard of today, or what would replace it."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The stored resource."""
        kind = requests.resource_type(kind)
        stored = Repository(request.context.actor).read(kind, identity)
        _validated(request, response, kind, identity, arguments(request), stored)

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The resource given, as an update of this one; without one the stored resource."""
        kind = requests.resource_type(kind)
        stored = Repository(request.context.actor).read(kind, identity)
        given = arguments(request)
        _validated(request, response, kind, identity, given, given.get("resource", [stored])[0])


def _validated(
    request: falcon.Request, response: falcon.Response, kind: str, identity: str, given: Arguments, resource: Any
) -> None:
    mode = text(given, "mode", "")
    if mode not in _MODES:
        raise Malformed("mode là create, update hoặc delete.", field="mode")
    problems = _problems(Repository(request.context.actor), kind, identity, mode, given, resource)
    if not problems:
        problems = [Problem("informational", "Hồ sơ đúng chuẩn.", severity="information", key="valid")]
    answers.send(response, outcomes.outcome(problems))


def _problems(
    repository: Repository, kind: str, identity: str, mode: str, given: Arguments, resource: Any
) -> list[Problem]:
    verb = mode or "read"
    if not repository.context.allows(verb, kind):
        return [Problem("forbidden", "Vai trò của bạn không được làm việc này.", key="refused")]
    if mode == "delete":
        if not identity:
            raise Malformed("Với mode=delete, địa chỉ phải có mã hồ sơ.", field="mode")
        return []
    if not isinstance(resource, dict) or resource.get("resourceType") != kind:
        raise Malformed(f"Cần một tài nguyên {kind} trong nội dung gửi đến.", code="type-differs", field="resource")
    if mode == "update" and identity and resource.get("id") != identity:
        return [Problem("value", "Mã (id) phải giống mã trong địa chỉ.", f"{kind}.id", key="id-differs")]
    profiles = [one for one in given.get("profile", []) if isinstance(one, str)]
    return validate(resource, profiles=profiles, exists=repository.exists)


class Meta:
    """`/fhir/{type}/{id}/$meta`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The meta of the current version."""
        stored = Repository(request.context.actor).read(requests.resource_type(kind), identity)
        answers.send(response, parameters(("return", "valueMeta", stored["meta"])))


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


class Everything:
    """`/fhir/Patient/{id}/$everything`: the person and all that is written about them, in pages."""

    def on_get(self, request: falcon.Request, response: falcon.Response, identity: str) -> None:
        """`_count`, `_type`, `_since`; the `next` link continues."""
        Repository(request.context.actor).raw("Patient", identity)

        def run(repository: Repository, asked: Params, strict: bool) -> Page:
            types = ",".join(value for name, value in asked if name == "_type") or "*"
            rest = [(name, value) for name, value in asked if name in ("_count", "_cursor", "_total")]
            rest += [("_lastUpdated", f"ge{value.replace(' ', '+')}") for name, value in asked if name == "_since"]
            return search_compartment(repository, identity, types, rest)

        asked = requests.query_parameters(request)
        searching.answer(request, response, asked, f"Patient/{identity}/$everything", run)


class LastN:
    """`/fhir/Observation/$lastn`: the newest observations of each code."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search parameters choose (a patient or subject must be among them); `max` says how many of each code."""
        asked = requests.query_parameters(request)
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
            return Page([one for group in kept.values() for one in group], None, None, [])
        if read >= _MOST_OBSERVATIONS:
            raise UserError("Có quá nhiều quan sát; hãy giới hạn bằng code, category hoặc date.", code="too-costly")


def _code(observation: dict[str, Any]) -> tuple[str, ...]:
    code = observation.get("code", {})
    marks = sorted(f"{one.get('system', '')}|{one.get('code', '')}" for one in code.get("coding", ()))
    return tuple(marks) or (code.get("text", ""),)
