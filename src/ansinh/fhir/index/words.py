"""The words of a resource, for `_text` (the narrative) and `_content` (every text that a person wrote).

Words are folded, so "huyet ap" finds "Huyết áp". Codes and what is displayed of them, units, references and what only
machines read have no words here: their own parameters find them (`code:text`), and an Observation stays small.
"""

import html
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.kernel.text import fold

MOST = 2000
"""Different words of one resource; what comes after them is not found."""
_LONGEST = 60
_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"<[^>]*>")
_TEXTS = frozenset({"string", "markdown"})
_WORDLESS = frozenset({"Coding", "Quantity", "SimpleQuantity", "Age", "Duration", "Count", "Distance", "Reference"})
_OF_CODES = {("CodeableConcept", "text")}
_LEAVE, _TEXT = "", "\x1f"


def split(text: str) -> list[str]:
    """The different words of a text, folded, in order.

    >>> split("Ông An, ông ấy ĐAU lưng")
    ['ong', 'an', 'ay', 'dau', 'lung']
    """
    return list(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(fold(text))))


def of_narrative(resource: dict[str, Any]) -> list[str]:
    """The words of the narrative, as a person reads it."""
    narrative = resource.get("text")
    div = narrative.get("div") if isinstance(narrative, dict) else None
    return split(html.unescape(_MARKUP.sub(" ", div)))[:MOST] if isinstance(div, str) else []


def of_texts(resource: dict[str, Any]) -> list[str]:
    """The words of every text in the elements of a resource; those of the narrative are not among them."""
    found: dict[str, None] = {}
    for text in _texts(resource, resource["resourceType"]):
        found.update(dict.fromkeys(split(text)))
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def _texts(value: dict[str, Any], kind: str) -> Iterator[str]:
    shape = _shape(kind)
    for key, below in value.items():
        inner = shape.get(key)
        if inner is None:
            inner = shape[key] = _inner(kind, key)
        if inner:
            for each in below if isinstance(below, list) else (below,):
                if inner == _TEXT and isinstance(each, str):
                    yield each
                elif isinstance(each, dict):
                    yield from _texts(each, each.get("resourceType", inner))


@cache
def _shape(kind: str) -> dict[str, str]:
    """What stands below each key of a type, as far as it was asked: a type, a text, or nothing with words."""
    return {}


def _inner(kind: str, key: str) -> str:
    element = definitions().json_element(kind, key)
    if element is None or element[1] in _WORDLESS or (kind, key) in _OF_CODES:
        return _LEAVE
    if element[1] in _TEXTS:
        return _TEXT
    return _LEAVE if element[1] in definitions().primitive_types or element[1] == "Meta" else element[1]
