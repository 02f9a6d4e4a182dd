"""Everything that can be wrong without running the program: one list for people, hooks and CI."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ansinh.config.cli import audit_packages

HELP = "kiểm tra mã: ruff, định dạng, kiểu, thứ tự phòng, bản dịch, migration"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Run every check, even after one failed; exit code 1 when any failed."""
    checks: list[tuple[str, Callable[[], int]]] = [
        ("ruff", lambda: tool("ruff", "check", "src", "tests", "sample_data", "benchmarks")),
        ("định dạng", lambda: tool("ruff", "format", "--check", "src", "tests", "sample_data", "benchmarks")),
        (
            "thứ tự phòng",
            lambda: subprocess.call([_script("lint-imports"), "--no-cache"], cwd=_root(), env=_env()),
        ),
        ("kiểu", lambda: tool("mypy", "--no-error-summary")),
        ("migration", lambda: tool("django", "makemigrations", "--check", "--dry-run", "--verbosity", "1")),
        ("mẫu trang", _templates),
        ("bản dịch", _translations),
        ("NFC", _not_nfc),
        ("lỗi đã biết của thư viện", lambda: audit_packages.check(_root())),
    ]
    failed = [name for name, check in checks if not _timed(name, check)]
    print(f"✗ Chưa đạt: {', '.join(failed)}" if failed else "✓ Mọi kiểm tra đều đạt.")
    return 1 if failed else 0


def _timed(name: str, check: Callable[[], int]) -> bool:
    start = time.monotonic()
    print(f"▸ {name}", flush=True)
    passed = check() == 0
    print(f"  {'✓' if passed else '✗'} {name} ({time.monotonic() - start:.1f} s)", flush=True)
    return passed


def tool(module: str, *arguments: str) -> int:
    """Run `python -m module …` at the root of the repository."""
    return subprocess.call([sys.executable, "-m", module, *arguments], cwd=_root(), env=_env())


def _translations() -> int:
    import django

    django.setup()
    from ansinh.config.translations import missing

    left = missing()
    for text in left:
        print(f"  chưa có bản tiếng Anh: {text}")
    return 1 if left else 0


def _templates() -> int:
    """Every template of a page can be read, and so can what it includes and extends by name."""
    import django

    django.setup()
    from django.conf import settings

    from ansinh.config import page_templates

    wrong = page_templates.broken(settings.ROOT / "src" / "ansinh")
    for name, why in wrong:
        print(f"  {name}: {why}")
    return 1 if wrong else 0


def _not_nfc() -> int:
    """Every tracked text is NFC, so that what looks equal is equal."""
    import unicodedata

    names = subprocess.run(["git", "ls-files", "-z"], cwd=_root(), capture_output=True, text=True, check=True).stdout
    wrong = []
    for name in names.split("\0"):
        if name.endswith((".py", ".yaml", ".html", ".md", ".ts", ".po", ".scss")):
            text = (_root() / name).read_text(encoding="utf-8") if (_root() / name).exists() else ""
            if not unicodedata.is_normalized("NFC", text):
                wrong.append(name)
    for name in wrong:
        print(f"  không ở dạng NFC: {name}")
    return 1 if wrong else 0


def _root() -> Path:
    from ansinh.config.settings import ROOT

    return ROOT


def _script(name: str) -> str:
    return str(os.path.join(os.path.dirname(sys.executable), name))


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_root() / "src"), "DJANGO_SETTINGS_MODULE": "ansinh.config.settings"}
