"""What a node does before it serves: migrate, make the live views, load definitions/ when they changed.

definitions/*  ── checksum ── same as last time? ──► nothing
     └─► code systems → value sets → concept maps → organisations → workforce → questionnaires → measures → plans
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings

if TYPE_CHECKING:
    from ansinh.fhir.store import Repository


def bring_up_to_date(*, force: bool = False) -> list[str]:
    """Migrate and load what changed. Returns one line a kind that was loaded (empty when nothing changed)."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    if not force and _stamp().exists() and _stamp().read_text() == state() and _is_filled():
        return []
    lines = list(_reindex()) + list(load_definitions())
    _stamp().write_text(state())
    return lines


def _reindex() -> Iterator[str]:
    """Rows of search parameters that are new, or made by other rules than before."""
    from ansinh.fhir.store.reindexing import reindex_outdated

    if count := reindex_outdated():
        yield f"chỉ mục: {count}"


def is_current() -> bool:
    """True when there is nothing to bring up to date, told from files alone, without starting Django.

    Only for SQLite, whose file lies here; a PostgreSQL database is always asked itself.
    """
    database = settings.DATABASES["default"]
    here = "sqlite" in database["ENGINE"] and Path(database["NAME"]).is_file()
    return here and _stamp().exists() and _stamp().read_text() == state()


def state() -> str:
    """What the node should hold: which database, which definitions, which migrations."""
    sources = settings.ROOT / "src" / "ansinh"
    migrations = _checksum(sources, "*/migrations/*.py"), _checksum(sources, "*/*/migrations/*.py")
    index = _checksum(sources / "fhir" / "index", "*.py")
    return "\n".join([_database(), _checksum(Path(settings.DEFINITIONS)), index, *migrations])


def _stamp() -> Path:
    return Path(settings.STATE) / "definitions-loaded"


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


def _is_filled() -> bool:
    """False for a database that was emptied or put away while the stamp beside it stayed."""
    from ansinh.fhir.store import journal
    from ansinh.fhir.views import live

    return journal.position() > 0 and bool(live.names())


def _checksum(folder: Path, pattern: str = "**/*") -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _database() -> str:
    database = settings.DATABASES["default"]
    return f"{database['ENGINE']}:{database.get('HOST', '')}:{database.get('PORT', '')}:{database['NAME']}"
