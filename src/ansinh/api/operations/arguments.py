"""What an operation is given, by address or in a Parameters resource, and what it answers with."""

from typing import Any

import falcon

from ansinh.api import requests
from ansinh.kernel.errors import Malformed

Arguments = dict[str, list[Any]]


def arguments(request: falcon.Request) -> Arguments:
    """Name → values in order: texts of the address, then value[x] or resource of each parameter of the body."""
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
    listed = body.get("parameter", [])
    if not isinstance(listed, list):
        raise Malformed("Parameters.parameter phải là một danh sách.", field="Parameters.parameter")
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise Malformed("Mỗi parameter phải có name.", field="Parameters.parameter")
        value = one.get("resource", next((one[key] for key in one if key.startswith("value")), None))
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


def parameters(*parts: tuple[str, str, Any]) -> dict[str, Any]:
    """Parameters of (name, key, value): `("result", "valueBoolean", True)`."""
    return {"resourceType": "Parameters", "parameter": [{"name": name, key: value} for name, key, value in parts]}
