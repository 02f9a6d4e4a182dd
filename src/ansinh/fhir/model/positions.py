"""Where an element stands in the JSON that was sent: a FHIRPath place → (line, column), both counted from 1.

    bytes as sent ─► Positions ─► locate("Patient.name[0].family") ─► (7, 15)
                                  mark(OperationOutcome, bytes) ─► issues with location, -line and -col

Made only when there are problems to report. A container is scanned once, by the C scanner of the standard library, and
only containers on the way to a place are looked into: telling 200 problems of a 10 MB body costs a few scans of it.
"""

import json
import re
from bisect import bisect_right
from itertools import accumulate
from typing import Any

Step = str | int

_STEP = re.compile(r"(?P<name>_?[A-Za-z]\w*)(?:\[x\])?(?::[\w-]+)?(?:\[(?P<index>\d+)\])?$")
_NARROWING = re.compile(r"\.?(?:ofType|as|where|resolve|first)\([^)]*\)")
_SPACE = re.compile(r"[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*([,\]}])[ \t\r\n]*")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_SCAN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).raw_decode
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-"


def locate(raw: bytes, expression: str, base: str = "") -> tuple[int, int] | None:
    """(line, column) of an element; of the nearest one above it when it is missing; None for what is not JSON.

    base: where the resource that `expression` speaks of stands in the body, `Parameters.parameter[0].resource`.
    For several places of one body make one `Positions`.
    """
    return Positions(raw).locate(expression, base)


def mark(outcome: dict[str, Any], raw: "bytes | Positions", base: str = "") -> dict[str, Any]:
    """The OperationOutcome with the place of each issue as the R4 validator writes it: `location` and two extensions.

    Issues without an expression, and bodies that are not JSON, stay as they are. The outcome is changed in place.
    """
    positions = raw if isinstance(raw, Positions) else Positions(raw)
    for issue in outcome["issue"]:
        place = positions.locate(issue["expression"][0], base) if issue.get("expression") else None
        if place is not None:
            tell(issue, place)
    return outcome


def tell(issue: dict[str, Any], place: tuple[int, int]) -> None:
    """Write a line and a column into an issue."""
    issue["location"] = [f"Line[{place[0]}] Col[{place[1]}]"]
    pairs = zip(("line", "col"), place, strict=True)
    issue["extension"] = [{"url": f"{_EXTENSION}{name}", "valueInteger": number} for name, number in pairs]


def steps(expression: str) -> list[Step]:
    """`Patient.name[0].family` → `["Patient", "name", 0, "family"]`; stops at what is no plain path."""
    found: list[Step] = []
    for part in _NARROWING.sub("", expression).split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            break
        found.append(match["name"])
        if match["index"]:
            found.append(int(match["index"]))
    return found


class Positions:
    """The places of one body. Containers looked into are remembered."""

    def __init__(self, raw: bytes) -> None:
        self._text = raw.decode("utf-8-sig", "replace")
        self._lines: list[int] = []
        self._members: dict[int, dict[Step, int]] = {}

    def locate(self, expression: str, base: str = "") -> tuple[int, int] | None:
        """Like `locate`."""
        start = _space(self._text, 0)
        try:
            below = _without_type(steps(base)) + _without_type(steps(expression))
            return self._place(self._walk(start, below))
        except (ValueError, IndexError, RecursionError):
            return None

    def _walk(self, place: int, wanted: list[Step]) -> int:
        """Offset of the value that the steps lead to, as far as they go."""
        for index, step in enumerate(wanted):
            after = wanted[index + 1] if index + 1 < len(wanted) else None
            below = self._below(place, step, after)
            if below is None:
                break
            place = below
        return place

    def _below(self, place: int, step: Step, after: Step | None) -> int | None:
        if isinstance(step, str) and self._text[place] == "[":
            # A path without a position speaks of the first item, as the only one there mostly is.
            first = self._inside(place).get(0)
            return None if first is None else self._below(first, step, after)
        members = self._inside(place)
        if isinstance(step, int):
            return members.get(step)
        beside = members.get(f"_{step}")
        if beside is not None and (step not in members or self._is_beside(members[step], beside, after)):
            return beside
        return members.get(step) or _choice(members, step)

    def _is_beside(self, value: int, beside: int, after: Step | None) -> bool:
        """True when what comes next stands under `_name`, as the parts of a primitive do."""
        return after in ("extension", "id") and self._text[value] not in "{["

    def _inside(self, place: int) -> dict[Step, int]:
        """Offsets of the values directly within the container that begins here; {} for a primitive."""
        known = self._members.get(place)
        if known is None:
            self._members[place] = known = dict(self._scan(place)) if self._text[place] in "{[" else {}
        return known

    def _scan(self, place: int) -> Any:
        text, is_object, index = self._text, self._text[place] == "{", 0
        place = _space(text, place + 1)
        while text[place] not in "]}":
            step: Step = index
            if is_object:
                step, place = _SCAN(text, place)
                place = _after(_COLON, text, place)
            yield step, place
            place = _after(_COMMA, text, _SCAN(text, place)[1], closing=True)
            index += 1

    def _place(self, offset: int) -> tuple[int, int]:
        if not self._lines:
            self._lines = list(accumulate((len(line) + 1 for line in self._text.split("\n")), initial=0))
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def _without_type(found: list[Step]) -> list[Step]:
    return found[1:] if found and isinstance(found[0], str) and found[0][:1].isupper() else found


def _choice(members: dict[Step, int], name: str) -> int | None:
    """`value` → where `valueQuantity` stands."""
    for key, place in members.items():
        if isinstance(key, str) and key.startswith(name) and key[len(name) : len(name) + 1].isupper():
            return place
    return None


def _space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _after(pattern: re.Pattern[str], text: str, place: int, *, closing: bool = False) -> int:
    """Behind a colon or comma; before a bracket that closes. Raises ValueError for anything else."""
    match = pattern.match(text, place)
    if match is None:
        raise ValueError
    return match.start(1) if closing and match[1] in "]}" else match.end()
