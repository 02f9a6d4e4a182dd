"""A fresh database for each measurement, a process of its own that measures it, and the ledger that keeps the entry.

measured(script, "postgresql", …) ─► cluster or file ─► `script --on <address>` ─► its last line, JSON ─► keep
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DURABLE = "-c max_connections=100 -c jit=off -c shared_buffers=256MB"
"""What PostgreSQL is started with: it loses nothing when it is killed, as a node's does."""

Entry = dict[str, Any]
Definitions = Callable[[Path], Path]


def measured(script: str, name: str, arguments: Sequence[str], *, definitions: Definitions | None = None) -> Entry:
    """What a script prints as JSON when it is run on a fresh database (`sqlite` or `postgresql`).

    definitions: makes other definitions than the shipped ones, in the folder that is the node's state.
    """
    with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as folder, fresh(name, folder) as url:
        environment = _environment(url, folder)
        if definitions is not None:
            environment["ANSINH_DEFINITIONS"] = str(definitions(Path(folder)))
        command = [sys.executable, script, "--on", url, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
        found: Entry = json.loads(done.stdout.splitlines()[-1])
        return found


@contextmanager
def fresh(name: str, folder: str) -> Iterator[str]:
    """The address of an empty database, gone at the end."""
    if name == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    import postgres  # tests/support

    postgres._FAST = DURABLE
    with postgres.cluster() as url:
        yield url


def surroundings() -> Entry:
    """What an entry says of where it was measured."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip() or "unknown",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }


def keep(ledger: Path, entry: Entry, same: Sequence[str]) -> None:
    """Put the entry first; the one that has the same in all these places goes."""
    kept = json.loads(ledger.read_text(encoding="utf-8")) if ledger.exists() else []
    others = [one for one in kept if any(one.get(key) != entry.get(key) for key in same)]
    ledger.write_text(json.dumps([entry, *others], indent=1) + "\n", encoding="utf-8")


def _environment(url: str, folder: str) -> dict[str, str]:
    artefact = os.environ.get("ANSINH_FHIR_ARTEFACT", str(ROOT / "var" / "fhir-r4"))
    return {**os.environ, "DATABASE_URL": url, "ANSINH_STATE": folder, "ANSINH_FHIR_ARTEFACT": artefact}
