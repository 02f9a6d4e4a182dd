"""Extensions that are defined here: where they may stand, whether they modify, and what they hold.

An extension nobody here defines is taken as it is, as FHIR has it. Contexts that are FHIRPath are not decided.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ansinh.fhir.model.definitions import Definitions, Element, Structure, definitions
from ansinh.fhir.validation.profiles import profile_check
from ansinh.fhir.validation.run import Check, Run

# A resource within a Bundle or Parameters is checked as a root of its own, under the path of where it stands.
_WITHIN = re.compile(
    r"(?:Bundle)?\.?entry\[\d+\]\.(?:resource|response\.outcome)"
    r"|(?:Parameters)?\.?parameter\[\d+\](?:\.part\[\d+\])*\.resource"
)
_CONTAINED = re.compile(r"\.contained\[(\d+)\]")
_PLAIN = re.compile(r"[A-Za-z0-9.]+")
_INDEX = re.compile(r"\[\d+\]")


def extension_check(known: Definitions, element_name: str) -> Check:
    """A check of a sound Extension under `extension` or `modifierExtension`."""
    modifies = element_name == "modifierExtension"

    def check(value: Any, path: str, run: Run) -> None:
        url = value.get("url")
        structure = known.structure(url) if isinstance(url, str) and ":" in url else None
        if structure is None:
            return
        if structure.type != "Extension":
            run.error("value", "Địa chỉ này không phải của một phần mở rộng", f"{path}.url", "ext-definition")
            return
        if structure.elements[0].is_modifier != modifies:
            where = "modifierExtension" if not modifies else "extension"
            run.error("structure", f"Phần mở rộng này phải đặt trong {where}", path, "ext-modifier")
        if not _may_stand(structure, path, run):
            run.error("structure", "Phần mở rộng này không được đặt ở chỗ này", path, "ext-context")
        profile_check(structure)(value, path, run)

    return check


def _may_stand(structure: Structure, path: str, run: Run) -> bool:
    """False when every context is decided and none is where the extension stands."""
    contexts = _decided(structure.context)
    holder = path.rpartition(".")[0]
    if not contexts or holder.rpartition(".")[2].startswith(("extension", "modifierExtension")):
        return True
    return not _places(_definitional(holder, run)).isdisjoint(contexts)


@lru_cache(maxsize=1024)
def _decided(contexts: tuple[str, ...]) -> frozenset[str]:
    """Plain paths and types; nothing when one of them is any element, a FHIRPath or another extension."""
    plain = {context.removesuffix("[x]") for context in contexts}
    return frozenset() if any(one == "Element" or not _PLAIN.fullmatch(one) for one in plain) else frozenset(plain)


def _definitional(path: str, run: Run) -> str:
    """`Bundle.entry[0].resource.contact[1].name` → `Patient.contact.name`, from the resource that holds it."""
    resource, rest = run.root, path
    while match := _WITHIN.match(rest):
        rest = rest[match.end() :]
    if rest == path:
        rest = path[len(path.partition(".")[0]) :]
    if match := _CONTAINED.match(rest):
        resource, rest = resource["contained"][int(match[1])], rest[match.end() :]
    return str(resource.get("resourceType", "")) + _INDEX.sub("", rest)


@lru_cache(maxsize=2048)
def _places(path: str) -> frozenset[str]:
    """Every name by which a context may speak of this place: its path, its element, its types and their bases."""
    known = definitions()
    first, *steps = path.split(".")
    elements: list[Element] = []
    types = [first]
    for step in steps:
        elements = [element for one in types if (element := known.element(one, step)) is not None]
        types = [content for element in elements for content in _contents(known, element)]
    named = {element.path.removesuffix("[x]") for element in elements}
    return frozenset({path, *named, *(base for one in types for base in _bases(known, one))})


def _contents(known: Definitions, element: Element) -> list[str]:
    return [kind.code for kind in element.types] if element.is_choice else [known.content_type(element)]


def _bases(known: Definitions, type_name: str) -> Iterator[str]:
    while type_name:
        yield type_name
        type_name = known.parent(type_name)
