"""What it costs to keep the shipped live views: the same writes and imports with and without them.

    ./ansinh bench views                         PostgreSQL and SQLite, 3,000 observations
    ./ansinh bench views --database sqlite --observations 1000

Turns alternate, twenty writes with the views, twenty without, so that both see the same machine and the same
fullness of the tables. Milliseconds are of computing, ours and that of the database's process for our connection, for
one resource; who else uses the machine hardly changes them. `share` is what the views take of the time with them. A
write is one observation created by itself: validated, indexed, journalled, audited, committed; HTTP would only make the
share smaller. An import has no process beside the writer, so that all of it is counted. Results are kept in
benchmarks/views.json.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "support")]

import bulk  # noqa: E402  (benchmarks/bulk.py: the same files, the same counting of time)
from measuring import databases, material  # noqa: E402

LEDGER = ROOT / "benchmarks" / "views.json"
# What the issue on views asks: the most that keeping all of them may take.
MOST = {"write": 0.20, "import": 0.30}
_TURN = 20
_LINES = 500


def main() -> int:
    """Measure each database in a process of its own, print, keep. 1 when a share is larger than it may be."""
    options = _arguments()
    if options.on:
        print(json.dumps(_measure(options)))
        return 0
    entries = [_one(options, name) for name in options.database.split(",")]
    for entry in entries:
        _print(entry)
        databases.keep(LEDGER, entry, ("kind", "commit", "database", "machine"))
    return int(any(row["share"] > MOST[name] for entry in entries for name, row in entry["figures"].items()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./ansinh bench views")
    parser.add_argument("--database", default="postgresql,sqlite")
    parser.add_argument("--observations", type=int, default=3000, help="of each figure, half with the views")
    parser.add_argument("--on", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(options: argparse.Namespace, name: str) -> dict[str, Any]:
    return databases.measured(__file__, name, ["--observations", str(options.observations)])


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from django.db import connection

    from ansinh.config.loading import bring_up_to_date
    from ansinh.fhir.views import live

    bring_up_to_date()
    people = _people()
    figures = {
        "write": _compare(_writing(people), options.observations, _TURN),
        "import": _compare(_importing(people), options.observations, _LINES),
    }
    return {
        **databases.surroundings(),
        "kind": "keeping",
        "database": connection.vendor,
        "views": len(live.names()),
        "observations": options.observations,
        "figures": figures,
    }


def _people() -> list[str]:
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    names = [f"bench-{number}" for number in range(50)]
    repository = Repository(system_context(), validate=False)
    with repository.transaction():
        repository.save({"resourceType": "Organization", "id": "bench", "name": "Cơ sở đo"})
        for number, name in enumerate(names):
            repository.save(material.person(name, number, "bench"))
    return names


Turn = Callable[[int, int], None]


def _compare(turn: Turn, count: int, size: int) -> dict[str, Any]:
    """Turns of `size` resources, by turns with and without the views; the first of each is not counted."""
    spent = {"with": 0.0, "without": 0.0}
    turns = max(count // size, 4) // 2 * 2
    for number in range(-2, turns):
        which = "without" if number % 2 else "with"
        with _views(kept=which == "with"):
            before = _computed()
            turn((number + 2) * size, size)
            if number >= 0:
                spent[which] += _computed() - before
    each = turns // 2 * size
    kept, bare = spent["with"] / each * 1000, spent["without"] / each * 1000
    return {
        "resources": each,
        "with_ms": round(kept, 4),
        "without_ms": round(bare, 4),
        "share": round(1 - bare / kept, 3),
    }


def _computed() -> float:
    return time.process_time() + bulk._database_cpu()


@contextmanager
def _views(*, kept: bool) -> Iterator[None]:
    """Writes keep the live views, or nothing knows of them."""
    from ansinh.fhir.store import projections
    from ansinh.fhir.views import live

    if not kept:
        projections.unregister(live.LiveViews.name)
    try:
        yield
    finally:
        live.register()


def _writing(people: list[str]) -> Turn:
    """Observations, each created by an account that may do everything, and committed by itself."""
    from dataclasses import replace

    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    repository = Repository(replace(system_context(), role="bench"))

    def turn(first: int, size: int) -> None:
        for number in range(first, first + size):
            repository.create(material.pulse(people[number % len(people)], number))

    return turn


def _importing(people: list[str]) -> Turn:
    from ansinh.fhir.model import json as fhir_json

    place = Path(os.environ["ANSINH_STATE"]) / "Observation.ndjson"

    def turn(first: int, size: int) -> None:
        pulses = (
            (number, material.pulse(people[number % len(people)], number)) for number in range(first, first + size)
        )
        lines = (fhir_json.dumps({**one, "id": f"imported-{number}"}) for number, one in pulses)
        place.write_bytes(b"".join(line + b"\n" for line in lines))
        bulk._import([place], 0)

    return turn


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['database']}, {entry['views']} views, {entry['machine']}, load {entry['load']}")
    print("{:<12}{:>12}{:>14}{:>14}{:>10}{:>10}".format("", "resources", "with, ms", "without, ms", "share", "at most"))
    for name, row in entry["figures"].items():
        print(f"{name:<12}{row['resources']:>12}{row['with_ms']:>14}{row['without_ms']:>14}"
              f"{row['share']:>10.1%}{MOST[name]:>10.0%}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
