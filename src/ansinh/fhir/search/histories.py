"""History as a search is: parameters in, one page of versions out, for the door and for entries of a Bundle.

page = history(repository, Wanted("Patient"), [("_since", "2026-01-01"), ("_count", "10")])
bundle = history_bundle(page)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing

from ansinh.fhir.model import dates
from ansinh.fhir.search import statements
from ansinh.fhir.store import Event, Repository, Wanted
from ansinh.kernel import clock
from ansinh.kernel.errors import Malformed

MOST = 500
USUAL = 100
_SALT = "ansinh.history"
_METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE"}
_STATUSES = {"create": "201", "update": "200", "delete": "204"}

Params = Sequence[tuple[str, str]]
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Versions:
    """One page, the newest first. `next` is the value for `_cursor` with the same parameters, None at the end; `total`
    only for one resource, because a whole node's history is not counted."""

    events: list[Event]
    total: int | None
    next: str | None


def history(repository: Repository, wanted: Wanted, params: Params) -> Versions:
    """Versions within the reader's reach: `_count`, `_since`, `_at`, and `_cursor` of the page before.

    Raises `Malformed` naming the parameter, `NotFound`, `Refused`, `TooSlow`.
    """
    asked = dict(params)
    count = min(_whole(asked.get("_count", str(USUAL))), MOST)
    wanted = _narrowed(wanted, asked)
    mark = f"{wanted.type}/{wanted.id}\x1f{asked.get('_since', '')}\x1f{asked.get('_at', '')}"
    page = replace(wanted, before=_before(asked.get("_cursor", ""), mark))
    with statements.limited():
        events = repository.changes(page, limit=count + 1)
        total = repository.count_changes(wanted) if wanted.id else None
    more = len(events) > count > 0
    cursor = signing.dumps([mark, events[count - 1].version.position], salt=_SALT, compress=True) if more else None
    return Versions(events[:count], total, cursor)


def history_bundle(
    page: Versions,
    *,
    base: str = "",
    links: Sequence[tuple[str, str]] = (),
    part: Callable[[Resource], Resource] = lambda resource: resource,
) -> Resource:
    """A Bundle of type history; a deletion has no resource. base: of the absolute `fullUrl`s, "" for none.
    part: what of each resource is shown."""
    bundle: Resource = {"resourceType": "Bundle", "type": "history", "timestamp": clock.instant()}
    if page.total is not None:
        bundle["total"] = page.total
    if links:
        bundle["link"] = [{"relation": relation, "url": url} for relation, url in links]
    entries = [_entry(event, base, part) for event in page.events]
    return bundle | ({"entry": entries} if entries else {})


def _entry(event: Event, base: str, part: Callable[[Resource], Resource]) -> Resource:
    place, version = f"{event.type}/{event.id}", event.version
    entry: Resource = {"fullUrl": f"{base}/{place}"} if base else {}
    if version.body is not None:
        entry["resource"] = part(version.body)
    return entry | {
        "request": {
            "method": _METHODS[version.method],
            "url": event.type if version.method == "create" else place,
        },
        "response": {
            "status": _STATUSES[version.method],
            "etag": f'W/"{version.version}"',
            "lastModified": clock.instant(version.updated),
        },
    }


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Malformed("_count phải là số nguyên không âm.", field="_count")
    return int(text)


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
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Malformed("Đường dẫn sang trang sau không hợp lệ; hãy đọc lại từ đầu.", field="_cursor") from error
    if seen != mark or not isinstance(position, int):
        raise Malformed("Đường dẫn sang trang sau thuộc một lần đọc khác.", field="_cursor")
    return position
