"""Children, descendants, and the moment of evaluation."""

from typing import Any

from ansinh.fhir.path.functions.registry import Scope, function
from ansinh.fhir.path.nodes import Node, type_of
from ansinh.fhir.path.temporal import Temporal
from ansinh.kernel.clock import VIETNAM

Items = list[Any]


@function("children")
def _children(scope: Scope, focus: Items) -> Items:
    return [child for item in focus if isinstance(item, Node) for child in item.children()]


@function("descendants")
def _descendants(scope: Scope, focus: Items) -> Items:
    found: Items = []
    level = _children(scope, focus)
    while level:
        found += level
        level = _children(scope, level)
    return found


@function("type")
def _type(scope: Scope, focus: Items) -> Items:
    found: Items = []
    for item in focus:
        namespace, name = type_of(item)
        found.append(Node({"namespace": namespace, "name": name}, ""))
    return found


def _now(scope: Scope) -> Temporal:
    moment = scope.env.now().astimezone(VIETNAM).isoformat(timespec="milliseconds")
    found = Temporal.read(moment)
    assert found is not None
    return found


@function("now")
def _now_function(scope: Scope, focus: Items) -> Items:
    return [_now(scope)]


@function("today")
def _today(scope: Scope, focus: Items) -> Items:
    return [Temporal("Date", _now(scope).parts[:3])]


@function("timeOfDay")
def _time_of_day(scope: Scope, focus: Items) -> Items:
    return [Temporal("Time", _now(scope).parts[3:])]
