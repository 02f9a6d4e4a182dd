"""`Questionnaire/$populate`: what is known already, filled in.

launch contexts, variables, queries ─► scope (%names)
items ─► initialExpression | observationLinkPeriod | initial ─► answers ─► calculatedExpression until nothing changes
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ansinh.fhir.operations.forms.answers import answer_of, initial_answers
from ansinh.fhir.operations.forms.expressions import Expressions
from ansinh.fhir.operations.forms.extensions import SDC, VARIABLE, parts, value, values
from ansinh.fhir.path.nodes import Node, plain, type_of
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Problem, UserError

Resource = dict[str, Any]

_MOST_GROUPS = 100
_MOST_ITEMS = 5000
_ROUNDS = 10
_LONGEST = 36500.0  # days
_ITEM = "QuestionnaireResponse.item"
_DAYS = {
    "a": 365,
    "year": 365,
    "mo": 31,
    "month": 31,
    "wk": 7,
    "week": 7,
    "d": 1,
    "day": 1,
    "h": 1 / 24,
    "min": 1 / 1440,
}


@dataclass(frozen=True, slots=True)
class Populated:
    """The response, in progress, and what could not be filled in and why."""

    response: Resource
    problems: tuple[Problem, ...]


def populate(
    repository: Repository, questionnaire: Resource, subject: str, contexts: Mapping[str, list[Resource]]
) -> Populated:
    """Fill a form for a subject (`Patient/1`). contexts: launch context name → its resources.

    An expression that fails leaves its answer open and is told in `problems`. At most 30 queries and 100 groups of an
    item. Raises what reading the subject raises.
    """
    return _Filling(repository, questionnaire, subject, contexts).run()


class _Filling:
    def __init__(
        self, repository: Repository, questionnaire: Resource, subject: str, contexts: Mapping[str, list[Resource]]
    ) -> None:
        self._repository = repository
        self._questionnaire = questionnaire
        self._subject = subject
        version = questionnaire.get("version")
        url = questionnaire.get("url")
        self._response: Resource = {
            "resourceType": "QuestionnaireResponse",
            **({"questionnaire": f"{url}|{version}" if version else url} if url else {}),
            "status": "in-progress",
            "subject": {"reference": subject},
            "authored": clock.instant(),
        }
        self._run = Expressions(repository, questionnaire, lambda: self._response)
        self._launch = self._launched(contexts)
        self._made = 0

    def run(self) -> Populated:
        scope = self._scope(self._questionnaire, self._launch, "Questionnaire", self._response)
        scope = self._queried(scope)
        encounter = next(iter(self._launch.get("encounter", ())), None)
        if isinstance(encounter, dict) and encounter.get("id"):
            self._response["encounter"] = {"reference": f"Encounter/{encounter['id']}"}
        found = self._items(self._questionnaire.get("item"), scope, "Questionnaire")
        if found:
            self._response["item"] = found
        self._calculate_all()
        return Populated(self._response, tuple(dict.fromkeys(self._run.problems)))

    def _launched(self, contexts: Mapping[str, list[Resource]]) -> dict[str, list[Any]]:
        """%patient and the others: what the caller gave, and the subject where the form asks for the person."""
        kind, _, identity = self._subject.partition("/")
        subject = self._repository.read(kind, identity)
        launch: dict[str, list[Any]] = {"subject": [subject]} | ({"patient": [subject]} if kind == "Patient" else {})
        launch |= {name: list(resources) for name, resources in contexts.items()}
        for declared in parts(self._questionnaire, SDC("launchContext")):
            named = declared.get("name")
            name = named.get("code") if isinstance(named, dict) else named
            if isinstance(name, str) and name not in launch:
                launch[name] = self._actor() if name == "user" else []
        return launch

    def _actor(self) -> list[Resource]:
        kind, _, identity = self._repository.context.actor.partition("/")
        allowed = bool(identity) and self._repository.context.allows("read", kind)
        found = self._repository.find(kind, identity) if allowed else None
        return [found] if found else []

    def _scope(self, element: Mapping[str, Any], outer: Mapping[str, Any], place: str, focus: Any) -> dict[str, Any]:
        """The outer names and the variables of this element, each of which may use those before it."""
        scope = dict(outer)
        for expression in values(element, VARIABLE):
            if isinstance(expression, dict) and isinstance(expression.get("name"), str):
                scope[expression["name"]] = self._run.items(expression, focus, scope, place)
        return scope

    def _queried(self, scope: dict[str, Any]) -> dict[str, Any]:
        """`sourceQueries`: contained batches of searches, each a %name of its id."""
        held = {one.get("id"): one for one in self._questionnaire.get("contained") or () if isinstance(one, dict)}
        for reference in values(self._questionnaire, SDC("sourceQueries")):
            batch = held.get(str((reference or {}).get("reference", "")).removeprefix("#"))
            if not isinstance(batch, dict) or batch.get("resourceType") != "Bundle":
                self._run.note("not-found", "Không có Bundle mà sourceQueries nhắc tới.", "Questionnaire")
                continue
            urls = [(one.get("request") or {}).get("url") for one in batch.get("entry") or ()]
            found = [self._run.query(str(url), self._response, scope, "Questionnaire") for url in urls if url]
            entries = [{"resource": one} for one in found if one is not None]
            answer = {"resourceType": "Bundle", "type": "batch-response", "entry": entries}
            scope = scope | {str(batch["id"]): [Node(answer, "Bundle")]}
        return scope

    def _items(self, questions: Any, scope: Mapping[str, Any], place: str) -> list[Resource]:
        found: list[Resource] = []
        for index, question in enumerate(questions if isinstance(questions, list) else ()):
            if not isinstance(question, dict) or question.get("type") == "display":
                continue
            here = f"{place}.item[{index}]"
            self._made += 1
            if self._made > _MOST_ITEMS:
                self._run.note("too-costly", f"Chỉ điền {_MOST_ITEMS} câu đầu.", place)
                break
            inner = self._scope(
                question, {**scope, "qitem": [Node(question, "Questionnaire.item")]}, here, self._response
            )
            make = self._groups if question.get("type") == "group" else self._question
            found += make(question, inner, here)
        return found

    def _groups(self, question: Resource, scope: Mapping[str, Any], place: str) -> list[Resource]:
        """One group, or one for each item of its population context when it repeats."""
        context = value(question, SDC("itemPopulationContext"))
        if not isinstance(context, dict):
            return self._group(question, scope, place)
        name = str(context.get("name", "context"))
        items = self._run.items(context, self._response, scope, place)
        if not question.get("repeats"):
            return self._group(question, {**scope, name: items}, place)
        if len(items) > _MOST_GROUPS:
            self._run.note("too-long", f"Chỉ điền {_MOST_GROUPS} lần lặp đầu.", place)
        return [one for item in items[:_MOST_GROUPS] for one in self._group(question, {**scope, name: [item]}, place)]

    def _group(self, question: Resource, scope: Mapping[str, Any], place: str) -> list[Resource]:
        inner = self._items(question.get("item"), scope, place)
        return [_head(question) | {"item": inner}] if inner else []

    def _question(self, question: Resource, scope: Mapping[str, Any], place: str) -> list[Resource]:
        answers = self._answers(question, scope, place)
        inner = self._items(question.get("item"), scope, place) if answers else []
        if inner:
            answers[0]["item"] = inner
        return [_head(question) | {"answer": answers}] if answers else []

    def _answers(self, question: Resource, scope: Mapping[str, Any], place: str) -> list[Resource]:
        expression = value(question, SDC("initialExpression"))
        if expression is not None:
            found = self._run.items(expression, self._response, scope, place)
            if answers := self._fitting(question, found, place):
                return answers
        elif observed := self._observed(question, place):
            return observed
        return initial_answers(question)

    def _fitting(self, question: Resource, items: list[Any], place: str) -> list[Resource]:
        typed = [(_type(item), plain(item)) for item in items]
        made = [answer_of(question, kind, found) for kind, found in typed if found is not None]
        fitting = [one for one in made if one is not None]
        if len(fitting) < len(made):
            self._run.note("value", "Giá trị tìm được không hợp với kiểu của câu hỏi.", place)
        if len(fitting) > 1 and not question.get("repeats"):
            self._run.note("multiple-matches", "Có nhiều giá trị; chỉ điền giá trị đầu.", place)
            return fitting[:1]
        return fitting

    def _observed(self, question: Resource, place: str) -> list[Resource]:
        """`observationLinkPeriod`: the newest observation of the question's code within the period."""
        period = value(question, SDC("observationLinkPeriod"))
        codes = [one for one in question.get("code") or () if isinstance(one, dict) and one.get("code")]
        days = _days(period)
        if not codes or days is None or not self._repository.context.allows("search", "Observation"):
            return []
        since = (clock.now() - timedelta(days=days)).date().isoformat()
        asked = [
            ("subject", self._subject),
            ("code", ",".join(f"{one.get('system', '')}|{one['code']}" for one in codes)),
            ("status", "final,amended,corrected"),
            ("date", f"ge{since}"),
            ("_sort", "-date"),
            ("_count", "1"),
        ]
        try:
            newest = list(search(self._repository, "Observation", asked).resources)
        except UserError as error:
            self._run.note("processing", error.message, place)
            return []
        return self._fitting(question, [item for one in newest for item in self._value(one, place)], place)

    def _value(self, observation: Resource, place: str) -> list[Any]:
        return self._run.path("value", observation, {}, place)

    def _calculate_all(self) -> None:
        """Until nothing changes: one calculated answer may rest on another."""
        if not _has_calculated(self._questionnaire.get("item")):
            return
        for _ in range(_ROUNDS):
            scope = self._scope(self._questionnaire, self._launch, "Questionnaire", self._response)
            before = repr(self._response.get("item"))
            self._response["item"] = self._calculated(
                self._questionnaire.get("item"), self._response.get("item", []), scope, "Questionnaire", self._response
            )
            if repr(self._response["item"]) == before:
                break
        else:
            self._run.note("processing", "Các câu tính tự động phụ thuộc vòng quanh nhau.", "Questionnaire")
        if not self._response["item"]:
            del self._response["item"]

    def _calculated(
        self, questions: Any, present: list[Resource], scope: Mapping[str, Any], place: str, around: Resource
    ) -> list[Resource]:
        """The items of one level with calculated answers put in, in the order of the form."""
        found: list[Resource] = []
        for index, question in enumerate(questions or ()):
            here = f"{place}.item[{index}]"
            own = [one for one in present if one.get("linkId") == question.get("linkId")]
            expression = value(question, SDC("calculatedExpression"))
            inner = {**scope, "qitem": [Node(question, "Questionnaire.item")]}
            if expression is not None and question.get("type") not in ("group", "display"):
                inner = self._scope(question, inner, here, around)
                root = "" if "resourceType" in around else _ITEM
                answers = self._fitting(question, self._run.items(expression, around, inner, here, root), here)
                own = [_head(question) | {"answer": answers}] if answers else []
            elif question.get("item"):
                own = self._within(question, own, inner, here)
            found += own
        return found

    def _within(self, question: Resource, own: list[Resource], scope: Mapping[str, Any], place: str) -> list[Resource]:
        if question.get("type") != "group":
            return own
        if not own and _has_calculated(question["item"]):
            own = [_head(question) | {"item": []}]
        filled = []
        for group in own:
            inner = self._scope(question, scope, place, group)
            items = self._calculated(question["item"], group.get("item", []), inner, place, group)
            if items:
                filled.append(group | {"item": items})
        return filled


def _head(question: Mapping[str, Any]) -> Resource:
    return {key: question[key] for key in ("linkId", "text") if key in question}


def _has_calculated(questions: Any) -> bool:
    return any(
        value(one, SDC("calculatedExpression")) is not None or _has_calculated(one.get("item"))
        for one in questions or ()
        if isinstance(one, dict)
    )


def _type(item: Any) -> str:
    return item.type if isinstance(item, Node) and item.type else type_of(item)[1]


def _days(period: Any) -> float | None:
    """Days of a Duration; None for what is none."""
    try:
        number = float(period["value"])
    except (TypeError, KeyError, ValueError):
        return None
    unit = _DAYS.get(str(period.get("code") or period.get("unit") or "d"))
    return None if unit is None else min(abs(number) * unit, _LONGEST)
