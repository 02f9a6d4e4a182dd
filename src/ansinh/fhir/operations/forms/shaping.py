"""Putting values at paths of a resource that grows: lists where the standard has lists, types as it has them. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ansinh.fhir.model.definitions import Element, definitions

Resource = dict[str, Any]
Path = tuple[str, ...]

_STEP = re.compile(r"([A-Za-z]\w*)(\[x\])?(?::([\w-]+))?")
_TEXTS = frozenset({"string", "markdown", "code", "id", "uri", "url", "canonical", "oid", "uuid", "base64Binary"})
_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})
_QUANTITIES = frozenset({"Quantity", "Age", "Duration", "Count", "Distance", "SimpleQuantity"})
# What a value of a kind is best stored as where the standard leaves a choice.
_PREFERRED = {
    "Coding": ("CodeableConcept", "Coding"),
    "decimal": ("Quantity", "decimal"),
    "integer": ("integer", "Quantity", "decimal"),
    "date": ("date", "dateTime"),
    "instant": ("instant", "dateTime"),
    "code": ("code", "CodeableConcept", "string"),
}


class Misfit(ValueError):
    """The path is none of the resource, or the value does not fit there."""


def steps(text: str) -> Path:
    """`Patient.telecom:phone.value` → `("Patient", "telecom:phone", "value")`. Raises Misfit."""
    found = tuple(text.split("."))
    if not all(_STEP.fullmatch(step) for step in found):
        raise Misfit
    return found


class Growing:
    """A resource under construction. `open` begins a new element of a list; what follows below it goes there."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.resource: Resource = {"resourceType": kind}
        self._open: dict[Path, Resource] = {}
        self._slices: dict[tuple[int, str], Resource] = {}

    def open(self, path: Path) -> None:
        """Begin a new element at the path, which is a list or a single element. Raises Misfit."""
        holder, type_name = self._reach(path[:-1])
        element, name = _find(type_name, path[-1])
        fresh: Resource = {}
        if element.max == 1:
            fresh = holder.setdefault(name, fresh)
        else:
            holder.setdefault(name, []).append(fresh)
        self._open = {known: value for known, value in self._open.items() if known[: len(path)] != path} | {path: fresh}

    def close(self, path: Path) -> None:
        """What follows no longer goes into the element that `open` began."""
        self._open = {known: value for known, value in self._open.items() if known[: len(path)] != path}

    def put(self, path: Path, kind: str, value: Any) -> None:
        """Set the value, or append it to a list. Raises Misfit."""
        if len(path) < 2 or path[0] != self.kind:
            raise Misfit
        holder, type_name = self._reach(path[:-1])
        element, name = _find(type_name, path[-1])
        if element.is_choice:
            chosen = _chosen(element, name, kind)
            name, made = element.name + chosen[:1].upper() + chosen[1:], converted(value, kind, chosen)
            holder[name] = made
            return
        made = converted(value, kind, definitions().content_type(element))
        if element.max == 1:
            holder[name] = made
        else:
            holder.setdefault(name, []).append(made)

    def _reach(self, path: Path) -> tuple[Resource, str]:
        """(the element at the path, made where there is none; the type of it)."""
        holder, type_name, start = self.resource, self.kind, 1
        for known, opened in self._open.items():
            if path[: len(known)] == known and len(known) >= start:
                holder, start = opened, len(known)
        for step in path[1:start]:
            type_name = definitions().content_type(_find(type_name, step)[0])
        for step in path[start:]:
            element, name = _find(type_name, step)
            holder, type_name = self._into(holder, element, name, step), definitions().content_type(element)
        return holder, type_name

    def _into(self, holder: Resource, element: Element, name: str, step: str) -> Resource:
        if element.max == 1:
            return holder.setdefault(name, {})
        sliced = (id(holder), step)
        if ":" in step:
            if sliced not in self._slices:
                self._slices[sliced] = {}
                holder.setdefault(name, []).append(self._slices[sliced])
            return self._slices[sliced]
        listed = holder.setdefault(name, [{}])
        return listed[-1]


def _find(type_name: str, step: str) -> tuple[Element, str]:
    """(element, JSON key) of a step: `value[x]`, `value`, `valueQuantity`, `telecom:phone`."""
    match = _STEP.fullmatch(step)
    name = match[1] if match else ""
    element = definitions().children(type_name).get(name)
    if element is not None:
        return element, name
    found = definitions().json_element(type_name, name)
    if found is None:
        raise Misfit
    return found[0], name


def _chosen(element: Element, name: str, kind: str) -> str:
    """The type that a value takes in a choice: the one that the path names, else the best for its kind."""
    allowed = [one.code for one in element.types]
    named = next((code for code in allowed if name == element.name + code[:1].upper() + code[1:]), "")
    if named:
        return named
    wanted = (kind, *_PREFERRED.get(kind, ()))
    if kind in _PREFERRED:
        wanted = (*_PREFERRED[kind], kind)
    found = next((code for code in wanted if code in allowed), "")
    if not found:
        raise Misfit
    return found


def converted(value: Any, kind: str, wanted: str) -> Any:
    """A value of one type as another: a Coding as CodeableConcept or code, a text as HumanName. Raises Misfit."""
    if kind == wanted:
        return value
    if isinstance(value, dict):
        return _of_element(value, kind, wanted)
    if isinstance(value, bool):
        if wanted == "boolean":
            return value
    elif isinstance(value, int | Decimal):
        return _of_number(value, wanted)
    elif isinstance(value, str):
        return _of_text(value, wanted)
    raise Misfit


def _of_element(value: Mapping[str, Any], kind: str, wanted: str) -> Any:
    if kind == "Coding" or (kind == "" and "code" in value):
        if wanted == "CodeableConcept":
            return {"coding": [dict(value)]}
        if wanted in _TEXTS and value.get("code"):
            return value["code"] if wanted in ("code", "id", "uri") else value.get("display") or value["code"]
    if kind == "CodeableConcept" and value.get("coding"):
        return _of_element(value["coding"][0], "Coding", wanted) if wanted != "Coding" else value["coding"][0]
    if kind in _QUANTITIES | {""} and wanted in _QUANTITIES:
        return dict(value)
    if kind in _QUANTITIES and wanted in _NUMBERS:
        return value.get("value")
    if kind == "" and wanted not in definitions().primitive_types:
        return dict(value)
    raise Misfit


def _of_number(value: int | Decimal, wanted: str) -> Any:
    if wanted in _QUANTITIES:
        return {"value": value}
    if wanted == "decimal" or (wanted in _NUMBERS and value == int(value)):
        return value if wanted == "decimal" else int(value)
    if wanted in _TEXTS:
        return str(value)
    raise Misfit


def _of_text(value: str, wanted: str) -> Any:
    if wanted in _TEXTS or wanted in ("dateTime", "instant", "time"):
        return value
    if wanted == "date":
        return value[:10]
    shapes = {
        "CodeableConcept": "text", "HumanName": "text", "Address": "text", "Annotation": "text", "Identifier": "value",
        "ContactPoint": "value", "Reference": "reference",
    }  # fmt: skip
    if wanted in shapes:
        return {shapes[wanted]: value}
    raise Misfit


def tidy(value: Any) -> Any:
    """Without empty objects and lists, which FHIR has not."""
    if isinstance(value, dict):
        kept = {key: tidy(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if not _is_empty(one)}
    return [one for one in map(tidy, value) if not _is_empty(one)] if isinstance(value, list) else value


def _is_empty(value: Any) -> bool:
    return isinstance(value, dict | list) and not value
