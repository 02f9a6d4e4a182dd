"""Extensions that tools of screening carry: points, and texts with their translations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansinh.fhir.validation.responses.extensions import HL7, extensions, value
from ansinh.kernel.naming import EXT

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
