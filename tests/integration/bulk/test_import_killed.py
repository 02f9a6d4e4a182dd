"""`kill -9` in the middle of an import: the next worker finishes it, each line once."""

import pytest

from ansinh.fhir.model import json
from tests.integration.bulk.conftest import person, pulse
from tests.support.databases import fresh_database, python

PEOPLE, PULSES = 6, 40

BEGIN = """
import os, signal, sys
from pathlib import Path
from django.core.management import call_command
from ansinh.fhir.bulk import importing, lines, sources
from ansinh.fhir.jobs import running
from ansinh.kernel.context import system_context

for app in ("store", "jobs", "terminology", "views", "subscriptions"):
    call_command("migrate", app, verbosity=0)
lines.blocks.__defaults__ = (0, 1, 1500)
importing.WORTH_A_PROCESS = 1
saves, save = [], running.Progress.save

def killed(self, *arguments, **named):
    save(self, *arguments, **named)
    saves.append(1)
    if len(saves) == 6:  # written, its progress kept, and not committed
        os.kill(os.getpid(), signal.SIGKILL)

running.Progress.save = killed
job = importing.ask(system_context(), sources.sources([Path(sys.argv[1])]), processes=1)
print(job.id, flush=True)
running.run_now(job)
"""

GO_ON = """
import sys
from ansinh.fhir.jobs import queue, running
from ansinh.fhir.jobs.models import JobRow
from ansinh.fhir.store import database, journal
from ansinh.kernel import clock

before = journal.position()
JobRow.objects.update(lease_until=clock.now())  # half a minute later
assert running.run_next("another")
job = queue.state(sys.argv[1])
versions = database.fetch("SELECT count(*), count(DISTINCT key), max(version) FROM journal")[0]
left = {name: job.result[name] for name in ("lines", "written", "unchanged", "refused")}
import json
print(json.dumps([before, job.state, left, list(versions), journal.verify()]))
"""


@pytest.mark.django_db
def test_import_killed_before_a_commit_is_finished_by_another_with_each_line_once(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    people = [person(f"p{number}", "a") for number in range(PEOPLE)]
    pulses = [pulse(f"o{number}", f"p{number % PEOPLE}") for number in range(PULSES)]
    for name, each in (("Patient", people), ("Observation", pulses)):
        (folder / f"{name}.ndjson").write_bytes(b"".join(json.dumps(one) + b"\n" for one in each))

    with fresh_database(tmp_path, "own_import") as url:
        with python(BEGIN, url, tmp_path, str(folder)) as process:
            out, errors = process.communicate(timeout=120)
        assert process.returncode == -9, errors
        with python(GO_ON, url, tmp_path, out.strip()) as process:
            out, errors = process.communicate(timeout=120)

    before, state, counts, versions, verified = json.loads(out or errors)
    lines = PEOPLE + PULSES
    assert 0 < before < lines
    assert (state, counts) == ("done", {"lines": lines, "written": lines, "unchanged": 0, "refused": 0})
    assert versions == [lines, lines, 1]
    assert verified == lines
