"""Operations on code systems: $lookup, $subsumes, $validate-code."""

from datetime import date
from typing import Any

from ansinh.api.operations.arguments import Arguments, element, flag, parameters, resource, text
from ansinh.api.operations.calls import Asked, Called
from ansinh.api.operations.maps import codings
from ansinh.fhir.model.dates import is_valid_date
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.operations.stored import StoredSources
from ansinh.fhir.terminology import concepts, fhirsets
from ansinh.fhir.terminology.concepts import Concept
from ansinh.fhir.terminology.sources import Sources, listed, walk
from ansinh.kernel import clock
from ansinh.kernel.errors import Malformed, NotFound
from ansinh.kernel.text import fold

LANGUAGES = ("vi", "en")


class Lookup(Called):
    """`/fhir/CodeSystem/$lookup`: what a code means."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`code` with `system`, or `coding`; `date`, `displayLanguage`; `property` chooses what comes beside the
        display."""
        sources = StoredSources(asked.repository)
        system, code = codings(asked.given)[0]
        if not system:
            raise Malformed("Cần hệ mã (system).", code="required", field="system")
        concept = concept_of(system, code, sources, day_of(asked.given))
        if concept is None:
            raise _unknown(system, sources)
        found = parameters(
            ("name", "valueString", _name(system, sources)),
            *((("version", "valueString", version),) if (version := _version(system, sources)) else ()),
            ("display", "valueString", concept.words(language_of(asked.given))),
        )
        wanted = [str(one) for one in asked.given.get("property", [])]
        found["parameter"] += _designations(concept, wanted) + _properties(concept, wanted, sources)
        return found


class Subsumes(Called):
    """`/fhir/CodeSystem/$subsumes`, `/fhir/CodeSystem/{id}/$subsumes`: whether one code stands above another."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`codeA`, `codeB` with `system`, or `codingA`, `codingB`: equivalent, subsumes, subsumed-by, not-subsumed."""
        sources = StoredSources(asked.repository)
        system = _system_of(asked)
        pairs = [_side(asked.given, f"cod{{}}{side}", system) for side in ("A", "B")]
        if pairs[0][0] != pairs[1][0]:
            raise Malformed("Hai mã phải thuộc cùng một hệ mã.", field="codingB")
        for each, code in pairs:
            if concept_of(each, code, sources, None) is None:
                raise _unknown(each, sources)
        return parameters(("outcome", "valueCode", _relation(pairs[0][0], pairs[0][1], pairs[1][1], sources)))


class ValidateInSystem(Called):
    """`/fhir/CodeSystem/$validate-code`, `/fhir/CodeSystem/{id}/$validate-code`: whether a code is there."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`url`, `codeSystem` or the address; `code`, `coding` or `codeableConcept`; `display`, `date`, `abstract`."""
        given, sources = asked.given, StoredSources(asked.repository)
        sent = resource(given, "codeSystem", "CodeSystem")
        found: list[tuple[Concept | None, str]] = []
        for system, code in codings(given):
            own = _system_of(asked) or str((sent or {}).get("url", "")) or system
            if system and system != own and "system" not in given:
                continue
            concept = _in(sent, code) if sent else concept_of(own, code, sources, day_of(given))
            if concept is None and not sent and not is_known(own, sources):
                raise _unknown(own, sources)
            found.append((concept, code))
        return verdict(given, [concept for concept, _ in found])


def verdict(given: Arguments, found: list[Concept | None]) -> dict[str, Any]:
    """The answer of $validate-code: true when one of the codes belongs and what it is called is right.

    A display that is none of the code's is false and the message names the right one. `abstract` lets headings pass.
    """
    if not flag(given, "abstract"):
        found = [None if one is not None and one.is_abstract else one for one in found]
    concept = next((one for one in found if one is not None), None)
    if concept is None:
        return parameters(("result", "valueBoolean", False), ("message", "valueString", "Mã không thuộc bộ mã."))
    shown = concept.words(language_of(given))
    said = _said(given)
    right = not said or fold(said) in {fold(words) for words in (concept.display, concept.english, shown) if words}
    answer = parameters(("result", "valueBoolean", right), ("display", "valueString", shown))
    if not right:
        message = f"Tên gọi gửi kèm không phải tên của mã này; tên đúng là «{shown}»."
        answer["parameter"].insert(1, {"name": "message", "valueString": message})
    return answer


def _said(given: Arguments) -> str:
    """The display that came with the code."""
    if "display" in given:
        return text(given, "display")
    return str((element(given, "coding") or {}).get("display") or "")


def language_of(given: Arguments) -> str:
    """The language of displays: `displayLanguage`, else Vietnamese. Raises Malformed for one that no list has."""
    wanted = text(given, "displayLanguage", "vi").partition("-")[0].lower()
    if wanted not in LANGUAGES:
        raise Malformed("displayLanguage là vi hoặc en.", field="displayLanguage")
    return wanted


def day_of(given: Arguments) -> date | None:
    """The day of `date` (a dateTime); None for today. Raises Malformed."""
    said = text(given, "date", "")[:10]
    if not said:
        return None
    if len(said) != 10 or not is_valid_date(said):
        raise Malformed("date phải có ngày, tháng, năm.", field="date")
    return date.fromisoformat(said)


def concept_of(system: str, code: str, sources: Sources, day: date | None) -> Concept | None:
    """A code of the specification, of the tables on a day, or of a stored CodeSystem."""
    if fhirsets.is_listed(system):
        return _found(listed(system, sources), code) if fhirsets.is_fhir_code(system, code) else None
    if concepts.is_known_system(system):
        return concepts.lookup(system, code, day)
    return _found(listed(system, sources), code)


def is_known(system: str, sources: Sources) -> bool:
    """True when the codes of the system are held here."""
    return fhirsets.is_listed(system) or concepts.is_known_system(system) or sources.code_system(system) is not None


def _unknown(system: str, sources: Sources) -> NotFound:
    """Which of the two is not here, the code or its whole system."""
    if is_known(system, sources):
        return NotFound("Không có mã này trong hệ mã.", code="unknown-code")
    return NotFound("Hệ mã này không có ở đây.", code="unknown-system")


def _found(held: tuple[Concept, ...] | None, code: str) -> Concept | None:
    return next((one for one in held or () if one.code == code), None)


def _in(code_system: dict[str, Any], code: str) -> Concept | None:
    return next((one for one in walk(code_system) if one.code == code), None)


def _system_of(asked: Asked) -> str:
    """The system that the address, `url` or `system` names, "" for none."""
    if asked.identity:
        return str(asked.repository.read("CodeSystem", asked.identity).get("url", ""))
    return text(asked.given, "url", "") or text(asked.given, "system", "")


def _side(given: Arguments, pattern: str, system: str) -> tuple[str, str]:
    coding = element(given, pattern.format("ing"))
    if coding is not None:
        return str(coding.get("system", system)), str(coding.get("code", ""))
    if not system:
        raise Malformed("Cần hệ mã (system).", code="required", field="system")
    return system, text(given, pattern.format("e"))


def _relation(system: str, one: str, other: str, sources: Sources) -> str:
    if one == other:
        return "equivalent"
    if one in _above(system, other, sources):
        return "subsumes"
    return "subsumed-by" if other in _above(system, one, sources) else "not-subsumed"


def _above(system: str, code: str, sources: Sources) -> tuple[str, ...]:
    known = fhirsets.ancestors(system, code) or concepts.ancestors(system, code)
    if known or fhirsets.is_listed(system) or concepts.is_known_system(system):
        return known
    parents = {one.code: one.parent for one in listed(system, sources) or ()}
    found: list[str] = []
    while (code := parents.get(code, "")) and code not in found:
        found.append(code)
    return tuple(found)


def _resource(system: str, sources: Sources) -> Any:
    return definitions().code_system(system) or sources.code_system(system) or {}


def _name(system: str, sources: Sources) -> str:
    raw = _resource(system, sources)
    return str(raw.get("title") or raw.get("name") or concepts.title(system) or system)


def _version(system: str, sources: Sources) -> str:
    return str(_resource(system, sources).get("version", ""))


def _designations(concept: Concept, wanted: list[str]) -> list[dict[str, Any]]:
    if not concept.english or (wanted and not {"designation", "lang.en"} & set(wanted)):
        return []
    parts = [{"name": "language", "valueCode": "en"}, {"name": "value", "valueString": concept.english}]
    return [{"name": "designation", "part": parts}]


def _properties(concept: Concept, wanted: list[str], sources: Sources) -> list[dict[str, Any]]:
    """Properties of the list, parent, children and whether the code has ended; all, or those asked for."""
    found: list[tuple[str, Any]] = [("parent", concept.parent)] if concept.parent else []
    if "child" in wanted:
        held = listed(concept.system, sources) or ()
        children = [one.code for one in held if one.parent == concept.code and one.holds(clock.today())]
        found += [("child", one) for one in dict.fromkeys(children)]
    found.append(("inactive", not concept.holds(clock.today()) or bool(concept.properties.get("inactive"))))
    for name, value in concept.properties.items():
        if name != "inactive":
            found += [(name, one) for one in (value if isinstance(value, list) else [value])]
    return [_property(name, value) for name, value in found if not wanted or name in wanted]


def _property(name: str, value: Any) -> dict[str, Any]:
    kinds = {bool: "valueBoolean", int: "valueInteger", dict: "valueCoding"}
    key = "valueCode" if name in ("parent", "child") else kinds.get(type(value), "valueString")
    shown = value if key != "valueString" else str(value)
    return {"name": "property", "part": [{"name": "code", "valueCode": name}, {"name": "value", key: shown}]}
