"""Units and relations as FHIR resources, and back."""

from datetime import date
from typing import Any

from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, EXT, FACILITY, SYNTHETIC
from ansinh.network.facilities.rules import Relation, Unit

KIND, RELATION, DUTY = CS("facility-kind"), CS("unit-relation"), CS("unit-duty")
PERIOD, SOURCE, VERIFIED = EXT("valid-period"), EXT("legal-source"), EXT("verified")
AREA = f"{BASE}/id/ma-tinh"


def organization_id(code: str) -> str:
    """The same id for the same unit on every node: `organization_id("bv-chinh-hinh-tam-diep")`."""
    return stable_id("Organization", code)


def reference(unit: str) -> dict[str, str]:
    """Reference to a unit."""
    return {"reference": f"Organization/{unit}"}


def organization(unit: Unit, *, parent: str = "", area: str = "", kind_display: str = "") -> dict[str, Any]:
    """Organization of a unit. parent: id of its present authority."""
    kind = {"system": KIND, "code": unit.kind} | ({"display": kind_display} if kind_display else {})
    resource: dict[str, Any] = {
        "resourceType": "Organization",
        "id": unit.id,
        "meta": {"tag": [SYNTHETIC]} if unit.synthetic else None,
        "extension": [period_extension(unit.valid_from, unit.valid_to)] if unit.valid_from or unit.valid_to else None,
        "identifier": [{"system": FACILITY, "value": unit.code}] + ([{"system": AREA, "value": area}] if area else []),
        "active": unit.valid_to is None,
        "type": [{"coding": [kind]}],
        "name": unit.name,
        "alias": [unit.english] if unit.english else None,
        "partOf": reference(parent) if parent else None,
    }
    return {key: value for key, value in resource.items() if value is not None}


def name_in(resource: dict[str, Any], language: str) -> str:
    """The name of a stored Organization; the English one (its first alias) where `language` asks and there is one."""
    english = resource.get("alias", []) if language == "en" else []
    return next(iter(english), resource.get("name", ""))


def affiliation(item: Relation) -> dict[str, Any]:
    """OrganizationAffiliation of a relation."""
    resource: dict[str, Any] = {
        "resourceType": "OrganizationAffiliation",
        "id": item.id,
        "extension": [{"url": VERIFIED, "valueBoolean": item.verified}]
        + ([{"url": SOURCE, "valueString": item.source}] if item.source else []),
        "active": item.end is None,
        "period": period(item.start, item.end),
        "organization": reference(item.parent),
        "participatingOrganization": reference(item.child),
        "code": [{"coding": [{"system": RELATION, "code": item.kind}]}],
        "specialty": [{"coding": [{"system": DUTY, "code": item.duty}]}] if item.duty else None,
    }
    return {key: value for key, value in resource.items() if value is not None}


def period(start: date | None, end: date | None) -> dict[str, str]:
    """FHIR Period of two days, either of them open."""
    days = {"start": start, "end": end}
    return {key: day.isoformat() for key, day in days.items() if day}


def period_extension(start: date | None, end: date | None) -> dict[str, Any]:
    """The extension `valid-period`."""
    return {"url": PERIOD, "valuePeriod": period(start, end)}


def relation_id(kind: str, child: str, parent: str, start: date) -> str:
    """The same id for the same relation on every node."""
    return stable_id("OrganizationAffiliation", kind, child, parent, start.isoformat())


def unit_from_row(row: dict[str, Any]) -> Unit:
    """Unit of a row of the view `organization`."""
    return Unit(
        id=row["id"],
        code=row["code"] or "",
        name=row["name"] or "",
        kind=row["kind"] or "",
        valid_from=day(row["valid_from"]),
        valid_to=day(row["valid_to"]),
        english=row.get("english") or "",
        synthetic=bool(row.get("synthetic")),
    )


def relation_from_row(row: dict[str, Any]) -> Relation:
    """Relation of a row of the view `organization_affiliation`."""
    return Relation(
        id=row["id"],
        parent=row["parent_id"],
        child=row["child_id"],
        kind=row["relation"],
        start=day(row["from_date"]) or date.min,
        end=day(row["to_date"]),
        duty=row.get("duty") or "",
        source=row.get("source") or "",
        verified=bool(row.get("verified")),
    )


def day(value: str | None) -> date | None:
    """A date of a view row; None for nothing."""
    return date.fromisoformat(value[:10]) if value else None


def changed_organization(resource: dict[str, Any], unit: Unit, parent: str) -> dict[str, Any]:
    """The stored Organization with the unit's period and present authority; all else is kept as it was."""
    kept = [part for part in resource.get("extension", []) if part.get("url") != PERIOD]
    dated = [period_extension(unit.valid_from, unit.valid_to)] if unit.valid_from or unit.valid_to else []
    changed = {**resource, "extension": [*kept, *dated], "active": unit.valid_to is None, "partOf": reference(parent)}
    if not changed["extension"]:
        del changed["extension"]
    if not parent:
        del changed["partOf"]
    return changed
