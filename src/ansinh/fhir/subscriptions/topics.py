"""Topics: what one can subscribe to, read from `definitions/topics/*.yaml` in the words of R5's SubscriptionTopic."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.path import Path as Expression
from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.query import Ids, Match, Missing, Query, Updated, Words
from ansinh.fhir.search.reading import wrong
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Malformed
from ansinh.kernel.shapes import FLAG, TEXT, WORDS, misfits

INTERACTIONS = frozenset({"create", "update", "delete"})
PASSES, FAILS = "test-passes", "test-fails"

_QUERY = {
    "previous?": TEXT, "current?": TEXT, "resultForCreate?": TEXT, "resultForDelete?": TEXT, "requireBoth?": FLAG,
}  # fmt: skip
_TRIGGER = {
    "resource": TEXT, "description?": WORDS, "supportedInteraction?": [TEXT], "queryCriteria?": _QUERY,
    "fhirPathCriteria?": TEXT,
}  # fmt: skip
_FILTER = {
    "filterParameter": TEXT, "resource?": TEXT, "description?": WORDS, "comparator?": [TEXT], "modifier?": [TEXT],
}  # fmt: skip
_SHAPE = {"resource": TEXT, "include?": [TEXT], "revInclude?": [TEXT]}
_TOPIC = {
    "url": TEXT, "title": TEXT, "title_en?": WORDS, "description?": WORDS, "source?": TEXT,
    "resourceTrigger": [_TRIGGER], "canFilterBy?": [_FILTER], "notificationShape?": [_SHAPE],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trigger:
    """One change of interest; a topic has one or more and any of them suffices.

    previous, current: searches on the state before and after (None: not asked). for_create, for_delete: what the one
    that has no state to look at counts as. path: FHIRPath with %previous and %current, which must hold as well.
    """

    resource: str
    interactions: frozenset[str]
    previous: Query | None = None
    current: Query | None = None
    for_create: bool = True
    for_delete: bool = True
    require_both: bool = False
    path: Expression | None = None

    @property
    def looks_back(self) -> bool:
        """True when it must see the state before."""
        return self.previous is not None or self.path is not None


@dataclass(frozen=True, slots=True)
class Filter:
    """A search parameter by which subscribers of a topic may narrow it; resource "" for every type of the topic."""

    parameter: str
    resource: str = ""
    comparators: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic file. `types` are the resource types that its triggers watch, in order. shapes: by type, what a letter
    brings beside a record of it, as parameters of a search."""

    url: str
    title: str
    triggers: tuple[Trigger, ...]
    filters: tuple[Filter, ...]
    shapes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(trigger.resource for trigger in self.triggers))


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by its canonical URL. Raises Invalid naming the file when one cannot be read."""
    folder = Path(settings.DEFINITIONS) / "topics"
    found = [read_topic(path) for path in sorted(folder.glob("*.yaml"))]
    return {topic.url: topic for topic in found}


def read_topic(path: Path) -> Topic:
    """One file. Raises Invalid with the file's name for anything that this node would not carry out."""
    try:
        return topic_of(yaml.read(path))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"Tệp chủ đề {path.name}: không phải YAML đúng.", code="topic-file") from error
    except (Malformed, Invalid, PathError) as error:
        raise Invalid(f"Tệp chủ đề {path.name}: {error}", code="topic-file") from error


def topic_of(data: Any) -> Topic:
    """The topic of a file's content. Raises Invalid, Malformed or PathError."""
    for place, what in misfits(data, _TOPIC):
        raise Invalid(f"{place or 'tệp'}: {what}.", field=place)
    triggers = tuple(_trigger(one) for one in data["resourceTrigger"])
    if not triggers:
        raise Invalid("chủ đề phải có ít nhất một resourceTrigger.", field="resourceTrigger")
    filters = tuple(_filter(one) for one in data.get("canFilterBy") or ())
    watched = {trigger.resource for trigger in triggers}
    shapes = dict(_shape(one, watched) for one in data.get("notificationShape") or ())
    return Topic(data["url"], data["title"], triggers, filters, shapes)


def _trigger(data: dict[str, Any]) -> Trigger:
    kind = data["resource"]
    if not is_type(kind):
        raise Invalid(f"FHIR R4 không có loại tài nguyên «{kind}».", field="resource")
    given = data.get("supportedInteraction")
    interactions = INTERACTIONS if given is None else frozenset(given)
    if not interactions or not interactions <= INTERACTIONS:
        raise Invalid("supportedInteraction gồm create, update, delete.", field="supportedInteraction")
    query, path = data.get("queryCriteria") or {}, data.get("fhirPathCriteria")
    return Trigger(
        kind,
        interactions,
        previous=_query(kind, query.get("previous")),
        current=_query(kind, query.get("current")),
        for_create=_result(query, "resultForCreate"),
        for_delete=_result(query, "resultForDelete"),
        require_both=query.get("requireBoth") is True,
        path=compile_path(path) if path else None,
    )


def _result(query: dict[str, Any], name: str) -> bool:
    value = query.get(name) or PASSES
    if value not in (PASSES, FAILS):
        raise Invalid(f"{name} là {PASSES} hoặc {FAILS}.", field=name)
    return value == PASSES


def _filter(data: dict[str, Any]) -> Filter:
    comparators, modifiers = frozenset(data.get("comparator") or ()), frozenset(data.get("modifier") or ())
    return Filter(data["filterParameter"], data.get("resource") or "", comparators, modifiers)


def _shape(data: dict[str, Any], watched: Collection[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    kind = data["resource"]
    if kind not in watched:
        raise Invalid("notificationShape nói về loại mà chủ đề không theo dõi.", field="notificationShape")
    params = [("_include", one) for one in data.get("include") or ()]
    params += [("_revinclude", one) for one in data.get("revInclude") or ()]
    parse(kind, params, strict=True)  # raises Malformed for what no search would bring
    return kind, tuple(params)


def _query(kind: str, text: str | None) -> Query | None:
    return None if text is None else query_of(kind, parse_qsl(text, keep_blank_values=True))


def query_of(kind: str, params: Sequence[tuple[str, str]]) -> Query:
    """A search that one resource can answer by itself: no chain, no _has or _list, nothing about pages.

    Raises Malformed naming the parameter.
    """
    query = parse(kind, params, strict=True)
    if not params or len(query.criteria) != len(params):
        raise Malformed("điều kiện chỉ gồm các tham số tìm kiếm có giá trị.", field=kind, code="search-parameter")
    for (code, _), one in zip(params, query.criteria, strict=True):
        if not isinstance(one, Ids | Updated | Match | Missing | Words):
            raise wrong(code, "không dùng được ở đây vì phải xem hồ sơ khác.")
    return query
