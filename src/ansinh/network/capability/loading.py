"""definitions/capability → ValueSet."""

from pathlib import Path

from ansinh.fhir.store import Repository
from ansinh.fhir.terminology.files import read_code_system
from ansinh.network.capability.definition import Code, Members, read
from ansinh.network.capability.resources import catalogue_from, catalogue_id, value_set


def load_catalogues(repository: Repository, folder: Path) -> int:
    """Load every file of the folder, all or nothing; returns how many.

    A file without items never empties a list that was imported on this node. Raises Invalid naming file and place.
    """
    members = members_in(folder.parent / "codesystems")
    catalogues = [read(path, members) for path in sorted(folder.glob("*.yaml"))]
    with repository.transaction():
        for catalogue in catalogues:
            stored = repository.find("ValueSet", catalogue_id(catalogue.id))
            if not catalogue.items and stored and catalogue_from(stored).items:
                continue
            repository.save(value_set(catalogue))
    return len(catalogues)


def members_in(folder: Path) -> Members:
    """The concepts of a code system file, ended ones too: a catalogue of the past needs them."""

    def members(name: str) -> list[Code]:
        entries = read_code_system(folder / f"{name}.yaml").entries
        return [Code(e.code, e.display, e.english, e.parent, e.properties, e.valid_from, e.valid_to) for e in entries]

    return members
