"""`ConceptMap/$translate`: what a code is called in another system."""

from typing import Any

from ansinh.api.operations.arguments import Arguments, element, flag, parameters, resource, text
from ansinh.api.operations.calls import Asked, Called
from ansinh.fhir.operations.stored import StoredSources
from ansinh.fhir.terminology import conceptmaps
from ansinh.fhir.terminology.conceptmaps import Translation
from ansinh.kernel.errors import Malformed, NotFound


class Translate(Called):
    """`/fhir/ConceptMap/$translate`, `/fhir/ConceptMap/{id}/$translate`."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`url` or `conceptMap`, else every map of the system; `code` with `system`, `coding` or `codeableConcept`;
        `source`, `target`, `targetsystem`, `dependency`, `reverse`."""
        given, sources = asked.given, StoredSources(asked.repository)
        maps = _maps(asked, sources)
        found = [
            one
            for coding in codings(given)
            for one in conceptmaps.translate(
                maps if maps is not None else _of_system(sources, coding, given),
                _question(given, coding),
                sources.concept_map,
            )
        ]
        return _answer(found)


def codings(given: Arguments) -> list[tuple[str, str]]:
    """(system, code) of `coding`, of each coding of `codeableConcept`, or of `code` with `system`. Raises Malformed."""
    coding, concept = element(given, "coding"), element(given, "codeableConcept")
    named = [coding] if coding else (concept or {}).get("coding") or []
    if not isinstance(named, list):
        raise Malformed("codeableConcept.coding phải là một danh sách.", field="codeableConcept")
    if not coding and not concept:
        return [(text(given, "system", ""), text(given, "code"))]
    found = [(str(one.get("system") or ""), str(one.get("code") or "")) for one in named if isinstance(one, dict)]
    if not found or not all(code for _, code in found):
        raise Malformed("Coding phải có mã (code).", code="required", field="coding")
    return found


def _maps(asked: Asked, sources: StoredSources) -> list[dict[str, Any]] | None:
    """The maps that the caller named; None when none was named."""
    if asked.identity:
        return [asked.repository.read("ConceptMap", asked.identity)]
    if (sent := resource(asked.given, "conceptMap", "ConceptMap")) is not None:
        return [sent]
    url = text(asked.given, "url", "")
    if not url:
        return None
    found = sources.concept_map(url)
    if found is None:
        raise NotFound("Không có bảng ánh xạ (ConceptMap) này ở đây.", code="unknown-map")
    return [found]


def _of_system(sources: StoredSources, coding: tuple[str, str], given: Arguments) -> list[dict[str, Any]]:
    if not coding[0]:
        raise Malformed("Cần system của mã, hoặc url của bảng ánh xạ.", code="required", field="system")
    source = text(given, "source", "")
    found = sources.concept_maps(coding[0], reverse=flag(given, "reverse"))
    return [one for one in found if source in ("", one.get("sourceUri"), one.get("sourceCanonical"))]


def _question(given: Arguments, coding: tuple[str, str]) -> conceptmaps.Asked:
    known = []
    for one in given.get("dependency", []):
        if not isinstance(one, dict) or not one.get("element") or not one.get("concept"):
            raise Malformed("Mỗi dependency phải có element và concept.", field="dependency")
        concept = one["concept"][0]
        coded = concept.get("coding") if isinstance(concept, dict) else [{"code": concept}]
        values = [str(each.get("code")) for each in coded or () if isinstance(each, dict)]
        known += [(str(one["element"][0]), value) for value in values]
    return conceptmaps.Asked(
        *coding,
        target=text(given, "target", ""),
        target_system=text(given, "targetsystem", ""),
        dependencies=tuple(known),
        reverse=flag(given, "reverse"),
    )


def _answer(found: list[Translation]) -> dict[str, Any]:
    matched = any(one.is_match for one in found)
    message = "" if matched else "Không có mã tương ứng trong các bảng ánh xạ ở đây."
    answer = parameters(
        ("result", "valueBoolean", matched), *([("message", "valueString", message)] if message else [])
    )
    answer["parameter"] += [{"name": "match", "part": _parts(one)} for one in found]
    return answer


def _parts(one: Translation) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"name": "equivalence", "valueCode": one.equivalence}]
    if one.concept is not None:
        parts.append({"name": "concept", "valueCoding": dict(one.concept)})
    for name, coding in one.products:
        product = [{"name": "element", "valueUri": name}, {"name": "concept", "valueCoding": dict(coding)}]
        parts.append({"name": "product", "part": product})
    return [*parts, *([{"name": "source", "valueUri": one.source}] if one.source else [])]
