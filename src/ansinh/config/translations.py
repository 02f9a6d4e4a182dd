"""Vietnamese msgids → English, without GNU gettext: Python's ast and Django's own template reader find the texts,
polib keeps the catalogue.

    sources, definitions ─ messages() ─► locale/en/LC_MESSAGES/django.po, translated by hand
                         ─ compile_catalogue() ─► django.mo

A missing translation shows Vietnamese; `./ansinh check` fails on it.
"""

import ast
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polib
from django.conf import settings
from django.utils.translation.template import templatize

from ansinh.kernel import yaml
from ansinh.kernel.naming import UCUM
from ansinh.kernel.text import nfc
from ansinh.ui.refusals import PATTERN

CALLS = {
    "_", "_now", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy",
    "phrase",
}  # fmt: skip
# What people read when a rule refuses. Readers of definition files speak to operators, in Vietnamese only.
_REFUSALS = {"NotFound", "Gone", "Conflict", "Stale", "Invalid", "Malformed", "Refused", "LoginRequired", "Problem"}
_SPEAKING_ROOMS = ("access", "network", "clinical", "programme", "ui", "web", "fhir/store", "fhir/validation/responses")
# The engine: its every sentence may be an answer at `/fhir` or a refusal on a page.
_ENGINE = ("fhir", "api")
_FILE_READERS = {"definition.py", "checks.py", "checking.py", "loading.py", "template.py", "files.py", "roles.py"}
# Modules of the engine that answer nobody: names, statements, what is compiled or read at set-up. A summary says its
# own English.
_UNHEARD = {
    "apps.py", "models.py", "capability.py", "terminology.py", "compilation.py", "icd10.py", "custom.py",
    "admin_units.py",
}  # fmt: skip
# Texts of definitions that pages show: file pattern → keys.
_SHOWN = {
    "measures/*/measure.yaml": (
        "noun", "question", "population", "numerator", "denominator", "missing", "nothing", "notes", "unverified",
    ),
    "measures/stratifiers.yaml": ("title", "strata"),
    "catalogues/vital-ranges.yaml": ("label", "unit"),
    "catalogues/vital-limits.yaml": ("label", "reason"),
    "catalogues/periodic-check.yaml": ("label",),
    "catalogues/retention.yaml": ("title",),
    "catalogues/device-terms.yaml": ("missing",),
    "plans/*.yaml": ("issuer", "name", "number_reason", "date_reason"),
    "capability/*.yaml": ("text", "note", "group", "groups"),
    "workforce/*.yaml": ("text", "notes"),
    "questionnaires/*.yaml": ("purpose",),
    "templates/*.yaml": ("title", "prompt"),
}  # fmt: skip
_VIETNAMESE = re.compile(r"[^\W\d_]*[^\x00-\x7f“”«»–…°²]")
_TEMPLATE_CALL = re.compile(
    r"""\b(?P<call>_|gettext|pgettext|ngettext|npgettext)\(\s*u?(?P<first>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""(?:\s*,\s*u?(?P<second>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))?"""
)


class Message(NamedTuple):
    """One text to translate; `plural` is "" for most, `context` separates short words ("Nam")."""

    text: str
    plural: str = ""
    context: str = ""


def catalogue_path() -> Path:
    """The only catalogue: English."""
    return Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"


def messages() -> dict[Message, str]:
    """Every message in the sources → where it stands first (path relative to the repository)."""
    found: dict[Message, str] = {}
    source = settings.ROOT / "src" / "ansinh"
    for path in sorted([*source.rglob("*.py"), *source.rglob("templates/**/*.html")]):
        read = _in_python if path.suffix == ".py" else _in_template
        for message in read(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(settings.ROOT)))
    for path in _speaking(source):
        for message in _in_refusals(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(settings.ROOT)))
    for path in _engine(source):
        for message in in_engine(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(settings.ROOT)))
    for pattern, keys in _SHOWN.items():
        for path in sorted(settings.DEFINITIONS.glob(pattern)):
            for text in _in_definition(yaml.read(path), keys):
                found.setdefault(Message(text), str(path.relative_to(settings.ROOT)))
    for path in sorted(settings.DEFINITIONS.glob("questionnaires/*.yaml")):
        for text in _units(yaml.read(path)):
            found.setdefault(Message(text), str(path.relative_to(settings.ROOT)))
    return found


def _speaking(source: Path) -> list[Path]:
    rooms = (path for room in _SPEAKING_ROOMS for path in sorted((source / room).rglob("*.py")))
    return [path for path in rooms if path.name not in _FILE_READERS]


def _in_refusals(source: str) -> Iterator[Message]:
    """Whole sentences given to an error or a problem; `code`, `field` and `expression` are no Vietnamese."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _REFUSALS:
            for text in node.args:
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and _VIETNAMESE.search(text.value):
                    yield Message(text.value)


def _engine(source: Path) -> Iterator[Path]:
    """The engine's modules; names of apps and the statements of capabilities are no answers to a mistake, and who
    reads a definition file speaks to operators."""
    silent = _UNHEARD | _FILE_READERS - {"checking.py"}
    for room in _ENGINE:
        place = source / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if path.name not in silent and not {"migrations", "summary"} & set(path.parts):
                yield path


def in_engine(source: str) -> Iterator[Message]:
    """Sentences of an engine module: constants as they stand, f-strings as patterns (`ui.refusals`).

    The engine knows nothing of languages, so it marks no text: whatever in it is Vietnamese of two words or more and
    no docstring is said to somebody.
    """
    tree = ast.parse(source)
    silent = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    silent.update(part for node in joined for part in node.values)
    for sentence in joined:
        if (pattern := _pattern(sentence)) and _is_said(re.sub(r"%\(\w+\)s", "", pattern)):
            yield Message(pattern, context=PATTERN)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in silent and _is_said(text := str(node.value)):
            yield Message(text)


def _is_said(text: str) -> bool:
    return " " in text.strip() and _VIETNAMESE.search(text) is not None


def _pattern(joined: ast.JoinedStr) -> str:
    """`f"{kind} có {len(all)} dòng"` → `%(kind)s có %(value2)s dòng`."""
    parts = []
    for place, part in enumerate(joined.values):
        if isinstance(part, ast.Constant):
            parts.append(str(part.value).replace("%", "%%"))
        elif isinstance(part, ast.FormattedValue):
            name = getattr(part.value, "attr", "") or getattr(part.value, "id", "")
            taken = f"%({name})s" in parts
            parts.append(f"%({name if name and not taken else f'value{place}'})s")
    return "".join(parts)


def _in_definition(part: Any, keys: Container[str], shown: bool = False) -> Iterator[str]:
    """Every text under one of the keys, at any depth, units and ids apart; examples of measures are for tests."""
    if isinstance(part, str) and shown and (_VIETNAMESE.search(part) or part[:1].isupper()):
        yield nfc(part)
    elif isinstance(part, list):
        for item in part:
            yield from _in_definition(item, keys, shown)
    elif isinstance(part, dict):
        for key, item in part.items():
            if key not in ("examples", "sql"):
                yield from _in_definition(item, keys, shown or key in keys)


def _units(part: Any) -> Iterator[str]:
    """The Vietnamese words for units of UCUM, at any depth."""
    if isinstance(part, list):
        for item in part:
            yield from _units(item)
    elif isinstance(part, dict):
        shown = part.get("display")
        if part.get("system") == UCUM and isinstance(shown, str) and _VIETNAMESE.search(shown):
            yield nfc(shown)
        for item in part.values():
            yield from _units(item)


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if name in CALLS and texts:
                yield _message(name, texts)


def _in_template(source: str) -> Iterator[Message]:
    for match in _TEMPLATE_CALL.finditer(templatize(source)):
        texts = [ast.literal_eval(match[part]) for part in ("first", "second") if match[part]]
        yield _message(match["call"], texts)


def _message(call: str, texts: list[str]) -> Message:
    if call.startswith("pgettext"):
        return Message(texts[1], context=texts[0])
    if call.startswith("ngettext"):
        return Message(texts[0], plural=texts[1])
    return Message(texts[0])


def update_catalogue() -> None:
    """Add new messages, mark where they stand, drop those no longer used; translations are kept."""
    path = catalogue_path()
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {(entry.msgid, entry.msgctxt or ""): entry for entry in old}
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": "en",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for message, place in sorted(messages().items(), key=lambda item: (item[1], item[0])):
        entry = known.get((message.text, message.context)) or _new_entry(message)
        entry.occurrences = [(place, "")]
        new.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path))


def _new_entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: "", 1: ""}
    return entry


def missing() -> list[str]:
    """Texts in the sources without an English translation in the catalogue, as `path: text`."""
    path = catalogue_path()
    done = {
        (entry.msgid, entry.msgctxt or "")
        for entry in (polib.pofile(str(path)) if path.exists() else [])
        if entry.translated()
    }
    return [f"{place}: {m.text}" for m, place in messages().items() if (m.text, m.context) not in done]


def compile_catalogue() -> None:
    """Write django.mo beside the catalogue."""
    path = catalogue_path()
    if path.exists():
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
