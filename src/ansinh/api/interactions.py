"""The interactions of the REST door, one class for each form of address."""

import falcon

from ansinh.api import answers, requests
from ansinh.api.subsets import subset_of
from ansinh.fhir import transactions
from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Conflict, Malformed, NotFound

_MOST_VERSIONS = 500


def repository_of(request: falcon.Request) -> Repository:
    """The store as this caller may see it."""
    return Repository(request.context.actor)


class Instance:
    """`/fhir/{type}/{id}`: read, update, delete."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Read. The stored bytes go out as they are unless a part was asked for."""
        found = repository_of(request).raw(requests.resource_type(kind), identity)
        answers.mark(response, found.version, found.updated)
        if requests.is_unchanged(request, found.version, found.updated):
            response.status = falcon.HTTP_304
            return
        subset = subset_of(requests.query_parameters(request))
        if subset.summary or subset.elements:
            answers.send(response, subset.of(json.loads(found.body)))
        else:
            answers.send_bytes(response, found.body)

    def on_put(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Update, or create under the id of the address."""
        resource = _of_type(requests.body(request), requests.resource_type(kind))
        if resource.get("id") != identity:
            raise Malformed("Mã (id) trong nội dung phải giống mã trong địa chỉ.", code="id-differs", field="id")
        saved = repository_of(request).update(resource, if_match=requests.expected_version(request))
        answers.send_saved(request, response, saved, requests.preference(request).answer)

    def on_delete(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Delete; history remains. Deleting again is no error."""
        kind = requests.resource_type(kind)
        saved = repository_of(request).delete(kind, identity, if_match=requests.expected_version(request))
        response.set_header("ETag", f'W/"{saved.version}"')
        response.status = falcon.HTTP_204


class Versions:
    """`/fhir/{type}/{id}/_history`: the versions of one resource."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The newest first, `_count` at a time."""
        kind = requests.resource_type(kind)
        parameters = dict(requests.query_parameters(request))
        count = min(_number(parameters, "_count", 100), _MOST_VERSIONS)
        offset = _number(parameters, "_offset", 0)
        versions = repository_of(request).history(kind, identity)
        base, path = answers.base_of(request), f"{kind}/{identity}/_history"
        shown = [("_count", str(count)), ("_offset", str(offset))]
        links = [("self", answers.address(base, path, shown))]
        if count and offset + count < len(versions):
            following = [("_count", str(count)), ("_offset", str(offset + count))]
            links.append(("next", answers.address(base, path, following)))
        page = versions[offset : offset + count]
        answers.send(response, answers.history_bundle(base, kind, identity, page, len(versions), links))


def _number(parameters: dict[str, str], name: str, default: int) -> int:
    text = parameters.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Malformed(f"{name} phải là số nguyên không âm.", field=name)
    return int(text)


class OneVersion:
    """`/fhir/{type}/{id}/_history/{version}`: vread."""

    def on_get(
        self, request: falcon.Request, response: falcon.Response, kind: str, identity: str, version: str
    ) -> None:
        """One version as it was."""
        kind = requests.resource_type(kind)
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            raise NotFound("Không tìm thấy bản này của hồ sơ.")
        resource = repository_of(request).vread(kind, identity, int(version))
        answers.mark(response, int(version), answers.updated_of(resource))
        answers.send(response, resource)


class Type:
    """`/fhir/{type}`: create and search."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Search."""
        _search(request, response, requests.resource_type(kind), requests.query_parameters(request), kind)

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Create; with If-None-Exist only when nothing matches yet."""
        resource = _of_type(requests.body(request), requests.resource_type(kind))
        repository = repository_of(request)
        condition = request.get_header("If-None-Exist")
        if condition is not None and (existing := _existing(repository, kind, condition)):
            found = repository.raw(kind, existing)
            answers.mark(response, found.version, found.updated)
            answers.send_bytes(response, found.body)
            return
        answers.send_saved(request, response, repository.create(resource), requests.preference(request).answer)


def _existing(repository: Repository, kind: str, condition: str) -> str:
    """Id of the only match of If-None-Exist, "" for none. Raises Conflict (412) for several, Malformed for nonsense."""
    parameters = requests.pairs(condition.lstrip("?"))
    if not parameters:
        raise Malformed("If-None-Exist phải có ít nhất một tham số.", code="if-none-exist", field="If-None-Exist")
    found = search(repository, kind, [*parameters, ("_count", "2")]).resources
    if len(found) > 1:
        error = Conflict("Điều kiện If-None-Exist khớp với nhiều hồ sơ.", code="multiple-matches")
        error.status = 412
        raise error
    return str(found[0]["id"]) if found else ""


class Search:
    """`/fhir/{type}/_search`: search with the parameters in a form, so that names stay out of addresses."""

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Search. The `next` link carries the cursor only: post the same form to it."""
        kind = requests.resource_type(kind)
        _search(request, response, kind, requests.form_parameters(request), f"{kind}/_search")


def _search(
    request: falcon.Request, response: falcon.Response, kind: str, parameters: list[tuple[str, str]], path: str
) -> None:
    subset = subset_of(parameters)
    strict = not requests.preference(request).lenient
    page = search(repository_of(request), kind, parameters, strict=strict)
    base = answers.base_of(request)
    shown = [] if request.method == "POST" else [pair for pair in parameters if pair[0] != "_cursor"]
    links = [("self", request.uri if request.method == "GET" else f"{base}/{path}")]
    if page.next:
        links.append(("next", answers.address(base, path, [*shown, ("_cursor", page.next)])))
    answers.send(response, answers.search_bundle(base, page, links, subset))


class System:
    """`/fhir`: transaction and batch."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """A Bundle of type transaction (all or nothing) or batch."""
        bundle = _of_type(requests.body(request), "Bundle")
        if bundle.get("type") not in ("transaction", "batch"):
            raise Malformed("Chỉ nhận Bundle loại transaction hoặc batch.", code="bundle-type", field="Bundle.type")
        answers.send(response, transactions.process(repository_of(request), bundle))


def _of_type(resource: dict, kind: str) -> dict:
    if resource.get("resourceType") != kind:
        raise Malformed(f"resourceType phải là {kind}.", code="type-differs", field="resourceType")
    return resource
