"""The plain runner: a Query over resources in memory. Slow and obvious; the SQL runner is compared with it.

Shares with SQL how a request is read and which values a parameter has (`index.values`), and nothing else.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ansinh.fhir.index import places, values, words
from ansinh.fhir.index.extraction import strings
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.parameters import Parameter
from ansinh.fhir.model import dates
from ansinh.fhir.search.conditions import approximate
from ansinh.fhir.search.query import (
    Alternative,
    Amount,
    Chained,
    Criterion,
    Has,
    Ids,
    Match,
    Missing,
    Moment,
    Nearby,
    Number,
    Pair,
    Query,
    Sort,
    Target,
    Text,
    Token,
    Tree,
    Updated,
    Within,
    Words,
)
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
_IMPLIED = "http://hl7.org/fhir/"


def run(query: Query, resources: Iterable[Resource]) -> list[Resource]:
    """Every match, sorted as asked and then in the order given; paging and includes are not applied.

    resources: what the reader may see, as stored. The order given is the order in which they were first written.
    """
    return _Runner(list(resources)).run(query)


class _Runner:
    def __init__(self, resources: list[Resource]) -> None:
        self.resources = resources

    def run(self, query: Query) -> list[Resource]:
        found = [
            one
            for one in self.resources
            if one["resourceType"] == query.resource_type and all(self.meets(one, each) for each in query.criteria)
        ]
        known = {key_of(one["resourceType"], one["id"]): one for one in self.resources}
        for sort in reversed(query.sort):
            found = _sorted(found, sort, known)
        return found

    def meets(self, resource: Resource, one: Criterion) -> bool:
        match one:
            case Ids():
                return resource["id"] in one.ids
            case Updated():
                at = dates.bounds(resource["meta"]["lastUpdated"])[0]
                return any(_moment(each, at, at) for each in one.moments)
            case Match():
                return _matches(resource, one)
            case Words():
                spoken = _words_of(resource, one.parameter)
                return any(spoken >= set(words) for words in one.alternatives)
            case Tree():
                return self._stands_in(resource, one)
            case Missing():
                return _is_missing(resource, one.parameter) == one.absent
            case Chained():
                return any(self._points(resource, one.parameter, kind, inner) for kind, inner in one.inner)
            case Within():
                return self._belongs(resource, one)
            case Has():
                own = key_of(resource["resourceType"], resource["id"])
                return any(
                    other["resourceType"] == one.source
                    and own in _targets(other, one.parameter)
                    and self.meets(other, one.inner)
                    for other in self.resources
                )

    def _stands_in(self, resource: Resource, one: Tree) -> bool:
        named = _targets(resource, one.parameter)
        return any(named & self._walk(kind, upwards, key, one.above) for kind, upwards, key in one.branches)

    def _walk(self, kind: str, upwards: Parameter, key: int, above: bool) -> set[int]:
        """The one named and all above (below) it among the resources of its type."""
        kin = {key_of(kind, one["id"]): _targets(one, upwards) for one in self.resources if one["resourceType"] == kind}
        seen, fresh = {key}, {key}
        while fresh:
            if above:
                found = {over for one in fresh for over in kin.get(one, ())}
            else:
                found = {one for one, over in kin.items() if over & fresh}
            fresh = found - seen
            seen |= fresh
        return seen

    def _belongs(self, resource: Resource, one: Within) -> bool:
        own = key_of(resource["resourceType"], resource["id"])
        return own == one.key or any(one.key in _targets(resource, each) for each in one.parameters)

    def _points(self, resource: Resource, parameter: Parameter, kind: str, inner: Criterion) -> bool:
        keys = _targets(resource, parameter)
        return any(
            other["resourceType"] == kind and key_of(kind, other["id"]) in keys and self.meets(other, inner)
            for other in self.resources
        )


def _targets(resource: Resource, parameter: Parameter) -> set[int]:
    return {key for value in parameter.evaluate(resource) for key in values.targets(value)}


def _words_of(resource: Resource, parameter: Parameter) -> set[str]:
    found = set(words.of_narrative(resource))
    return found if parameter.code == "_text" else found | set(words.of_texts(resource))


def _is_missing(resource: Resource, parameter: Parameter) -> bool:
    if parameter.code == "_content":
        return not _words_of(resource, parameter)
    if parameter.type == "composite":
        return not any(any(part.rows(resource)) for part in parameter.parts)
    if parameter.type == "token":  # a concept of words alone has no code to be found by
        return not any(True for value in parameter.evaluate(resource) for _ in values.codes(value))
    return not parameter.evaluate(resource)


def _matches(resource: Resource, one: Match) -> bool:
    if one.parameter.type == "composite":
        return any(_pair(resource, one.parameter, each) for each in one.alternatives if isinstance(each, Pair))
    found = one.parameter.evaluate(resource)
    holds = any(_holds(value, one, each) for value in found for each in one.alternatives)
    return not holds if one.modifier in ("not", "not-in") else holds


def _holds(value: Any, one: Match, each: Alternative) -> bool:
    match each:
        case Target():
            return any(key in each.keys for key in values.targets(value))
        case Token():
            return _token(value, one.modifier, each)
        case Moment():
            interval = values.interval(value)
            return interval is not None and _moment(each, *interval)
        case Number():
            return not isinstance(value, str | bool | dict) and _number(each, float(value))
        case Amount():
            return _amount(value, each)
        case Text():
            if one.parameter.type == "token":
                return _words(value, each.text)
            if one.parameter.type == "uri":
                return isinstance(value, str) and _uri(value, one.modifier, each.text)
            return any(_text(text, one, each.text) for text in strings(one.parameter, [value]))
        case Nearby():
            return _is_near(value, each)
    return False


def _is_near(position: Any, each: Nearby) -> bool:
    if places.point(position) is None:
        return False
    here = float(position["latitude"]), float(position["longitude"])
    return places.kilometres(here, (each.latitude, each.longitude)) <= each.kilometres


def _token(value: Any, modifier: str, each: Token) -> bool:
    if modifier == "of-type":
        return (each.system, each.code) in list(values.identifier_types(value))
    if modifier == "identifier":
        value = value.get("identifier") if isinstance(value, dict) else None
    return any(_code(system, code, each) for system, code in values.codes(value))


def _code(system: str, code: str, each: Token) -> bool:
    implied = system == "" and each.code is not None and (each.system or "").startswith(_IMPLIED)
    return (each.system is None or each.system == system or implied) and (each.code is None or each.code == code)


def _moment(each: Moment, lo: float, hi: float) -> bool:
    inside = each.lo <= lo <= each.hi and hi <= each.hi
    slack = approximate(each) if each.prefix == "ap" else 0
    return {
        "eq": inside,
        "ne": lo < each.lo or hi > each.hi,
        "gt": hi > each.hi,
        "lt": lo < each.lo,
        "ge": hi > each.hi or inside,
        "le": lo < each.lo or inside,
        "sa": lo > each.hi,
        "eb": hi < each.lo,
        "ap": lo <= each.hi + slack and hi >= each.lo - slack,
    }[each.prefix]


def _number(each: Number, value: float) -> bool:
    inside = each.lo <= value < each.hi
    return {
        "eq": inside,
        "ne": not inside,
        "gt": value > each.value,
        "sa": value > each.value,
        "lt": value < each.value,
        "eb": value < each.value,
        "ge": value >= each.value,
        "le": value <= each.value,
        "ap": abs(value - each.value) <= abs(each.value) / 10,
    }[each.prefix]


def _amount(value: Any, each: Amount) -> bool:
    unit = Token(each.system, each.unit)
    return any(_number(each.number, number) and _code(*names, unit) for number, names in values.quantities(value))


def _text(text: str, one: Match, asked: str) -> bool:
    folded, wanted = values.searchable(text), values.searchable(asked)
    if one.modifier == "exact":
        return nfc(text) == nfc(asked)
    if one.modifier == "contains":
        return wanted in folded
    starts = [folded]
    if one.parameter.words:
        words = folded.split(" ")
        starts = [" ".join(words[first:]) for first in range(len(words))]
    return any(start.startswith(wanted) for start in starts if start)


def _words(value: Any, asked: str) -> bool:
    wanted = values.searchable(asked)
    return any(f" {text}".find(f" {wanted}") >= 0 for text in values.words(value))


def _uri(value: str, modifier: str, asked: str) -> bool:
    if modifier == "below":
        return value.startswith(asked)
    if modifier == "above":
        return asked.startswith(value) and (asked == value or asked[len(value)] in "/#?")
    return value == asked


def _pair(resource: Resource, parameter: Parameter, each: Pair) -> bool:
    for part in parameter.parts:
        for first, *others in part.rows(resource):
            codes = [names for value in first for names in values.codes(value)]
            if any(_code(*names, each.code) for names in codes) and _beside(others, each):
                return True
    return False


def _beside(others: list[list[Any]], each: Pair) -> bool:
    if isinstance(each.other, Number):
        return any(
            _number(each.other, low) and (each.third is None or _number(each.third, high))
            for low, high in values.number_pairs(others)
        )
    return any(_other(value, each) for value in others[0])


def _other(value: Any, each: Pair) -> bool:
    match each.other:
        case Amount():
            return _amount(value, each.other)
        case Token():
            return any(_code(*names, each.other) for names in values.codes(value))
        case Moment():
            interval = values.interval(value)
            return interval is not None and _moment(each.other, *interval)
        case Text():
            return isinstance(value, str) and values.searchable(value).startswith(values.searchable(each.other.text))
        case Target():
            return any(key in each.other.keys for key in values.targets(value))
    return False


def _sorted(found: list[Resource], sort: Sort, known: dict[int, Resource]) -> list[Resource]:
    """What has no value comes last, either way; equal ones keep their order. known: what references may point at."""
    keyed = [(_sort_value(one, sort, known), one) for one in found]
    present = [pair for pair in keyed if pair[0] is not None]
    present.sort(key=lambda pair: pair[0], reverse=sort.descending)
    return [one for _, one in present] + [one for value, one in keyed if value is None]


def _sort_value(resource: Resource, sort: Sort, known: dict[int, Resource]) -> Any:
    if sort.parameter is None:
        return resource["id"] if sort.code == "_id" else dates.bounds(resource["meta"]["lastUpdated"])[0]
    pick: Callable[..., Any] = max if sort.descending else min
    if sort.parameter.type == "reference":
        targets = (known.get(key) for key in _targets(resource, sort.parameter))
        return pick((one["id"] for one in targets if one is not None), default=None)
    return pick(_sort_values(sort.parameter, resource), default=None)


def _sort_values(parameter: Parameter, resource: Resource) -> list[Any]:
    found = parameter.evaluate(resource)
    match parameter.type:
        case "date":
            return [interval[0] for value in found if (interval := values.interval(value))]
        case "token":
            return [code for value in found for _, code in values.codes(value)]
        case "string":
            texts = strings(parameter, found)
            return [folded for text in texts if (folded := values.searchable(text))]
        case "quantity":
            return [number for value in found for number, _ in values.quantities(value)]
        case "number":
            return [float(value) for value in found]
    return [value for value in found if isinstance(value, str)]
