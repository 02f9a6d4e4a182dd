"""The shape of definitions as the engine reads them: only what decides something, no prose."""

from typing import Any

import msgspec


class TypeRef(msgspec.Struct, frozen=True, array_like=True):
    """One allowed type. `regex` is given for the value of primitive types."""

    code: str
    profiles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    regex: str = ""


class Binding(msgspec.Struct, frozen=True, array_like=True):
    """strength: required | extensible | preferred | example; value_set: canonical, perhaps with |version."""

    strength: str
    value_set: str


class Constraint(msgspec.Struct, frozen=True, array_like=True):
    """An invariant; `severity` error | warning; `expression` FHIRPath, "" where only prose exists."""

    key: str
    severity: str
    human: str
    expression: str


class Slicing(msgspec.Struct, frozen=True, array_like=True):
    """discriminators: pairs (value | exists | pattern | type | profile, path)."""

    discriminators: tuple[tuple[str, str], ...]
    rules: str
    ordered: bool


class Element(msgspec.Struct, frozen=True, array_like=True):
    """One element of a snapshot.

    path: `Patient.contact.name`, for a choice `Observation.value[x]`; id: the same with slices (`:SystolicBP`).
    max: None for `*`. content_reference: path of the element whose content this one shares, "" for none.
    fixed, pattern: None, or the required value; the key that named it (`fixedUri`) is in fixed_type, pattern_type.
    """

    path: str
    id: str
    min: int
    max: int | None
    types: tuple[TypeRef, ...] = ()
    slice_name: str = ""
    content_reference: str = ""
    binding: Binding | None = None
    constraints: tuple[Constraint, ...] = ()
    slicing: Slicing | None = None
    fixed: Any = None
    fixed_type: str = ""
    pattern: Any = None
    pattern_type: str = ""
    base_path: str = ""
    max_length: int | None = None
    minimum: Any = None
    maximum: Any = None
    is_modifier: bool = False
    is_summary: bool = False
    must_support: bool = False

    @property
    def is_choice(self) -> bool:
        """True for `value[x]`."""
        return self.path.endswith("[x]")

    @property
    def name(self) -> str:
        """Last part of the path, without `[x]`."""
        return self.path.rpartition(".")[2].removesuffix("[x]")

    @property
    def repeats(self) -> bool:
        """True when JSON writes a list. Profiles may forbid repetition and the list remains; ask the base type."""
        return self.max is None or self.max > 1


class Structure(msgspec.Struct, frozen=True, array_like=True):
    """A StructureDefinition with its snapshot.

    kind: primitive-type | complex-type | resource | logical; derivation: specialization | constraint | "".
    type: what it describes (`Observation` for the profile `vitalsigns`); base: canonical of its parent.
    context: for extensions the elements they may stand on. context_rules: FHIRPath that must hold of the element that
    carries the extension, which is `%extension` there.
    """

    url: str
    name: str
    type: str
    kind: str
    abstract: bool
    derivation: str
    base: str
    version: str
    title: str
    context: tuple[str, ...]
    elements: tuple[Element, ...]
    context_rules: tuple[str, ...] = ()

    @property
    def is_profile(self) -> bool:
        """True for a profile or an extension, which constrain a type."""
        return self.derivation == "constraint"

    def element(self, path: str) -> Element | None:
        """The element with this path or id, `Patient.name`, `Observation.value[x]`."""
        return next((item for item in self.elements if path in (item.id, item.path)), None)


class Component(msgspec.Struct, frozen=True, array_like=True):
    """One part of a composite search parameter: URL of the parameter and its FHIRPath below the composite."""

    definition: str
    expression: str


class SearchParameter(msgspec.Struct, frozen=True, array_like=True):
    """A search parameter as it holds for ONE resource type: `expression` keeps only the branches of that type.

    type: number | date | string | token | reference | composite | quantity | uri | special.
    base: all resource types that share the parameter; target: reference targets.
    """

    code: str
    url: str
    type: str
    expression: str
    base: tuple[str, ...]
    target: tuple[str, ...] = ()
    component: tuple[Component, ...] = ()
    modifiers: tuple[str, ...] = ()
    comparators: tuple[str, ...] = ()
    multiple_or: bool = True
    multiple_and: bool = True
    name: str = ""
