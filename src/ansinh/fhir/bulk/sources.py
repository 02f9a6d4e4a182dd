"""What an import reads: files of NDJSON, in an order in which what is named comes first."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ansinh.kernel.errors import Invalid

_FIRST = (
    "CodeSystem", "ValueSet", "Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService",
    "Questionnaire", "PlanDefinition", "Measure", "Medication", "Substance", "Patient", "RelatedPerson", "Device",
    "Group", "EpisodeOfCare", "Encounter", "CarePlan", "ServiceRequest", "Condition", "Specimen", "Observation",
)  # fmt: skip
_STEM = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A file: where it is, and the name that reports give it. size: bytes when the import was asked for. url: where it
    is to be fetched from; path and size are not known until then."""

    path: str
    name: str
    size: int
    url: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the job keeps it."""
        return asdict(self)


def sources(paths: Iterable[Path]) -> list[Source]:
    """The files named and the *.ndjson of the folders named. Raises `Invalid` for what is not there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.ndjson"))
            if not inside:
                raise Invalid(f"Thư mục {path.name} không có tệp *.ndjson nào.", code="import-source")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise Invalid(f"Không có tệp hay thư mục {path.name}.", code="import-source")
    return in_order([Source(str(path.resolve()), path.name, path.stat().st_size) for path in dict.fromkeys(found)])


def in_order(given: Iterable[Source]) -> list[Source]:
    """Those that others refer to first, by the type that a file's name begins with."""
    return sorted(given, key=lambda one: (_place(one.name), one.name))


def _place(name: str) -> int:
    stem = match[0] if (match := _STEM.match(name)) else ""
    return _FIRST.index(stem) if stem in _FIRST else len(_FIRST)
