"""A report as Composition: words in its sections, figures as MeasureReports, workflow and snapshot in extensions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from ansinh.kernel import ids
from ansinh.kernel.naming import BASE, CS, EXT
from ansinh.programme.reports.content import Header
from ansinh.programme.reports.rules import State
from ansinh.programme.reports.snapshot import Snapshot, from_plain, to_plain
from ansinh.programme.reports.template import Template

PLAN, YEAR, EDITION = EXT("report-plan"), EXT("report-year"), EXT("report-edition")
STATE, STEP, REASON = EXT("report-state"), EXT("report-step"), EXT("reason")
SNAPSHOT, HEADER, WORDS = EXT("report-snapshot"), EXT("report-header"), EXT("report-words")
NUMBER = f"{BASE}/id/bao-cao"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class StepEntry:
    """Who did what to the report, when, and why (for returns and new editions)."""

    step: str
    at: str
    who: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One edition of a report. version: the store's, for stale-save protection; 0 before the first save."""

    id: str
    version: int
    template_id: str
    plan_id: str
    year: int
    edition: int
    state: State
    title: str
    words: Mapping[str, str]
    header: Header
    snapshot: Snapshot
    steps: tuple[StepEntry, ...]
    replaces: str = ""
    reason: str = ""
    figures: Mapping[str, str] = ()  # type: ignore[assignment]

    @property
    def is_draft(self) -> bool:
        """True until it is approved: the document says so."""
        return self.state in ("draft", "submitted")


def report_id(plan_id: str, year: int, edition: int) -> str:
    """Id of the Composition: one for each plan, year and edition."""
    return ids.stable_id("Composition", plan_id, str(year), str(edition))


def composition(report: Report, template: Template, *, at: str) -> dict[str, Any]:
    """The Composition of a report; at: the instant it is written."""
    agency = {"reference": f"Organization/{report.snapshot.facts['agency_id']}"}
    agency["display"] = report.snapshot.facts["agency"]
    resource: dict[str, Any] = {
        "resourceType": "Composition",
        "id": report.id,
        "extension": _extensions(report),
        "identifier": {"system": NUMBER, "value": f"{report.plan_id}/{report.year}/{report.edition}"},
        "status": _status(report),
        "type": {"coding": [{"system": CS("report-type"), "code": report.template_id}], "text": template.kind},
        "subject": agency,
        "date": at,
        "author": [agency],
        "title": report.title,
        "custodian": agency,
        "section": [_section(report, section.id, section.title) for section in template.sections],
    }
    if report.replaces:
        target = {"reference": f"Composition/{report.replaces}"}
        resource["relatesTo"] = [{"code": "replaces", "targetReference": target}]
    if report.state in ("approved", "replaced"):
        resource["attester"] = [{"mode": "official", "time": _approved_at(report) or at, "party": agency}]
    return resource


def read(resource: Mapping[str, Any]) -> Report:
    """The report that a Composition holds."""
    found = {each["url"]: each for each in resource["extension"] if each["url"] != STEP}
    header = json.loads(found[HEADER]["valueString"])
    related = resource.get("relatesTo") or [{}]
    return Report(
        id=resource["id"],
        version=int(resource.get("meta", {}).get("versionId", 0)),
        template_id=resource["type"]["coding"][0]["code"],
        plan_id=found[PLAN]["valueString"],
        year=found[YEAR]["valueInteger"],
        edition=found[EDITION]["valueInteger"],
        state=found[STATE]["valueCode"],
        title=resource["title"],
        words={each["code"]["coding"][0]["code"]: _words(each) for each in resource["section"]},
        header=_header(header),
        snapshot=from_plain(Snapshot, json.loads(found[SNAPSHOT]["valueString"])),
        steps=tuple(_step(each) for each in resource["extension"] if each["url"] == STEP),
        replaces=related[0].get("targetReference", {}).get("reference", "").partition("/")[2],
        reason=found.get(REASON, {}).get("valueString", ""),
        figures={
            entry["display"]: entry["reference"].partition("/")[2]
            for each in resource["section"]
            for entry in each.get("entry", ())
        },
    )


def _extensions(report: Report) -> list[dict[str, Any]]:
    snapshot = json.dumps(to_plain(report.snapshot), ensure_ascii=False)
    header = json.dumps(to_plain(report.header), ensure_ascii=False)
    found: list[dict[str, Any]] = [
        {"url": PLAN, "valueString": report.plan_id},
        {"url": YEAR, "valueInteger": report.year},
        {"url": EDITION, "valueInteger": report.edition},
        {"url": STATE, "valueCode": report.state},
        {"url": HEADER, "valueString": header},
        {"url": SNAPSHOT, "valueString": snapshot},
    ]
    if report.reason:
        found.append({"url": REASON, "valueString": report.reason})
    return found + [_step_extension(each) for each in report.steps]


def _step_extension(entry: StepEntry) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"url": "step", "valueCode": entry.step},
        {"url": "at", "valueInstant": entry.at},
        {"url": "who", "valueString": entry.who},
    ]
    if entry.reason:
        parts.append({"url": "reason", "valueString": entry.reason})
    return {"url": STEP, "extension": parts}


def _step(extension: Mapping[str, Any]) -> StepEntry:
    parts = {part["url"]: next(value for key, value in part.items() if key != "url") for part in extension["extension"]}
    return StepEntry(parts["step"], parts["at"], parts["who"], parts.get("reason", ""))


def _status(report: Report) -> str:
    if report.is_draft:
        return "preliminary"
    return "amended" if report.edition > 1 else "final"


def _approved_at(report: Report) -> str:
    return next((entry.at for entry in reversed(report.steps) if entry.step == "approve"), "")


def _section(report: Report, section_id: str, title: str) -> dict[str, Any]:
    words = report.words.get(section_id, "")
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in words.splitlines() if line.strip())
    text = paragraphs or f"<p>{escape(title)}</p>"
    section: dict[str, Any] = {
        "title": title,
        "code": {"coding": [{"system": CS("report-section"), "code": section_id}]},
        "text": {
            "status": "additional",
            "div": f'<div xmlns="{_XHTML}">{text}</div>',
        },
    }
    if words.strip():
        section["extension"] = [{"url": WORDS, "valueString": words}]
    if section_id == "ket-qua" and report.figures:
        section["entry"] = [
            {"reference": f"MeasureReport/{reference}", "display": key} for key, reference in report.figures.items()
        ]
    return section


def _words(section: Mapping[str, Any]) -> str:
    return next((each["valueString"] for each in section.get("extension", ()) if each["url"] == WORDS), "")


def _header(data: Mapping[str, Any]) -> Header:
    day = data.get("day")
    return Header(
        number=data.get("number"),
        day=date.fromisoformat(day) if day else None,
        authority=_lines(data.get("authority")),
        signer=data.get("signer") or "",
        recipients=_lines(data.get("recipients")),
    )


def _lines(value: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(value or ())
