"""Writers at the same time, in processes of their own: no gap, no fork, nothing lost."""

import os
import subprocess
import sys

import pytest

from tests.support.databases import fresh_database

WRITERS, EACH = 3, 8

SETUP = "import django; django.setup()\n"

PREPARE = """
from django.core.management import call_command
call_command("migrate", "store", verbosity=0)
call_command("migrate", "views", verbosity=0)
"""

WRITE = f"""
import sys
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Stale
repository = Repository(system_context(), validate=False)
own = sys.argv[1]
for number in range({EACH}):
    repository.create({{"resourceType": "Basic", "id": "x", "code": {{"text": own}}}}, id=f"{{own}}-{{number}}")
    while True:
        shared = repository.find("Basic", "shared")
        version = int(shared["meta"]["versionId"]) if shared else None
        try:
            count = shared["author"]["display"] if shared else "0"
            author = {{"display": str(int(count) + 1)}}
            if shared is None and own != "w0":
                continue
            repository.update({{"resourceType": "Basic", "id": "shared", "author": author}}, if_match=version)
            break
        except Stale:
            continue
"""

CHECK = """
from ansinh.fhir.store import Repository, journal
from ansinh.kernel.context import system_context
shared = Repository(system_context()).read("Basic", "shared")
print(journal.verify(), shared["author"]["display"], shared["meta"]["versionId"])
"""


def run_writers(folder: os.PathLike, body: str, check: str) -> list[str]:
    """What `check` prints after some processes ran `body` at the same time in a fresh database."""
    with fresh_database(folder, "writers") as url:
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "ANSINH_STATE": str(folder),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        }

        def run(body: str, *arguments: str, **how) -> subprocess.Popen:
            return subprocess.Popen([sys.executable, "-c", SETUP + body, *arguments], env=env, text=True, **how)

        assert run(PREPARE).wait(120) == 0
        writers = [run(body, f"w{number}") for number in range(WRITERS)]
        assert [writer.wait(200) for writer in writers] == [0] * WRITERS
        with run(check, stdout=subprocess.PIPE) as checked:
            return checked.communicate(timeout=60)[0].split()


@pytest.mark.django_db
def test_writers_at_the_same_time_leave_one_whole_journal_and_lose_no_update(tmp_path):
    writes = WRITERS * EACH

    assert run_writers(tmp_path, WRITE, CHECK) == [str(2 * writes), str(writes), str(writes)]


CREATE_ONCE = f"""
from ansinh.fhir.store import Repository
from ansinh.fhir.transactions import conditional, process
from ansinh.kernel.context import system_context
repository = Repository(system_context())
for number in range({EACH}):
    asked = [("identifier", f"s|{{number}}")]
    person = {{"resourceType": "Patient", "identifier": [{{"system": "s", "value": str(number)}}]}}
    conditional.create(repository, person, asked)
    conditional.update(repository, person, asked)
    request = {{"method": "POST", "url": "Patient", "ifNoneExist": f"identifier=s|{{number}}"}}
    entry = {{"request": request, "resource": person}}
    process(repository, {{"resourceType": "Bundle", "type": "transaction", "entry": [entry]}})
"""

COUNT_PEOPLE = """
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
print(search(Repository(system_context()), "Patient", [("_total", "accurate")]).total)
"""


@pytest.mark.django_db
def test_conditional_writers_at_the_same_time_create_each_person_once(tmp_path):
    assert run_writers(tmp_path, CREATE_ONCE, COUNT_PEOPLE) == [str(EACH)]
