"""How many requests the FHIR door answers in a second, beside what is the least they can cost.

    ./ansinh bench fhir                         PostgreSQL and SQLite, 50,000 observations, 32 connections
    ./ansinh bench fhir --database sqlite --observations 5000 --seconds 3
    ./ansinh bench fhir --database postgresql --grow 1000000    the searches again when there are so many

Access check and validation are on, and a write is on the disk before it is answered. Each run measures its floors
first: the bare door (the same server answering a constant), the bare door with the SQL of a read, and the bare
statements of the read and the searches. The load comes from wrk where it is installed, else from measuring/load.py
(`--tool`); each figure says which. `cpu` is what the server's processes computed per request, `db` what PostgreSQL's
did; both hardly depend on who else uses the machine. `Synthea` loads whole lives as transactions, 4 at once, figures
are resources; it needs ../shared/conformance/synthea-r4. Results are kept in benchmarks/fhir.json by commit, database
and machine. Exit code 1 when a request was refused.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "support")]

from measuring import databases, figures, filling, floors, growing, load  # noqa: E402
from measuring.figures import Bench  # noqa: E402
from measuring.material import bundles, reads, requests  # noqa: E402
from measuring.server import Server, serving  # noqa: E402

LEDGER = ROOT / "benchmarks" / "fhir.json"
SYNTHEA = ROOT.parent / "shared" / "conformance" / "synthea-r4"
LONG = 600.0
SAME = ("kind", "commit", "database", "observations", "connections", "machine")
"""What two entries of the ledger have in common when the newer one takes the place of the other."""

# What the engine's issue asks of one worker on PostgreSQL with 32 connections, a second.
TARGETS = {
    "read": 2500,
    "search by code": 1500,
    "search by name": 1500,
    "create": 1000,
    "update": 700,
    "transaction": 60,
    "Synthea": 1500,
}
# What a figure is a part of, where that is not the bare door.
_OF = {
    "read": "floor with SQL",
    "two workers": "read",
    "search by code": "SQL of search by code",
    "search by name": "SQL of search by name",
    "search by code, grown": "search by code",
    "search by name, grown": "search by name",
}


def main() -> int:
    """Measure each database in a process of its own, print, keep."""
    options = _arguments()
    options.tool = figures.tool(options.tool)
    if options.on:
        print(json.dumps(_measure(options)))
        return 0
    entries = [_one(options, name) for name in options.database.split(",")]
    for entry in entries:
        _print(entry)
        databases.keep(LEDGER, entry, SAME)
    return 1 if any(row["refused"] for entry in entries for row in entry["figures"].values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./ansinh bench fhir")
    parser.add_argument("--database", default="postgresql,sqlite")
    parser.add_argument("--observations", type=int, default=50_000)
    parser.add_argument("--grow", type=int, default=0, help="measure the searches again with so many observations")
    parser.add_argument("--seconds", type=float, default=8.0, help="for each figure (default 8)")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--tool", default="", help="wrk or asyncio; default: wrk where it is installed")
    parser.add_argument("--on", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(options: argparse.Namespace, name: str) -> dict[str, Any]:
    """A fresh database, measured by a process that knows no other."""
    wanted = ("observations", "grow", "seconds", "connections", "tool")
    arguments = [word for one in wanted for word in (f"--{one}", str(getattr(options, one)))]
    return databases.measured(__file__, name, arguments, definitions=_definitions)


def _definitions(folder: Path) -> Path:
    """The shipped definitions and one role more: whole lives hold types that nobody of a facility writes."""
    made = folder / "definitions"
    (made / "roles").mkdir(parents=True)
    for path in (ROOT / "definitions").iterdir():
        if path.name != "roles":
            (made / path.name).symlink_to(path)
    for path in (ROOT / "definitions" / "roles").iterdir():
        (made / "roles" / path.name).symlink_to(path)
    role = {"id": "loader", "title": "Nạp", "title_en": "Loader", "scope": "node", "persons": True, "sensitive": ["*"]}
    role |= {"resources": {"*": ["*"]}, "permissions": []}
    (made / "roles" / "loader.yaml").write_text(json.dumps(role), encoding="utf-8")
    return made


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    import django

    django.setup()
    from django.db import connection

    from ansinh.config.cli.serve import THREADS

    people = filling.names(options.observations)
    size = filling.fill(people, options.observations)
    token = filling.token("doctor")
    bench = Bench(token, options.connections, options.seconds, options.tool, figures.Database())
    found = floors.doors(bench, people, THREADS[connection.vendor]) | floors.statements(bench, people)
    log = Path(os.environ["ANSINH_STATE"]) / "bench-server.log"
    with serving(ROOT, log, "/fhir/metadata") as server:
        for name, asked in requests(people, filling.UNIT).items():
            found[name] = bench.figure(server, asked)
        started, memory = round(server.start, 2), round(server.memory())
        found |= _synthea(bench, server)
        most = round(server.memory())
    with serving(ROOT, log, "/fhir/metadata", workers=2) as server:
        found["two workers"] = bench.figure(server, reads(people))
    grown = _grown(bench, options, people, log)
    return {
        **databases.surroundings(),
        "database": connection.vendor,
        "observations": options.observations,
        "connections": options.connections,
        "tool": options.tool,
        "start_s": started,
        "memory_mb": memory,
        "memory_after_synthea_mb": most,
        "bytes_per_observation": size,
        **grown,
        "figures": found | grown.pop("figures", {}),
    }


def _synthea(bench: Bench, server: Server) -> dict[str, Any]:
    """Every whole life once, four at a time; {} where the official data is not beside the repository."""
    if not SYNTHEA.exists():
        print(f"{SYNTHEA} is not there: no figure for Synthea", file=sys.stderr)
        return {}
    asked, resources = bundles(SYNTHEA)
    before = server.cpu(), bench.database.cpu()
    found = load.run_once(server.port, filling.token("loader"), asked, connections=4, seconds=LONG)
    spent = server.cpu() - before[0], bench.database.cpu() - before[1]
    return {"Synthea": figures.row(found, *spent, tool=load.NAME, each=resources / len(asked))}


def _grown(bench: Bench, options: argparse.Namespace, people: list[str], log: Path) -> dict[str, Any]:
    """The searches again among many more observations: figures, bytes that one took, wide requests."""
    if options.grow <= options.observations:
        return {}
    many, size = growing.grow(people, options.observations, options.grow)
    found, wide = growing.measure(bench, many, ROOT, log)
    return {"grown": options.grow, "bytes_per_observation_grown": size, "wide": wide, "figures": found}


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['database']}, {entry['observations']} observations, {entry['connections']} "
          f"connections, {entry['machine']}, load {entry['load']}, measured by {entry['tool']}")  # fmt: skip
    print(f"start {entry['start_s']} s, {entry['memory_mb']} MB, after Synthea {entry['memory_after_synthea_mb']} MB, "
          f"{entry['bytes_per_observation']} bytes an observation")  # fmt: skip
    columns = ("/s", "of", "median", "p99", "cpu ms", "db ms", "target")
    print("{:<24}{:>10}{:>30}{:>10}{:>10}{:>10}{:>10}{:>10}".format("", *columns))
    for name, row in entry["figures"].items():
        note = f"  {row['refused']} refused" if row["refused"] else ""
        note += f"  {row['tool']}" if row["tool"] != entry["tool"] else ""
        shown = (row[key] for key in ("median_ms", "p99_ms", "cpu_ms", "database_ms"))
        print(f"{name:<24}{row['per_second']:>10}{_share(name, entry['figures']):>30}", end="")
        print("".join(f"{one:>10}" for one in (*shown, TARGETS.get(name, ""))) + note)
    if "grown" in entry:
        print(f"among {entry['grown']}: {entry['bytes_per_observation_grown']} bytes an observation")
        for name, one in entry["wide"].items():
            print(f"{name:<24}{one['ms']:>10} ms  {one['status']}")


def _share(name: str, figures: dict[str, Any]) -> str:
    """The figure as a part of the one that it is compared with."""
    other = _OF.get(name, "" if name.startswith(("SQL", "floor")) and name != "floor with SQL" else "floor")
    return f"{figures[name]['per_second'] / figures[other]['per_second']:.0%} of {other}" if other else ""


if __name__ == "__main__":
    sys.exit(main())
