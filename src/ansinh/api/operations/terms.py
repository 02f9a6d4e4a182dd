"""Operations on codes: $lookup, $validate-code, $subsumes, $expand."""

from abc import ABC, abstractmethod
from typing import Any

import falcon

from ansinh.api import answers
from ansinh.api.operations.arguments import Arguments, arguments, parameters, text, whole
from ansinh.fhir.terminology import concepts, fhirsets, valuesets
from ansinh.fhir.terminology.concepts import Concept
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound

_MOST = 1000


class _Operation(ABC):
    """Answers GET and POST alike."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Parameters in the address."""
        answers.send(response, self.run(arguments(request)))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Parameters in the body."""
        answers.send(response, self.run(arguments(request)))

    @abstractmethod
    def run(self, given: Arguments) -> dict[str, Any]:
        """The answer. Raises UserError."""


class Lookup(_Operation):
    """What a code means."""

    def run(self, given: Arguments) -> dict[str, Any]:
        """Name of the system, display, English designation, parent."""
        system, code = _coding(given)
        concept = _concept(system, code)
        if concept is None:
            raise NotFound("Không có mã này trong hệ mã.", code="unknown-code")
        parts: list[tuple[str, str, Any]] = [
            ("name", "valueString", system),
            ("display", "valueString", concept.display),
        ]
        found = parameters(*parts)
        if concept.english:
            english = [{"name": "language", "valueCode": "en"}, {"name": "value", "valueString": concept.english}]
            found["parameter"].append({"name": "designation", "part": english})
        if concept.parent:
            parent = [{"name": "code", "valueCode": "parent"}, {"name": "value", "valueCode": concept.parent}]
            found["parameter"].append({"name": "property", "part": parent})
        return found


class Subsumes(_Operation):
    """Whether one code stands above another."""

    def run(self, given: Arguments) -> dict[str, Any]:
        """equivalent, subsumes, subsumed-by or not-subsumed."""
        system, one, other = text(given, "system"), text(given, "codeA"), text(given, "codeB")
        for code in (one, other):
            if _concept(system, code) is None:
                raise NotFound("Không có mã này trong hệ mã.", code="unknown-code")
        return parameters(("outcome", "valueCode", _relation(system, one, other)))


class ValidateInSystem(_Operation):
    """Whether a code is in a code system."""

    def run(self, given: Arguments) -> dict[str, Any]:
        """`url` (or `system`) and `code`."""
        system = text(given, "url", text(given, "system", ""))
        concept = _concept(system, text(given, "code"))
        if concept is None and not _is_known(system):
            raise NotFound("Hệ mã này không có ở đây.", code="unknown-system")
        return _result(concept is not None, concept)


class ValidateInSet(_Operation):
    """Whether a code is in a value set."""

    def run(self, given: Arguments) -> dict[str, Any]:
        """`url`, `system` and `code`. A set that cannot be decided here is refused, not answered with false."""
        system, code = text(given, "system", ""), text(given, "code")
        found = valuesets.contains(text(given, "url"), system, code)
        if found is None:
            raise _undecided()
        return _result(found, _concept(system, code) if system else None)


class Expand(_Operation):
    """The codes of a value set."""

    def run(self, given: Arguments) -> dict[str, Any]:
        """`url`, `filter` (words without marks), `count` up to 1000."""
        url = text(given, "url")
        if not valuesets.is_decided(url):
            raise _undecided()
        found = valuesets.expand(url, text(given, "filter", ""), whole(given, "count", 100, _MOST))
        contains = [{"system": one.system, "code": one.code, "display": one.display or one.code} for one in found]
        expansion = {"timestamp": clock.instant(), "contains": contains}
        return {"resourceType": "ValueSet", "url": url, "status": "active", "expansion": expansion}


def _coding(given: Arguments) -> tuple[str, str]:
    coding = given.get("coding", [None])[0]
    if isinstance(coding, dict):
        return str(coding.get("system", "")), str(coding.get("code", ""))
    return text(given, "system"), text(given, "code")


def _concept(system: str, code: str) -> Concept | None:
    if fhirsets.is_fhir_code(system, code):
        return Concept(system, code, fhirsets.fhir_display(system, code))
    return concepts.lookup(system, code)


def _is_known(system: str) -> bool:
    return fhirsets.is_listed(system) or concepts.is_known_system(system)


def _relation(system: str, one: str, other: str) -> str:
    if one == other:
        return "equivalent"
    if one in _above(system, other):
        return "subsumes"
    return "subsumed-by" if other in _above(system, one) else "not-subsumed"


def _above(system: str, code: str) -> tuple[str, ...]:
    return fhirsets.ancestors(system, code) or concepts.ancestors(system, code)


def _result(found: bool, concept: Concept | None) -> dict[str, Any]:
    parts: list[tuple[str, str, Any]] = [("result", "valueBoolean", found)]
    if found and concept is not None:
        parts.append(("display", "valueString", concept.display))
    if not found:
        parts.append(("message", "valueString", "Mã không thuộc bộ mã."))
    return parameters(*parts)


def _undecided() -> Invalid:
    return Invalid("Không có bộ mã này, hoặc bộ mã dựa trên những mã không có ở đây.", code="undecided-set")
