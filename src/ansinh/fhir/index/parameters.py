"""The search parameters of a type, as index and search share them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from ansinh.fhir.index import numbers
from ansinh.fhir.model.definitions import SearchParameter, definitions
from ansinh.fhir.path import Path, compile_path

# _id and _lastUpdated are columns of the resource; the others need a text engine or a map.
UNINDEXED = frozenset({"_id", "_lastUpdated", "_text", "_content", "_query", "phonetic", "near"})

IDENTIFIER_END = "identifier-end"
"""Our own parameter: the last characters of an identifier, as a register is asked ("ends in 4521")."""

_TOP = re.compile(r"\b[A-Z]\w+\.(meta\.\w+|\w+)(?:\.ofType\((\w+)\))?")
_BELOW = re.compile(r"(?:^|\|\s*)(\w+)(?:\.ofType\((\w+)\))?")
_WORDS = frozenset({"name", "alias", "title", "address", "family", "given", "display", "contact"})

Evaluate = Callable[[dict[str, Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Where instances of a composite stand, and for each of its components (type, path below an instance)."""

    instances: Evaluate
    components: tuple[tuple[str, Evaluate], ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one type.

    number: what index rows carry. tops: names of the top-level elements that it reads, without choice suffix.
    words: a text is found by the beginning of each of its words, not only of the first.
    parts: for composites, each place where instances stand (`Observation`, `Observation.component`).
    """

    code: str
    number: int
    type: str
    targets: tuple[str, ...]
    tops: tuple[str, ...]
    words: bool
    evaluate: Evaluate
    parts: tuple[Part, ...] = ()
    modifiers: dict[str, int] | None = None
    serves_text: bool = False

    @property
    def component_types(self) -> tuple[str, ...]:
        """Types of a composite's components: ("token", "quantity")."""
        return tuple(kind for kind, _ in self.parts[0].components) if self.parts else ()

    def variant(self, suffix: str) -> int:
        """Number of the rows that serve a modifier (`identifier:of-type`); KeyError when it has none."""
        return (self.modifiers or {})[suffix]


@cache
def parameters(resource_type: str) -> dict[str, Parameter]:
    """Every indexed parameter of a type, by code."""
    defined = definitions().search_parameters(resource_type)
    kinds = {one.url: one.type for one in defined}
    found = {}
    for one in defined:
        if one.code not in UNINDEXED and one.type != "special" and one.expression:
            found[one.code] = _parameter(resource_type, one, kinds)
    if "identifier" in found:
        found[IDENTIFIER_END] = _identifier_end(resource_type, found["identifier"])
    return found


@cache
def by_key(resource_type: str, key: str) -> tuple[Parameter, ...]:
    """The parameters that may read the top-level JSON key `key` (`valueQuantity` is read as `value`; `meta.tag`)."""
    return tuple(one for one in parameters(resource_type).values() if any(_reads(top, key) for top in one.tops))


def _reads(top: str, key: str) -> bool:
    return key == top or (key.startswith(top) and key[len(top)].isupper())


def _parameter(resource_type: str, one: SearchParameter, kinds: dict[str, str]) -> Parameter:
    suffixes = {"reference": ("identifier",), "token": _token_modifiers(one)}
    return Parameter(
        code=one.code,
        number=numbers.param(resource_type, one.code),
        type=one.type,
        targets=one.target,
        tops=_tops(resource_type, one),
        words=one.code in _WORDS or one.code.startswith("address"),
        evaluate=compile_path(one.expression),
        parts=_parts(one, kinds),
        serves_text=one.type == "token" and "text" in _token_modifiers(one),
        modifiers={name: numbers.param(resource_type, f"{one.code}:{name}") for name in suffixes.get(one.type, ())},
    )


def _token_modifiers(one: SearchParameter) -> tuple[str, ...]:
    """What needs rows of its own. `combo-code` and `component-code` say the words of `code` again; they have none."""
    if one.code == "identifier":
        return ("of-type",)
    return () if one.code.startswith(("combo-", "component-", "_")) else ("text",)


def _parts(one: SearchParameter, kinds: dict[str, str]) -> tuple[Part, ...]:
    if not one.component:
        return ()
    branches = [branch.strip() for branch in one.expression.split("|")]
    return tuple(
        Part(
            compile_path(branch),
            tuple((kinds.get(each.definition, ""), Path(each.expression, branch)) for each in one.component),
        )
        for branch in branches
    )


def _tops(resource_type: str, one: SearchParameter) -> tuple[str, ...]:
    """Top-level JSON keys (or their beginnings) without which the parameter finds nothing."""
    if "exists()" in one.expression:
        return ("resourceType",)  # says something about every resource: `deceased` is false where nothing is said
    keys = _keys(_TOP, one.expression)
    if one.component and resource_type in [branch.strip() for branch in one.expression.split("|")]:
        keys += _keys(_BELOW, one.component[-1].expression)  # a composite needs all its parts; the last is rarest
    return tuple(dict.fromkeys(keys))


def _keys(pattern: re.Pattern[str], expression: str) -> list[str]:
    return [name + kind[:1].upper() + kind[1:] for name, kind in pattern.findall(expression)]


def _identifier_end(resource_type: str, identifier: Parameter) -> Parameter:
    return Parameter(
        code=IDENTIFIER_END,
        number=numbers.param(resource_type, IDENTIFIER_END),
        type="string",
        targets=(),
        tops=identifier.tops,
        words=False,
        evaluate=lambda resource: [
            one["value"][::-1]
            for one in identifier.evaluate(resource)
            if isinstance(one, dict) and isinstance(one.get("value"), str)
        ],
    )
