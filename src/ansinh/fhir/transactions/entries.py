"""Reading the entries of a Bundle: what each asks for, and every reason to refuse it before anything is done."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.model import json
from ansinh.fhir.model.dates import is_valid_instant
from ansinh.kernel.errors import Malformed, Problem

METHODS = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
_TARGET = re.compile(r"/?([A-Za-z]+)(?:/([A-Za-z0-9\-.]{1,64})(?:/_history(?:/(\d{1,9}))?)?)?(?:\?(.*))?", re.DOTALL)
_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')
# What a transaction has no words of its own for: operations, forms of search. The door answers them.
_CALL = re.compile(
    r"/?(?:[A-Za-z]+/(?:[A-Za-z0-9\-.]{1,64}/)?(?:[A-Za-z]+/)?)?(?:\$[a-z][a-z\-]*|_search)(?:\?.*)?", re.DOTALL
)


@dataclass(slots=True)
class Entry:
    """One entry. `query` is None without `?`; `id` is filled in when it becomes known; `found` marks a conditional
    create that another resource already answers; `asked` is the address that the door answers for it, "" for what is
    done here."""

    index: int
    method: str
    type: str
    id: str
    version: int | None
    history: bool
    query: list[tuple[str, str]] | None
    resource: dict[str, Any] | None
    full_url: str
    if_match: int | None
    if_none_exist: list[tuple[str, str]] | None
    if_none_match: int | None = None
    if_modified_since: str = ""
    found: bool = False
    asked: str = ""

    @property
    def place(self) -> str:
        """FHIRPath of the entry in its Bundle."""
        return f"Bundle.entry[{self.index}]"


def read_bundle(bundle: Any) -> tuple[str, list[dict[str, Any]]]:
    """(type, raw entries). Raises `Malformed` for what is no transaction or batch."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Malformed("Nội dung gửi đến phải là một Bundle.", field="Bundle")
    kind, entries = bundle.get("type"), bundle.get("entry", [])
    if kind not in ("transaction", "batch"):
        raise Malformed("Bundle phải có type là transaction hoặc batch.", field="Bundle.type")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Malformed("Bundle.entry phải là một danh sách.", field="Bundle.entry")
    return kind, entries


def read_entry(index: int, raw: dict[str, Any], base: str | None = None) -> Entry:
    """One entry as it asks. base: the door's address, None where no door answers. Raises `Malformed` naming the
    element."""
    request = raw.get("request")
    if not isinstance(request, dict):
        raise malformed(index, "thiếu request.", "request")
    method, url = request.get("method"), request.get("url")
    if method not in METHODS:
        raise malformed(index, "request.method phải là GET, POST, PUT, PATCH hoặc DELETE.", "request.method")
    if base and isinstance(url, str):
        url = url.removeprefix(f"{base}/")
    match = _TARGET.fullmatch(url) if isinstance(url, str) else None
    if match is not None and not is_type(match[1]):
        match = None
    if base is not None and isinstance(url, str) and _is_for_the_door(method, url, match):
        return _call(index, method, url, raw, request)
    if match is None:
        raise malformed(index, "request.url không phải là một địa chỉ FHIR.", "request.url")
    entry = Entry(
        index=index,
        method=method,
        type=match[1],
        id=match[2] or "",
        version=int(match[3]) if match[3] else None,
        history="/_history" in match[0].partition("?")[0],
        query=parse_qsl(match[4], keep_blank_values=True) if match[4] is not None else None,
        resource=raw.get("resource"),
        full_url=raw.get("fullUrl") or "",
        if_match=_version(index, request.get("ifMatch"), "ifMatch"),
        if_none_exist=_condition(index, request.get("ifNoneExist")),
        if_none_match=_version(index, request.get("ifNoneMatch"), "ifNoneMatch"),
        if_modified_since=_instant(index, request.get("ifModifiedSince")),
    )
    _check(entry)
    return entry


def _is_for_the_door(method: str, url: str, match: re.Match[str] | None) -> bool:
    """Reads of one record or version are done here; whatever else is only read, and operations, by the door."""
    if method in ("GET", "HEAD"):
        return match is None or match[4] is not None or not match[2] or match[0].endswith("/_history")
    return method == "POST" and _CALL.fullmatch(url) is not None


def _call(index: int, method: str, url: str, raw: dict[str, Any], request: dict[str, Any]) -> Entry:
    full_url, resource = raw.get("fullUrl") or "", raw.get("resource")
    if resource is not None and not isinstance(resource, dict):
        raise malformed(index, "resource phải là một đối tượng.", "resource")
    return Entry(index, method, "", "", None, False, None, resource, full_url, None, None, asked=url)


def _check(entry: Entry) -> None:
    if entry.method in ("POST", "PUT"):
        kind = entry.resource.get("resourceType") if isinstance(entry.resource, dict) else None
        if kind != entry.type:
            raise malformed(entry.index, f"resource phải thuộc loại {entry.type}.", "resource")
    if entry.method == "POST" and (entry.id or entry.query is not None):
        raise malformed(entry.index, "POST chỉ nhận tên loại, ví dụ Patient.", "request.url")
    if entry.method == "PATCH" and not isinstance(entry.resource, dict):
        raise malformed(entry.index, "PATCH cần resource là Parameters hoặc Binary chứa JSON Patch.", "resource")
    if entry.method in ("PUT", "PATCH", "DELETE") and (entry.history or bool(entry.id) == bool(entry.query)):
        raise malformed(entry.index, f"{entry.method} cần mã hồ sơ hoặc điều kiện tìm.", "request.url")
    if entry.method == "PUT" and entry.id and entry.resource and entry.resource.get("id") != entry.id:
        raise malformed(entry.index, "mã trong resource phải trùng với mã trong request.url.", "resource.id")


def patch_of(entry: Entry) -> Any:
    """What a PATCH entry carries: Parameters as they are, or the JSON Patch within a Binary."""
    resource = entry.resource or {}
    if resource.get("resourceType") == "Parameters":
        return resource
    kind = str(resource.get("contentType", "")).partition(";")[0].strip().lower()
    if resource.get("resourceType") != "Binary" or kind != "application/json-patch+json":
        raise malformed(entry.index, "PATCH cần resource là Parameters hoặc Binary chứa JSON Patch.", "resource")
    try:
        return json.loads(base64.b64decode(resource.get("data", ""), validate=True))
    except (ValueError, TypeError) as error:
        raise malformed(entry.index, "data của Binary không phải base64.", "resource.data") from error


def _version(index: int, text: Any, name: str) -> int | None:
    if text is None:
        return None
    match = _ETAG.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise malformed(index, f'request.{name} có dạng W/"3".', f"request.{name}")
    return int(match[1])


def _instant(index: int, text: Any) -> str:
    if text is None:
        return ""
    if not is_valid_instant(text):
        raise malformed(index, "request.ifModifiedSince phải là một thời điểm.", "request.ifModifiedSince")
    return str(text)


def _condition(index: int, text: Any) -> list[tuple[str, str]] | None:
    if text is None:
        return None
    found = parse_qsl(text.partition("?")[2] or text) if isinstance(text, str) else []
    if not found:
        raise malformed(index, "request.ifNoneExist phải là một điều kiện tìm.", "request.ifNoneExist")
    return found


def malformed(index: int, why: str, element: str) -> Malformed:
    """The refusal of one element of one entry."""
    message = f"Mục {index + 1}: {why}"
    return Malformed(message, problems=[Problem("structure", message, f"Bundle.entry[{index}].{element}", key="entry")])


def check_distinct(entries: Iterable[Entry]) -> None:
    """No two entries of a transaction write the same resource or carry the same fullUrl."""
    seen: set[str] = set()
    for entry in entries:
        marks = [entry.full_url] if entry.full_url else []
        if entry.method in ("PUT", "PATCH", "DELETE") and entry.id:
            marks.append(f"{entry.type}/{entry.id}")
        for mark in set(marks):
            if mark in seen and entry.method != "GET":
                raise malformed(entry.index, "trùng hồ sơ với một mục trước.", "fullUrl")
            seen.add(mark)
