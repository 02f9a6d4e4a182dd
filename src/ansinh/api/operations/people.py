"""Who a person is, and what must be known of them: `Patient/$match`, `Patient/$summary`."""

from decimal import Decimal
from typing import Any

from ansinh.api.operations.arguments import element, flag, text, whole
from ansinh.api.operations.calls import Asked, Called, Posted
from ansinh.fhir.operations import bundles
from ansinh.fhir.operations.matching import Match, match
from ansinh.fhir.operations.summary import summary
from ansinh.fhir.search import search
from ansinh.kernel.errors import Conflict, Malformed, NotFound, Refused

_MOST = 100
_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
_IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"


class PatientMatch(Posted):
    """`/fhir/Patient/$match`: people on record who may be the one described. POST only: names stay out of addresses."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`resource` (a Patient, as incomplete as it may be), `onlyCertainMatches`, `count`."""
        if not asked.repository.context.allows("search", "Patient"):
            raise Refused("Vai trò của anh/chị không được tìm người.", code="refused")
        described = element(asked.given, "resource")
        if described is None or described.get("resourceType") != "Patient":
            raise Malformed("Cần tham số resource là một Patient.", code="required", field="resource")
        only, count = flag(asked.given, "onlyCertainMatches"), whole(asked.given, "count", 20, _MOST)
        found = match(asked.repository, described, certain_only=only, count=count)
        return bundles.searchset([_entry(asked.base, one) for one in found], total=len(found))


def _entry(base: str, found: Match) -> dict[str, Any]:
    grade = {"url": _GRADE, "valueCode": found.grade}
    return bundles.entry(base, found.patient, extension=[grade], mode="match", score=Decimal(found.score) / 100)


class Summary(Called):
    """`/fhir/Patient/{id}/$summary`, `/fhir/Patient/$summary`: the International Patient Summary of a person."""

    def run(self, asked: Asked) -> dict[str, Any]:
        """`identifier` where the address names nobody; `language` vi or en; `profile`, if given, that of IPS."""
        profile = text(asked.given, "profile", _IPS).partition("|")[0]
        if profile != _IPS:
            raise Malformed("Chỉ tạo được bản tóm tắt theo International Patient Summary.", field="profile")
        language = text(asked.given, "language", "vi").partition("-")[0]
        if language not in ("vi", "en"):
            raise Malformed("language là vi hoặc en.", field="language")
        return summary(asked.repository, asked.identity or _by_number(asked), asked.base, language=language)


def _by_number(asked: Asked) -> str:
    sought = asked.given.get("identifier", [None])[0]
    if isinstance(sought, dict):
        sought = f"{sought['system']}|{sought.get('value', '')}" if sought.get("system") else sought.get("value")
    if not isinstance(sought, str) or not sought.strip("|"):
        raise Malformed("Cần tham số identifier.", code="required", field="identifier")
    found = search(asked.repository, "Patient", [("identifier", sought), ("_count", "2")]).resources
    if not found:
        raise NotFound("Không tìm thấy người có số định danh này.", code="not-found")
    if len(found) > 1:
        raise Conflict("Nhiều hồ sơ mang số định danh này; hãy gọi theo mã hồ sơ.", code="ambiguous")
    return str(found[0]["id"])
