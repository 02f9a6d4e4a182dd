"""Official test data lies beside the repository in `shared/conformance`; how many of its tests pass is printed.

`score(name, passed, total)` tells a result: the lines at the end of a run add up what was told under a name, and a
test fails that falls below `ledger.yaml`. `node` is a served node of its own for clients.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LEDGER = yaml.safe_load(Path(__file__).with_name("ledger.yaml").read_text(encoding="utf-8"))
_DATA = ROOT.parent / "shared" / "conformance"
_MACHINE = """id: machine
title: Máy kiểm thử
title_en: Testing machine
scope: node
persons: true
sensitive: ["*"]
resources:
  "*": ["*"]
permissions: [app.manage]
"""


@pytest.fixture(scope="session")
def official() -> Callable[[str], Path]:
    """`official("fhirpath-r4/tests.json")` → the file; skips when it is not there."""

    def find(name: str) -> Path:
        path = _DATA / name
        if not path.exists():
            pytest.skip(f"the official test data is not beside the repository: shared/conformance/{name}")
        return path

    return find


@pytest.fixture
def score(record_property) -> Callable[..., None]:
    """`score(name, passed, total)`; `expected` is what the ledger says, unless the test is a part of a suite."""

    def tell(name: str, passed: int, total: int, *, expected: int | None = None) -> None:
        record_property("conformance", [name, passed, total])
        least = LEDGER[name] if expected is None else expected
        assert passed >= least, f"{name}: {passed} of {total} pass, the ledger says {least}"

    return tell


def pytest_terminal_summary(terminalreporter):
    """One line for each suite, as `FHIRPath 931/935`; results of parallel workers are added up."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for kind, value in report.user_properties if report.when == "call" else ():
                if kind == "conformance":
                    name, passed, total = value
                    found[name] = [found[name][0] + passed, found[name][1] + total]
    for name in sorted(found, key=list(LEDGER).index):
        passed, total = found[name]
        below = "" if passed >= LEDGER[name] else f"  (ledger: {LEDGER[name]})"
        terminalreporter.write_line(f"{name} {passed}/{total}{below}")


class Node(NamedTuple):
    """A served node: address of its FHIR door, and a token that may do everything there."""

    address: str
    token: str


@pytest.fixture(scope="session")
def node(tmp_path_factory) -> Iterator[Node]:
    """A node of its own on 127.0.0.1, with the shipped definitions and a role for machines; stopped at the end."""
    state = tmp_path_factory.mktemp("node")
    shutil.copytree(ROOT / "definitions", state / "definitions")
    if (assets := Path(os.environ.get("ANSINH_STATE", ROOT / "var")) / "static").exists():
        (state / "static").symlink_to(assets)  # pages need them: somebody logs in
    (state / "definitions/roles/machine.yaml").write_text(_MACHINE, encoding="utf-8")
    port = _free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "ANSINH_STATE": str(state),
        "ANSINH_DEFINITIONS": str(state / "definitions"),
        "ANSINH_FHIR_ARTEFACT": os.environ.get("ANSINH_FHIR_ARTEFACT", str(ROOT / "var/fhir-r4")),
        "ANSINH_FHIR_BASE": f"http://127.0.0.1:{port}/fhir",
        "PYTHONPATH": str(ROOT / "src"),
    }
    _command(environment, "load")
    _command(environment, "account", "machine", "--name", "Máy", "--role", "machine", given="chỉ để kiểm thử 1942\n")
    token = _command(environment, "token", "--user", "machine").strip()
    with open(state / "server.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ansinh.config.cli", "serve", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/fhir/metadata", server, state / "server.log")
            yield Node(f"http://127.0.0.1:{port}/fhir", token)
        finally:
            server.terminate()
            server.wait(timeout=20)


def _command(environment: dict[str, str], *arguments: str, given: str = "") -> str:
    command = [sys.executable, "-m", "ansinh.config.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, input=given)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, log.read_text(errors="replace")[-4000:]
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the node did not answer: {log.read_text(errors='replace')[-4000:]}")
