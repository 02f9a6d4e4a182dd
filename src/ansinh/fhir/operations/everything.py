"""`$everything` of a person, of all people or of an encounter: the record in pages, each with what it points at.

    Wanted ─► kinds of the compartment, one after another ─► search ─► page of `count`
                                        their references ─► practitioners, organisations, places … (included)

R4: https://hl7.org/fhir/R4/patient-operation-everything.html, encounter-operation-everything.html.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core import signing

from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.operations.referenced import referenced
from ansinh.fhir.search import Params, search, search_compartment
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Malformed

Resource = dict[str, Any]

_SALT = "ansinh.everything"
# When care took place, the first that a type has. What has none (a person, an insurance card) holds at any time.
_CARE_DATES = (
    "date", "period", "recorded-date", "onset-date", "occurrence", "effective", "effective-time", "authored",
    "authoredon", "authored-on", "whenhandedover", "collected", "started", "start-date", "sent", "created", "recorded",
    "identified", "datetime", "datewritten", "issued", "entered-date",
)  # fmt: skip
_TIMELESS = ("Patient", "Person", "RelatedPerson")


@dataclass(frozen=True, slots=True)
class Wanted:
    """types: (), for all; start, end: dates of care; since: an instant; count: of the page; cursor: "" to begin."""

    types: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    since: str = ""
    count: int = 50
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One page: the record's own resources, what they point at, and where the next page begins ("" at the end)."""

    resources: list[Resource]
    included: list[Resource]
    next: str


def everything(repository: Repository, kind: str, identity: str, wanted: Wanted) -> Part:
    """One page of a Patient's or an Encounter's record; identity "": of all people whom the reader may see. Raises
    NotFound, Gone, Malformed, Refused.

    Two people who write meanwhile move nothing: pages continue behind the last row seen.
    """
    if identity:
        repository.raw(kind, identity)
    kinds = _kinds(repository, kind, wanted.types)
    mark = _mark(kind, identity, wanted)
    place, cursor = _position(wanted.cursor, mark, len(kinds))
    found: list[Resource] = []
    following = ""
    while place < len(kinds):
        page = _page(repository, kind, identity, kinds[place], wanted, wanted.count - len(found), cursor)
        found += page.resources
        place, cursor = (place, page.next) if page.next else (place + 1, "")
        if len(found) >= wanted.count:
            following = _following(repository, kind, identity, kinds, wanted, (place, cursor), mark)
            break
    return Part(found, _around(repository, found, wanted), following)


def _following(
    repository: Repository,
    kind: str,
    identity: str,
    kinds: list[str],
    wanted: Wanted,
    position: tuple[int, str],
    mark: str,
) -> str:
    """Cursor to where there is more behind this position, "" at the end: a page is never promised in vain."""
    place, cursor = position
    while place < len(kinds):
        if _page(repository, kind, identity, kinds[place], wanted, 1, cursor).resources:
            return signing.dumps([mark, place, cursor], salt=_SALT)
        place, cursor = place + 1, ""
    return ""


def _kinds(repository: Repository, kind: str, asked: tuple[str, ...]) -> list[str]:
    known = definitions().resource_types
    if unknown := [one for one in asked if one not in known]:
        raise Malformed(f"Chuẩn FHIR R4 không có {len(unknown)} loại tài nguyên nêu trong _type.", field="_type")
    members = {kind, *_of_encounter()} if kind == "Encounter" else {kind, *definitions().compartment("Patient")}
    wanted = members & set(asked) if asked else members
    first = [kind] if kind in wanted else []
    return [one for one in (*first, *sorted(wanted - {kind})) if repository.context.allows("search", one)]


@cache
def _of_encounter() -> dict[str, str]:
    """Types whose resources say in which encounter they came to be → the parameter that says so."""
    found = {}
    for one in definitions().resource_types - {"Encounter"}:
        known = parameters(one)
        code = next((code for code in ("encounter", "context") if code in known), "")
        if code and "Encounter" in known[code].targets:
            found[one] = code
    return found


def _page(
    repository: Repository, kind: str, identity: str, member: str, wanted: Wanted, count: int, cursor: str
) -> Any:
    limits = _limits(member, wanted, dated=member not in (kind, *_TIMELESS))
    asked = [("_count", str(count)), *limits, *([("_cursor", cursor)] if cursor else [])]
    if not identity:
        return search(repository, member, [*_of_somebody(member), *asked])
    if kind == "Patient":
        return search_compartment(repository, identity, member, asked)
    narrowed: Params = [("_id", identity)] if member == kind else [(_of_encounter()[member], f"{kind}/{identity}")]
    return search(repository, member, [*narrowed, *asked])


def _of_somebody(member: str) -> Params:
    """What narrows a type to resources that name a person: by `patient` or `subject` where it has them."""
    if member == "Patient":
        return []
    codes = definitions().compartment("Patient")[member]
    own = next((code for code in ("patient", "subject") if code in codes), codes[0])
    return [(f"{own}:missing", "false")]


def _limits(member: str, wanted: Wanted, *, dated: bool) -> list[tuple[str, str]]:
    limits = [("_lastUpdated", f"ge{wanted.since}")] if wanted.since else []
    code = next((code for code in _CARE_DATES if code in parameters(member)), "")
    if code and dated:
        limits += [(code, f"ge{wanted.start}")] if wanted.start else []
        limits += [(code, f"le{wanted.end}")] if wanted.end else []
    return limits


def _around(repository: Repository, found: list[Resource], wanted: Wanted) -> list[Resource]:
    """Who and what the record speaks of outside it; other people's records are never drawn in."""
    kinds = definitions().resource_types - {"Patient", *definitions().compartment("Patient")}
    return referenced(repository, found, kinds & set(wanted.types) if wanted.types else kinds)


def _mark(kind: str, identity: str, wanted: Wanted) -> str:
    """A cursor continues the question that it came from and no other."""
    text = "\x1f".join((kind, identity, *wanted.types, wanted.start, wanted.end, wanted.since))
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def _position(text: str, mark: str, kinds: int) -> tuple[int, str]:
    if not text:
        return 0, ""
    try:
        seen, place, cursor = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Malformed("Đường dẫn sang trang sau không hợp lệ; hãy lấy lại từ đầu.", field="_cursor") from error
    if seen != mark or place >= kinds:
        raise Malformed("Đường dẫn sang trang sau thuộc một lần hỏi khác; hãy lấy lại từ đầu.", field="_cursor")
    return place, cursor
