"""FHIR elements in a collection: the JSON value, its type, and what stands beside it under `_name`.

A collection is a plain list. Its items are `Node`s (FHIR elements) and System values: bool, int, Decimal, str,
`Temporal`, `Quantity`.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.json import Written
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.temporal import Temporal

_DATES = {"date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time"}
_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt"})


class Node:
    """type: FHIR type, the path for nested elements (`Patient.contact`), "" where unknown.

    extra: id and extensions of a primitive. value None: a primitive that has only extensions.
    """

    __slots__ = ("extra", "type", "value")

    def __init__(self, value: Any, type_name: str, extra: dict[str, Any] | None = None):
        self.value = value
        self.type = type_name
        self.extra = extra

    def __repr__(self) -> str:
        return f"<{self.type or '?'}>"

    def members(self, name: str) -> Iterator["Node"]:
        """Children called `name`; of a choice `value[x]`, whichever type is written."""
        if not isinstance(self.value, dict):
            if self.extra is not None:
                yield from _primitive_members(self.extra, name)
            return
        for key, type_name in member_keys(self.type, name) or _untyped_keys(self.value, name):
            yield from children_at(self.value, key, type_name)

    def children(self) -> Iterator["Node"]:
        """All children, in the order of the JSON."""
        source = self.value if isinstance(self.value, dict) else self.extra or {}
        for key in source:
            if key == "resourceType" or (key.startswith("_") and key[1:] in source):
                continue
            name = key.removeprefix("_")
            yield from children_at(source, name, _type_of_key(self.type, name))


def node_of(resource: Any, type_name: str = "") -> Node:
    """The node of a resource or of any JSON value with its type."""
    if isinstance(resource, Node):
        return resource
    if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
        return Node(resource, resource["resourceType"])
    return Node(resource, type_name)


@lru_cache(maxsize=16384)
def member_keys(type_name: str, name: str) -> tuple[tuple[str, str], ...]:
    """JSON keys (with the type of their content) that can hold the member `name`; () where the type has none.

    Raises PathError for `valueQuantity`: FHIRPath names the element `value`.
    """
    known = definitions()
    element = known.children(type_name).get(name)
    if element is None:
        if name != "resourceType" and known.json_element(type_name, name):
            choice = known.json_element(type_name, name)
            assert choice is not None
            raise PathError(
                f"“{name}” không phải tên phần tử trong FHIRPath; hãy viết {choice[0].name}.ofType({choice[1]}).",
                code="semantic",
            )
        return ()
    if not element.is_choice:
        return ((name, known.content_type(element)),)
    return tuple((name + kind.code[:1].upper() + kind.code[1:], kind.code) for kind in element.types)


def is_known_type(type_name: str) -> bool:
    """True when the definitions say which members the type has."""
    return bool(type_name) and bool(definitions().children(type_name))


def _untyped_keys(value: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """Without a definition: the key itself, else the key that is a choice of it by its form (`valueQuantity`)."""
    if name in value or f"_{name}" in value:
        yield name, ""
        return
    for key in value:
        bare = key.removeprefix("_")
        if bare.startswith(name) and (type_name := _choice_types().get(bare[len(name) :])):
            yield bare, type_name
            return


@cache
def _choice_types() -> dict[str, str]:
    """`Quantity` → Quantity, `String` → string: how types are written behind the name of a choice."""
    known = definitions()
    return {
        name[:1].upper() + name[1:]: name
        for name in known.type_names
        if known.kind(name) in ("primitive-type", "complex-type")
    }


def _type_of_key(type_name: str, key: str) -> str:
    known = definitions()
    found = known.json_element(type_name, key) if type_name else None
    return found[1] if found else ""


def _primitive_members(extra: dict[str, Any], name: str) -> Iterator[Node]:
    if name == "extension":
        yield from (Node(item, "Extension") for item in extra.get("extension") or ())
    elif name == "id" and "id" in extra:
        yield Node(extra["id"], "string")


def children_at(parent: dict[str, Any], key: str, type_name: str) -> Iterator[Node]:
    """Nodes under one JSON key together with their `_key` twins."""
    value, extra = parent.get(key), parent.get(f"_{key}")
    if not isinstance(value, list) and not isinstance(extra, list):
        if value is not None or extra is not None:
            yield _node(value, extra, type_name)
        return
    values, extras = value if isinstance(value, list) else [], extra if isinstance(extra, list) else []
    for index in range(max(len(values), len(extras))):
        item = values[index] if index < len(values) else None
        beside = extras[index] if index < len(extras) else None
        if item is not None or beside is not None:
            yield _node(item, beside, type_name)


def _node(value: Any, extra: Any, type_name: str) -> Node:
    if isinstance(value, dict) and "resourceType" in value:
        type_name = value["resourceType"]
    return Node(value, type_name, extra if isinstance(extra, dict) else None)


def system_value(item: Any) -> Any:
    """The System value of a FHIR primitive or Quantity; anything else as it is. None when it has no value."""
    if type(item) is not Node:
        return item
    value, kind = item.value, item.type
    if isinstance(value, str):
        if kind in _DATES:
            return Temporal.read(value, _DATES[kind]) or value
        return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return Decimal(value) if kind == "decimal" else value
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict) and is_quantity(kind):
        return _quantity(value) or item
    return value if isinstance(value, Decimal) else item


@lru_cache(maxsize=1024)
def is_quantity(type_name: str) -> bool:
    """True for Quantity and its specialisations."""
    return type_name == "Quantity" or definitions().is_a(type_name, "Quantity")


def _quantity(value: dict[str, Any]) -> Quantity | None:
    number = value.get("value")
    if number is None or value.get("comparator"):
        return None
    return Quantity(Decimal(str(number)), value.get("code") or value.get("unit") or "1")


SYSTEM_TYPES: dict[type, str] = {
    bool: "Boolean", int: "Integer", Decimal: "Decimal", Written: "Decimal", str: "String", Quantity: "Quantity",
}  # fmt: skip


def type_of(item: Any) -> tuple[str, str]:
    """(namespace, name): `("FHIR", "HumanName")`, `("System", "String")`. Nested elements are BackboneElement."""
    if isinstance(item, Node):
        if not item.type and type(item.value) in SYSTEM_TYPES:
            return "System", SYSTEM_TYPES[type(item.value)]
        return "FHIR", (definitions().parent(item.type) if "." in item.type else item.type)
    if isinstance(item, Temporal):
        return "System", item.kind
    return "System", SYSTEM_TYPES[type(item)]


def plain(item: Any) -> Any:
    """What callers get: JSON values of FHIR elements, dates as text, quantities as FHIR JSON."""
    if type(item) is Node:
        return item.value
    if isinstance(item, Temporal):
        return str(item)
    if isinstance(item, Quantity):
        return item.as_json()
    return item
