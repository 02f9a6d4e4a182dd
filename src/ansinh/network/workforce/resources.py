"""Staff figures as MeasureReport, staff as Practitioner and PractitionerRole, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, EXT, MEASURE
from ansinh.kernel.text import name_parts
from ansinh.network.workforce.rules import Baseline, Figure, Post

BASELINE = MEASURE("staff-baseline")
GROUP, FIGURE, POST, LEVEL = CS("staff-figure"), CS("staff-figure-code"), CS("staff-post"), CS("staff-level")
SOURCE, NOTE = EXT("legal-source"), EXT("note")
REPORT, LICENCE = f"{BASE}/id/so-lieu-nhan-luc", f"{BASE}/id/chung-chi-hanh-nghe"
GROUPS = {"total": "Tổng số", "level": "Trình độ", "profession": "Chức danh y tế"}


def report_id(name: str, facility: str) -> str:
    """Id of a document's figures for a facility."""
    return stable_id("MeasureReport", name, facility)


def report(name: str, baseline: Baseline) -> dict[str, Any]:
    """MeasureReport of what a document says of a facility: a group for total, level and profession."""
    extensions = [{"url": SOURCE, "valueString": baseline.source}]
    extensions += [{"url": NOTE, "valueString": text} for text in baseline.notes]
    groups = []
    for group, text in GROUPS.items():
        figures = [item for item in baseline.figures if item.group == group]
        if figures:
            coding = [{"system": GROUP, "code": group, "display": text}]
            groups.append({"code": {"coding": coding}, "population": [_population(item) for item in figures]})
    return {
        "resourceType": "MeasureReport",
        "id": report_id(name, baseline.facility),
        "extension": extensions,
        "identifier": [{"system": REPORT, "value": name}],
        "status": "complete",
        "type": "summary",
        "measure": BASELINE,
        "subject": {"reference": f"Organization/{baseline.facility}"},
        "period": {"start": baseline.period_from.isoformat(), "end": baseline.period_to.isoformat()},
        "reporter": {"reference": f"Organization/{baseline.facility}"},
        "group": groups,
    }


def baseline_from(resource: Mapping[str, Any]) -> Baseline:
    """Baseline of a stored MeasureReport."""
    figures = [
        Figure(
            group["code"]["coding"][0]["code"],
            population["code"]["coding"][0]["code"],
            population["code"]["text"],
            population["count"],
        )
        for group in resource["group"]
        for population in group["population"]
    ]
    extensions = resource.get("extension", [])
    return Baseline(
        facility=resource["subject"]["reference"].split("/")[1],
        period_from=date.fromisoformat(resource["period"]["start"]),
        period_to=date.fromisoformat(resource["period"]["end"]),
        source=next((part["valueString"] for part in extensions if part["url"] == SOURCE), ""),
        figures=tuple(figures),
        notes=tuple(part["valueString"] for part in extensions if part["url"] == NOTE),
    )


def practitioner(*, id: str, full_name: str, licence: str = "") -> dict[str, Any]:
    """Practitioner with the name as people write it."""
    family, middle, given = name_parts(full_name)
    name: dict[str, Any] = {"text": full_name, "given": [part for part in (middle, given) if part]}
    if family:
        name["family"] = family
    resource: dict[str, Any] = {"resourceType": "Practitioner", "id": id, "active": True, "name": [name]}
    if licence:
        resource["identifier"] = [{"system": LICENCE, "value": licence}]
    return resource


def role(
    *, id: str, practitioner: str, name: str, facility: str, post: str, post_text: str, start: date, level: str = ""
) -> dict[str, Any]:
    """PractitionerRole: a post at a facility from a day on."""
    resource: dict[str, Any] = {
        "resourceType": "PractitionerRole",
        "id": id,
        "active": True,
        "period": {"start": start.isoformat()},
        "practitioner": {"reference": f"Practitioner/{practitioner}", "display": name},
        "organization": {"reference": f"Organization/{facility}"},
        "code": [{"coding": [{"system": POST, "code": post, "display": post_text}]}],
    }
    if level:
        resource["specialty"] = [{"coding": [{"system": LEVEL, "code": level}]}]
    return resource


def ended_role(resource: Mapping[str, Any], last_day: date) -> dict[str, Any]:
    """The post with its last day."""
    return {**resource, "active": False, "period": {**resource.get("period", {}), "end": last_day.isoformat()}}


def post_from_row(row: Mapping[str, Any]) -> Post:
    """Post of a row of the view `practitioner_role`."""
    return Post(
        id=row["id"],
        practitioner=row["practitioner_id"] or "",
        name=row["practitioner_name"] or "",
        post=row["post"] or "",
        level=row["level"] or "",
        start=_day(row["from_date"]),
        end=_day(row["to_date"]),
    )


def _population(item: Figure) -> dict[str, Any]:
    return {"code": {"coding": [{"system": FIGURE, "code": item.code}], "text": item.text}, "count": item.value}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None
