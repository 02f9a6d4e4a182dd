"""definitions/capability → ValueSet."""

from pathlib import Path

from ansinh.fhir.store import Repository
from ansinh.fhir.terminology.files import read_code_system
from ansinh.kernel.context import system_context
from ansinh.network.capability.definition import Code, Members, read
from ansinh.network.capability.resources import catalogue_from, catalogue_id, value_set
from ansinh.network.capability.rules import Catalogue


def load_catalogues(repository: Repository, folder: Path) -> int:
    """Load every file of the folder, all or nothing; returns how many.

    A list that was imported on this node stays as it was imported, and a file without items empties nothing. Raises
    Invalid naming file and place.
    """
    members = members_in(folder.parent / "codesystems")
    catalogues = [read(path, members) for path in sorted(folder.glob("*.yaml"))]
    with repository.transaction():
        for catalogue in catalogues:
            if not _is_imported(repository, catalogue):
                repository.save(value_set(catalogue))
    return len(catalogues)


def _is_imported(repository: Repository, catalogue: Catalogue) -> bool:
    stored = repository.find("ValueSet", catalogue_id(catalogue.id))
    if stored is None:
        return False
    if not catalogue.items and catalogue_from(stored).items:
        return True
    return repository.history("ValueSet", stored["id"])[0].author != system_context().actor


def members_in(folder: Path) -> Members:
    """The concepts of a code system file, ended ones too: a catalogue of the past needs them."""

    def members(name: str) -> list[Code]:
        entries = read_code_system(folder / f"{name}.yaml").entries
        return [Code(e.code, e.display, e.english, e.parent, e.properties, e.valid_from, e.valid_to) for e in entries]

    return members
