"""A drill: a node is backed up while it works, lost, and restored; what comes back is what was there."""

import json
import os
from contextlib import ExitStack

import pytest

from tests.support.databases import fresh_database, python

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.conf import settings
from ansinh.access.actions import create_account
from ansinh.fhir.store import Repository
from ansinh.fhir.views import live
from ansinh.kernel.context import Context, system_context
from ansinh.upkeep import actions
from ansinh.upkeep.backup import keys
from pathlib import Path
live.keep({name: one for name, one in live.load(settings.DEFINITIONS).items() if name in ("patient", "observation")})
everything = Repository(system_context())
for unit in ("drill-a", "drill-b"):
    everything.save({"resourceType": "Organization", "id": unit, "name": unit})
nurse = Context("Practitioner/x", "nurse", "drill-a", frozenset({"drill-a"}), {"*": frozenset({"*"})}, login="1")
here = Repository(nurse)
own = here.create({"resourceType": "Patient", "name": [{"text": "Người thử một"}]}).resource["id"]
moved = here.create({"resourceType": "Patient", "name": [{"text": "Người thử hai"}]}).resource["id"]
def note(who, value):
    return here.create({"resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{who}"},
                        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
                        "valueQuantity": {"value": value}}).resource["id"]
gone = note(own, 60); note(moved, 70)
create_account(username="drill", password="chỉ để thử 1942", full_name="Người diễn tập", role="nurse", unit="drill-a")
Path(settings.STATE, "sheet").write_text(keys.make(settings.STATE))
first = actions.back_up()
here.delete("Observation", gone)
everything.update({"resourceType": "Patient", "id": moved, "name": [{"text": "Người thử hai"}],
                   "managingOrganization": {"reference": "Organization/drill-b"}})
note(own, 80)
second = actions.back_up()
print(first.upto + 1)
"""

TELL = """
import json, hashlib
from django.db import connection
from ansinh.fhir.store import database, journal
from ansinh.fhir.store.records import COLUMNS
from ansinh.fhir.views import live
def rows(sql):
    found = database.fetch(sql)
    return [[one.hex() if isinstance(one, bytes) else str(one) for one in map(plain, row)] for row in found]
def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value
names = connection.introspection.table_names()
told = {"resource": sorted(rows(f"SELECT {COLUMNS} FROM resource")), "entries": journal.verify()}
index = ("ix_token", "ix_ref", "ix_date", "ix_string", "ix_quantity", "org")
for table in (*index, "access_user", "access_assignment", "audit_row", "audit_who", "audit_seal"):
    told[table] = sorted(rows(f"SELECT * FROM {table}"))
from ansinh.fhir.store.audit import verifying
told["audit"] = verifying.verify().last
told["views"] = {name: live.check(name) for name in live.names()}
told["patients"] = sorted(rows("SELECT * FROM view_patient_row"))
print(json.dumps(told))
"""

RESTORE = """
import sys
from pathlib import Path
from django.conf import settings
from ansinh.config import loading
from ansinh.fhir.store import reindexing
from ansinh.fhir.views import live
from ansinh.kernel.errors import UserError
from ansinh.upkeep.backup import keys, places, restoring
from django.core.management import call_command
at = int(sys.argv[3]) if len(sys.argv) > 3 else None
try:
    done = restoring.restore(places.place(sys.argv[1]), keys.recovery(Path(sys.argv[2]).read_text()), position=at)
except UserError as error:
    print(error.code)
    raise SystemExit(3)
call_command("migrate", verbosity=0)
reindexing.reindex_outdated()
live.keep({name: one for name, one in live.load(settings.DEFINITIONS).items() if name in ("patient", "observation")})
print(done.records)
"""


class Drill:
    """Databases of the kind of this run: the node's, and two that it is restored into."""

    def __init__(self, folder, urls):
        self.folder, self.urls = folder, urls
        self.backups = folder / "backups"
        self.backups.mkdir()
        os.environ["ANSINH_BACKUP_TO"] = str(self.backups)  # undone by the fixture

    def run(self, body: str, which: int, *arguments: str) -> tuple[int, str]:
        state = self.folder / f"state-{which}"
        state.mkdir(exist_ok=True)
        process = python(body, self.urls[which], state, *arguments)
        out, err = process.communicate(timeout=240)
        assert process.returncode in (0, 3), err[-3000:]
        return process.returncode, out.strip()

    def tell(self, which: int) -> dict:
        return json.loads(self.run(TELL, which)[1])

    def restore(self, which: int, *position: str) -> str:
        return self.run(RESTORE, which, str(self.backups), str(self.folder / "state-0" / "sheet"), *position)[1]


@pytest.fixture
def drill(tmp_path, db, monkeypatch):
    monkeypatch.setenv("ANSINH_BACKUP_TO", "")
    with ExitStack() as stack:
        yield Drill(
            tmp_path, [stack.enter_context(fresh_database(tmp_path, name)) for name in ("lost", "back", "then")]
        )


def test_lost_node_comes_back_as_it_was_or_as_it_was_earlier(drill):
    earlier = drill.run(PREPARE, 0)[1]
    before = drill.tell(0)

    assert int(drill.restore(1)) == len(before["resource"])
    after = drill.tell(1)

    assert set(after["views"].values()) == {True}
    assert after == before
    assert (drill.folder / "state-1" / "secret").read_text() == (drill.folder / "state-0" / "secret").read_text()

    drill.restore(2, earlier)
    then = drill.tell(2)

    assert then["entries"] == int(earlier) < before["entries"]
    assert set(then["views"].values()) == {True}
    # The deletion had been done, the move and the last note had not.
    assert len(then["resource"]) == len(before["resource"]) - 1
    assert sum(row[7] == "1" for row in then["resource"]) == 1
    assert len({row[9] for row in then["resource"] if row[8] != "None"}) == 1
    assert 0 < then["audit"] < before["audit"]
