"""What FHIR R4 says about types, elements, search parameters and codes; read lazily from the artefact."""

import os
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ansinh.fhir.model import guides
from ansinh.fhir.model.compilation import FORMAT, compile_definitions
from ansinh.fhir.model.elements import (
    Binding,
    Component,
    Constraint,
    Element,
    SearchParameter,
    Slicing,
    Structure,
    TypeRef,
)
from ansinh.fhir.model.packs import Pack
from ansinh.kernel.errors import UserError

__all__ = [
    "Binding", "Component", "Constraint", "Definitions", "Element", "SearchParameter", "Slicing", "Structure",
    "TypeRef", "compile_definitions", "definitions", "is_current",
]  # fmt: skip

_REPOSITORY = Path(__file__).resolve().parents[4]
_NESTED = frozenset({"BackboneElement", "Element"})


def artefact_folder() -> Path:
    """Where the artefact is: env `ANSINH_FHIR_ARTEFACT`, else `var/fhir-r4` in the repository."""
    return Path(os.environ.get("ANSINH_FHIR_ARTEFACT") or _REPOSITORY / "var" / "fhir-r4")


def is_current(folder: Path | None = None) -> bool:
    """True when the artefact exists and has the form that this program reads."""
    mark = (folder or artefact_folder()) / "format"
    return mark.is_file() and mark.read_text() == FORMAT


@cache
def definitions() -> "Definitions":
    """The definitions of this process. Raises UserError when they were never compiled."""
    return Definitions(artefact_folder())


class Definitions:
    """Answers from one artefact folder; each record is read when first asked for and kept."""

    def __init__(self, folder: Path):
        if not is_current(folder):
            raise UserError(
                f"Chưa có bộ định nghĩa FHIR R4 đã biên dịch trong {folder}; hãy chạy bước cài đặt.",
                code="definitions-missing",
            )
        types: Pack[dict[str, tuple[str, bool, str]]] = Pack(folder, "types", dict[str, tuple[str, bool, str]])
        self._types = types.get("types") or {}
        self._structures = Pack(folder, "structures", Structure)
        self._guides = [Pack(guides.FOLDER, name, Structure) for name in guides.NAMES]
        self._search: Pack[list[SearchParameter]] = Pack(folder, "search", list[SearchParameter])
        self._compartments: Pack[dict[str, list[str]]] = Pack(folder, "compartments", dict[str, list[str]])
        self._value_sets: Pack[dict[str, Any]] = Pack(folder, "valuesets", dict[str, Any])
        self._code_systems: Pack[dict[str, Any]] = Pack(folder, "codesystems", dict[str, Any])
        self.resource_types = frozenset(
            name for name, (kind, abstract, _) in self._types.items() if kind == "resource" and not abstract
        )
        self.primitive_types = frozenset(name for name, shape in self._types.items() if shape[0] == "primitive-type")
        self.type_names = frozenset(self._types)
        self.element = lru_cache(maxsize=16384)(self._find_element)
        self.children = cache(self._find_children)
        self.json_element = lru_cache(maxsize=16384)(self._find_json_element)

    def structure(self, name_or_url: str) -> Structure | None:
        """A type, resource, profile or extension by name (`Patient`, `vitalsigns`) or canonical URL; those of the
        standard first, then those of the implementation guides."""
        name = name_or_url.partition("|")[0]
        found = self._structures.get(name)
        if found is None:
            found = next((one for pack in self._guides if (one := pack.get(name)) is not None), None)
        return found

    def add_structures(self, structures: Iterable[Structure]) -> None:
        """Make the project's own profiles known under their URLs and names (a restart forgets them)."""
        for structure in structures:
            self._structures.put((structure.url, structure.name), structure)

    def structure_urls(self) -> frozenset[str]:
        """URLs and names of all structures."""
        return self._structures.keys()

    def parent(self, type_name: str) -> str:
        """`Age` → `Quantity`, `Patient` → `DomainResource`, `Patient.contact` → `BackboneElement`, root → ""."""
        if "." in type_name:
            element = self._path_element(type_name)
            return element.types[0].code if element and element.types else "BackboneElement"
        return self._types.get(type_name, ("", False, ""))[2]

    def is_a(self, type_name: str, ancestor: str) -> bool:
        """True when `type_name` is `ancestor` or derives from it."""
        while type_name and type_name != ancestor:
            type_name = self.parent(type_name)
        return bool(type_name)

    def kind(self, type_name: str) -> str:
        """primitive-type | complex-type | resource | logical, "" for an unknown name."""
        return self._types.get(type_name, ("", False, ""))[0]

    def _find_children(self, type_name: str) -> dict[str, Element]:
        """Elements directly below a type or a nested path (`Patient.contact`), by name without `[x]`."""
        element = self._path_element(type_name) if "." in type_name else None
        if element is not None and element.content_reference:
            return self.children(element.content_reference)
        structure = self.structure(type_name.partition(".")[0])
        if structure is None:
            return {}
        prefix = type_name + "."
        below = {
            item.name: item
            for item in structure.elements
            if item.path.startswith(prefix) and "." not in item.path[len(prefix) :] and not item.slice_name
        }
        if not below and element is not None and len(element.types) == 1:
            return self.children(element.types[0].code)
        return below

    def _path_element(self, path: str) -> Element | None:
        structure = self.structure(path.partition(".")[0])
        return structure.element(path) if structure else None

    def _find_element(self, type_name: str, element_name: str) -> Element | None:
        """The element called `element_name` in a type or nested path.

        `value` and `valueQuantity` both find `value[x]`; `contact.name` style names are followed step by step.
        """
        head, _, rest = element_name.partition(".")
        found = self.json_element(type_name, head)
        if found is None:
            element = self.children(type_name).get(head.removesuffix("[x]"))
            found = (element, "") if element else None
        if found is None or not rest:
            return found[0] if found else None
        return self.element(found[1], rest)

    def _find_json_element(self, type_name: str, key: str) -> tuple[Element, str] | None:
        """(element, type of its content) for a JSON key: `valueQuantity` → (value[x], `Quantity`).

        The type of a nested element is its path (`Patient.contact`), which this and `children` take again.
        """
        children = self.children(type_name)
        element = children.get(key)
        if element is not None:
            return None if element.is_choice else (element, self.content_type(element))
        for name, element in children.items():
            if element.is_choice and key.startswith(name):
                suffix = key[len(name) :]
                for kind in element.types:
                    if suffix == kind.code[:1].upper() + kind.code[1:]:
                        return element, kind.code
        return None

    def content_type(self, element: Element) -> str:
        """Type of the content of a non-choice element; nested elements name their own (or the shared) path."""
        if element.content_reference:
            return element.content_reference
        code = element.types[0].code if element.types else element.path
        return element.path if code in _NESTED else code

    def search_parameters(self, resource_type: str) -> list[SearchParameter]:
        """Parameters of the type and those that hold for every resource (`_id`, `_lastUpdated`, `_profile`…)."""
        own = self._search.get(resource_type) or []
        codes = {parameter.code for parameter in own}
        shared = [
            parameter
            for base in ("DomainResource", "Resource")
            for parameter in self._search.get(base) or []
            if parameter.code not in codes
        ]
        return own + shared

    def compartment(self, code: str) -> dict[str, list[str]]:
        """For the compartment `Patient`: resource type → codes of the search parameters that put it there."""
        return self._compartments.get(code) or {}

    def value_set(self, url: str) -> dict[str, Any] | None:
        """A ValueSet of the specification as JSON without prose; `|version` in the URL is ignored."""
        return self._value_sets.get(url.partition("|")[0])

    def code_system(self, url: str) -> dict[str, Any] | None:
        """A CodeSystem of the specification as JSON without prose."""
        return self._code_systems.get(url.partition("|")[0])

    def value_set_urls(self) -> frozenset[str]:
        """URLs of all value sets."""
        return self._value_sets.keys()

    def code_system_urls(self) -> frozenset[str]:
        """URLs of all code systems."""
        return self._code_systems.keys()
