"""Operations on value sets: $expand, $validate-code. A set that cannot be decided here is refused, never false."""

from typing import Any

from ansinh.api.operations.arguments import Arguments, flag, resource, text, whole
from ansinh.api.operations.calls import Asked, Called
from ansinh.api.operations.maps import codings
from ansinh.api.operations.terms import concept_of, day_of, language_of, verdict
from ansinh.fhir.operations.stored import StoredSources
from ansinh.fhir.terminology import composing, concepts
from ansinh.fhir.terminology.composing import Listing
from ansinh.fhir.terminology.concepts import Concept, Slice
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound
from ansinh.kernel.ids import new_id

_MOST = 1000
_LARGEST = 2**31 - 1
_ECHOED = {
    "filter": "valueString",
    "offset": "valueInteger",
    "count": "valueInteger",
    "activeOnly": "valueBoolean",
    "displayLanguage": "valueCode",
    "includeDesignations": "valueBoolean",
    "includeDefinition": "valueBoolean",
    "date": "valueDateTime",
}


class Expand(Called):
    """`/fhir/ValueSet/$expand`, `/fhir/ValueSet/{id}/$expand`: the codes of a set."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`url`, `valueSet` or the address; `filter` (beginnings of words, without marks), `offset`, `count` (up to
        1000), `activeOnly` (true by default), `displayLanguage`, `includeDesignations`, `includeDefinition`, `date`."""
        given = asked.given
        head, found = _shown(asked)
        expansion = {
            "identifier": f"urn:uuid:{new_id()}",
            "timestamp": clock.instant(),
            "total": found.total,
            "offset": min(whole(given, "offset", 0, _LARGEST), found.total),
            **_echoed(given),
        }
        language, designations = language_of(given), flag(given, "includeDesignations")
        listed = [_contained(one, language, designations=designations) for one in found.concepts]
        return head | {"expansion": expansion | ({"contains": listed} if listed else {})}


def _shown(asked: Asked) -> tuple[dict[str, Any], Slice]:
    """(head of the answer, the codes that it shows). Of a large system only the part that is shown is read."""
    given, active = asked.given, flag(asked.given, "activeOnly", default=True)
    offset, count, words = (
        whole(given, "offset", 0, _LARGEST),
        whole(given, "count", _MOST, _MOST),
        text(given, "filter", ""),
    )
    url = text(given, "url", "")
    system = composing.large_system(url) if active and url and not asked.identity and not _sent_set(given) else None
    if system is not None:
        return _head(url), concepts.part(system, words, offset=offset, count=count, at=day_of(given))
    head, listing = _set_of(asked, inactive=not active)
    if listing.undecided:
        raise _undecided(listing.undecided)
    folded, key = concepts.search_key([words]).split(), ""
    if folded:
        key = concepts.code_key(words)
    kept = [one for one in listing.concepts if not one.is_abstract and (not folded or one.matches(folded, key))]
    return head, Slice(kept[offset : offset + count], len(kept))


def _sent_set(given: Arguments) -> dict[str, Any] | None:
    return resource(given, "valueSet", "ValueSet") or resource(given, "resource", "ValueSet")


def _head(url: str) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": url.partition("|")[0], "status": "active"}


class ValidateInSet(Called):
    """`/fhir/ValueSet/$validate-code`, `/fhir/ValueSet/{id}/$validate-code`: whether a code is in a set."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`url`, `valueSet` or the address; `code` with `system`, `coding` or `codeableConcept`; `display`, `date`,
        `abstract`."""
        given, sources = asked.given, StoredSources(asked.repository)
        _, listing = _set_of(asked, inactive=False)
        found: list[Concept | None] = []
        for system, code in codings(given):
            one = listing.find(system, code)
            if one is None and listing.is_open_to(system):
                raise _undecided(listing.undecided)
            if one is not None and one.display == one.code:
                one = concept_of(one.system, code, sources, day_of(given)) or one
            found.append(one)
        return verdict(given, found)


def _set_of(asked: Asked, *, inactive: bool) -> tuple[dict[str, Any], Listing]:
    """(head of the answer, the listing). Raises NotFound for a set that nobody here knows."""
    given, sources, day = asked.given, StoredSources(asked.repository), day_of(asked.given)
    sent = asked.repository.read("ValueSet", asked.identity) if asked.identity else _sent_set(given)
    if sent is not None:
        left_out = {"expansion", "text", "meta", "id"} | (set() if flag(given, "includeDefinition") else {"compose"})
        head = {key: value for key, value in sent.items() if key not in left_out}
        return head | {"status": sent.get("status", "active")}, composing.listing(
            sent, sources, at=day, inactive=inactive
        )
    url = text(given, "url")
    found = composing.listing_of(url, sources, at=day, inactive=inactive)
    if found is None:
        raise NotFound("Không có bộ mã này ở đây.", code="unknown-set")
    return _head(url), found


def _contained(concept: Concept, language: str, *, designations: bool) -> dict[str, Any]:
    ended = not concept.holds(clock.today()) or bool(concept.properties.get("inactive"))
    shown = {"system": concept.system, "inactive": ended, "code": concept.code, "display": concept.words(language)}
    if designations and concept.english:
        shown["designation"] = [{"language": "en", "value": concept.english}]
    return {key: value for key, value in shown.items() if value}


def _echoed(given: Arguments) -> dict[str, Any]:
    """`expansion.parameter`: what the expansion was made with."""
    read = {
        "valueInteger": lambda name: whole(given, name, 0, _LARGEST),
        "valueBoolean": lambda name: flag(given, name),
    }
    shown = [
        {"name": name, key: read.get(key, lambda name: text(given, name))(name)}
        for name, key in _ECHOED.items()
        if given.get(name)
    ]
    return {"parameter": shown} if shown else {}


def _undecided(systems: frozenset[str]) -> Invalid:
    named = ", ".join(sorted(systems - {"*"}))
    message = (
        f"Bộ mã dựa trên những mã không có ở đây: {named}." if named else "Bộ mã dựa trên những mã không có ở đây."
    )
    return Invalid(message, code="undecided-set")
