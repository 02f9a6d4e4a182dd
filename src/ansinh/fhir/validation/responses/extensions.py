"""Reading extensions of a Questionnaire: by URL, and the value that one carries."""

from collections.abc import Iterator, Mapping
from typing import Any

HL7 = "http://hl7.org/fhir/StructureDefinition/"


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
