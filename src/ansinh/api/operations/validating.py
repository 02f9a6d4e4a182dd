"""`$validate`: what would be wrong with a resource, and on which line of what was sent. Nothing is stored."""

from typing import Any

import falcon

from ansinh.api import answers, requests
from ansinh.api.inner import is_inner
from ansinh.api.operations.arguments import Arguments, arguments, text
from ansinh.fhir.model import json, outcomes, positions
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, checking
from ansinh.kernel.errors import Malformed, Problem

_MODES = ("", "create", "update", "delete", "profile")


class Validate:
    """`/fhir/{type}/$validate`."""

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
        _validated(request, response, kind, identity, arguments(request), None)

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The resource given, as an update of this one; without one the stored resource."""
        kind = requests.resource_type(kind)
        given = arguments(request)
        _validated(request, response, kind, identity, given, given.get("resource", [None])[0])


def _validated(
    request: falcon.Request, response: falcon.Response, kind: str, identity: str, given: Arguments, resource: Any
) -> None:
    """The places that are told are those of what was sent, or of the stored resource as a read gives it."""
    mode = text(given, "mode", "")
    if mode not in _MODES:
        raise Malformed("mode là create, update, delete hoặc profile.", field="mode")
    repository, stored = Repository(request.context.actor), b""
    if identity:
        stored = repository.raw(kind, identity).body
        resource = json.loads(stored) if resource is None else resource
    problems = _problems(repository, kind, identity, mode, given, resource)
    if not problems:
        problems = [Problem("informational", "Hồ sơ đúng chuẩn.", severity="information", key="valid")]
    outcome = outcomes.outcome(problems)
    if "resource" not in given:
        positions.mark(outcome, stored)
    elif request.method == "POST" and not is_inner(request):
        raw = request.context.raw
        positions.mark(outcome, raw, _place_of_resource(raw))
    answers.send(response, outcome)


def _place_of_resource(raw: bytes) -> str:
    """Where the resource stands in the body: within Parameters, or as the body itself."""
    listed = json.loads(raw).get("parameter") or []
    index = next((index for index, one in enumerate(listed) if "resource" in one and one["name"] == "resource"), None)
    return "" if index is None else f"Parameters.parameter[{index}].resource"


def _problems(
    repository: Repository, kind: str, identity: str, mode: str, given: Arguments, resource: Any
) -> list[Problem]:
    verb = mode if mode in ("create", "update", "delete") else "read"
    if not repository.context.allows(verb, kind):
        return [Problem("forbidden", "Vai trò của anh/chị không được làm việc này.", key="refused")]
    if mode == "delete":
        if not identity:
            raise Malformed("Với mode=delete, địa chỉ phải có mã hồ sơ.", field="mode")
        return _left_behind(repository, kind, identity)
    if not isinstance(resource, dict) or resource.get("resourceType") != kind:
        raise Malformed(f"Cần một tài nguyên {kind} trong nội dung gửi đến.", code="type-differs", field="resource")
    problem = _of_mode(mode, kind, identity, resource)
    profiles = [one for one in given.get("profile", []) if isinstance(one, str)]
    if mode == "profile" and not profiles:
        raise Malformed("Với mode=profile, cần tham số profile.", code="required", field="profile")
    return [*problem, *checking.problems_of(resource, repository.exists, profiles=profiles)]


def _left_behind(repository: Repository, kind: str, identity: str) -> list[Problem]:
    """What would point at nothing once the record is gone; a deletion is not refused for it."""
    found = search(repository, kind, [("_id", identity), ("_revinclude", "*")]).included
    if not found:
        return []
    kinds = ", ".join(sorted({one["resourceType"] for one in found}))
    text = (
        f"Có hồ sơ khác đang tham chiếu đến hồ sơ này ({kinds}); sau khi xóa, các tham chiếu đó không còn trỏ đến đâu."
    )
    return [Problem("business-rule", text, severity="warning", key="still-referenced")]


def _of_mode(mode: str, kind: str, identity: str, resource: dict[str, Any]) -> list[Problem]:
    """An update names what it updates; a create gets its id here, so one that is given says nothing."""
    if mode == "create" and identity:
        message = "Với mode=create, địa chỉ không có mã hồ sơ."
        return [Problem("business-rule", message, f"{kind}.id", key="create-with-id")]
    if mode == "create" and "id" in resource:
        message = "Mã (id) gửi kèm sẽ bị bỏ qua khi tạo hồ sơ mới."
        return [Problem("informational", message, f"{kind}.id", "information", "id-ignored")]
    if mode == "update" and not resource.get("id"):
        return [Problem("required", "Bản cập nhật phải có mã (id) của hồ sơ.", f"{kind}.id", key="id-required")]
    if mode == "update" and identity and resource["id"] != identity:
        return [Problem("value", "Mã (id) phải giống mã trong địa chỉ.", f"{kind}.id", key="id-differs")]
    return []
