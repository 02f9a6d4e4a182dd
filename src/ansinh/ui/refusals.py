"""Refusals in the reader's language, also those of the engine, which knows no languages.

    Problem.message ─► in_language(): the whole sentence is a msgid ─┐
                    ─► a pattern of the catalogue fits it ───────────┴─► English; else the Vietnamese as it stands

The engine writes its sentences whole, with the values already in them. `config.translations` collects each such
f-string as a msgid with `%(name)s` in place of its values and the context "refusal"; here the sentence is matched with
them, and values that are sentences themselves are said in English as well.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import polib
from django.conf import settings

from ansinh.ui.language import in_language, language

PATTERN = "refusal"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")

type Patterns = tuple[tuple[re.Pattern[str], str], ...]


def refusal_in_language(message: str) -> str:
    """A refusal in the reader's language; the Vietnamese where nobody has said it in another."""
    said = in_language(message)
    if said != message or language() == "vi" or not message:
        return said
    for pattern, template in _patterns_now():
        if match := pattern.fullmatch(message):
            return template % {name: refusal_in_language(value) for name, value in match.groupdict().items()}
    return said


def outcomes_in_language(answer: Any) -> Any:
    """An OperationOutcome, or a Bundle with some among its entries, with every text in the reader's language."""
    if not isinstance(answer, Mapping) or language() == "vi":
        return answer
    if answer.get("resourceType") == "OperationOutcome":
        return {**answer, "issue": [_issue(issue) for issue in answer["issue"]]}
    if answer.get("resourceType") == "Bundle" and answer.get("type", "").endswith("-response"):
        return {**answer, "entry": [_entry(entry) for entry in answer.get("entry", [])]}
    return answer


def _issue(issue: dict[str, Any]) -> dict[str, Any]:
    details = issue.get("details", {})
    if "text" not in details:
        return issue
    return {**issue, "details": {**details, "text": refusal_in_language(details["text"])}}


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    told = entry.get("response", {})
    if "outcome" not in told:
        return entry
    return {**entry, "response": {**told, "outcome": outcomes_in_language(told["outcome"])}}


def _patterns_now() -> Patterns:
    compiled = Path(settings.LOCALE_PATHS[0]) / language() / "LC_MESSAGES" / "django.mo"
    return _patterns(compiled, compiled.stat().st_mtime_ns) if compiled.exists() else ()


@lru_cache(maxsize=2)
def _patterns(compiled: Path, changed: int) -> Patterns:
    """(what the Vietnamese looks like, what is said for it); the longest first, being the most particular."""
    entries = [entry for entry in polib.mofile(str(compiled)) if entry.msgctxt == PATTERN and entry.msgstr]
    entries.sort(key=lambda entry: len(_PLACEHOLDER.sub("", entry.msgid)), reverse=True)
    return tuple((as_pattern(entry.msgid), entry.msgstr) for entry in entries)


def as_pattern(template: str) -> re.Pattern[str]:
    """`Tệp %(name)s …` → an expression with a group for each value."""
    parts = _PLACEHOLDER.split(template)
    texts = (
        f"(?P<{part}>.*?)" if place % 2 else re.escape(part.replace("%%", "%")) for place, part in enumerate(parts)
    )
    return re.compile("".join(texts), re.DOTALL)
