"""Catalogues as ValueSet, declared items as HealthcareService, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, EXT, VS
from ansinh.network.capability.rules import Catalogue, Declaration, Item

CATALOGUE = CS("catalogue")
PERIOD, SOURCE, EVIDENCE = EXT("valid-period"), EXT("legal-source"), EXT("evidence")
WITHDRAWN = EXT("withdrawn")
GROUP, REQUIRED, CONFIRMED, KIND = EXT("item-group"), EXT("item-required"), EXT("confirmed"), EXT("facility-kind")


def catalogue_id(name: str) -> str:
    """Id of the ValueSet of a catalogue: `catalogue_id("rehab")`."""
    return stable_id("ValueSet", f"catalogue-{name}")


def value_set(catalogue: Catalogue) -> dict[str, Any]:
    """ValueSet with every item and its days."""
    extensions: list[dict[str, Any]] = [
        {"url": CONFIRMED, "valueBoolean": catalogue.confirmed},
        {"url": SOURCE, "valueString": catalogue.source},
    ]
    extensions += [{"url": KIND, "valueCode": kind} for kind in catalogue.kinds]
    resource: dict[str, Any] = {
        "resourceType": "ValueSet",
        "id": catalogue_id(catalogue.id),
        "extension": extensions,
        "url": VS(f"catalogue-{catalogue.id}"),
        "identifier": [{"system": CATALOGUE, "value": catalogue.id}],
        "name": "".join(part.title() for part in f"catalogue-{catalogue.id}".split("-")),
        "title": catalogue.title,
        "status": "active",
        "description": catalogue.note or None,
        "compose": _compose(CS(catalogue.system), [_concept(item) for item in catalogue.items]),
    }
    if catalogue.english:
        resource["_title"] = _translation(catalogue.english)
    return {key: value for key, value in resource.items() if value is not None}


def catalogue_from(resource: Mapping[str, Any]) -> Catalogue:
    """Catalogue of a stored ValueSet."""
    include = resource["compose"]["include"][0]
    extensions = resource.get("extension", [])
    return Catalogue(
        id=resource["identifier"][0]["value"],
        title=resource["title"],
        english=_translated(resource.get("_title")),
        system=include["system"].rsplit("/", 1)[-1],
        source=_value(extensions, SOURCE, "valueString") or "",
        confirmed=bool(_value(extensions, CONFIRMED, "valueBoolean")),
        note=resource.get("description", ""),
        kinds=tuple(part["valueCode"] for part in extensions if part["url"] == KIND),
        items=tuple(_item(concept) for concept in include.get("concept", [])),
    )


def service(
    catalogue: Catalogue, item: Item, *, facility: str, start: date, evidence: str = "", display: str = ""
) -> dict[str, Any]:
    """HealthcareService of an item that a facility declares from a day on."""
    extensions: list[dict[str, Any]] = [{"url": PERIOD, "valuePeriod": {"start": start.isoformat()}}]
    if evidence:
        extensions.append({"url": EVIDENCE, "valueString": evidence})
    return {
        "resourceType": "HealthcareService",
        "extension": extensions,
        "active": True,
        "providedBy": {"reference": f"Organization/{facility}"} | ({"display": display} if display else {}),
        "category": [{"coding": [{"system": CATALOGUE, "code": catalogue.id}]}],
        "type": [{"coding": [{"system": CS(catalogue.system), "code": item.code, "display": item.text}]}],
        "name": item.text,
    }


def ended(resource: Mapping[str, Any], last_day: date) -> dict[str, Any]:
    """The declaration with its last day. One that ends before it began never held: it is withdrawn, which keeps it out
    of lists and figures while its history stays."""
    kept = [part for part in resource.get("extension", []) if part["url"] != PERIOD]
    days = _value(resource.get("extension", []), PERIOD, "valuePeriod") or {}
    start, end = days.get("start", ""), last_day.isoformat()
    if end < start:
        kept.append({"url": WITHDRAWN, "valueBoolean": True})
    period = {"url": PERIOD, "valuePeriod": {**days, "end": max(start, end)}}
    return {**resource, "extension": [period, *kept], "active": False}


def going_on(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration without a last day, as before it was ended."""
    kept = [part for part in resource.get("extension", []) if part["url"] not in (PERIOD, WITHDRAWN)]
    days = _value(resource.get("extension", []), PERIOD, "valuePeriod") or {}
    period = {"url": PERIOD, "valuePeriod": {key: day for key, day in days.items() if key != "end"}}
    return {**resource, "extension": [period, *kept], "active": True}


def handed_on(resource: Mapping[str, Any], facility: str, start: date) -> dict[str, Any]:
    """The same declaration by another facility from a day on, with its evidence and its last day."""
    kept = [part for part in resource.get("extension", []) if part["url"] != PERIOD]
    days = _value(resource.get("extension", []), PERIOD, "valuePeriod") or {}
    period = {"url": PERIOD, "valuePeriod": {**days, "start": start.isoformat()}}
    body = {key: value for key, value in resource.items() if key not in ("id", "meta")}
    provided = {"reference": f"Organization/{facility}"}
    return {**body, "extension": [period, *kept], "providedBy": provided, "active": True}


def with_evidence(resource: Mapping[str, Any], evidence: str) -> dict[str, Any]:
    """The declaration with other words for its evidence; none for ""."""
    kept = [part for part in resource.get("extension", []) if part["url"] != EVIDENCE]
    return {**resource, "extension": kept + ([{"url": EVIDENCE, "valueString": evidence}] if evidence else [])}


def declaration_from_row(row: Mapping[str, Any]) -> Declaration:
    """Declaration of a row of the view `healthcare_service`."""
    return Declaration(row["id"], row["code"], _day(row["valid_from"]), _day(row["valid_to"]), row["evidence"] or "")


def _compose(system: str, concepts: list[dict[str, Any]]) -> dict[str, Any]:
    if concepts:
        return {"include": [{"system": system, "concept": concepts}]}
    # FHIR allows no empty list: an empty catalogue includes nothing by excluding its whole system.
    return {"include": [{"system": system}], "exclude": [{"system": system}]}


def _concept(item: Item) -> dict[str, Any]:
    extensions: list[dict[str, Any]] = []
    days = {key: day.isoformat() for key, day in (("start", item.valid_from), ("end", item.valid_to)) if day}
    if days:
        extensions.append({"url": PERIOD, "valuePeriod": days})
    if item.group:
        extensions.append({"url": GROUP, "valueString": item.group})
    if item.required:
        extensions.append({"url": REQUIRED, "valueBoolean": True})
    if item.source:
        extensions.append({"url": SOURCE, "valueString": item.source})
    concept: dict[str, Any] = {"extension": extensions} if extensions else {}
    concept |= {"code": item.code, "display": item.text}
    if item.english:
        concept["designation"] = [{"language": "en", "value": item.english}]
    return concept


def _item(concept: Mapping[str, Any]) -> Item:
    extensions = concept.get("extension", [])
    days = _value(extensions, PERIOD, "valuePeriod") or {}
    return Item(
        code=concept["code"],
        text=concept.get("display", ""),
        group=_value(extensions, GROUP, "valueString") or "",
        required=bool(_value(extensions, REQUIRED, "valueBoolean")),
        source=_value(extensions, SOURCE, "valueString") or "",
        english=next((part["value"] for part in concept.get("designation", []) if part.get("language") == "en"), ""),
        valid_from=_day(days.get("start")),
        valid_to=_day(days.get("end")),
    )


def _translation(english: str) -> dict[str, Any]:
    url = "http://hl7.org/fhir/StructureDefinition/translation"
    parts = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": english}]
    return {"extension": [{"url": url, "extension": parts}]}


def _translated(element: Mapping[str, Any] | None) -> str:
    outer = (element or {}).get("extension", [])
    return next((part["valueString"] for ext in outer for part in ext["extension"] if part["url"] == "content"), "")


def _value(extensions: list[dict[str, Any]], url: str, key: str) -> Any:
    return next((part.get(key) for part in extensions if part["url"] == url), None)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None
