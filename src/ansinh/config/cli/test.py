"""Run the tests: each kind where it belongs, databases that are real, pages in a real Chromium.

pure        unit, spec, property, conformance, architecture, docs        once, on SQLite
database    integration and the properties of the engine                  on SQLite, then on PostgreSQL
functional  journeys with axe in Chromium, each worker its served demo    on SQLite
frontend    type check and node's test runner
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

HELP = "chạy toàn bộ kiểm thử (SQLite, PostgreSQL, Chromium)"
KINDS = ("unit", "spec", "property", "integration", "conformance", "functional", "architecture", "docs", "frontend")
ON_BOTH = ("integration", "property")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which kinds; the rest goes to pytest."""
    parser.add_argument("--kind", action="append", choices=KINDS, help="chỉ chạy một loại (lặp lại được)")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="tham số cho pytest, sau --")


def run(options: argparse.Namespace) -> int:
    """Every suite runs even after one failed; exit code 1 when any failed."""
    results = [(name, seconds, passed) for name, seconds, passed in _suites(options)]
    print("\nTóm tắt")
    for name, seconds, passed in results:
        print(f"  {'✓' if passed else '✗'} {name} ({seconds:.0f} s)")
    return 0 if results and all(passed for *_, passed in results) else 1


def _suites(options: argparse.Namespace) -> Iterator[tuple[str, float, bool]]:
    kinds = options.kind or list(KINDS)
    rest = [argument for argument in options.rest if argument != "--"]
    once = [kind for kind in kinds if kind not in ("functional", "frontend", "integration")]
    twice = [kind for kind in kinds if kind in ON_BOTH]
    if "frontend" in kinds:
        yield _timed("giao diện (TypeScript)", _frontend)
    if once and options.database != "postgresql":
        yield _timed("thuần và đặc tả", lambda: _pytest(once, rest))
    if "integration" in kinds and options.database != "postgresql":
        yield _timed("tích hợp trên SQLite", lambda: _pytest(["integration"], rest))
    if twice and options.database != "sqlite":
        yield _timed("tích hợp và tính chất trên PostgreSQL", lambda: _on_postgresql(twice, rest))
    if "functional" in kinds:
        yield _timed("hành trình trong Chromium", lambda: _pytest(["functional"], rest))


def _timed(name: str, suite: Any) -> tuple[str, float, bool]:
    print(f"\n▸ {name}", flush=True)
    start = time.monotonic()
    passed = suite() == 0
    return name, time.monotonic() - start, passed


def _pytest(kinds: list[str], rest: list[str], *, environment: dict[str, str] | None = None) -> int:
    root = _root()
    folders = [f"tests/{kind}" for kind in kinds if (root / "tests" / kind).is_dir()]
    if not folders:
        return 0
    one_site = "ANSINH_SITE" in os.environ and "functional" in kinds  # that is there already, and everybody's
    workers = [] if one_site else ["-n", str(min(os.cpu_count() or 1, 4))]
    command = [sys.executable, "-m", "pytest", "-q", *workers, *folders, *rest]
    code = subprocess.call(command, cwd=root, env={**_without_state(), **(environment or {})})
    return 0 if code == 5 else code  # 5: a kind without tests of its own


def _on_postgresql(kinds: list[str], rest: list[str]) -> int:
    with postgresql() as url:
        return _pytest(kinds, rest, environment={"DATABASE_URL": url})


@contextmanager
def postgresql() -> Iterator[str]:
    """A throw-away cluster, or the one that TEST_POSTGRESQL_URL names."""
    sys.path.insert(0, str(_root()))
    from tests.support.postgres import cluster

    given = os.environ.get("TEST_POSTGRESQL_URL")
    with nullcontext(given) if given else cluster() as url:
        yield url


def _frontend() -> int:
    folder = _root() / "frontend"
    for script in ("check", "test"):
        if code := subprocess.call(["npm", "run", "--silent", script], cwd=folder, env=os.environ.copy()):
            return code
    return 0


def _without_state() -> dict[str, str]:
    """Tests never touch the node's own database."""
    return {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}


def _root() -> Path:
    from ansinh.config.settings import ROOT

    return ROOT
