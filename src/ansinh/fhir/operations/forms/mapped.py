"""Definition-based extraction: questions say which element of which resource their answers are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.operations.forms.expressions import Expressions
from ansinh.fhir.operations.forms.extensions import SDC, parts, typed, typed_parts
from ansinh.fhir.operations.forms.pairing import Product, answered, below
from ansinh.fhir.operations.forms.requests import allocated, product
from ansinh.fhir.operations.forms.shaping import Growing, Misfit, Path, steps, tidy
from ansinh.fhir.path.nodes import Node

Resource = dict[str, Any]

_EXTRACT, _VALUE = SDC("definitionExtract"), SDC("definitionExtractValue")
_ITEM = "QuestionnaireResponse.item"


@dataclass(frozen=True, slots=True)
class _Target:
    """A resource that grows, the definition that questions name it by, and how it is asked for."""

    growing: Growing
    definition: str
    rule: Mapping[str, Any]
    focus: Any
    scope: Mapping[str, Any]


def mapped(questionnaire: Resource, response: Resource, scope: Mapping[str, Any], run: Expressions) -> list[Product]:
    """One resource for each `definitionExtract` of the form, and of each item that is there."""
    return _Mapping(run).element(questionnaire, [response], response, scope, (), "Questionnaire")


class _Mapping:
    def __init__(self, run: Expressions) -> None:
        self._run = run

    def element(
        self,
        element: Resource,
        instances: list[Resource],
        focus: Any,
        scope: Mapping[str, Any],
        targets: tuple[_Target, ...],
        place: str,
    ) -> list[Product]:
        """The products of one element of the form and of all below it."""
        own = [one for rule in parts(element, _EXTRACT) if (one := self._target(rule, focus, scope, place)) is not None]
        around = (*targets, *own)
        self._fixed(element, focus, scope, around, place)
        found: list[Product] = []
        for instance in instances:
            for question, item in answered(element.get("item"), below(instance)):
                found += self._question(question, item, scope, around, f"item {question.get('linkId')}")
        made = (product(tidy(one.growing.resource), one.rule, one.focus, one.scope, self._run, place) for one in own)
        return [*made, *found]

    def _question(
        self, question: Resource, item: Resource, scope: Mapping[str, Any], targets: tuple[_Target, ...], place: str
    ) -> list[Product]:
        inner = allocated(question, scope)
        node = Node(item, _ITEM)
        target, path = _aim(question, targets)
        opened = target is not None and question.get("type") == "group" and bool(path)
        try:
            if target is not None and opened:
                target.growing.open(path)
            elif target is not None:
                self._answers(target.growing, path, item)
        except Misfit:
            self._run.note("value", "Câu trả lời không hợp với phần tử mà câu hỏi nêu (definition).", place)
            opened = False
        found = self.element(question, [item], node, inner, targets, place)
        if target is not None and opened:
            target.growing.close(path)
        return found

    def _answers(self, growing: Growing, path: Path, item: Resource) -> None:
        for answer in item.get("answer") or ():
            kind, value = typed(answer)
            if value is not None:
                growing.put(path, kind, value)

    def _target(self, rule: Mapping[str, Any], focus: Any, scope: Mapping[str, Any], place: str) -> _Target | None:
        definition = str(rule.get("definition") or "").partition("|")[0]
        structure = definitions().structure(definition)
        kind = structure.type if structure is not None else definition.rpartition("/")[2]
        if kind not in definitions().resource_types:
            self._run.note("not-found", "Chưa biết định nghĩa mà definitionExtract nêu.", place)
            return None
        growing = Growing(kind)
        if structure is not None and structure.is_profile:
            growing.resource["meta"] = {"profile": [definition]}
        return _Target(growing, definition, rule, focus, scope)

    def _fixed(
        self, element: Resource, focus: Any, scope: Mapping[str, Any], targets: tuple[_Target, ...], place: str
    ) -> None:
        """`definitionExtractValue`: values that the form knows itself, fixed or by an expression."""
        for rule in typed_parts(element, _VALUE):
            target, path = _aim({"definition": rule.get("definition", ("", ""))[1]}, targets)
            if target is None:
                self._run.note("not-found", "definitionExtractValue không thuộc tài nguyên nào đang được lập.", place)
                continue
            try:
                for kind, value in self._said(rule, focus, scope, place):
                    target.growing.put(path, kind, value)
            except Misfit:
                self._run.note("value", "Giá trị không hợp với phần tử mà definitionExtractValue nêu.", place)

    def _said(
        self, rule: Mapping[str, tuple[str, Any]], focus: Any, scope: Mapping[str, Any], place: str
    ) -> list[tuple[str, Any]]:
        if "fixed-value" in rule:
            return [rule["fixed-value"]]
        expression = rule.get("expression", ("", None))[1]
        text = expression.get("expression") if isinstance(expression, dict) else None
        if not isinstance(text, str):
            self._run.note("structure", "definitionExtractValue phải có fixed-value hoặc expression.", place)
            return []
        found = self._run.typed(text, focus, scope, place)
        return [(_SYSTEM.get(kind, kind), value) for kind, value in found]


_SYSTEM = {
    "String": "string", "Boolean": "boolean", "Integer": "integer", "Decimal": "decimal", "Date": "date",
    "DateTime": "dateTime", "Time": "time",
}  # fmt: skip


def _aim(question: Mapping[str, Any], targets: tuple[_Target, ...]) -> tuple[_Target | None, Path]:
    """The innermost resource that a question's `definition` is of, and the path in it."""
    definition, _, fragment = str(question.get("definition") or "").partition("#")
    if not fragment:
        return None, ()
    definition = definition.partition("|")[0]
    for target in reversed(targets):
        if target.definition == definition:
            try:
                return target, steps(fragment)
            except Misfit:
                return None, ()
    return None, ()
