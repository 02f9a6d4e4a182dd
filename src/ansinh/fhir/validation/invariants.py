"""Invariants: the rules that FHIRPath states, and the few that are checked without it.

Rules met in every resource (an extension has a value or extensions, a period starts before it ends) are plain
functions, as are those the compiled checks already cover; all others run as FHIRPath. A rule fails when it says
false. When it says nothing (comparing dates of different precision) or cannot be run, it is not held against anyone.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from ansinh.fhir.model import dates
from ansinh.fhir.model.definitions import Constraint, Definitions, Element
from ansinh.fhir.path import Path, PathError, compile_path
from ansinh.fhir.path.nodes import Node
from ansinh.fhir.validation.run import Check, Run
from ansinh.fhir.validation.sentences import sentence

# Covered elsewhere: ele-1 by empty objects and companions (types), dom-2 to dom-5 (validator), ref-1 (references),
# txt-1 and txt-2 (narrative). dom-6 asks for a narrative as good practice; data entered by forms has none.
COVERED = frozenset({"ele-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ref-1", "txt-1", "txt-2"})

# As published in R4 the rule asks for System.Boolean, which no element is; R5 says what it means.
_MENDED = {"que-7": "operator = 'exists' implies (answer is boolean)"}


def _extension_has_value_or_extensions(node: dict[str, Any]) -> bool:
    has_value = any(key.startswith(("value", "_value")) for key in node)
    return has_value != ("extension" in node)


def _period_starts_before_it_ends(node: dict[str, Any]) -> bool:
    start, end = node.get("start"), node.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return True
    try:
        return dates.bounds(start)[0] <= dates.bounds(end)[1]
    except ValueError:
        return True


def _coded_unit_has_system(node: dict[str, Any]) -> bool:
    return "code" not in node or "system" in node


_PLAIN: dict[str, Callable[[dict[str, Any]], bool]] = {
    "ext-1": _extension_has_value_or_extensions,
    "per-1": _period_starts_before_it_ends,
    "qty-3": _coded_unit_has_system,
}


def invariant_check(known: Definitions, type_name: str) -> Check | None:
    """The rules of a type, resource or nested element; None when it has none of its own."""
    structure = known.structure(type_name.partition(".")[0])
    element = structure.element(type_name) if structure else None
    constraints = element.constraints if element else ()
    return rules_check(constraints, type_name)


def element_rules(known: Definitions, element: Element, content: str) -> Check | None:
    """Rules that an element adds to those of its type (`Organization.telecom`: not for home use)."""
    if element.path == content:
        return None
    structure = known.structure(content)
    of_type = {rule.key for rule in structure.elements[0].constraints} if structure else set()
    return rules_check((rule for rule in element.constraints if rule.key not in of_type | {"ext-1"}), content)


def rules_check(constraints: Iterable[Constraint], type_name: str) -> Check | None:
    """One check of all these rules on a node of this type; None when nothing is left to check."""
    rules = [
        (rule, _PLAIN.get(rule.key), None if rule.key in _PLAIN else _of_rule(rule, type_name))
        for rule in constraints
        if rule.key not in COVERED and rule.expression
    ]
    rules = [(rule, plain, path) for rule, plain, path in rules if plain or path]
    if not rules:
        return None

    def check(node: Any, path: str, run: Run) -> None:
        for rule, plain, compiled in rules:
            if plain is not None:
                held = plain(node)
            else:
                assert compiled is not None
                held = _holds(compiled, node, type_name, run)
            if not held:
                report = run.error if rule.severity == "error" else run.warning
                report("invariant", sentence(rule), path, rule.key)

    return check


def _of_rule(rule: Constraint, type_name: str) -> Path | None:
    return _compiled(_MENDED.get(rule.key, rule.expression), type_name)


@lru_cache(maxsize=2048)
def _compiled(expression: str, type_name: str) -> Path | None:
    try:
        return compile_path(expression, type_name)
    except PathError:
        return None


def _holds(path: Path, node: Any, type_name: str, run: Run) -> bool:
    if (told := path.at_once(node)) is not None:
        return told != [False]
    resource = Node(run.root, str(run.root.get("resourceType", "")))
    try:
        found = path.items(Node(node, type_name), resource=resource, root=resource, resolve=_resolver(run))
    except PathError:
        return True
    return not (len(found) == 1 and _is_false(found[0]))


def _is_false(item: Any) -> bool:
    return item is False or (isinstance(item, Node) and item.value is False)


def _resolver(run: Run) -> Callable[[str], dict[str, Any] | None]:
    return lambda text: run.contained.get(text[1:]) if text.startswith("#") else None
