"""Benchmarks: run one of benchmarks/, which prints its figures and writes its ledger."""

import argparse
import subprocess
import sys

HELP = "đo tốc độ (benchmarks/)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which benchmark; without a name, the list."""
    parser.add_argument("name", nargs="?", help="tên phép đo, ví dụ pages")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="tham số của phép đo")


def run(options: argparse.Namespace) -> int:
    """Run `benchmarks/<name>.py` in its own process."""
    from ansinh.config.settings import ROOT

    known = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if path.stem != "__init__")
    if options.name not in known:
        print("Các phép đo: " + ", ".join(known))
        return 0 if options.name is None else 2
    return subprocess.call([sys.executable, str(ROOT / "benchmarks" / f"{options.name}.py"), *options.rest], cwd=ROOT)
