"""Who a person is, and what is known of them: `Patient/$match`."""

from decimal import Decimal
from typing import Any

from ansinh.api.operations.arguments import element, flag, whole
from ansinh.api.operations.calls import Asked, Posted
from ansinh.fhir.operations import bundles
from ansinh.fhir.operations.matching import Match, match
from ansinh.kernel.errors import Malformed, Refused

_MOST = 100
_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


class PatientMatch(Posted):
    """`/fhir/Patient/$match`: people on record who may be the one described. POST only: names stay out of addresses."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`resource` (a Patient, as incomplete as it may be), `onlyCertainMatches`, `count`."""
        if not asked.repository.context.allows("search", "Patient"):
            raise Refused("Vai trò của bạn không được tìm người.", code="refused")
        described = element(asked.given, "resource")
        if described is None or described.get("resourceType") != "Patient":
            raise Malformed("Cần tham số resource là một Patient.", code="required", field="resource")
        only, count = flag(asked.given, "onlyCertainMatches"), whole(asked.given, "count", 20, _MOST)
        found = match(asked.repository, described, certain_only=only, count=count)
        return bundles.searchset([_entry(asked.base, one) for one in found], total=len(found))


def _entry(base: str, found: Match) -> dict[str, Any]:
    grade = {"url": _GRADE, "valueCode": found.grade}
    return bundles.entry(base, found.patient, extension=[grade], mode="match", score=Decimal(found.score) / 100)
