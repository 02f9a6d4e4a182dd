"""What an operation is given, by address or in a Parameters resource, and what it answers with."""

from typing import Any

import falcon

from ansinh.api import requests
from ansinh.fhir.validation import validate
from ansinh.kernel.errors import Invalid, Malformed

Arguments = dict[str, list[Any]]

_SHAPE = frozenset({"structure", "value", "too-long"})


def arguments(request: falcon.Request) -> Arguments:
    """Name → values in order: texts of the address, then value[x], resource or parts of each parameter of the body.

    Parts come as `Arguments` of their own.
    """
    found: Arguments = {}
    for name, value in requests.query_parameters(request):
        found.setdefault(name, []).append(value)
    if request.method == "POST":
        _of_body(requests.body(request), found)
    return found


def _of_body(body: dict[str, Any], found: Arguments) -> None:
    if body.get("resourceType") != "Parameters":
        found.setdefault("resource", []).append(body)
        return
    _of_list(body.get("parameter", []), found)


def _of_list(listed: Any, found: Arguments) -> None:
    if not isinstance(listed, list):
        raise Malformed("Parameters.parameter phải là một danh sách.", field="Parameters.parameter")
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise Malformed("Mỗi parameter phải có name.", field="Parameters.parameter")
        value = one.get("resource", next((one[key] for key in one if key.startswith("value")), None))
        if value is None and "part" in one:
            value = {}
            _of_list(one["part"], value)
        found.setdefault(one["name"], []).append(value)


def text(given: Arguments, name: str, default: str | None = None) -> str:
    """One text. Raises Malformed when it is missing and has no default, or is no text."""
    values = given.get(name, [])
    if not values and default is not None:
        return default
    if len(values) != 1 or not isinstance(values[0], str) or not values[0]:
        raise Malformed(f"Cần đúng một tham số «{name}».", field=name)
    return values[0]


def whole(given: Arguments, name: str, default: int, most: int) -> int:
    """A whole number from 0 to `most`; more is cut. Raises Malformed."""
    values = given.get(name, [default])
    return min(requests.whole_number({name: str(values[-1])}, name, default), most)


def flag(given: Arguments, name: str, *, default: bool = False) -> bool:
    """A truth value, as JSON or as the text `true` or `false`. Raises Malformed."""
    values = given.get(name, [default])
    if len(values) == 1 and values[0] in (True, False, "true", "false"):
        return values[0] in (True, "true")
    raise Malformed(f"Tham số «{name}» là true hoặc false.", field=name)


def element(given: Arguments, name: str) -> dict[str, Any] | None:
    """The one object of this name (a Coding, a resource …), None without it. Raises Malformed."""
    values = given.get(name, [])
    if len(values) > 1 or not all(isinstance(value, dict) for value in values):
        raise Malformed(f"Tham số «{name}» phải là một đối tượng, và chỉ có một.", field=name)
    return values[0] if values else None


def resource(given: Arguments, name: str, kind: str) -> dict[str, Any] | None:
    """The one resource of this name and kind, None without it; its elements have the shapes that the standard gives.

    What is required, bound or ruled beyond the shape is not asked: who sends a form to be filled does not store it.
    Raises Malformed, or Invalid with every element that is misshapen.
    """
    found = element(given, name)
    if found is None:
        return None
    if found.get("resourceType") != kind:
        raise Malformed(f"Tham số «{name}» phải là một {kind}.", code="type-differs", field=name)
    return well_formed(found)


def well_formed(found: dict[str, Any]) -> dict[str, Any]:
    """The resource itself. Raises Invalid with every element that has not the shape of the standard."""
    wrong = [one for one in validate(found, invariants=False) if one.severity == "error" and one.code in _SHAPE]
    if wrong:
        raise Invalid(wrong[0].message, field=wrong[0].expression, problems=wrong)
    return found


def parameters(*parts: tuple[str, str, Any]) -> dict[str, Any]:
    """Parameters of (name, key, value): `("result", "valueBoolean", True)`."""
    return {"resourceType": "Parameters", "parameter": [{"name": name, key: value} for name, key, value in parts]}
