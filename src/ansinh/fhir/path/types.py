"""What `is`, `as` and `ofType` mean."""

from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.nodes import SYSTEM_TYPES, Node, type_of

_SYSTEM = frozenset({*SYSTEM_TYPES.values(), "Date", "DateTime", "Time", "Any"})


@lru_cache(maxsize=4096)
def resolve_type(name: str) -> tuple[str, str]:
    """(namespace, name) of a type specifier; a bare name is a FHIR type first. Raises PathError for no type."""
    namespace, _, bare = name.rpartition(".")
    if namespace in ("", "FHIR") and bare in definitions().type_names:
        return "FHIR", bare
    if namespace in ("", "System") and bare in _SYSTEM:
        return "System", bare
    if namespace == "System":
        return "System", bare  # `System.Patient`: no such type, so nothing is one
    raise PathError(f"không có kiểu dữ liệu “{name}”.", code="semantic")


def is_type(item: Any, specifier: tuple[str, str]) -> bool:
    """True when the item is of the type or of one that derives from it."""
    namespace, name = specifier
    own_namespace, own = type_of(item)
    if name == "Quantity" and own == "Quantity":
        return True
    if namespace != own_namespace:
        return False
    if namespace == "System":
        return name in (own, "Any")
    return definitions().is_a(item.type or own, name)


def is_exactly(item: Any, specifier: tuple[str, str]) -> bool:
    """As `is_type`, except that a primitive must be of the very type: `code` is no `string` for `as` and `ofType`."""
    if isinstance(item, Node) and definitions().kind(item.type) == "primitive-type":
        return specifier == ("FHIR", item.type)
    return is_type(item, specifier)
