"""ServiceRequest, DiagnosticReport, Observation, DocumentReference and ObservationDefinition as FHIR. Pure.

    ServiceRequest ◄─basedOn── DiagnosticReport ──result─► Observation (laboratory)
                                    ▲    └───────extension report-file─► DocumentReference (the file itself)
                                    └─ Task.focus

A report whose person is not known yet holds what it was told as `subject.display` and `subject.identifier`, and its
results as contained resources: so it stays with the unit that received it, and nothing of it is in anybody's record.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansinh.clinical.laboratory.rules.reports import (
    CRITICAL,
    Band,
    Limits,
    Measured,
    Report,
    Whose,
    is_critical,
)
from ansinh.clinical.laboratory.rules.units import ucum
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, EXT, LOINC, UCUM

Resource = dict[str, Any]

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
FLAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
ORDER_KIND = CS("order-kind")
LOCAL = f"{BASE}/id/ma-xet-nghiem"
NUMBER = f"{BASE}/id/so-phieu-ket-qua"
CRITICAL_RESULT, REPORT_FILE = EXT("critical-result"), EXT("report-file")
REPORT = EXT("report")  # of an Observation: R4 has no element that leads from a result to its report
REVIEWED, RANGE_SOURCE = EXT("reviewed"), EXT("source")
_MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a report belongs. facility: who received it; author: Practitioner reference or ""; moment: FHIR instant."""

    id: str
    patient: str
    facility: str
    moment: str
    author: str = ""
    author_name: str = ""
    order: str = ""

    def performer(self, laboratory: str) -> list[Resource]:
        """Who answers for the report: the laboratory by name, else who wrote it down."""
        if laboratory:
            return [{"display": laboratory}]
        known = ({"reference": self.author} if self.author else {}) | (
            {"display": self.author_name} if self.author_name else {}
        )
        return [known] if known else []


def report_id(facility: str, laboratory: str, number: str) -> str:
    """The id of a report: the same number of the same laboratory is the same report, however often it is sent."""
    return stable_id("laboratory-report", facility, laboratory, number)


def order_resource(order_id: str, patient: str, facility: str, kind: str, title: str, codes: Sequence[tuple[str, str]],
                   *, authored: str, requester: Resource, urgent: bool = False, wanted: str = "",
                   note: str = "") -> Resource:  # fmt: skip
    """An order. kind: `laboratory` or `imaging`; codes: (LOINC code, words) of single tests."""
    body: Resource = {
        "resourceType": "ServiceRequest",
        "id": order_id,
        "status": "active",
        "intent": "order",
        "category": [{"coding": [{"system": ORDER_KIND, "code": kind}]}],
        "priority": "urgent" if urgent else "routine",
        "code": {"text": title}
        | ({"coding": [{"system": LOINC, "code": codes[0][0], "display": codes[0][1]}]} if len(codes) == 1 else {}),
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": authored,
        "performer": [{"reference": f"Organization/{facility}"}],
    }
    if len(codes) > 1:
        body["orderDetail"] = [
            {"coding": [{"system": LOINC, "code": code, "display": words}], "text": words} for code, words in codes
        ]
    if requester:
        body["requester"] = requester
    if wanted:
        body["occurrenceDateTime"] = wanted
    return body | ({"note": [{"text": note}]} if note else {})


def stepped_order(order: Resource, status: str, reason: str = "") -> Resource:
    """The order done (`completed`) or given up (`revoked`) with its reason."""
    note = [*order.get("note", []), {"text": reason}] if reason else order.get("note", [])
    return order | {"status": status} | ({"note": note} if note else {})


def report_resources(report: Report, filed: Filed) -> list[Resource]:
    """The DiagnosticReport and its Observations. A person who is not known leaves the Observations contained."""
    lines = [_observation(report, filed, number, one) for number, one in enumerate(report.results, 1)]
    body = _report(report, filed)
    if filed.patient:
        named = [{"reference": f"Observation/{line['id']}"} for line in lines]
        return [body | ({"result": named} if named else {}), *lines]
    kept = [_contained(line, number) for number, line in enumerate(lines, 1)]
    inner = {"contained": kept, "result": [{"reference": f"#{line['id']}"} for line in kept]} if kept else {}
    return [body | inner]


def _contained(line: Resource, number: int) -> Resource:
    return {key: value for key, value in line.items() if key not in ("subject",)} | {"id": f"r{number}"}


def _report(report: Report, filed: Filed) -> Resource:
    extension = [{"url": CRITICAL_RESULT, "valueBoolean": True}] if any(map(is_critical, report.results)) else []
    body: Resource = {
        "resourceType": "DiagnosticReport",
        "id": filed.id,
        **({"extension": extension} if extension else {}),
        "identifier": [{"system": NUMBER, "value": report.number}],
        "status": report.status,
        "category": [{"coding": [{"system": SECTION, "code": report.category}]}],
        "code": _coded(report.panel_code, report.panel_system, report.panel),
        "subject": {"reference": f"Patient/{filed.patient}"} if filed.patient else told_subject(report.whose),
        "effectiveDateTime": report.moment,
        "issued": report.issued if len(report.issued) > 10 else filed.moment,
    }
    if performer := filed.performer(report.laboratory):
        body["performer"] = performer
    if filed.order:
        body["basedOn"] = [{"reference": f"ServiceRequest/{filed.order}"}]
    said = "\n".join(filter(None, (report.conclusion, report.note)))
    return body | ({"conclusion": said} if said else {})


def told_subject(whose: Whose) -> Resource:
    """Whom a report says that it is about, where nobody here is known to be that person."""
    birth = {"url": EXT("told-birth"), "valueString": whose.birth}
    gender = {"url": EXT("told-gender"), "valueString": whose.gender}
    numbers = [{"url": EXT("told-number"), "valueString": number} for number in whose.numbers]
    extension = [*([birth] if whose.birth else []), *([gender] if whose.gender else []), *numbers]
    return {
        **({"extension": extension} if extension else {}),
        **({"identifier": {"value": whose.numbers[0]}} if whose.numbers else {}),
        **({"display": whose.name} if whose.name else {}),
    }


def whose_of(subject: Resource) -> Whose:
    """What `told_subject` wrote."""
    said: dict[str, list[str]] = {}
    for one in subject.get("extension", []):
        said.setdefault(one["url"], []).append(one.get("valueString", ""))
    return Whose(
        tuple(said.get(EXT("told-number"), ())),
        subject.get("display", ""),
        "".join(said.get(EXT("told-birth"), ())[:1]),
        "".join(said.get(EXT("told-gender"), ())[:1]),
    )


def matched(report: Resource, patient: str) -> list[Resource]:
    """A report that waited, now this person's: the DiagnosticReport first, its results as Observations of their own."""
    subject = {"reference": f"Patient/{patient}"}
    lines = [
        line | {"id": stable_id("report-line", report["id"], line["id"]), "subject": subject}
        for line in report.get("contained", [])
    ]
    rest = {key: value for key, value in report.items() if key not in ("contained", "result")}
    named = {"result": [{"reference": f"Observation/{line['id']}"} for line in lines]} if lines else {}
    return [rest | {"subject": subject} | named, *lines]


def _observation(report: Report, filed: Filed, number: int, measured: Measured) -> Resource:
    body: Resource = {
        "resourceType": "Observation",
        "id": stable_id("report-line", filed.id, f"r{number}"),
        "extension": [{"url": REPORT, "valueReference": {"reference": f"DiagnosticReport/{filed.id}"}}],
        "status": measured.status,
        "category": [{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
        "code": _coded(measured.code, measured.system, measured.name),
        "effectiveDateTime": report.moment,
        **_value(measured),
        **_interpretation(measured),
    }
    if filed.patient:
        body["subject"] = {"reference": f"Patient/{filed.patient}"}
    if performer := filed.performer(report.laboratory):
        body["performer"] = performer
    if measured.limits and (said := list(_ranges(measured.limits, measured.unit))):
        body["referenceRange"] = said
    return body | ({"note": [{"text": measured.note}]} if measured.note else {})


def _coded(code: str, system: str, words: str) -> Resource:
    coding = {"system": system or LOCAL, "code": code, "display": words}
    return {"coding": [coding], "text": words} if code else {"text": words}


def _value(measured: Measured) -> Resource:
    if isinstance(measured.value, Decimal):
        sign = {"comparator": measured.comparator} if measured.comparator else {}
        return {"valueQuantity": {"value": measured.value, **sign, **_unit(measured.unit)}}
    if measured.value:
        return {"valueString": measured.value}
    absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    return {"dataAbsentReason": {"coding": [{"system": absent, "code": "not-performed"}]}}


def _unit(unit: str) -> Resource:
    if not unit:
        return {}
    code = ucum(unit)
    return {"unit": unit} | ({"system": UCUM, "code": code} if code else {})


def _interpretation(measured: Measured) -> Resource:
    coding = {"coding": [{"system": FLAG, "code": measured.flag}]} if measured.flag else {}
    words = {"text": measured.flag_words} if measured.flag_words else {}
    return {"interpretation": [coding | words]} if coding or words else {}


def _ranges(limits: Limits, unit: str) -> Iterator[Resource]:
    ends = _ends(limits.low, limits.high, unit)
    if ends or limits.text:
        source = [{"url": RANGE_SOURCE, "valueString": limits.source}] if limits.source else []
        said = {"text": limits.text} if limits.text else {}
        yield ({"extension": source} if source else {}) | ends | said
    if limits.critical_low is not None or limits.critical_high is not None:
        kind = {
            "type": {"coding": [{"system": _MEANING, "code": "treatment"}], "text": "Ngoài khoảng này là nguy hiểm"}
        }
        yield _ends(limits.critical_low, limits.critical_high, unit) | kind


def _ends(low: Decimal | None, high: Decimal | None, unit: str) -> Resource:
    ends = {"low": low, "high": high}
    return {name: {"value": value, **_unit(unit)} for name, value in ends.items() if value is not None}


def reviewed(report: Resource, *, by: Resource, at: str, words: str = "") -> Resource:
    """The report with who looked at it, when, and what they say."""
    said = [{"url": "at", "valueDateTime": at}] + ([{"url": "words", "valueString": words}] if words else [])
    kept = [one for one in report.get("extension", []) if one["url"] != REVIEWED]
    return report | {"resultsInterpreter": [by], "extension": [*kept, {"url": REVIEWED, "extension": said}]}


def review_of(report: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(who, when, words) of the review, None while nobody looked at it."""
    if not report.get("resultsInterpreter"):
        return None
    found: Resource = next((one for one in report.get("extension", []) if one["url"] == REVIEWED), {})
    said = {one["url"]: one for one in found.get("extension", [])}
    who = report["resultsInterpreter"][0].get("display", "")
    return who, said.get("at", {}).get("valueDateTime", ""), said.get("words", {}).get("valueString", "")


def task_resource(report: Resource, *, facility: str, at: str, due: str, critical: Sequence[Resource]) -> Resource:
    """What a critical result asks of the clinicians of the facility; critical: the results that are."""
    words = "Kết quả nguy hiểm: " + ", ".join(_told(line, ",") for line in critical)
    english = "Critical result: " + ", ".join(_told(line, ".") for line in critical)
    return {
        "resourceType": "Task",
        "id": stable_id("critical-result", report["id"]),
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": {
            "coding": [{"system": CS("task-type"), "code": "result-review"}],
            "text": words,
            "_text": {"extension": [_translation(english)]},
        },
        "description": "Phòng xét nghiệm báo giá trị ở mức nguy hiểm. Hãy xem phiếu và xử trí ngay.",
        "focus": {"reference": f"DiagnosticReport/{report['id']}"},
        "for": report["subject"],
        "authoredOn": at,
        "lastModified": at,
        "owner": {"reference": f"Organization/{facility}"},
        "restriction": {"period": {"end": due}},
    }


def _translation(english: str) -> Resource:
    return {
        "url": "http://hl7.org/fhir/StructureDefinition/translation",
        "extension": [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": english}],
    }


def critical_lines(lines: Sequence[Resource]) -> list[Resource]:
    """The Observations that are flagged critical."""
    return [line for line in lines if flag_code(line) in CRITICAL]


def _told(line: Resource, comma: str) -> str:
    """Name and value of an Observation, its decimals behind this sign."""
    quantity = line.get("valueQuantity")
    if not quantity:
        return f"{line['code']['text']} {line.get('valueString', '')}".rstrip()
    value = str(quantity["value"]).replace(".", comma)
    return f"{line['code']['text']} {value} {quantity.get('unit', '')}".rstrip()


def flag_code(line: Mapping[str, Any]) -> str:
    """The code of ObservationInterpretation, "" for none."""
    codings = [coding for one in line.get("interpretation", []) for coding in one.get("coding", [])]
    return next((coding.get("code", "") for coding in codings), "")


def file_resource(file_id: str, report: Resource, data: bytes, kind: str, title: str, *, at: str, author: Resource,
                  digest: str) -> Resource:  # fmt: skip
    """A file of a report. The bytes are within it, so that they belong to the person like the report does."""
    content = {"contentType": kind, "data": base64.b64encode(data).decode("ascii"), "size": len(data), "hash": digest}
    body: Resource = {
        "resourceType": "DocumentReference",
        "id": file_id,
        "status": "current",
        "subject": report["subject"],
        "date": at,
        "content": [{"attachment": content | ({"title": title} if title else {})}],
        "context": {"related": [{"reference": f"DiagnosticReport/{report['id']}"}]},
    }
    return body | ({"author": [author]} if author else {})


def with_file(report: Resource, file_id: str) -> Resource:
    """The report naming one file more."""
    kept = report.get("extension", [])
    named = {"url": REPORT_FILE, "valueReference": {"reference": f"DocumentReference/{file_id}"}}
    return report | {"extension": [*kept, named]}


def files_of(report: Mapping[str, Any]) -> list[str]:
    """Ids of the DocumentReferences of a report."""
    found = [one for one in report.get("extension", []) if one["url"] == REPORT_FILE]
    return [one["valueReference"]["reference"].partition("/")[2] for one in found]


def named_by_report(report: Resource) -> list[tuple[str, str]]:
    """(type, id) of everything that stands or falls with a report: its results and its files."""
    lines = [one["reference"].partition("/") for one in report.get("result", []) if "/" in one.get("reference", "")]
    return [(kind, name) for kind, _slash, name in lines] + [("DocumentReference", name) for name in files_of(report)]


# --- ranges --------------------------------------------------------------------------------------------------


def range_id(code: str) -> str:
    """The id of the ObservationDefinition of a code."""
    return stable_id("observation-range", code)


def range_resource(code: str, system: str, name: str, bands: Sequence[Band]) -> Resource:
    """The ranges of one code."""
    intervals = [interval for band in bands for interval in _intervals(band)]
    return {
        "resourceType": "ObservationDefinition",
        "id": range_id(code),
        "code": _coded(code, system, name or code),
        "qualifiedInterval": intervals,
    }


def _intervals(band: Band) -> Iterator[Resource]:
    limits = band.limits
    pairs = (("reference", limits.low, limits.high), ("critical", limits.critical_low, limits.critical_high))
    for category, low, high in pairs:
        if ends := _ends(low, high, band.unit):
            yield {
                "extension": [
                    {"url": RANGE_SOURCE, "valueString": limits.source},
                    {"url": EXT("unit"), "valueString": band.unit},
                ],
                "category": category,
                "range": ends,
                **({"gender": band.sex} if band.sex else {}),
                **_ages(band),
            }


def _ages(band: Band) -> Resource:
    if not band.age_from and band.age_to is None:
        return {}
    ends = {"low": band.age_from, "high": band.age_to}
    return {"age": {name: {"value": value, "unit": "tuổi", "system": UCUM, "code": "a"}
                    for name, value in ends.items() if value is not None}}  # fmt: skip


def bands_of(definition: Mapping[str, Any]) -> list[Band]:
    """The ranges that an ObservationDefinition holds, reference and critical limits of the same people joined."""
    code = definition["code"].get("coding", [{}])[0].get("code", "")
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for interval in definition.get("qualifiedInterval", []):
        said = {one["url"]: one["valueString"] for one in interval.get("extension", [])}
        ages = interval.get("age", {})
        who = (interval.get("gender", ""), _number(ages, "low"), _number(ages, "high"), said.get(EXT("unit"), ""))
        limits = found.setdefault(who, {"source": said.get(RANGE_SOURCE, "")})
        prefix = "critical_" if interval.get("category") == "critical" else ""
        limits[f"{prefix}low"] = _number(interval["range"], "low")
        limits[f"{prefix}high"] = _number(interval["range"], "high")
    return [
        Band(code, Limits(**limits), sex, low or Decimal(0), high, unit)
        for (sex, low, high, unit), limits in found.items()
    ]


def _number(value: Mapping[str, Any], name: str) -> Decimal | None:
    return Decimal(str(value[name]["value"])) if name in value else None
