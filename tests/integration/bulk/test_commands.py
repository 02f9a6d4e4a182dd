"""`./ansinh export`, `import` and `jobs`: what they do, say and answer with."""

import argparse
import importlib

import pytest

from ansinh.config import loading
from ansinh.config.cli.__main__ import COMMANDS
from ansinh.fhir.bulk import importing
from ansinh.fhir.bulk.sources import sources
from ansinh.fhir.jobs import queue
from ansinh.fhir.model import json
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from tests.integration.bulk.conftest import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ansinh(monkeypatch, capsys):
    """`ansinh("export", "dir")`: (exit code, what was printed)."""
    monkeypatch.setattr(loading, "bring_up_to_date", list)

    def run(command: str, *arguments: object) -> tuple[int, str]:
        module = importlib.import_module(f"ansinh.config.cli.{COMMANDS[command]}")
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        code = module.run(parser.parse_args([str(one) for one in arguments]))
        return code, capsys.readouterr().out

    return run


def test_what_was_exported_can_be_imported_and_changes_nothing(ansinh, people, tmp_path, lan, system):
    code, told = ansinh("export", tmp_path / "out", "--user", "lan", "--type", "Patient,Observation")
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    again, counted = ansinh("import", tmp_path / "out", "--processes", 0)

    assert (code, files) == (0, ["Observation-1.ndjson", "Patient-1.ndjson"])
    assert f"{tmp_path / 'out' / 'Patient-1.ndjson'}: 2" in told
    assert "--since 20" in told.splitlines()[-1]
    assert again == 0
    assert "4 dòng: 0 đã ghi, 4 không đổi, 0 bị từ chối, 0 tham chiếu chưa có đích." in counted
    assert queue.listed()[0].kind == "import"


def test_refused_lines_are_counted_and_their_file_is_named(ansinh, world, tmp_path, system):
    (tmp_path / "Patient.ndjson").write_bytes(json.dumps(person("p1", world.a)) + b"\n{bad\n")

    code, told = ansinh("import", tmp_path / "Patient.ndjson", "--processes", 0)

    assert code == 1
    assert "2 dòng: 1 đã ghi, 0 không đổi, 1 bị từ chối" in told
    assert str(queue.folder(queue.listed()[0].id) / "error-1.ndjson") in told
    assert system.read("Patient", "p1")["id"] == "p1"


def test_import_that_waits_is_resumed_by_its_id(ansinh, world, tmp_path, system):
    (tmp_path / "Patient.ndjson").write_bytes(json.dumps(person("p1", world.a)) + b"\n")
    job = importing.ask(system_context(), sources([tmp_path / "Patient.ndjson"]))

    code, told = ansinh("import", "--resume", job.id)

    assert (code, "1 đã ghi" in told) == (0, True)


def test_import_that_somebody_runs_is_not_run_twice(ansinh, world, tmp_path, system):
    (tmp_path / "Patient.ndjson").write_bytes(json.dumps(person("p1", world.a)) + b"\n")
    job = importing.ask(system_context(), sources([tmp_path / "Patient.ndjson"]), holder="another")

    with pytest.raises(Conflict):
        ansinh("import", "--resume", job.id)


def test_wrong_words_are_refused_before_anything_begins(ansinh, tmp_path):
    for arguments, error in (
        (("import",), Invalid),
        (("import", tmp_path / "nowhere"), Invalid),
        (("import", "--resume", "nothing"), NotFound),
        (("export", tmp_path, "--user", "nobody"), NotFound),
        (("jobs", "--cancel", "nothing"), NotFound),
    ):
        with pytest.raises(error):
            ansinh(*arguments)
    assert queue.listed() == []


def test_jobs_are_listed_and_stopped(ansinh, world, tmp_path, system):
    (tmp_path / "Patient.ndjson").write_bytes(json.dumps(person("p1", world.a)) + b"\n")
    job = importing.ask(system_context(), sources([tmp_path / "Patient.ndjson"]))

    _, listed = ansinh("jobs")
    _, stopped = ansinh("jobs", "--cancel", job.id)

    assert f"{job.id} import: đang chờ" in listed
    assert "Chưa có tiến trình nào nhận việc." in listed
    assert f"{job.id} import: đã dừng" in stopped
