"""Expressions of a form: FHIRPath and x-fhir-query, within the reader's reach. What fails is noted, not raised."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.model.references import parse
from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.path.nodes import Node
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import valuesets
from ansinh.kernel.errors import Problem, UserError

Resource = dict[str, Any]
Scope = Mapping[str, Any]

_PLACEHOLDER = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
_MOST_QUERIES = 30
_MOST_FOUND = 200
_LANGUAGES = ("text/fhirpath", None)


class Expressions:
    """Runs the expressions of one form. `problems` gathers what could not be done, each with the place in the form."""

    def __init__(self, repository: Repository, questionnaire: Resource, response: Callable[[], Resource]) -> None:
        self.problems: list[Problem] = []
        self._repository = repository
        self._questionnaire = questionnaire
        self._response = response
        self._queries = 0

    def items(self, expression: Any, focus: Any, scope: Scope, place: str, root_type: str = "") -> list[Any]:
        """The collection: Nodes and System values. focus: a resource, or an element of `root_type`."""
        if not isinstance(expression, dict) or not isinstance(expression.get("expression"), str):
            self.note("structure", "Biểu thức phải có expression.", place)
            return []
        if expression.get("language") == "application/x-fhir-query":
            found = self.query(expression["expression"], focus, scope, place, root_type)
            return [] if found is None else [Node(found, "Bundle")]
        if expression.get("language") not in _LANGUAGES:
            self.note("not-supported", "Chỉ chạy được biểu thức FHIRPath và x-fhir-query.", place)
            return []
        return self.path(expression["expression"], focus, scope, place, root_type)

    def path(self, text: str, focus: Any, scope: Scope, place: str, root_type: str = "") -> list[Any]:
        """The collection of a FHIRPath text."""
        try:
            return compile_path(text, root_type).items(focus, **self._options(scope))
        except PathError as error:
            self.note("processing", f"Biểu thức không chạy được: {error.reason}", place)
            return []

    def typed(self, text: str, focus: Any, scope: Scope, place: str, root_type: str = "") -> list[tuple[str, Any]]:
        """(type, JSON value) of each item of a FHIRPath text."""
        try:
            return compile_path(text, root_type).typed(focus, **self._options(scope))
        except PathError as error:
            self.note("processing", f"Biểu thức không chạy được: {error.reason}", place)
            return []

    def texts(self, text: str, focus: Any, scope: Scope, place: str, root_type: str = "") -> list[str]:
        """The values of a FHIRPath text, as texts."""
        return [_text(value) for _, value in self.typed(text, focus, scope, place, root_type)]

    def query(self, text: str, focus: Any, scope: Scope, place: str, root_type: str = "") -> Resource | None:
        """A searchset of what `Observation?patient={{%patient.id}}` finds, or the resource that `Patient/1` names.

        None when one of its expressions is empty: then there is nothing to ask for.
        """
        filled: list[str] = []
        for inner in _PLACEHOLDER.findall(text):
            found = self.texts(inner, focus, scope, place, root_type)
            if not found:
                return None
            filled.append(",".join(one.replace("\\", "\\\\").replace(",", "\\,") for one in found))
        if self._queries >= _MOST_QUERIES:
            self.note("too-costly", f"Phiếu hỏi quá {_MOST_QUERIES} lần; phần còn lại được bỏ qua.", place)
            return None
        self._queries += 1
        try:
            return self._ask(text, filled)
        except UserError as error:
            self.note("processing", error.message, place)
            return None

    def _ask(self, text: str, filled: list[str]) -> Resource | None:
        numbered = iter(range(len(filled)))
        marked = _PLACEHOLDER.sub(lambda match: f"\x00{next(numbered)}\x00", text).lstrip("/")
        path, _, rest = marked.partition("?")
        kind, _, identity = _restored(path, filled).partition("/")
        if not is_type(kind):
            raise UserError("Câu hỏi của phiếu phải bắt đầu bằng một loại tài nguyên.", code="query")
        if identity:
            return self._repository.find(kind, identity)
        asked = [(name, _restored(value, filled)) for name, value in parse_qsl(rest, keep_blank_values=True)]
        limit = [] if any(name == "_count" for name, _ in asked) else [("_count", str(_MOST_FOUND))]
        page = search(self._repository, kind, [*asked, *limit])
        entries = [{"resource": one, "search": {"mode": "match"}} for one in page.resources]
        entries += [{"resource": one, "search": {"mode": "include"}} for one in page.included]
        return {"resourceType": "Bundle", "type": "searchset", "entry": entries}

    def note(self, code: str, message: str, place: str) -> None:
        """Something that could not be done; the rest goes on."""
        self.problems.append(Problem(code, message, place, "warning", "form"))

    def _options(self, scope: Scope) -> dict[str, Any]:
        environment = {"questionnaire": self._questionnaire, **scope}
        hooks = {"resolve": self._resolve, "member_of": _is_member}
        return {"resource": self._response(), "environment": environment, **hooks}

    def _resolve(self, text: str) -> Resource | None:
        target = parse(text)
        if target is None or target.kind != "relative" or not self._repository.context.allows("read", target.type):
            return None
        return self._repository.find(target.type, target.id)


def _is_member(system: str | None, code: str, url: str) -> bool | None:
    return valuesets.contains(url, system or "", code)


def _restored(text: str, filled: Iterable[str]) -> str:
    for index, value in enumerate(filled):
        text = text.replace(f"\x00{index}\x00", value)
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return str(value.get("code") or value.get("reference") or value.get("value") or "")
    return str(value)
