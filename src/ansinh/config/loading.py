"""What a node does before it serves: migrate, make the live views, load definitions/ when they changed.

definitions/*  ── checksum ── what the database says it holds (stamp.py)? ──► nothing
     └─► code systems → value sets → concept maps → organisations → workforce → questionnaires → measures → plans

What takes long in a large database (an index or a view that is made anew) is put off when the node is to serve: its
worker does it, and who asks for it is told so (`store.reindexing`, `views.rebuilding`). Commands wait for it.
"""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import allauth
import django
from django.conf import settings

from ansinh.config import stamp

if TYPE_CHECKING:
    from ansinh.fhir.store import Repository

AT_ONCE = 5_000
"""Resources of a type, or entries of a view, that are made anew before the node serves: less than a second each."""
_TELL_EVERY = 5.0


def bring_up_to_date(*, force: bool = False, serving: bool = False) -> list[str]:
    """Migrate and load what changed. Returns one line a kind that was loaded (empty when nothing changed).

    serving: put off what takes long. Otherwise everything is complete when this returns, what a server put off too.
    """
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    if not force and stamp.holds(state()):
        return [] if serving else list(_finish())
    lines = list(_reindex(serving)) + list(load_definitions(serving=serving))
    stamp.note(state())
    return lines if serving else lines + list(_finish())


def _reindex(serving: bool) -> Iterator[str]:
    """Rows of search parameters that are new, or made by other rules than before."""
    from ansinh.fhir.store import reindexing

    late = reindexing.put_off(AT_ONCE) if serving else []
    if count := reindexing.reindex_outdated(_told("chỉ mục"), but=late):
        yield f"chỉ mục: {count}"
    if late:
        yield f"chỉ mục lập lại khi máy chủ đang chạy: {', '.join(late)}"


def _finish() -> Iterator[str]:
    """What a server put off and did not end."""
    from ansinh.fhir.store import reindexing
    from ansinh.fhir.views import rebuilding

    if reindexing.unready():
        yield f"chỉ mục: {reindexing.reindex_outdated(_told('chỉ mục'))}"
    if made := rebuilding.finish(_told("bảng")):
        yield f"bảng: {', '.join(made)}"


def _told(what: str) -> Callable[[str, int], None]:
    """Says every few seconds how far a long step is, so that nobody takes it for one that hangs."""
    last = time.monotonic()

    def tell(name: str, count: int) -> None:
        nonlocal last
        if time.monotonic() - last > _TELL_EVERY:
            last = time.monotonic()
            sys.stderr.write(f"  {what} {name}: {count}\n")

    return tell


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


def load_definitions(*, serving: bool = False) -> Iterator[str]:
    """Load all of definitions/ in one transaction, the tables of views among it: a bad file is refused whole and
    changes nothing. Views that take long are only noted for the worker; `bring_up_to_date` waits for them."""
    from ansinh.fhir.operations.stored import load_concept_maps
    from ansinh.fhir.store import Repository
    from ansinh.fhir.terminology import loading as terminology
    from ansinh.fhir.views import rebuilding
    from ansinh.kernel.context import system_context

    folder = Path(settings.DEFINITIONS)
    repository = Repository(system_context())
    with rebuilding.remembering(), repository.transaction():
        rebuilding.sync(folder / "views", at_once=AT_ONCE)
        if serving and (late := rebuilding.unready()):
            yield f"bảng dựng lại khi máy chủ đang chạy: {', '.join(sorted(late))}"
        yield f"bộ mã: {terminology.load_code_systems(folder)}"
        yield f"ánh xạ mã: {load_concept_maps(repository, folder / 'conceptmaps')}"
        for name, count in _load_rooms(repository, folder):
            yield f"{name}: {count}"


def _load_rooms(repository: "Repository", folder: Path) -> Iterator[tuple[str, int]]:
    from ansinh.clinical.screening.loading import load_questionnaires
    from ansinh.network.capability.loading import load_catalogues
    from ansinh.network.facilities.loading import load_facilities
    from ansinh.network.workforce.loading import load_workforce
    from ansinh.programme.measures.loading import known_measures, load_measures
    from ansinh.programme.plans.loading import load_plans
    from ansinh.programme.reports.template import check_templates

    yield "đơn vị", load_facilities(repository, folder / "facilities")
    yield "danh mục năng lực", load_catalogues(repository, folder / "capability")
    yield "nhân lực", load_workforce(repository, folder / "workforce")
    yield "phiếu", load_questionnaires(repository, folder / "questionnaires")
    yield "chỉ tiêu", len(load_measures(repository, folder / "measures"))
    yield "kế hoạch", load_plans(repository, folder / "plans")
    yield "mẫu báo cáo", check_templates(folder / "templates", known_measures(folder / "measures"))


def _checksum(folder: Path, pattern: str = "**/*") -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob(pattern)):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _database() -> str:
    database = settings.DATABASES["default"]
    return f"{database['ENGINE']}:{database.get('HOST', '')}:{database.get('PORT', '')}:{database['NAME']}"
