"""A whole record: `$everything` of a person, of all people, and of an encounter."""

from typing import Any
from urllib.parse import urlencode

from ansinh.api.operations.arguments import Arguments, text, whole
from ansinh.api.operations.calls import Asked, Called
from ansinh.fhir.operations import bundles
from ansinh.fhir.operations.everything import Part, Wanted, everything
from ansinh.kernel.errors import Malformed

_MOST = 1000


class Everything(Called):
    """`/fhir/{Patient|Encounter}/{id}/$everything`: what is written, and who and what it speaks of, in pages;
    `/fhir/Patient/$everything`: the same of everybody whom the caller may see."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def run(self, asked: Asked) -> dict[str, Any]:
        """`_type`, `_since`, `start`, `end`, `_count`; the `next` link continues, also after a POST."""
        wanted = _wanted(asked.given)
        part = everything(asked.repository, self._kind, asked.identity, wanted)
        entries = [bundles.entry(asked.base, one, mode="match") for one in part.resources]
        entries += [bundles.entry(asked.base, one, mode="include") for one in part.included]
        return bundles.searchset(
            entries, _links("/".join(filter(None, (asked.base, self._kind, asked.identity))), wanted, part)
        )


def _wanted(given: Arguments) -> Wanted:
    types = [kind for value in given.get("_type", []) for kind in str(value).split(",") if kind]
    count = whole(given, "_count", 50, _MOST)
    if not count:
        raise Malformed("_count phải từ 1 trở lên.", field="_count")
    return Wanted(
        types=tuple(dict.fromkeys(types)),
        start=text(given, "start", ""),
        end=text(given, "end", ""),
        since=text(given, "_since", "").replace(" ", "+"),
        count=count,
        cursor=text(given, "_cursor", ""),
    )


def _links(place: str, wanted: Wanted, part: Part) -> list[tuple[str, str]]:
    values = {"_type": ",".join(wanted.types), "start": wanted.start, "end": wanted.end, "_since": wanted.since}
    given = [(name, value) for name, value in values.items() if value] + [("_count", str(wanted.count))]

    def link(cursor: str) -> str:
        return f"{place}/$everything?{urlencode([*given, *([('_cursor', cursor)] if cursor else [])], safe=':,')}"

    following = [("next", link(part.next))] if part.next else []
    return [("self", link(wanted.cursor)), *following]
