"""CodeSystem, ValueSet and ConceptMap resources of the store, as terminology asks for them; definitions of maps."""

from pathlib import Path
from typing import Any

from ansinh.fhir.search import find_one, search
from ansinh.fhir.store import Repository
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid

Resource = dict[str, Any]

_MOST_MAPS = 200


class StoredSources:
    """The resources that a reader may see, by canonical URL, each read once; the newest where several share a URL."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[tuple[str, str], Resource | None] = {}

    def code_system(self, url: str) -> Resource | None:
        """A stored CodeSystem."""
        return self._by_url("CodeSystem", url)

    def value_set(self, url: str) -> Resource | None:
        """A stored ValueSet."""
        return self._by_url("ValueSet", url)

    def concept_map(self, url: str) -> Resource | None:
        """A stored ConceptMap."""
        return self._by_url("ConceptMap", url)

    def concept_maps(self, system: str, *, reverse: bool) -> list[Resource]:
        """Active maps out of (or, reversed, into) a code system."""
        if not self._repository.context.allows("search", "ConceptMap"):
            return []
        asked = [("target-system" if reverse else "source-system", _escaped(system))] if system else []
        asked += [("status", "active,draft"), ("_count", str(_MOST_MAPS))]
        return list(search(self._repository, "ConceptMap", asked).resources)

    def _by_url(self, kind: str, url: str) -> Resource | None:
        if (kind, url) not in self._known:
            allowed = bool(url) and self._repository.context.allows("search", kind)
            asked = [("url", _escaped(url.partition("|")[0])), ("_sort", "-_lastUpdated")]
            self._known[kind, url] = find_one(self._repository, kind, asked) if allowed else None
        return self._known[kind, url]


def load_concept_maps(repository: Repository, folder: Path) -> int:
    """Save each `*.yaml` of `folder` as a ConceptMap; returns how many there are. Raises Invalid naming the file."""
    found = [(path, _read(path)) for path in sorted(folder.glob("*.yaml"))]
    with repository.transaction():
        for _, concept_map in found:
            repository.save(concept_map)
    return len(found)


def _read(path: Path) -> Resource:
    concept_map = yaml.document(path)
    if not isinstance(concept_map, dict) or concept_map.get("resourceType") != "ConceptMap":
        raise Invalid(f"{path.name}: tệp phải là một ConceptMap.", field=path.name)
    return concept_map


def _escaped(text: str) -> str:
    for mark in ("\\", ",", "|", "$"):
        text = text.replace(mark, f"\\{mark}")
    return text
