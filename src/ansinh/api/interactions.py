"""The interactions of the REST door with single resources and Bundles, one class for each form of address."""

from contextlib import suppress
from typing import Any

import falcon

from ansinh.api import answers, requests, searching
from ansinh.api.inner import Application, asking
from ansinh.fhir import transactions
from ansinh.fhir.model import json, outcomes, positions
from ansinh.fhir.store import Repository, Saved
from ansinh.fhir.transactions import conditional
from ansinh.kernel.errors import Conflict, Malformed, NotFound, Stale


def repository_of(request: falcon.Request) -> Repository:
    """The store as this caller may see it."""
    return Repository(request.context.actor)


class Instance:
    """`/fhir/{type}/{id}`: read, update, patch, delete."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Read. The stored bytes go out as they are unless a part was asked for."""
        found = repository_of(request).raw(requests.resource_type(kind), identity)
        answers.mark(response, found.version, found.updated)
        if requests.is_unchanged(request, found.version, found.updated):
            response.status = falcon.HTTP_304
            return
        if request.context.part:
            answers.send(response, request.context.part.of(json.loads(found.body)))
        else:
            answers.send_bytes(response, found.body)

    def on_put(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Update, or create under the id of the address; with `If-None-Match: *` only create."""
        resource = _of_type(requests.body(request), requests.resource_type(kind))
        if resource.get("id") != identity:
            raise Malformed("Mã (id) trong nội dung phải giống mã trong địa chỉ.", code="id-differs", field="id")
        if (request.get_header("If-None-Match") or "").strip() == "*":
            saved = _created(repository_of(request), resource)
        else:
            saved = repository_of(request).update(resource, if_match=requests.expected_version(request))
        answers.send_saved(request, response, saved, requests.preference(request).answer)

    def on_delete(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """Delete; history remains. Deleting again, or what never was, is no error (R4 http.html#delete)."""
        kind = requests.resource_type(kind)
        with suppress(NotFound):
            saved = repository_of(request).delete(kind, identity, if_match=requests.expected_version(request))
            response.set_header("ETag", f'W/"{saved.version}"')
        _deleted(request, response)

    def on_patch(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """JSON Patch or FHIRPath Patch of the current version."""
        kind, document = requests.resource_type(kind), requests.patch(request)
        saved = conditional.patch(
            repository_of(request), kind, identity, document, if_match=requests.expected_version(request)
        )
        answers.send_saved(request, response, saved, requests.preference(request).answer)


def _created(repository: Repository, resource: dict[str, Any]) -> Saved:
    """Create under the resource's own id. Raises Stale (412) when there is one, as HTTP has it."""
    try:
        return repository.create(resource, id=resource["id"])
    except Conflict as error:
        raise Stale("Đã có một hồ sơ mang mã này.", code="exists") from error


class OneVersion:
    """`/fhir/{type}/{id}/_history/{version}`: vread."""

    def on_get(
        self, request: falcon.Request, response: falcon.Response, kind: str, identity: str, version: str
    ) -> None:
        """One version as it was."""
        kind = requests.resource_type(kind)
        number = requests.version(version)
        resource = repository_of(request).vread(kind, identity, number)
        updated = answers.updated_of(resource)
        answers.mark(response, number, updated)
        if requests.is_unchanged(request, number, updated):
            response.status = falcon.HTTP_304
            return
        answers.send(response, request.context.part.of(resource))


class Type:
    """`/fhir/{type}`: create and search; update, patch and delete of what a condition finds."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Search."""
        kind = requests.resource_type(kind)
        searching.answer(request, response, requests.query_parameters(request), kind, searching.of_type(kind))

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Create; with a condition only when nothing matches it yet."""
        resource = _of_type(requests.body(request), requests.resource_type(kind))
        repository, condition = repository_of(request), requests.condition_of_create(request)
        if condition is None:
            saved = repository.create(resource)
        else:
            made = conditional.create(repository, resource, condition)
            if isinstance(made, str):
                _send_existing(request, response, kind, made)
                return
            saved = made
        answers.send_saved(request, response, saved, requests.preference(request).answer)

    def on_put(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Conditional update: creates when nothing matches, 412 when several do."""
        resource = _of_type(requests.body(request), requests.resource_type(kind))
        condition = requests.query_parameters(request)
        saved = conditional.update(
            repository_of(request), resource, condition, if_match=requests.expected_version(request)
        )
        answers.send_saved(request, response, saved, requests.preference(request).answer)

    def on_patch(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Conditional patch: exactly one must match."""
        kind, document = requests.resource_type(kind), requests.patch(request)
        condition = requests.query_parameters(request)
        saved = conditional.patch_found(
            repository_of(request), kind, condition, document, if_match=requests.expected_version(request)
        )
        answers.send_saved(request, response, saved, requests.preference(request).answer)

    def on_delete(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Conditional delete of a single match; nothing matched is no error."""
        kind, condition = requests.resource_type(kind), requests.query_parameters(request)
        conditional.delete(repository_of(request), kind, condition, if_match=requests.expected_version(request))
        _deleted(request, response)


def _send_existing(request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
    found = repository_of(request).raw(kind, identity)
    answers.mark(response, found.version, found.updated)
    place = f"{answers.base_of(request)}/{kind}/{identity}/_history/{found.version}"
    response.set_header("Content-Location", place)
    answers.send(response, request.context.part.of(json.loads(found.body)))


def _deleted(request: falcon.Request, response: falcon.Response) -> None:
    """204, or 200 with an OperationOutcome when the client prefers one."""
    response.status = falcon.HTTP_204
    if requests.preference(request).answer == "OperationOutcome":
        answers.send(response, outcomes.message("Đã xóa hồ sơ.", code="informational", severity="information"))


class System:
    """`/fhir`: transaction, batch, and search across types. application: answers what Bundles only ask."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search the types that `_type` names, or all."""
        searching.answer(request, response, requests.query_parameters(request), "", searching.across)

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """A Bundle of type transaction (all or nothing) or batch."""
        bundle = _of_type(requests.body(request), "Bundle")
        if bundle.get("type") not in ("transaction", "batch"):
            raise Malformed("Chỉ nhận Bundle loại transaction hoặc batch.", code="bundle-type", field="Bundle.type")
        door = transactions.Door(answers.base_of(request), asking(self._application, request))
        returns = requests.answer_of_bundle(request)
        answer = transactions.process(repository_of(request), bundle, door=door, returns=returns)
        places = positions.Positions(request.context.raw)
        for index, entry in enumerate(answer["entry"]):
            if outcome := entry["response"].get("outcome"):
                positions.mark(outcome, places, f"Bundle.entry[{index}].resource")
            elif "resource" in entry and (place := _validated(bundle["entry"][index])) is not None:
                positions.mark(entry["resource"], places, f"Bundle.entry[{index}].resource{place}")
        answers.send(response, answer)


def _validated(entry: dict[str, Any]) -> str | None:
    """Where, below its resource, an entry that asks for `$validate` brings what is judged; None where it does not."""
    asked, sent = entry["request"], entry.get("resource")
    if asked["method"] != "POST" or not asked["url"].partition("?")[0].endswith("/$validate") or sent is None:
        return None
    if sent.get("resourceType") != "Parameters":
        return ""
    names = [one.get("name") if "resource" in one else None for one in sent.get("parameter", ())]
    return f".parameter[{names.index('resource')}].resource" if "resource" in names else None


def _of_type(resource: dict, kind: str) -> dict:
    if resource.get("resourceType") != kind:
        raise Malformed(f"resourceType phải là {kind}.", code="type-differs", field="resourceType")
    return resource
