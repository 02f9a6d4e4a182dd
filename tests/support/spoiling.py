"""Documents with one thing wrong: what readers of files and requests must refuse in words."""

import copy
from datetime import date
from typing import Any

from hypothesis import strategies as st

junk = st.sampled_from(
    [None, True, False, 0, -1, 12, 1.5, "", "x", "Ố", [], [None], ["x"], [[]], {}, {"x": 1}, {1: 2}, date(2026, 1, 1)]
)
ways = st.sampled_from(["replace", "replace", "remove", "add"])


def places(value: Any, way: tuple = ()) -> list[tuple]:
    """The way to each node of a document, its root first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, item in inner for found in places(item, (*way, key)))]


def spoiled(document: Any, way: tuple, what: Any, how: str) -> Any:
    """The document with one node replaced, removed, or given a key that nobody knows."""
    if not way:
        return what
    made = copy.deepcopy(document)
    holder = made
    for key in way[:-1]:
        holder = holder[key]
    if how == "replace":
        holder[way[-1]] = what
    elif how == "remove":
        del holder[way[-1]]
    elif isinstance(holder, dict):
        holder["lạ"] = what
    return made
