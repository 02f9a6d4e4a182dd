"""What a request says: its form, its body, its wishes. Refuses what the door does not speak."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from unicodedata import normalize
from urllib.parse import parse_qsl

import falcon
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.translation.trans_real import parse_accept_lang_header

from ansinh.api import admission
from ansinh.api.inner import is_inner
from ansinh.api.subsets import Subset, subset_of
from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.transactions.merge_patch import MergePatch
from ansinh.kernel.errors import Malformed, NotFound

LARGEST = 10 * 1024 * 1024
DEEPEST = 100
_LONGEST_LANGUAGES = 500  # a longer header is cut: Django reads no more
MOST_PARAMETERS = 200
_JSON_PATCH = "application/json-patch+json"
_MERGE_PATCH = ("application/merge-patch+json", "application/json")
_JSON_TYPES = ("application/fhir+json", "application/json")
_ACCEPTED = ("application/fhir+json", "application/json", "text/json", "application/fhir+ndjson")
_FORMATS = frozenset({"json", "text/json", *_JSON_TYPES})
# What an address says about the answer, not about the record.
_OF_ANSWERS = frozenset({"_format", "_pretty", "_summary", "_elements"})
_NO_PATCH = (
    "PATCH chỉ nhận application/json-patch+json, application/merge-patch+json hoặc application/fhir+json (Parameters)."
)
_WHOLE = Subset()
_FHIR_VERSION = re.compile(r"fhirVersion\s*=\s*\"?([\w.]+)", re.IGNORECASE)
_ETAG = re.compile(r'\s*(?:W/)?"?(\d{1,18})"?\s*')


@dataclass(frozen=True, slots=True)
class Preference:
    """The `Prefer` header: what a write answers with; whether a search refuses unknown parameters, None: no wish."""

    answer: str = "representation"
    strict: bool | None = None

    @property
    def lenient(self) -> bool:
        return self.strict is False


def preference(request: falcon.Request) -> Preference:
    """Read `Prefer: return=minimal; handling=lenient`; unknown wishes are passed over, as HTTP has it."""
    text = (request.get_header("Prefer") or "").lower()
    wishes = dict(part.strip().partition("=")[::2] for part in re.split(r"[,;]", text))
    answer = wishes.get("return", "").strip('" ')
    known = {"minimal": "minimal", "operationoutcome": "OperationOutcome"}
    handling = {"strict": True, "lenient": False}.get(wishes.get("handling", "").strip('" '))
    return Preference(known.get(answer, "representation"), handling)


def answer_of_bundle(request: falcon.Request) -> str:
    """What the writes of a Bundle answer with: as `Prefer` says, without it the least."""
    return preference(request).answer if "return=" in (request.get_header("Prefer") or "").lower() else "minimal"


def is_ours(netloc: str) -> bool:
    """True for a host, with or without its port, by which this node is called."""
    return _is_one_of(netloc, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=64)
def _is_one_of(netloc: str, hosts: tuple[str, ...]) -> bool:
    return validate_host(split_domain_port(netloc)[0], hosts)


def language(request: falcon.Request) -> str:
    """`en` where `Accept-Language` puts English before Vietnamese, else `vi`."""
    return _language(request.get_header("Accept-Language", default="")[:_LONGEST_LANGUAGES])


@lru_cache(maxsize=256)
def _language(header: str) -> str:
    asked = (name.partition("-")[0] for name, _weight in parse_accept_lang_header(header))
    return next((name for name in asked if name in ("vi", "en")), "vi")


def part(request: falcon.Request) -> Subset:
    """The part of each resource that the address asks for. Raises Malformed, before anything is done."""
    asked = "_summary=" in request.query_string or "_elements=" in request.query_string
    return subset_of(query_parameters(request)) if asked else _WHOLE


def _other_version(header: str | None) -> bool:
    """True for a media type that asks for another version of FHIR than R4 (`fhirVersion=5.0`)."""
    found = _FHIR_VERSION.search(header) if header and "ersion" in header else None
    return found is not None and found[1] not in ("4.0", "4.0.1")


def check_accept(request: falcon.Request) -> None:
    """Raises 406 for a client that takes no JSON of R4; `_format` outweighs `Accept`."""
    if request.accept == "*/*" and not request.query_string:
        return
    if _other_version(request.accept):
        raise falcon.HTTPNotAcceptable(title="Chỉ trả lời theo FHIR R4 (fhirVersion=4.0).")
    wanted = request.get_param("_format") if "_format=" in request.query_string else None
    if wanted is not None:
        # A plus sign in a query string is a space to those who forget to escape it.
        if wanted.replace(" ", "+").partition(";")[0].strip() not in _FORMATS:
            raise falcon.HTTPNotAcceptable(title="Chỉ trả lời bằng JSON (application/fhir+json).")
    elif not any(request.client_accepts(kind) for kind in _ACCEPTED):
        raise falcon.HTTPNotAcceptable(title="Chỉ trả lời bằng JSON (application/fhir+json).")


def resource_type(text: str) -> str:
    """The type named in the address. Raises NotFound for one that FHIR R4 has not."""
    if text not in definitions().resource_types:
        raise NotFound("Chuẩn FHIR R4 không có loại tài nguyên ghi trong địa chỉ.", code="unknown-type")
    return text


def version(text: str) -> int:
    """The version named in the address. Raises NotFound for what is no number."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotFound("Không tìm thấy bản này của hồ sơ.")
    return int(text)


def body(request: falcon.Request) -> dict[str, Any]:
    """The JSON object of the body. Raises 415, 413, 411 or Malformed."""
    value = _json(request, _JSON_TYPES, "Chỉ nhận JSON (application/fhir+json).")
    if not isinstance(value, dict):
        raise Malformed("Nội dung gửi đến phải là một đối tượng JSON.", code="json-object")
    return value


def patch(request: falcon.Request) -> Any:
    """The JSON Patch (a list), FHIRPath Patch (Parameters) or merge patch of the body. Raises like `body`.

    Plain `application/json` is a FHIRPath Patch when it holds Parameters, else a merge patch.
    """
    kinds = (_JSON_PATCH, *_MERGE_PATCH, *_JSON_TYPES)
    value, kind = _json(request, kinds, _NO_PATCH), _media_type(request)
    if not isinstance(value, list if kind == _JSON_PATCH else dict):
        raise Malformed("Nội dung bản vá không hợp với Content-Type.", code="patch")
    if isinstance(value, dict) and kind in _MERGE_PATCH and value.get("resourceType") != "Parameters":
        return MergePatch(value)
    return value


def _media_type(request: falcon.Request) -> str:
    return (request.content_type or "").lower().partition(";")[0].strip()


def _json(request: falcon.Request, kinds: tuple[str, ...], refusal: str) -> Any:
    if _media_type(request) not in kinds:
        raise falcon.HTTPUnsupportedMediaType(title=refusal)
    if _other_version(request.content_type):
        raise falcon.HTTPUnsupportedMediaType(title="Chỉ nhận FHIR R4 (fhirVersion=4.0).")
    charset = (request.content_type or "").lower().partition("charset=")[2].strip('" ;')
    if charset not in ("", "utf-8", "utf8"):
        raise falcon.HTTPUnsupportedMediaType(title="Chỉ nhận JSON mã hóa UTF-8.")
    if (request.get_header("Content-Encoding") or "identity").strip().lower() != "identity":
        raise falcon.HTTPUnsupportedMediaType(title="Không nhận nội dung đã nén (Content-Encoding).")
    data = _bytes(request)
    request.context.raw = data  # for the lines and columns of problems
    value = json.loads(data)
    if isinstance(value, dict | list) and json.is_deeper(value, DEEPEST):
        raise Malformed(f"Nội dung gửi đến lồng nhau quá {DEEPEST} tầng.", code="too-deep")
    if json.has_duplicate_keys(data, value):
        raise Malformed("Nội dung gửi đến có một đối tượng nêu hai lần cùng một khóa.", code="duplicate-key")
    return json.composed(data, value)


def whole_number(asked: Mapping[str, str], name: str, default: int) -> int:
    """A parameter that is a whole number from 0 on. Raises Malformed."""
    text = asked.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Malformed(f"{name} phải là số nguyên không âm.", field=name)
    return int(text)


def _bytes(request: falcon.Request) -> bytes:
    if request.content_length is None:
        raise falcon.HTTPError(falcon.HTTP_411, title="Phải có Content-Length.")
    if request.content_length > LARGEST:
        raise falcon.HTTPContentTooLarge(title=f"Nội dung gửi đến lớn quá {LARGEST // 1024 // 1024} MB.")
    if not is_inner(request):  # what stands in a Bundle was let in with it
        request.context.weight = admission.bodies.enter(request.content_length)  # the door gives it back
    return request.bounded_stream.read()


def query_parameters(request: falcon.Request) -> list[tuple[str, str]]:
    """The parameters of the address, in order. Raises Malformed for more than 200 or what is not UTF-8."""
    return pairs(request.query_string)


def form_parameters(request: falcon.Request) -> list[tuple[str, str]]:
    """The parameters of a POST _search: those of the address, then those of the form."""
    if request.content_length in (None, 0):
        return query_parameters(request)
    content_type = (request.content_type or "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise falcon.HTTPUnsupportedMediaType(title="_search chỉ nhận application/x-www-form-urlencoded.")
    try:
        text = _bytes(request).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("Tham số tìm kiếm không phải UTF-8.", code="query") from error
    return query_parameters(request) + pairs(text)


def pairs(text: str) -> list[tuple[str, str]]:
    """`a=1&b=2` as pairs, in order, in NFC as what is stored. Raises Malformed."""
    try:
        found = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
        return [(name, value if value.isascii() else normalize("NFC", value)) for name, value in found]
    except (ValueError, UnicodeDecodeError) as error:
        raise Malformed(
            f"Tham số trong địa chỉ không đọc được, hoặc nhiều quá {MOST_PARAMETERS}.", code="query"
        ) from error


def condition_of_create(request: falcon.Request) -> list[tuple[str, str]] | None:
    """The condition of If-None-Exist, or of the address, where some clients (fhirpy) put it; None without one."""
    header = request.get_header("If-None-Exist")
    if header is not None:
        return pairs(header.partition("?")[2] or header)
    return [pair for pair in query_parameters(request) if pair[0] not in _OF_ANSWERS] or None


def expected_version(request: falcon.Request) -> int | None:
    """The version in If-Match (`W/"3"`), None without it. Raises Malformed for anything else."""
    text = request.get_header("If-Match")
    if text is None:
        return None
    match = _ETAG.fullmatch(text)
    if match is None:
        raise Malformed('If-Match có dạng W/"3".', code="if-match", field="If-Match")
    return int(match[1])


def is_unchanged(request: falcon.Request, version: int, updated: datetime) -> bool:
    """True when the client already holds this version (If-None-Match, else If-Modified-Since)."""
    tags = request.get_header("If-None-Match")
    if tags is not None:
        versions = {match[1] for tag in tags.split(",") if (match := _ETAG.fullmatch(tag))}
        return tags.strip() == "*" or str(version) in versions
    since = request.get_header("If-Modified-Since")
    if since is None:
        return False
    try:
        return updated.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
