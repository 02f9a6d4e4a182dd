"""A report that comes again under its number: the same, a later state of it, or another. Pure, on FHIR."""

from collections.abc import Mapping, Sequence
from typing import Any

OPEN = ("registered", "partial", "preliminary")
_CORRECTED = ("corrected", "amended")
_WORDS = ("valueQuantity", "valueString", "note", "status")
_JUDGEMENT = ("interpretation", "referenceRange")

type Lines = Sequence[Mapping[str, Any]]


def same_report(before: Mapping[str, Any], present: Lines, after: Mapping[str, Any], lines: Lines) -> bool:
    """True when a report that came says nothing that is not on record. present, lines: the Observations of each.

    What was open and is final now is news, though no figure changed. Flags and ranges count only where the laboratory
    calls its report corrected: a list of ranges may have been imported since, and that is no other report.
    """
    if before["status"] in OPEN and after["status"] not in OPEN:
        return False
    parts = (*_WORDS, *_JUDGEMENT) if after["status"] in _CORRECTED else _WORDS
    return _said(before, present, parts) == _said(after, lines, parts)


def may_follow(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True when another content may stand in the place of a report: it was open, or this one is a correction."""
    return before["status"] in OPEN or after["status"] in _CORRECTED


def _said(report: Mapping[str, Any], lines: Lines, parts: Sequence[str]) -> tuple[Any, ...]:
    figures = tuple((one["code"].get("text"), *(one.get(part) for part in parts)) for one in lines)
    return report["effectiveDateTime"], report.get("conclusion"), figures
