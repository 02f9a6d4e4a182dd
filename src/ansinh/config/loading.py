"""What a node does before it serves: migrate, make the live views, load definitions/ when they changed.

definitions/*  ── checksum ── what the database says it holds (stamp.py)? ──► nothing
     └─► code systems → value sets → concept maps → organisations → workforce → questionnaires → measures → plans
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import allauth
import django
from django.conf import settings

from ansinh.config import stamp

if TYPE_CHECKING:
    from ansinh.fhir.store import Repository


def bring_up_to_date(*, force: bool = False) -> list[str]:
    """Migrate and load what changed. Returns one line a kind that was loaded (empty when nothing changed)."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    if not force and stamp.holds(state()):
        return []
    lines = list(_reindex()) + list(load_definitions())
    stamp.note(state())
    return lines


def _reindex() -> Iterator[str]:
    """Rows of search parameters that are new, or made by other rules than before."""
    from ansinh.fhir.store.reindexing import reindex_outdated

    if count := reindex_outdated():
        yield f"chỉ mục: {count}"


def is_current() -> bool:
    """True when there is nothing to bring up to date, told from files and one question, without starting Django."""
    return stamp.standing(state())


def state() -> str:
    """What the node should hold: which database, which definitions, which migrations, Django's own among them."""
    sources = settings.ROOT / "src" / "ansinh"
    migrations = _checksum(sources, "*/migrations/*.py"), _checksum(sources, "*/*/migrations/*.py")
    index = _checksum(sources / "fhir" / "index", "*.py")
    others = django.__version__, allauth.__version__
    return "\n".join([_database(), *others, _checksum(Path(settings.DEFINITIONS)), index, *migrations])


def load_definitions() -> Iterator[str]:
    """Load all of definitions/ in one transaction; a bad file is refused whole and changes nothing."""
    from ansinh.fhir.operations.stored import load_concept_maps
    from ansinh.fhir.store import Repository
    from ansinh.fhir.terminology import loading as terminology
    from ansinh.fhir.views import live
    from ansinh.kernel.context import system_context

    folder = Path(settings.DEFINITIONS)
    repository = Repository(system_context())
    live.sync(folder / "views")
    with repository.transaction():
        yield f"bộ mã: {terminology.load_code_systems(folder)}"
        yield f"ánh xạ mã: {load_concept_maps(repository, folder / 'conceptmaps')}"
        for name, count in _load_rooms(repository, folder):
            yield f"{name}: {count}"


def _load_rooms(repository: "Repository", folder: Path) -> Iterator[tuple[str, int]]:
    from ansinh.clinical.screening.loading import load_questionnaires
    from ansinh.network.capability.loading import load_catalogues
    from ansinh.network.facilities.loading import load_facilities
    from ansinh.network.workforce.loading import load_workforce
    from ansinh.programme.measures.loading import load_measures
    from ansinh.programme.plans.loading import load_plans

    yield "đơn vị", load_facilities(repository, folder / "facilities")
    yield "danh mục năng lực", load_catalogues(repository, folder / "capability")
    yield "nhân lực", load_workforce(repository, folder / "workforce")
    yield "phiếu", load_questionnaires(repository, folder / "questionnaires")
    yield "chỉ tiêu", len(load_measures(repository, folder / "measures"))
    yield "kế hoạch", load_plans(repository, folder / "plans")


def _checksum(folder: Path, pattern: str = "**/*") -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _database() -> str:
    database = settings.DATABASES["default"]
    return f"{database['ENGINE']}:{database.get('HOST', '')}:{database.get('PORT', '')}:{database['NAME']}"
