"""Finding what belongs in each section, within the reader's reach."""

from dataclasses import dataclass
from typing import Any

from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.operations.referenced import key_of
from ansinh.fhir.operations.summary.sections import SECTIONS, Part, Section, belongs, when
from ansinh.fhir.search import search_compartment
from ansinh.fhir.store import Repository

Resource = dict[str, Any]

_MOST = 100  # entries of one section; a summary is to be read in minutes
_READ = 500


@dataclass(frozen=True, slots=True)
class Content:
    """What one section holds, the newest first. told: only in its text; withheld: the reader may not see some kind;
    cut: there is more than the section shows."""

    section: Section
    entries: tuple[Resource, ...]
    told: tuple[Resource, ...]
    withheld: bool
    cut: bool


def gather(repository: Repository, patient: str) -> list[Content]:
    """Every required section, and the others that have something to say. At most one search for each part."""
    known: dict[Part, list[Resource] | None] = {}
    found = (_content(repository, patient, section, known) for section in SECTIONS)
    return [one for one in found if one.section.required or one.entries or one.told]


def _content(
    repository: Repository, patient: str, section: Section, known: dict[Part, list[Resource] | None]
) -> Content:
    entries: list[Resource] = []
    told: list[Resource] = []
    withheld = False
    for part in section.parts:
        if part not in known:
            known[part] = _found(repository, patient, part)
        resources = known[part]
        if resources is None:
            withheld = True
            continue
        (entries if part.is_entry else told).extend(one for one in resources if belongs(section.name, one))
    entries = sorted({key_of(one): one for one in entries}.values(), key=when, reverse=True)
    return Content(section, tuple(entries[:_MOST]), tuple(told[:_MOST]), withheld, len(entries) > _MOST)


def _found(repository: Repository, patient: str, part: Part) -> list[Resource] | None:
    if not repository.context.allows("search", part.kind):
        return None
    order = next(
        (code for code in ("date", "recorded-date", "authoredon", "effective") if code in parameters(part.kind)), ""
    )
    asked = [
        *((name, said) for name, said in (("category", part.categories), ("code", part.codes)) if said),
        *([("_sort", f"-{order}")] if order else []),
        ("_count", str(_READ)),
    ]
    found = list(search_compartment(repository, patient, part.kind, asked).resources)
    counted = [one for one in found if not part.statuses or one.get("status") in part.statuses]
    return _newest(counted) if part.per_code else counted


def _newest(resources: list[Resource]) -> list[Resource]:
    """The newest of each code."""
    kept: dict[Any, Resource] = {}
    for one in sorted(resources, key=when, reverse=True):
        code = one.get("code", {})
        marks = tuple(sorted((coded.get("system", ""), coded.get("code", "")) for coded in code.get("coding", ())))
        kept.setdefault(marks or code.get("text") or one["id"], one)
    return list(kept.values())
