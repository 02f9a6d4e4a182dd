"""What of a signed part can be said otherwise in an amendment: which words and figures, how they are put back. Pure.

Whatever is not here (a diagnosis, a technique) is marked as entered in error and written again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansinh.kernel.naming import EXT

Resource = dict[str, Any]
_ADVICE = EXT("advice")


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a part. name: of the form's field; unit: what stands behind a figure, "" for words."""

    name: str
    label: str
    value: str | Decimal
    unit: str = ""

    @property
    def is_figure(self) -> bool:
        return isinstance(self.value, Decimal)


def fields_of(part: Mapping[str, Any]) -> list[Field]:
    """What can be amended of a part, as it stands; [] for none."""
    match part["resourceType"]:
        case "ClinicalImpression":
            found = [("summary", part.get("summary", "")), ("advice", _advice(part))]
            return [Field(name, name, words) for name, words in found if words]
        case "Observation" if "valueString" in part:
            return [Field("value", _text(part), part["valueString"])]
        case "Observation":
            measured = [part, *part.get("component", ())]
            return [
                Field(
                    _name(index),
                    _text(one),
                    Decimal(one["valueQuantity"]["value"]),
                    one["valueQuantity"].get("unit", ""),
                )
                for index, one in enumerate(measured)
                if "valueQuantity" in one
            ]
    return []


def amended_part(part: Resource, values: Mapping[str, Any]) -> Resource:
    """The part with other values; those that are missing or the same stay as they are."""
    known = {field.name: field.value for field in fields_of(part)}
    changed = {name: value for name, value in values.items() if name in known and value != known[name]}
    match part["resourceType"]:
        case "ClinicalImpression":
            return _impression(part, changed)
        case "Observation" if "valueString" in part:
            return part | ({"valueString": changed["value"]} if changed else {})
        case "Observation":
            return _observation(part, changed)
    return part


def _impression(part: Resource, changed: Mapping[str, str]) -> Resource:
    after = part | ({"summary": changed["summary"]} if "summary" in changed else {})
    if "advice" in changed:
        others = [one for one in part["extension"] if one["url"] != _ADVICE]
        after = after | {"extension": [*others, {"url": _ADVICE, "valueString": changed["advice"]}]}
    return after


def _observation(part: Resource, changed: Mapping[str, Decimal]) -> Resource:
    after = _measured(part, changed.get(_name(0)))
    if "component" in part:
        components = [_measured(one, changed.get(_name(index))) for index, one in enumerate(part["component"], start=1)]
        after = after | {"component": components}
    return after


def _measured(one: Resource, value: Decimal | None) -> Resource:
    return one if value is None else one | {"valueQuantity": one["valueQuantity"] | {"value": value}}


def _name(index: int) -> str:
    return f"value{index}"


def _advice(part: Mapping[str, Any]) -> str:
    return next((one.get("valueString", "") for one in part.get("extension", ()) if one["url"] == _ADVICE), "")


def _unit(one: Mapping[str, Any]) -> str:
    return str(one["valueQuantity"].get("unit", ""))


def _text(one: Mapping[str, Any]) -> str:
    code = one.get("code", {})
    return str(code.get("text") or (code.get("coding") or [{}])[0].get("display", ""))
