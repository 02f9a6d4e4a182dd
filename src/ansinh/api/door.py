"""The WSGI application behind `/fhir`: who calls, which address, and how errors look."""

import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import falcon
import msgspec
from django.db import OperationalError
from django.utils import translation

from ansinh.api import (
    admission,
    answers,
    apps,
    audits,
    bulk,
    histories,
    interactions,
    operations,
    requests,
    searching,
    subscriptions,
)
from ansinh.api.callers import caller
from ansinh.api.capability import Metadata
from ansinh.api.inner import is_inner
from ansinh.api.straight import straight
from ansinh.fhir.model import json, outcomes, positions
from ansinh.fhir.store import database
from ansinh.kernel.errors import Malformed, NotFound, UserError
from ansinh.kernel.ids import new_id

logger = logging.getLogger("ansinh.fhir")

_OPEN = frozenset({"/fhir/metadata", f"/fhir{apps.PLACE}"})


class Gate:
    """Runs around every request: the host, the database connection of this thread, the caller."""

    def process_request(self, request: falcon.Request, response: falcon.Response) -> None:
        """Refuse a foreign host, ask for a token, note who calls in `request.context.actor`."""
        translation.activate(requests.language(request))
        response.set_headers(answers.ALWAYS)
        if not requests.is_ours(request.netloc):
            raise Malformed("Tên máy chủ trong yêu cầu không thuộc nút này.", code="host")
        requests.check_accept(request)
        request.context.part = requests.part(request)
        if request.path not in _OPEN:
            request.context.actor = caller(request)

    def process_resource(
        self, request: falcon.Request, response: falcon.Response, resource: object, params: dict[str, str]
    ) -> None:
        """An operation that is not here would else be looked for as a record."""
        if any(text.startswith("$") for text in params.values()):
            raise NotFound("Cửa FHIR này không có thao tác này; /fhir/metadata kể những gì có.", code="no-operation")

    def process_response(
        self, request: falcon.Request, response: falcon.Response, resource: object, succeeded: bool
    ) -> None:
        """Give back in order what the request held, also after an error."""
        admission.bodies.leave(getattr(request.context, "weight", 0))
        if not is_inner(request):
            database.leave_fresh()
        if "_pretty=true" in request.query_string and isinstance(response.data, bytes) and response.data:
            response.data = msgspec.json.format(response.data, indent=2)


def _user_error(request: falcon.Request, response: falcon.Response, error: Any, params: object) -> None:
    if error.status == 503:
        response.set_header("Retry-After", "30")
    if error.status == 401:
        response.set_header("WWW-Authenticate", 'Bearer realm="An Sinh FHIR"')
    told = outcomes.outcome(error.problems)
    # What a patch breaks stands in the record, not in the body.
    if isinstance(error, json.NotJson) and error.place is not None:
        positions.tell(told["issue"][0], error.place)
    elif request.method in ("POST", "PUT") and (raw := getattr(request.context, "raw", b"")):
        positions.mark(told, raw)
    answers.send(response, told, status=falcon.code_to_http_status(error.status))


_CODES = {404: "not-found", 405: "not-supported", 406: "not-supported", 411: "required", 413: "too-long"}
_SENTENCES = {
    404: "Không có địa chỉ này trong cửa FHIR.",
    405: "Địa chỉ này không nhận phương thức đó.",
    400: "Yêu cầu không đọc được.",
}


def _http_error(request: falcon.Request, response: falcon.Response, error: Any, params: object) -> None:
    """Falcon's own refusals, and those of `requests`, whose titles are our sentences."""
    status = int(str(error.status)[:3])
    for name, value in (error.headers or {}).items() if isinstance(error.headers, dict) else error.headers or ():
        response.set_header(name, value)
    text = _SENTENCES.get(status) or error.title or "Yêu cầu không được nhận."
    code = _CODES.get(status, "not-supported" if status == 415 else "processing")
    answers.send(response, outcomes.message(text, code=code, key=f"http-{status}"), status=error.status)


def _busy(request: falcon.Request, response: falcon.Response, error: Exception, params: object) -> None:
    """The database is locked or away: worth trying again."""
    logger.warning("fhir database unavailable: %s", type(error).__name__)
    response.set_header("Retry-After", "2")
    text = "Cơ sở dữ liệu đang bận, xin thử lại sau giây lát."
    answers.send(response, outcomes.message(text, code="transient", key="busy"), status=falcon.HTTP_503)


def _unexpected(request: falcon.Request, response: falcon.Response, error: Exception, params: object) -> None:
    """A mistake of ours. An exception's message may hold personal data, so only its type and place are logged."""
    incident = new_id()
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("fhir error %s %s %s\n%s", incident, request.method, type(error).__name__, frames)
    text = f"Lỗi ngoài dự kiến; mã sự cố {incident}. Không có gì được lưu."
    answers.send(response, outcomes.message(text, code="exception", key="unexpected"), status=falcon.HTTP_500)


def _addresses(app: falcon.App) -> Iterator[tuple[str, Any]]:
    """Each form of address below /fhir with what answers there."""
    yield "", interactions.System(app)
    yield "/metadata", Metadata()
    yield apps.PLACE, apps.Configuration()
    yield "/_search", searching.SystemSearch()
    yield "/_history", histories.AllVersions()
    yield from audits.ADDRESSES
    yield "/{kind}", interactions.Type()
    yield "/{kind}/_search", searching.Search()
    yield "/{kind}/_history", histories.TypeVersions()
    yield "/{kind}/{identity}", interactions.Instance()
    yield "/{kind}/{identity}/{inner}", searching.Compartment()
    yield "/{kind}/{identity}/{inner}/_search", searching.CompartmentSearch()
    yield "/{kind}/{identity}/_search", searching.CompartmentSearch()
    yield "/{kind}/{identity}/_history", histories.Versions()
    yield "/{kind}/{identity}/_history/{version}", interactions.OneVersion()
    for one in (*operations.TABLE, *subscriptions.TABLE, *bulk.TABLE):
        yield f"/{one.address}", one.resource
    for place, answer in (*bulk.PLACES, *operations.LEFT_OUT.items()):
        yield f"/{place}", answer


def _with_head(resource: Any) -> Any:
    """HEAD wherever GET is, as HTTP has it; Falcon leaves the body out."""
    if hasattr(resource, "on_get") and not hasattr(resource, "on_head"):
        resource.on_head = resource.on_get
    return resource


def build() -> falcon.App:
    """The door with its addresses and error handlers."""
    app = falcon.App(middleware=[Gate()], media_type=answers.JSON)
    app.req_options.strip_url_path_trailing_slash = True
    for address, resource in _addresses(app):
        app.add_route(f"/fhir{address}", _with_head(resource))
    app.add_error_handler(Exception, _unexpected)
    app.add_error_handler(OperationalError, _busy)
    app.add_error_handler(falcon.HTTPError, _http_error)
    app.add_error_handler(UserError, _user_error)
    return app


def _opened() -> Callable[..., Any]:
    """The application that is served: the door, and the short way beside it."""
    door = build()
    return straight(door, [address for address, _ in _addresses(door)])


fhir_application = _opened()
