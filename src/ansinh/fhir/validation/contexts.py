"""Where an extension may stand: paths and types, other extensions by their URL, and FHIRPath.

contexts of a definition ─► Contexts(places, urls, paths)
path of the extension    ─► what holds it: an element ─► its names, and what the FHIRPaths select
                                         an extension ─► its URL, or `outer#part` for a part of a complex one
contextInvariant         ─► asked of the element that holds it
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import Definitions, Element, definitions
from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.path.nodes import Node

# A resource within a Bundle or Parameters is checked as a root of its own, under the path of where it stands.
_WITHIN = re.compile(
    r"(?:Bundle)?\.?entry\[\d+\]\.(?:resource|response\.outcome)"
    r"|(?:Parameters)?\.?parameter\[\d+\](?:\.part\[\d+\])*\.resource"
)
_CONTAINED = re.compile(r"\.contained\[(\d+)\]")
_PLAIN = re.compile(r"[A-Za-z0-9.]+")
_INDEX = re.compile(r"\[\d+\]")
_STEP = re.compile(r"\.(\w+)(?:\[(\d+)\])?")
_INSIDE = re.compile(r".*\.(?:modifierE|e)xtension(?:\[\d+\])?")

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contexts:
    """What the contexts of one definition say; anywhere: any element will do."""

    anywhere: bool
    places: frozenset[str]
    urls: frozenset[str]
    paths: tuple[str, ...]


@lru_cache(maxsize=1024)
def read(contexts: tuple[str, ...]) -> Contexts:
    """The contexts of a definition. A URL is that of another extension; what is no plain path is FHIRPath."""
    plain = {one.removesuffix("[x]") for one in contexts if _PLAIN.fullmatch(one.removesuffix("[x]"))}
    urls = frozenset(one for one in contexts if "://" in one)
    paths = tuple(one for one in contexts if one not in urls and not _PLAIN.fullmatch(one.removesuffix("[x]")))
    return Contexts(not contexts or "Element" in plain, frozenset(plain), urls, paths)


def may_stand(contexts: tuple[str, ...], path: str, root: Resource) -> bool:
    """True where an extension with these contexts may stand. path: of the extension in `root`, the resource checked.

    A FHIRPath that cannot be run decides nothing, and what is not decided is allowed.
    """
    allowed = read(contexts)
    if allowed.anywhere:
        return True
    resource, below = _holder(path.rpartition(".")[0], root)
    if _INSIDE.fullmatch(below):
        return "Extension" in allowed.places or not allowed.urls.isdisjoint(_urls(resource, below))
    if not allowed.places.isdisjoint(_places(f"{resource.get('resourceType', '')}{_INDEX.sub('', below)}")):
        return True
    return any(_selects(one, resource, below) for one in allowed.paths)


def rules_hold(rules: tuple[str, ...], extension: Resource, path: str, root: Resource) -> bool:
    """False where a rule that an extension's definition states of its holder (`contextInvariant`) says no.

    Like an invariant, a rule that says nothing or cannot be run is not held against anyone.
    """
    if not rules:
        return True
    resource, below = _holder(path.rpartition(".")[0], root)
    held = _at(resource, below) if below else resource
    kinds = _types(f"{resource.get('resourceType', '')}{_INDEX.sub('', below)}")
    node = Node(held, kinds[0] if len(kinds) == 1 else "")
    return not isinstance(held, dict) or all(_holds(one, node, extension, resource) for one in rules)


def _holds(rule: str, node: Node, extension: Resource, resource: Resource) -> bool:
    try:
        return compile_path(rule)(node, resource=resource, environment={"extension": extension}) != [False]
    except PathError:
        return True


def _holder(path: str, root: Resource) -> tuple[Resource, str]:
    """(the resource that holds the place, the place below it): `Bundle.entry[0].resource.contact[1].name` →
    `.contact[1].name` of the entry's resource."""
    resource, rest = root, path
    while match := _WITHIN.match(rest):
        rest = rest[match.end() :]
    if rest == path:
        rest = path[len(path.partition(".")[0]) :]
    if match := _CONTAINED.match(rest):
        resource, rest = resource["contained"][int(match[1])], rest[match.end() :]
    return resource, rest


def _urls(resource: Resource, below: str) -> Iterator[str]:
    """The URL of the extension at a place; for a part of a complex one also `outer#part`."""
    found = _at(resource, below)
    url = str(found.get("url", "")) if isinstance(found, dict) else ""
    yield url
    outer = below.rpartition(".")[0]
    if ":" not in url and _INSIDE.fullmatch(outer):
        yield from (f"{one}#{url}" for one in _urls(resource, outer))


def _selects(expression: str, resource: Resource, below: str) -> bool:
    """True when the FHIRPath selects the element at a place."""
    held = _at(resource, below)
    try:
        found = compile_path(expression).items(resource)
    except PathError:
        return True
    return any(held is part for one in found if isinstance(one, Node) for part in (one.value, one.extra) if part)


def _at(resource: Resource, below: str) -> Any:
    """The object at `.name[0].family`; of a primitive the one that holds its extensions."""
    value: Any = resource
    for name, index in _STEP.findall(below):
        if not isinstance(value, dict):
            return None
        step = value.get(name)
        found = step[int(index)] if index and isinstance(step, list) and int(index) < len(step) else step
        if not isinstance(found, dict):
            beside = value.get(f"_{name}")
            found = beside[int(index)] if index and isinstance(beside, list) and int(index) < len(beside) else beside
        value = found
    return value


@lru_cache(maxsize=2048)
def _places(path: str) -> frozenset[str]:
    """Every name by which a context may speak of this place: its path, its element, its types and their bases."""
    elements, types = _elements(path)
    named = {element.path.removesuffix("[x]") for element in elements}
    return frozenset({path, *named, *(base for one in types for base in _bases(definitions(), one))})


@lru_cache(maxsize=2048)
def _types(path: str) -> list[str]:
    """The types that may stand at this place."""
    return _elements(path)[1]


def _elements(path: str) -> tuple[list[Element], list[str]]:
    """(the elements that a path leads to, the types of their content)."""
    known = definitions()
    first, *steps = path.split(".")
    elements: list[Element] = []
    types = [first]
    for step in steps:
        elements = [element for one in types if (element := known.element(one, step)) is not None]
        types = [content for element in elements for content in _contents(known, element)]
    return elements, types


def _contents(known: Definitions, element: Element) -> list[str]:
    return [kind.code for kind in element.types] if element.is_choice else [known.content_type(element)]


def _bases(known: Definitions, type_name: str) -> Iterator[str]:
    while type_name:
        yield type_name
        type_name = known.parent(type_name)
