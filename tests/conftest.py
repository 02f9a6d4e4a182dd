"""Who plays in the tests: Lan, Bình and Mai of facility A, Cúc and Sơn of B, an officer, a leader, an administrator.

The database is a copy of one that holds the shipped definitions (`support/made_databases.py`); each test runs in a
transaction of its own and begins in Vietnamese, whatever language the test before it asked for. Properties are tried
on the same examples each time (`derandomize`), without a deadline: a slow machine is no counter-example.
"""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import hypothesis
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from ansinh.access.hashing import Argon2

# The same examples each time teach nothing new by being many; ANSINH_EXAMPLES=1000 tries so many new ones.
examples = int(os.environ.get("ANSINH_EXAMPLES", "0"))
hypothesis.settings.register_profile(
    "ansinh", deadline=None, derandomize=not examples, max_examples=examples or 40, database=None
)
hypothesis.settings.load_profile("ansinh")

# The real algorithm at its lowest cost: at its full one, an account is a tenth of a second and 100 MB.
Argon2.time_cost, Argon2.memory_cost, Argon2.parallelism = 1, 8, 1
# A node of the demo: roles open with a password alone, whatever the environment says. Tests of the rule set it.
settings.SECOND_FACTOR_ENFORCED = False

PASSWORD = "chỉ dùng để kiểm thử 1942"
FACILITY_A = "bv-chinh-hinh-tam-diep"
FACILITY_B = "tt-phcn-tam-than-ninh-binh"
PROVINCE = "ubnd-ninh-binh"

# Long in the running: begun first, so that no worker waits for another at the end.
LONG = (
    "functional/test_every_page.py",
    "functional/test_amputee.py",
    "functional/test_signed_record.py",
    "integration/upkeep/test_restoring.py",
    "integration/upkeep/test_torture.py",
    "integration/test_query_counts.py",
    "integration/fhir/test_concurrent_writes.py",
    "integration/fhir/test_killed.py",
    "integration/web/test_every_form_under_fire.py",
    "conformance/test_synthea.py",
    "conformance/test_clients.py",
)
# Each test of these takes seconds and shares little with its neighbours: it goes to the worker that is free.
APART = ("/functional/", "/conformance/test_synthea.py", "integration/web/test_english.py")

# fixture name → (role, where)
CAST = {
    "lan": ("nurse", "a"),
    "binh": ("doctor", "a"),
    "mai": ("manager", "a"),
    "cuc": ("nurse", "b"),
    "son": ("manager", "b"),
    "officer": ("officer", "province"),
    "leader": ("leader", "province"),
    "admin": ("admin", ""),
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Each file to the worker that is free: what its tests share is made once. Those of `APART` one by one."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if any(each in file for each in APART) else file

    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The long ones first, the others as they stand."""
    order = {name: number for number, name in enumerate(LONG)}

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((number for name, number in order.items() if path.endswith(name)), len(order))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: the collector need not look at it again after every few objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker) -> Iterator[None]:
    """A database that holds definitions/, copied from the one that was made of these sources."""
    from django.db import connection

    from tests.support import made_databases

    with django_db_blocker.unblock():
        made_databases.take(connection)
    yield
    with django_db_blocker.unblock():
        made_databases.drop(connection)


@pytest.fixture(autouse=True)
def in_vietnamese() -> Iterator[None]:
    """A request leaves its language on the thread; the next test must not inherit it."""
    with translation.override("vi"):
        yield
    translation.activate("vi")


@dataclass(frozen=True)
class World:
    """Organization ids that tests speak of."""

    a: str
    b: str
    province: str

    def unit(self, name: str) -> str:
        return getattr(self, name) if name else ""


@pytest.fixture
def world(db) -> World:
    """Facilities A and B of one province, from the shipped definitions."""
    from ansinh.fhir.views import tables
    from ansinh.kernel.context import system_context

    rows = tables.rows(system_context(), "SELECT id, code FROM view_organization")
    ids = {row["code"]: row["id"] for row in rows}
    return World(ids[FACILITY_A], ids[FACILITY_B], ids[PROVINCE])


@pytest.fixture
def system(db):
    """A Repository that sees and may do everything."""
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    return Repository(system_context())


@pytest.fixture
def account_of(world) -> Callable:
    """The account of a member of the cast, made on first use."""
    from ansinh.access.actions import create_account
    from ansinh.access.models import User
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context
    from ansinh.kernel.ids import stable_id

    def account(name: str) -> User:
        role, where = CAST[name]
        existing = User.objects.filter(username=name).first()
        practitioner = stable_id("test-practitioner", name)
        Repository(system_context()).save(
            {"resourceType": "Practitioner", "id": practitioner, "name": [{"text": f"Nhân viên {name.title()}"}]}
        )
        return existing or create_account(
            username=name,
            password=PASSWORD,
            full_name=f"Nhân viên {name.title()}",
            role=role,
            unit=world.unit(where),
            practitioner_id=practitioner,
        )

    return account


@pytest.fixture
def client_of(account_of) -> Callable[[str], Client]:
    """A Django client of a member of the cast who just logged in; `client_of("")` is nobody."""
    from ansinh.access.entering import PROVED
    from ansinh.kernel import clock

    def client(name: str) -> Client:
        made = Client()
        if name:
            made.force_login(account_of(name))
            session = made.session
            session[PROVED] = clock.now().isoformat()
            session.save()
        return made

    return client


def _context_fixture(name: str):
    @pytest.fixture(name=name)
    def context(account_of):
        from ansinh.access.contexts import context_of

        return context_of(account_of(name))

    context.__doc__ = f"The Context of {name}: {' at '.join(CAST[name])}."
    return context


lan = _context_fixture("lan")
binh = _context_fixture("binh")
mai = _context_fixture("mai")
cuc = _context_fixture("cuc")
son = _context_fixture("son")
officer = _context_fixture("officer")
leader = _context_fixture("leader")
admin = _context_fixture("admin")
