"""Discriminators that look beyond the value: the type or profile of what a Reference names, the profile of a value.

What a reference names can be read when it is contained; otherwise only its type is known, when it says one. A test
that cannot decide raises `Undecided`: then the slicing says nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.references import parse
from ansinh.fhir.validation.parts import Found, Part
from ansinh.fhir.validation.run import Run

type Meets = Callable[[Any, str, Run], bool]
"""(value, url of a profile, run) → does the value conform."""


class Undecided(Exception):
    """Nothing here says whether a value belongs to the slice."""


def wanted_profiles(part: Part) -> tuple[str, ...]:
    """Profiles that the slice asks of its values, or of what its references name."""
    return tuple(url for kind in part.element.types for url in (*kind.profiles, *kind.targets))


def type_test(part: Part, run: Run) -> Callable[[Any], bool]:
    """Is what a Reference names of a type that the slice points to?"""
    types = {_type_of(url) for url in wanted_profiles(part)}

    def test(value: Any) -> bool:
        found, target = _target(value, run)
        if not found:
            raise Undecided
        return found in types or (target is not None and target.get("resourceType") in types)

    return test


def profile_test(part: Part, run: Run, meets: Meets, *, resolved: bool) -> Callable[[Any], bool]:
    """Does a value, or what a Reference names, conform to a profile that the slice asks for?"""
    profiles = wanted_profiles(part)

    def test(value: Any) -> bool:
        if not resolved:
            return any(meets(value, url, run) for url in profiles)
        found, target = _target(value, run)
        able = [url for url in profiles if not found or _type_of(url) == found]
        if target is None and able:
            raise Undecided
        return any(meets(target, url, run) for url in able)

    return test


def kinds_at(part: Part, steps: list[str]) -> Iterator[str]:
    """Types that the slice allows at the end of plain steps."""
    if not steps:
        yield from (kind.code for kind in part.element.types)
    for child in part.children if steps else ():
        if child.element.name == steps[0]:
            yield from kinds_at(child, steps[1:])


def kinds_of(found: Found, steps: list[str]) -> Iterator[str]:
    """Types of the values at the end of plain steps; of a choice by its name (`valueQuantity`), of a resource by what
    it says itself."""
    if not steps:
        yield from _own_kind(found.value) or (found.type,)
        return
    nodes = [found.value]
    for step in steps[:-1]:
        below = [node.get(step) for node in nodes if isinstance(node, dict)]
        nodes = [item for one in below for item in (one if isinstance(one, list) else [one])]
    last = steps[-1]
    for node in nodes:
        for key, value in node.items() if isinstance(node, dict) else ():
            if key == last:
                yield from _own_kind(value)
            suffix = key.removeprefix(last)
            if suffix != key and suffix:
                yield suffix if suffix in definitions().type_names else suffix[:1].lower() + suffix[1:]


def _own_kind(value: Any) -> tuple[str, ...]:
    """What a resource, or each of a list of them, says it is."""
    listed = value if isinstance(value, list) else [value]
    return tuple(str(one["resourceType"]) for one in listed if isinstance(one, dict) and "resourceType" in one)


def _target(value: Any, run: Run) -> tuple[str, dict[str, Any] | None]:
    """(type, resource) of what a Reference names; "" and None where that is not known."""
    text = value.get("reference") if isinstance(value, dict) else None
    found = parse(text) if isinstance(text, str) else None
    if found is not None and found.kind == "fragment":
        target = run.contained.get(found.fragment)
        return (str(target.get("resourceType", "")), target) if target else ("", None)
    if found is not None and found.type:
        return found.type, None
    told = value.get("type") if isinstance(value, dict) else None
    return (told if isinstance(told, str) else ""), None


def _type_of(url: str) -> str:
    structure = definitions().structure(url)
    return structure.type if structure else url.rpartition("/")[2]
