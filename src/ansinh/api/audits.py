"""AuditEvent at the door: read and search only, made from the rows of the audit (`access.audit`).

GET /fhir/AuditEvent?patient=…&date=ge…&agent=…&action=R ─► searchset, the newest first
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import falcon

from ansinh.access.audit import events as shapes
from ansinh.access.audit import queries
from ansinh.access.audit.queries import Asked
from ansinh.api import answers, requests
from ansinh.fhir.model import dates
from ansinh.fhir.store.audit import trail
from ansinh.fhir.store.audit.trail import Happened
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed, NotFound, Refused

MOST = 500
_NAMES = frozenset("patient entity agent action date purpose _id _count _cursor _sort _format _pretty".split())


class Search:
    """`/fhir/AuditEvent`."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search by the address."""
        _answer(request, response, requests.query_parameters(request))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Nobody writes the audit from outside."""
        raise Refused("Sổ theo dõi truy cập do nút tự ghi; không ai ghi từ ngoài vào được.")

    on_put = on_patch = on_delete = on_post


class SearchByForm:
    """`/fhir/AuditEvent/_search`."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search by a form."""
        _answer(request, response, requests.form_parameters(request))


class Instance:
    """`/fhir/AuditEvent/{id}`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, identity: str) -> None:
        """One row."""
        context = _allowed(request, "read")
        number = shapes.number_of(identity)
        if not number:
            raise NotFound("Không tìm thấy hồ sơ.")
        (made,) = events([queries.row(context, number)])
        answers.send(response, request.context.part.of(made))

    def on_put(self, request: falcon.Request, response: falcon.Response, identity: str) -> None:
        """Nobody changes the audit."""
        raise Refused("Sổ theo dõi truy cập không ai sửa hay xóa được.")

    on_patch = on_delete = on_put


ADDRESSES = (
    ("/AuditEvent", Search()),
    ("/AuditEvent/_search", SearchByForm()),
    ("/AuditEvent/{identity}", Instance()),
)
"""Mounted by the door before the addresses of types that are stored."""


def events(rows: Sequence[Happened]) -> list[dict[str, Any]]:
    """The AuditEvents of these rows; two queries."""
    names = trail.names([number for row in rows for number in (row.patient, row.key) if number])
    node = trail.node()
    return [shapes.event(row, names, node) for row in rows]


def _allowed(request: falcon.Request, verb: str) -> Context:
    context: Context = request.context.actor
    if not context.allows(verb, "AuditEvent"):
        raise Refused("Vai trò của anh/chị không được làm việc này với loại hồ sơ AuditEvent.")
    return context


def _answer(request: falcon.Request, response: falcon.Response, params: Sequence[tuple[str, str]]) -> None:
    context, base = _allowed(request, "search"), answers.base_of(request)
    asked, count = read(params)
    try:
        found = queries.find(context, asked, count) if count else queries.Found((), False)
    except NotFound:
        found = queries.Found((), False)  # who is out of reach is not there, and neither is what happened
    links = [("self", request.uri if request.method == "GET" else f"{base}/AuditEvent/_search")]
    if found.more:
        kept = [pair for pair in params if pair[0] != "_cursor"] if request.method == "GET" else []
        links.append(("next", answers.address(base, "AuditEvent", [*kept, ("_cursor", str(found.rows[-1].id))])))
    entries = [
        {"fullUrl": f"{base}/AuditEvent/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in events(found.rows)
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "timestamp": clock.instant()}
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in links]
    answers.send(response, bundle | ({"entry": entries} if entries else {}))


def read(params: Sequence[tuple[str, str]]) -> tuple[Asked, int]:
    """(what is asked, rows a page). Raises Malformed naming the parameter."""
    asked, count = Asked(), queries.PAGE
    for name, value in params:
        if name not in _NAMES:
            raise Malformed(f"AuditEvent không tìm theo «{name}» được.", field=name)
        if name in ("patient", "entity"):
            asked = replace(asked, person=_id_of(name, value, "Patient"))
        elif name == "agent":
            asked = replace(asked, actor=f"Practitioner/{_id_of(name, value, 'Practitioner')}")
        elif name == "action":
            asked = replace(asked, verbs=_verbs(value))
        elif name == "purpose":
            asked = replace(asked, purpose=value.rpartition("|")[2])
        elif name == "date":
            asked = _dated(asked, value)
        elif name == "_id":
            asked = replace(asked, row=shapes.number_of(value) or -1)
        elif name == "_cursor":
            asked = replace(asked, before=requests.whole_number({name: value}, name, 0))
        elif name == "_count":
            count = min(requests.whole_number({name: value}, name, queries.PAGE), MOST)
        elif name == "_sort" and value not in ("-date", "-_lastUpdated"):
            raise Malformed("AuditEvent chỉ xếp được theo -date.", field=name)
    return asked, count


def _id_of(name: str, value: str, kind: str) -> str:
    found, _, fhir_id = value.rpartition("/")
    if found not in ("", kind) or not fhir_id.replace("-", "").replace(".", "").isalnum():
        raise Malformed(f"«{name}» phải là {kind}/[id].", field=name)
    return fhir_id


def _verbs(value: str) -> tuple[str, ...]:
    codes = [code.rpartition("|")[2] for code in value.split(",")]
    if unknown := [code for code in codes if code not in shapes.ACTIONS]:
        raise Malformed(
            f"action là một trong {', '.join(shapes.ACTIONS)}, không phải {unknown[0][:9]}.", field="action"
        )
    return tuple(verb for code in codes for verb in shapes.ACTIONS[code])


def _dated(asked: Asked, value: str) -> Asked:
    prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    try:
        lo, hi = dates.bounds(text.replace(" ", "+"))
    except (ValueError, OverflowError) as error:
        raise Malformed("date phải là ngày giờ, ví dụ ge2026-07-01.", field="date") from error
    if prefix not in ("eq", "ge", "gt", "le", "lt"):
        raise Malformed("date nhận eq, ge, gt, le, lt.", field="date")
    since = {"eq": lo, "ge": lo, "gt": hi + 1}.get(prefix)
    until = {"eq": hi, "le": hi, "lt": lo - 1}.get(prefix)
    if since is not None:
        asked = replace(asked, since=_moment(since))
    return asked if until is None else replace(asked, until=_moment(until))


def _moment(at_us: int) -> datetime:
    return datetime.fromtimestamp(max(0, min(at_us, 253_402_300_799_000_000)) / 1_000_000, UTC)
