"""Reading extensions of a Questionnaire: values by URL, parts by name, texts with their translations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansinh.kernel.naming import EXT

HL7 = "http://hl7.org/fhir/StructureDefinition/"
TRANSLATION = f"{HL7}translation"
ORDINAL = f"{HL7}ordinalValue"
SCORE = EXT("questionnaire-score")
TRANSLATION_STATUS = EXT("questionnaire-translation-status")
EXTRACT = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the language of its file (Vietnamese) and what it is in others."""

    default: str
    translations: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, language: str) -> str:
        """The text in `language` ("en", "en-gb"), else as written."""
        return self.translations.get(language.split("-")[0], self.default)

    def __str__(self) -> str:
        return self.default


def extensions(element: Mapping, url: str) -> Iterator[dict]:
    """Every extension of `element` with this URL, in order."""
    return (extension for extension in element.get("extension", ()) if extension.get("url") == url)


def value(element: Mapping, url: str, default: Any = None) -> Any:
    """The value[x] of the first extension with this URL."""
    for extension in extensions(element, url):
        for key, content in extension.items():
            if key.startswith("value"):
                return content
    return default


def text(element: Mapping, key: str) -> Text:
    """The string under `key` with its translations (`_key`)."""
    translations = {}
    for extension in extensions(element.get(f"_{key}", {}), TRANSLATION):
        language, content = value(extension, "lang"), value(extension, "content")
        if language and content:
            translations[language] = content
    return Text(element.get(key, ""), translations)


def part_text(extension: Mapping, name: str) -> Text:
    """The text of a part of a complex extension (`valueString` with translations)."""
    for part in extensions(extension, name):
        return text(part, "valueString")
    return Text("")


def ordinal(option: Mapping) -> Any:
    """Points of an answer option, from the option or from its Coding; None where it has none."""
    found = value(option, ORDINAL)
    return found if found is not None else value(option.get("valueCoding", {}), ORDINAL)


def is_project_translation(questionnaire: Mapping) -> bool:
    """True while the Vietnamese text is the project's own and no validated version has replaced it."""
    return value(questionnaire, TRANSLATION_STATUS) == "project"
