"""What benchmarks share: a fresh database for a script, and the ledger that keeps what it printed."""

import json
import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))

from measuring import databases

SCRIPT = """
import json, os, sys
from pathlib import Path
print("a word on the way")
names = ("DATABASE_URL", "ANSINH_STATE", "ANSINH_FHIR_ARTEFACT", "ANSINH_DEFINITIONS")
told = {name: os.environ.get(name, "") for name in names}
print(json.dumps({**told, "arguments": sys.argv[1:], "there": Path(told["ANSINH_STATE"]).is_dir()}))
"""


@pytest.fixture
def script(tmp_path):
    place = tmp_path / "script.py"
    place.write_text(SCRIPT)
    return str(place)


def test_script_is_run_on_a_database_of_its_own_and_its_last_line_is_the_entry(script, monkeypatch):
    monkeypatch.delenv("ANSINH_DEFINITIONS", raising=False)
    found = databases.measured(script, "sqlite", ["--observations", "5"])

    assert found["DATABASE_URL"] == f"sqlite:///{found['ANSINH_STATE']}/bench.sqlite3"
    assert found["arguments"] == ["--on", found["DATABASE_URL"], "--observations", "5"]
    assert found["there"]
    assert not Path(found["ANSINH_STATE"]).exists()
    assert found["ANSINH_FHIR_ARTEFACT"]
    assert found["ANSINH_DEFINITIONS"] == os.environ.get("ANSINH_DEFINITIONS", "")


def test_script_may_get_definitions_of_its_own(script):
    found = databases.measured(script, "sqlite", [], definitions=lambda folder: folder / "other")

    assert found["ANSINH_DEFINITIONS"] == f"{found['ANSINH_STATE']}/other"


def test_script_that_fails_ends_the_benchmark(tmp_path):
    (tmp_path / "script.py").write_text("raise SystemExit(3)")

    with pytest.raises(databases.subprocess.CalledProcessError):
        databases.measured(str(tmp_path / "script.py"), "sqlite", [])


def test_newest_entry_stands_first_and_takes_the_place_of_the_same(tmp_path):
    ledger, same = tmp_path / "ledger.json", ("kind", "commit", "database")
    for commit, database, figure in (
        ("a", "sqlite", 1),
        ("b", "sqlite", 2),
        ("a", "postgresql", 3),
        ("a", "sqlite", 4),
    ):
        databases.keep(ledger, {"commit": commit, "database": database, "figure": figure}, same)
    databases.keep(ledger, {"kind": "bulk", "commit": "a", "database": "sqlite", "figure": 5}, same)

    assert [one["figure"] for one in json.loads(ledger.read_text())] == [5, 4, 3, 2]


def test_surroundings_name_commit_machine_and_load():
    found = databases.surroundings()

    assert set(found) == {"commit", "machine", "load"}
    assert "cores" in found["machine"]


@pytest.mark.parametrize("name", ["fhir", "bulk", "views"])
def test_scripts_can_be_read_and_name_their_options(name):
    done = databases.subprocess.run(
        [sys.executable, str(databases.ROOT / "benchmarks" / f"{name}.py"), "--help"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert "--database" in done.stdout
