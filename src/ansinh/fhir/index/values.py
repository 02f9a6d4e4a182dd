"""What each kind of search parameter makes of a value: the rules of FHIR R4 "Search", 3.1.1.4.

Values come as plain JSON; their shape tells what they are (a Coding has a code, an Identifier a value).
"""

from collections.abc import Iterator
from typing import Any

from ansinh.fhir.index import numbers
from ansinh.fhir.model import dates, references
from ansinh.kernel.text import fold, nfc

FOREVER = 1 << 62
WORDS = "\x1fwords"
"""Stands for the system of what a person reads of a code, in rows that serve `:text`."""
_WORDS_INDEXED = 16
_CONTACT_SYSTEMS = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
_ADDRESS_PARTS = ("text", "city", "district", "state", "postalCode", "country")
BESIDE = "\x1f"
_CURRENCY = "urn:iso:std:iso:4217"


def codes(value: Any) -> Iterator[tuple[str, str]]:
    """(system, code) of a token value: code, boolean, Coding, CodeableConcept, Identifier, ContactPoint."""
    if isinstance(value, bool):
        yield "", "true" if value else "false"
    elif isinstance(value, str | int):
        yield "", str(value)
    elif isinstance(value, dict):
        if "coding" in value:
            for coding in value["coding"]:
                yield from codes(coding)
        elif isinstance(value.get("value"), str):
            system = value.get("system", "")
            yield ("" if system in _CONTACT_SYSTEMS else system), value["value"]
        elif isinstance(value.get("code"), str):
            yield value.get("system", ""), value["code"]


def words(value: Any) -> set[str]:
    """What a person reads of a CodeableConcept or Coding, folded: its text and the displays of its codes."""
    if not isinstance(value, dict):
        return set()
    shown = [value.get("text"), value.get("display"), *(each.get("display") for each in _codings(value))]
    return {folded for text in shown if isinstance(text, str) and (folded := searchable(text))}


def _codings(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in value.get("coding", ()) if isinstance(each, dict)]


def identifier_types(value: Any) -> Iterator[tuple[str, str]]:
    """(type system|type code, value) of an Identifier, for `:of-type`."""
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        for coding in value.get("type", {}).get("coding", ()):
            yield f"{coding.get('system', '')}|{coding.get('code', '')}", value["value"]


def targets(value: Any) -> Iterator[int]:
    """Numbers of what a Reference or canonical points at; a canonical with a version also without it."""
    text = value.get("reference") if isinstance(value, dict) else value
    if not isinstance(text, str):
        return
    parsed = references.parse(text)
    if parsed is None or parsed.kind == "fragment":
        return
    if parsed.kind == "relative":
        yield numbers.key(parsed.type, parsed.id)
        return
    bare, _, version = text.partition("|")
    yield address(bare.partition("/_history/")[0])
    if version:
        yield address(text)


def address(text: str) -> int:
    """Number of what is named by an address and not by type and id."""
    return numbers.key("", text)


def interval(value: Any) -> tuple[int, int] | None:
    """(lo, hi) in microseconds of a date, dateTime, instant, Period or Timing; open ends reach for ever."""
    if isinstance(value, str):
        try:
            return dates.bounds(value)
        except (ValueError, OverflowError):
            return None
    if not isinstance(value, dict):
        return None
    if "start" in value or "end" in value:
        start, end = interval(value.get("start")), interval(value.get("end"))
        return (start[0] if start else -FOREVER), (end[1] if end else FOREVER)
    moments = [found for moment in value.get("event", ()) if (found := interval(moment))]
    repeat = value.get("repeat", {})
    if found := interval(repeat.get("boundsPeriod")):
        moments.append(found)
    return (min(lo for lo, _ in moments), max(hi for _, hi in moments)) if moments else None


def texts(value: Any) -> Iterator[str]:
    """The texts that a string parameter finds: a string, or the parts of a HumanName or Address."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if "family" in value or "given" in value or value.get("use") in ("official", "usual"):
            yield from _name(value)
        else:
            yield from (value[part] for part in _ADDRESS_PARTS if isinstance(value.get(part), str))
            yield from value.get("line", ())


def _name(value: dict[str, Any]) -> Iterator[str]:
    family, given = value.get("family"), [part for part in value.get("given", ()) if isinstance(part, str)]
    if isinstance(value.get("text"), str):
        yield value["text"]
    else:
        yield " ".join([*([family] if family else ()), *given])
    if family:
        yield family
    yield from given


def searchable(text: str) -> str:
    """The form in which texts are compared: folded and cut."""
    return fold(text)[: numbers.LONGEST].rstrip()


def string_rows(found: list[str], words: bool) -> set[tuple[str, int]]:
    """(folded, exact) rows of the texts of one parameter; with `words` one more row from each further word on."""
    rows = {(folded, numbers.exact(nfc(text))) for text in found if (folded := searchable(text))}
    if words:
        whole = {folded for folded, _ in rows}
        for folded in whole:
            parts = folded.split(" ")[:_WORDS_INDEXED]
            tails = {" ".join(parts[start:]) for start in range(1, len(parts))}
            rows |= {(tail, 0) for tail in tails - whole if tail}
    return rows


def quantities(value: Any) -> Iterator[tuple[float, tuple[str, str]]]:
    """(number, (system, code) of the unit) of a Quantity, Money or Range; also under the unit as a person reads it."""
    if not isinstance(value, dict):
        return
    for end in ("low", "high"):
        yield from quantities(value.get(end))
    number = value.get("value")
    if number is None or isinstance(number, str | dict | list):
        return
    if "currency" in value:
        yield float(number), (_CURRENCY, value["currency"])
        return
    code, unit = value.get("code", ""), value.get("unit", "")
    yield float(number), ((value.get("system", ""), code) if code else ("", unit))
    if code and unit and unit != code:
        yield float(number), ("", unit)


def number_pairs(found: list[list[Any]]) -> Iterator[tuple[float, float]]:
    """(first, second) numbers of a composite; the first twice where there is no second component."""
    numbers_ = [[float(one) for one in each if not isinstance(one, str | bool | dict)] for each in found]
    for low in numbers_[0]:
        for high in numbers_[1] if len(numbers_) > 1 else [low]:
            yield low, high


def coded_text(code: str, text: str) -> str:
    """How a code with a text beside it stands in one column; the text can be asked for by its beginning."""
    return f"{code[: numbers.LONGEST]}{BESIDE}{searchable(text)}"
