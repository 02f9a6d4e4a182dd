"""The search parameters of a type, as index and search share them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from ansinh.fhir.index import custom, numbers, words
from ansinh.fhir.model.definitions import SearchParameter, definitions
from ansinh.fhir.path import Path, compile_path

# _id and _lastUpdated are columns of the resource; named queries there are none.
UNINDEXED = frozenset({"_id", "_lastUpdated", "_query"})
TEXTS = ("_text", "_content")

IDENTIFIER_END = "identifier-end"
"""Our own parameter: the last characters of an identifier, as a register is asked ("ends in 4521")."""

_TOP = re.compile(r"\b[A-Z]\w+\.(meta\.\w+|\w+)(?:\.ofType\((\w+)\))?")
_BELOW = re.compile(r"(?:^|\|\s*)(\w+)(?:\.ofType\((\w+)\))?")
_WORDS = frozenset({"name", "alias", "title", "address", "family", "given", "display", "contact", "phonetic"})

Evaluate = Callable[..., list[Any]]

# What the specification's own expressions say wrongly: there is no type DateTime.
_ERRATA = {"ofType(DateTime)": "ofType(dateTime)"}
_SHORTCUTS = frozenset({"token", "quantity", "composite"})


@dataclass(frozen=True, slots=True)
class Part:
    """Where instances of a composite stand, and for each of its components (type, path below an instance)."""

    instances: Evaluate
    components: tuple[tuple[str, Evaluate], ...]

    def rows(self, resource: dict[str, Any]) -> Iterator[list[list[Any]]]:
        """For each instance the values of each component; only instances that have them all."""
        for node in self.instances(resource):
            found = [_component(path, node, resource) for _, path in self.components]
            if all(found):
                yield found


def _component(path: Evaluate, node: Any, resource: dict[str, Any]) -> list[Any]:
    if isinstance(path, Path) and "%resource" in path.expression:
        return path(node, resource=resource)
    return path(node)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one type.

    number: what index rows carry. tops: names of the top-level elements that it reads, without choice suffix.
    reads: gives what stands behind `evaluate`; a node uses few of R4's 1,700 expressions, so each is compiled when it
    is first asked for. Two readings of one definition are equal: what is compiled is not compared.
    words: a text is found by the beginning of each of its words, not only of the first.
    parts: for composites, each place where instances stand (`Observation`, `Observation.component`).
    sources: the parameters whose rows answer this one: mostly its own number; `combo-code` says nothing that `code`
    and `component-code` do not say, so it has no rows.
    """

    code: str
    number: int
    type: str
    targets: tuple[str, ...]
    tops: tuple[str, ...]
    words: bool
    reads: Callable[[], Evaluate] = field(compare=False)
    parts: tuple[Part, ...] = field(default=(), compare=False)
    modifiers: dict[str, int] | None = None
    serves_text: bool = False
    sources: tuple[int, ...] = ()

    @property
    def evaluate(self) -> Evaluate:
        """What the parameter finds in a resource, as JSON; take it once where many resources are asked."""
        return self.reads()

    @property
    def kind(self) -> str:
        """How it is indexed: its type, or `text` for those that look for words anywhere."""
        return "text" if self.code in TEXTS else self.type

    @property
    def has_rows(self) -> bool:
        """False when the rows of others answer it."""
        return self.number in self.sources

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
    defined = [*definitions().search_parameters(resource_type), *custom.parameters_of(resource_type)]
    kinds = {one.url: one.type for one in defined}
    sources = _shared_rows(resource_type, defined)
    found = {}
    for one in defined:
        if one.code in TEXTS:
            found[one.code] = _text(resource_type, one.code)
        elif one.code not in UNINDEXED and one.expression:
            found[one.code] = _parameter(resource_type, one, kinds, sources.get(one.code, ()))
    if "identifier" in found:
        found[IDENTIFIER_END] = _identifier_end(resource_type, found["identifier"])
    return found


def _shared_rows(resource_type: str, defined: list[SearchParameter]) -> dict[str, tuple[int, ...]]:
    """Parameters that are exactly the union of others, by code, with the numbers of those."""
    branches = {one.code: _branches(one) for one in defined if one.type in _SHORTCUTS and one.expression}
    found = {}
    for code, own in branches.items():
        inner = [name for name, parts in branches.items() if parts < own]
        if len(own) > 1 and inner and frozenset.union(*(branches[name] for name in inner)) == own:
            found[code] = tuple(numbers.param(resource_type, name) for name in inner)
    return found


def _branches(one: SearchParameter) -> frozenset[tuple[Any, ...]]:
    """What a parameter reads, comparable with what another of the same kind reads."""
    below = tuple(each.expression for each in one.component)
    return frozenset((one.type, below, branch.strip().strip("()")) for branch in one.expression.split("|"))


def _text(resource_type: str, code: str) -> Parameter:
    """`_text`: the words of the narrative; `_content`: those of every text, the narrative among them."""
    number, narrative = numbers.param(resource_type, code), numbers.param(resource_type, "_text")
    return Parameter(
        code=code,
        number=number,
        type="string",
        targets=(),
        tops=("resourceType",) if code == "_content" else ("text",),
        words=True,
        reads=_of_content if code == "_content" else _of_narrative,
        sources=(number, narrative) if code == "_content" else (number,),
    )


@cache
def by_key(resource_type: str, key: str) -> tuple[Parameter, ...]:
    """The parameters that may read the top-level JSON key `key` (`valueQuantity` is read as `value`; `meta.tag`)."""
    return tuple(one for one in parameters(resource_type).values() if any(_reads(top, key) for top in one.tops))


def _reads(top: str, key: str) -> bool:
    return key == top or (key.startswith(top) and key[len(top)].isupper())


def _parameter(resource_type: str, one: SearchParameter, kinds: dict[str, str], sources: tuple[int, ...]) -> Parameter:
    suffixes = {"reference": ("identifier",), "token": _token_modifiers(one)}
    return Parameter(
        code=one.code,
        number=numbers.param(resource_type, one.code),
        type=one.type,
        targets=one.target,
        tops=_tops(resource_type, one),
        words=one.code in _WORDS or one.code.startswith("address"),
        reads=partial(compile_path, _corrected(one.expression)),
        parts=_parts(one, kinds),
        sources=sources or (numbers.param(resource_type, one.code),),
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
    return tuple(Part(compile_path(branch), _components(one, branch, kinds)) for branch in branches)


def _components(one: SearchParameter, branch: str, kinds: dict[str, str]) -> tuple[tuple[str, Evaluate], ...]:
    types = [kinds.get(each.definition, "") for each in one.component]
    if one.code == "relationship" and types == ["reference", "token"]:
        types.reverse()  # R4 names the definitions of DocumentReference:relationship in the wrong order
    paths = [Path(_corrected(each.expression), branch) for each in one.component]
    return tuple(zip(types, paths, strict=True))


def _corrected(expression: str) -> str:
    for wrong, right in _ERRATA.items():
        expression = expression.replace(wrong, right)
    return expression


def _tops(resource_type: str, one: SearchParameter) -> tuple[str, ...]:
    """Top-level JSON keys (or their beginnings) without which the parameter finds nothing."""
    if "exists()" in one.expression:
        return ("resourceType",)  # says something about every resource: `deceased` is false where nothing is said
    keys = _keys(_TOP, one.expression)
    if one.component and resource_type in [branch.strip() for branch in one.expression.split("|")]:
        keys += _keys(_BELOW, one.component[-1].expression)  # a composite needs all its parts; the last is rarest
    return tuple(dict.fromkeys(keys)) or ("resourceType",)


def _keys(pattern: re.Pattern[str], expression: str) -> list[str]:
    return [name + kind[:1].upper() + kind[1:] for name, kind in pattern.findall(expression)]


def _of_content() -> Evaluate:
    return words.of_texts


def _of_narrative() -> Evaluate:
    return words.of_narrative


def _ends(identifier: Parameter) -> Evaluate:
    found = identifier.evaluate
    return lambda resource: [
        one["value"][::-1] for one in found(resource) if isinstance(one, dict) and isinstance(one.get("value"), str)
    ]


def _identifier_end(resource_type: str, identifier: Parameter) -> Parameter:
    return Parameter(
        code=IDENTIFIER_END,
        number=numbers.param(resource_type, IDENTIFIER_END),
        type="string",
        targets=(),
        tops=identifier.tops,
        words=False,
        sources=(numbers.param(resource_type, IDENTIFIER_END),),
        reads=partial(_ends, identifier),
    )


def forget() -> None:
    """Read the project's own parameters again."""
    custom.forget()
    parameters.cache_clear()
    by_key.cache_clear()
