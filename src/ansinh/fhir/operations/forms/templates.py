"""Template-based extraction: contained resources whose elements say where in the answers their values are."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from ansinh.fhir.operations.forms.expressions import Expressions
from ansinh.fhir.operations.forms.extensions import SDC, parts, value, without
from ansinh.fhir.operations.forms.pairing import Product, answered, below
from ansinh.fhir.operations.forms.requests import allocated, product
from ansinh.fhir.operations.forms.shaping import tidy
from ansinh.fhir.path.nodes import Node

Resource = dict[str, Any]

_CONTEXT, _VALUE = SDC("templateExtractContext"), SDC("templateExtractValue")
_ITEM = "QuestionnaireResponse.item"
_MOST = 5000  # elements that one template may grow to


def templates(questionnaire: Resource, response: Resource, scope: Mapping[str, Any], run: Expressions) -> list[Product]:
    """A resource for each `templateExtract` of the form, and of each item that is there."""
    held = {one["id"]: one for one in questionnaire.get("contained") or () if isinstance(one, dict) and "id" in one}
    return list(_of(questionnaire, response, response, scope, held, run))


def bundled(questionnaire: Resource, response: Resource, scope: Mapping[str, Any], run: Expressions) -> list[Resource]:
    """The entries of the Bundle template of `templateExtractBundle`, filled in."""
    held = {one.get("id"): one for one in questionnaire.get("contained") or () if isinstance(one, dict)}
    named = value(questionnaire, SDC("templateExtractBundle"))
    if not isinstance(named, dict):
        return []
    template = held.get(str(named.get("reference", "")).removeprefix("#"))
    if template is None or template.get("resourceType") != "Bundle":
        run.note("not-found", "Không có Bundle mẫu mà templateExtractBundle nhắc tới.", "Questionnaire")
        return []
    filled = fill(template, response, scope, run, "Questionnaire")
    return [one for one in filled.get("entry", []) if isinstance(one, dict) and one.get("resource")]


def _of(
    element: Resource,
    item: Resource,
    focus: Any,
    scope: Mapping[str, Any],
    held: Mapping[str, Resource],
    run: Expressions,
) -> Iterator[Product]:
    place = f"item {element['linkId']}" if "linkId" in element else "Questionnaire"
    for rule in parts(element, SDC("templateExtract")):
        template = held.get(str((rule.get("template") or {}).get("reference", "")).removeprefix("#"))
        if template is None:
            run.note("not-found", "Không có tài nguyên mẫu mà templateExtract nhắc tới.", place)
            continue
        resource = fill(template, focus, scope, run, place)
        resource.pop("id", None)
        yield product(resource, rule, focus, scope, run, place)
    for question, answer in answered(element.get("item"), below(item)):
        yield from _of(question, answer, Node(answer, _ITEM), allocated(question, scope), held, run)


def fill(template: Resource, focus: Any, scope: Mapping[str, Any], run: Expressions, place: str) -> Resource:
    """A copy of the template with values of the answers; elements whose answers are missing are left out."""
    return tidy(_Template(scope, run, place).element(copy.deepcopy(template), focus))


class _Template:
    def __init__(self, scope: Mapping[str, Any], run: Expressions, place: str) -> None:
        self._scope = scope
        self._run = run
        self._place = place
        self._made = 0

    def element(self, node: Resource, focus: Any) -> Resource:
        """An object with its members filled."""
        filled: Resource = {}
        for name in dict.fromkeys(key.removeprefix("_") for key in node):
            given, beside = node.get(name), node.get(f"_{name}")
            if isinstance(given, list) or isinstance(beside, list):
                self._list(filled, name, given or [], beside or [], focus)
                continue
            made = next(self._member(given, beside, focus), None)
            if made is not None:
                _keep(filled, name, *made)
        return filled

    def _list(self, filled: Resource, name: str, given: list[Any], beside: list[Any], focus: Any) -> None:
        pairs: list[tuple[Any, Any]] = []
        for index in range(max(len(given), len(beside))):
            one = given[index] if index < len(given) else None
            two = beside[index] if index < len(beside) else None
            pairs += self._member(one, two, focus)
        if pairs:
            filled[name] = [one for one, _ in pairs]
            if any(two for _, two in pairs):
                filled[f"_{name}"] = [two or None for _, two in pairs]
            if all(one is None for one, _ in pairs):
                del filled[name]

    def _member(self, given: Any, beside: Any, focus: Any) -> Iterator[tuple[Any, Any]]:
        """(value, what stands under `_name`) for each time that this member is to be there."""
        ruled = given if isinstance(given, dict) else beside if isinstance(beside, dict) else {}
        context, said = value(ruled, _CONTEXT), value(ruled, _VALUE)
        rest = without(ruled, _CONTEXT, _VALUE)
        for each in self._foci(context, focus):
            plain = {key: one for key, one in ruled.items() if key != "extension"} | (
                {"extension": rest} if rest else {}
            )
            if isinstance(said, str):
                found = self._run.typed(said, each, self._scope, self._place)
                yield from self._values([one for _, one in found], None if isinstance(given, dict) else plain)
            elif isinstance(given, dict):
                yield self.element(plain, each), None
            else:
                yield given, plain

    def _foci(self, context: Any, focus: Any) -> list[Any]:
        if not isinstance(context, str):
            return [focus]
        found = self._run.path(context, focus, self._scope, self._place)
        self._made += len(found)
        if self._made > _MOST:
            self._run.note("too-costly", f"Mẫu sinh ra quá {_MOST} phần tử; phần còn lại được bỏ qua.", self._place)
            return []
        return found

    def _values(self, found: list[Any], beside: Any) -> Iterator[tuple[Any, Any]]:
        """Results in the place of an element; under `_name` only what a primitive can be."""
        for one in found:
            if beside is not None and isinstance(one, dict):
                self._run.note("value", "Giá trị của mẫu phải là giá trị đơn.", self._place)
            else:
                yield one, beside


def _keep(filled: Resource, name: str, made: Any, beside: Any) -> None:
    if made is not None:
        filled[name] = made
    if beside:
        filled[f"_{name}"] = beside
