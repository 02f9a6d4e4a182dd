"""Questions with what was answered to them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Product:
    """A resource made of answers. full_url: a urn that others of the same form may name it by; conditions: those of
    `Bundle.entry.request` (`ifNoneExist` …)."""

    resource: Resource
    full_url: str
    conditions: Mapping[str, str]


def answered(questions: Any, items: Any) -> Iterator[tuple[Resource, Resource]]:
    """(question, item of the response) for each item that is there, in the order of the form."""
    given = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    for question in questions if isinstance(questions, list) else ():
        if isinstance(question, dict):
            yield from ((question, one) for one in given if one.get("linkId") == question.get("linkId"))


def below(item: Mapping[str, Any]) -> list[Resource]:
    """Items within an item: of a group, and under each answer."""
    found = list(item.get("item") or ())
    for answer in item.get("answer") or ():
        found += answer.get("item") or ()
    return found
