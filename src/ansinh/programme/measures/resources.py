"""Measure and MeasureReport as FHIR R4. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ansinh.kernel import ids, text
from ansinh.kernel.naming import EXT, FACILITY, MEASURE
from ansinh.programme.measures.definition import Definition, parse
from ansinh.programme.measures.figures import UnitFigure
from ansinh.programme.measures.rules import Period

SOURCE = EXT("measure-definition")
POSITION = EXT("journal-position")
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
NOTATION = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
UCUM = "http://unitsofmeasure.org"


def measure(definition: Definition, source: Mapping[str, Any]) -> dict[str, Any]:
    """The Measure of a definition. The file itself travels in an extension, so that the journal keeps the exact
    query of every version and an old figure is recomputed by the definition of its day."""
    resource: dict[str, Any] = {
        "resourceType": "Measure",
        "id": definition.id,
        "extension": [{"url": SOURCE, "valueString": json.dumps(source, ensure_ascii=False, default=str)}],
        "url": MEASURE(definition.id),
        "version": definition.version,
        "name": "".join(word.title() for word in definition.id.split("-")),
        "title": definition.title["vi"],
        "_title": _translated(definition.title["en"]),
        "status": "active",
        "description": definition.question,
        "relatedArtifact": [{"type": "documentation", "citation": line} for line in definition.sources],
        "scoring": _concept(SCORING, "cohort" if definition.unit == "count" else "proportion"),
        "improvementNotation": _concept(NOTATION, definition.direction),
        "group": [{"population": _populations(definition)}],
    }
    if definition.notes or definition.unverified:
        resource["guidance"] = "\n".join((*definition.notes, *definition.unverified))
    return resource


def _translated(english: str) -> dict[str, Any]:
    inner = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": english}]
    return {"extension": [{"url": TRANSLATION, "extension": inner}]}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _populations(definition: Definition) -> list[dict[str, Any]]:
    parts = [("initial-population", definition.population, definition.sql)]
    if definition.unit == "percent":
        parts.append(("denominator", definition.denominator, "denominator = 1"))
    parts.append(("numerator", definition.numerator, "numerator = 1"))
    return [
        {
            "code": _concept(POPULATION, code),
            "description": words,
            "criteria": {"language": "application/sql", "expression": expression},
        }
        for code, words, expression in parts
    ]


def definition_of(resource: Mapping[str, Any]) -> Definition:
    """The definition that a stored Measure carries."""
    source = next(each["valueString"] for each in resource["extension"] if each["url"] == SOURCE)
    data = json.loads(source)
    return parse(data, file=data.get("id", ""), stratifiers=data.get("stratifiers") or ())


@dataclass(frozen=True, slots=True)
class Frozen:
    """A MeasureReport read back."""

    id: str
    measure_id: str
    version: str
    period: Period
    position: int
    total: UnitFigure
    by_unit: tuple[UnitFigure, ...]


def report(
    definition: Definition, total: UnitFigure, by_unit: Sequence[UnitFigure], period: Period, position: int, day: str
) -> dict[str, Any]:
    """The MeasureReport of a figure. Its id follows from what it says, so freezing twice keeps one."""
    group = _group(definition.unit, total)
    group["stratifier"] = [
        {
            "code": [{"text": "Theo cơ sở"}],
            "stratum": [
                {"value": {"coding": [{"system": FACILITY, "code": each.facility_id}], "text": each.name}}
                | _group(definition.unit, each)
                for each in by_unit
            ],
        }
    ]
    if not by_unit:
        del group["stratifier"]
    return {
        "resourceType": "MeasureReport",
        "id": report_id(definition, total.facility_id, period, position),
        "extension": [{"url": POSITION, "valueUnsignedInt": position}],
        "status": "complete",
        "type": "summary",
        "measure": f"{MEASURE(definition.id)}|{definition.version}",
        "subject": {"reference": f"Organization/{total.facility_id}", "display": text.nfc(total.name)},
        "date": day,
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        "improvementNotation": _concept(NOTATION, definition.direction),
        "group": [group],
    }


def report_id(definition: Definition, unit_id: str, period: Period, position: int) -> str:
    """Id of the MeasureReport of a figure, known before it is kept."""
    span = f"{period.start.isoformat()}/{period.end.isoformat()}"
    return ids.stable_id("MeasureReport", definition.id, definition.version, unit_id, span, str(position))


def _group(unit: str, figure: UnitFigure) -> dict[str, Any]:
    if figure.hidden:
        return {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
    counts = [("numerator", figure.numerator)]
    if unit == "percent":
        counts.insert(0, ("denominator", figure.denominator))
    group: dict[str, Any] = {
        "population": [{"code": _concept(POPULATION, code), "count": count} for code, count in counts]
    }
    if figure.value is not None:
        score: dict[str, Any] = {"value": figure.value}
        if unit == "percent":
            score |= {"unit": "%", "system": UCUM, "code": "%"}
        group["measureScore"] = score
    return group


def frozen(resource: Mapping[str, Any]) -> Frozen:
    """What a stored MeasureReport says."""
    canonical, _, version = resource["measure"].partition("|")
    group = resource["group"][0]
    subject = resource["subject"]
    unit_id = subject["reference"].partition("/")[2]
    strata = [each for block in group.get("stratifier", ()) for each in block["stratum"]]
    return Frozen(
        id=resource["id"],
        measure_id=canonical.rpartition("/")[2],
        version=version,
        period=Period(date.fromisoformat(resource["period"]["start"]), date.fromisoformat(resource["period"]["end"])),
        position=next(each["valueUnsignedInt"] for each in resource["extension"] if each["url"] == POSITION),
        total=_figure(unit_id, subject.get("display", ""), group),
        by_unit=tuple(_figure(each["value"]["coding"][0]["code"], each["value"]["text"], each) for each in strata),
    )


def _figure(unit_id: str, name: str, group: Mapping[str, Any]) -> UnitFigure:
    if any(each["url"] == ABSENT for each in group.get("extension", ())):
        return UnitFigure(unit_id, name, 0, 0, None, True)
    counts = {each["code"]["coding"][0]["code"]: each["count"] for each in group["population"]}
    score = group.get("measureScore", {}).get("value")
    value = None if score is None else Decimal(str(score))
    return UnitFigure(unit_id, name, counts["numerator"], counts.get("denominator", 0), value)
