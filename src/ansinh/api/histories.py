"""History over HTTP: of one resource, of a type, of the whole node. Pages follow the journal, newest first."""

from dataclasses import replace

import falcon
from django.core import signing

from ansinh.api import answers, requests
from ansinh.fhir.model import dates
from ansinh.fhir.store import Repository, Wanted
from ansinh.kernel.errors import Malformed

MOST = 500
_SALT = "ansinh.history"


class Versions:
    """`/fhir/{type}/{id}/_history`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The versions of one resource."""
        kind = requests.resource_type(kind)
        _answer(request, response, Wanted(kind, identity), f"{kind}/{identity}/_history", total=True)


class TypeVersions:
    """`/fhir/{type}/_history`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """The versions of all resources of a type."""
        kind = requests.resource_type(kind)
        _answer(request, response, Wanted(kind), f"{kind}/_history")


class AllVersions:
    """`/fhir/_history`."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """The versions of everything that the caller may see."""
        _answer(request, response, Wanted(), "_history")


def _answer(
    request: falcon.Request, response: falcon.Response, wanted: Wanted, path: str, *, total: bool = False
) -> None:
    """`_count`, `_since`, `_at`, and `_cursor` of a `next` link. Counting a whole node's history is not offered."""
    asked = dict(requests.query_parameters(request))
    count = min(requests.whole_number(asked, "_count", 100), MOST)
    wanted = _narrowed(wanted, asked)
    repository = Repository(request.context.actor)
    mark = f"{path}\x1f{asked.get('_since', '')}\x1f{asked.get('_at', '')}"
    page = replace(wanted, before=_before(asked.get("_cursor", ""), mark))
    events = repository.changes(page, limit=count + 1)
    shown = [(name, asked[name]) for name in ("_count", "_since", "_at") if name in asked]
    base = answers.base_of(request)
    links = [("self", answers.address(base, path, shown))]
    if len(events) > count > 0:
        cursor = signing.dumps([mark, events[count - 1].version.position], salt=_SALT, compress=True)
        links.append(("next", answers.address(base, path, [*shown, ("_cursor", cursor)])))
    number = repository.count_changes(wanted) if total else None
    answers.send(response, answers.history_bundle(base, events[:count], number, links))


def _narrowed(wanted: Wanted, asked: dict[str, str]) -> Wanted:
    since = _interval(asked["_since"], "_since")[0] if asked.get("_since") else None
    at = _interval(asked["_at"], "_at") if asked.get("_at") else None
    return replace(wanted, since=since, at=at)


def _interval(text: str, name: str) -> tuple[int, int]:
    try:
        # An unescaped plus sign of a time zone reaches us as a space.
        return dates.bounds(text.replace(" ", "+"))
    except (ValueError, OverflowError) as error:
        raise Malformed(f"{name} phải là ngày giờ, ví dụ 2026-07-01T08:00:00+07:00.", field=name) from error


def _before(text: str, mark: str) -> int | None:
    if not text:
        return None
    try:
        seen, position = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Malformed("Đường dẫn sang trang sau không hợp lệ; hãy đọc lại từ đầu.", field="_cursor") from error
    if seen != mark or not isinstance(position, int):
        raise Malformed("Đường dẫn sang trang sau thuộc một lần đọc khác.", field="_cursor")
    return position
