"""How many requests the FHIR door answers in a second, beside what is the least they can cost.

    ./ansinh bench fhir                         PostgreSQL and SQLite, 50,000 observations, 32 connections
    ./ansinh bench fhir --database sqlite --observations 5000 --seconds 3
    ./ansinh bench fhir --grow 1000000          the searches again when there are so many

Access check and validation are on, and a write is on the disk before it is answered. Each run measures its floors
first: the bare door (the same server answering a constant) and the bare door with the SQL of a read. `cpu` is what the
server's processes computed per request; it hardly depends on who else uses the machine, nor on the load generator,
which shares it. PostgreSQL's own processes are not in it. `Synthea` loads whole lives as transactions, 4 at once,
figures are resources; it needs ../shared/conformance/synthea-r4. Results are kept in benchmarks/fhir.json by commit,
database and machine. Exit code 1 when a request was refused.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "support")]

from measuring import load  # noqa: E402
from measuring.material import bundles, reads, requests, searches  # noqa: E402
from measuring.material import person as _person  # noqa: E402
from measuring.material import pulse as _pulse  # noqa: E402
from measuring.server import Server, answering, serving  # noqa: E402

LEDGER = ROOT / "benchmarks" / "fhir.json"
SYNTHEA = ROOT.parent / "shared" / "conformance" / "synthea-r4"
DURABLE = "-c max_connections=100 -c jit=off -c shared_buffers=256MB"
PEOPLE_PER_OBSERVATION = 50
LONG = 600.0

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
_BY_READ = {"two workers": "read", "search by code, grown": "search by code", "search by name, grown": "search by name"}


def main() -> int:
    """Measure each database in a process of its own, print, keep."""
    options = _arguments()
    if options.on:
        print(json.dumps(_measure(options)))
        return 0
    entries = [_one(options, name) for name in options.database.split(",")]
    for entry in entries:
        _print(entry)
        _keep(entry)
    return 1 if any(row["refused"] for entry in entries for row in entry["figures"].values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./ansinh bench fhir")
    parser.add_argument("--database", default="postgresql,sqlite")
    parser.add_argument("--observations", type=int, default=50_000)
    parser.add_argument("--grow", type=int, default=0, help="measure the searches again with so many observations")
    parser.add_argument("--seconds", type=float, default=8.0, help="for each figure (default 8)")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--on", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(options: argparse.Namespace, name: str) -> dict[str, Any]:
    """A fresh database, measured by a process that knows no other."""
    with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as folder:
        if name == "sqlite":
            return _child(options, f"sqlite:///{folder}/bench.sqlite3", folder)
        import postgres  # tests/support

        postgres._FAST = DURABLE
        with postgres.cluster() as url:
            return _child(options, url, folder)


def _child(options: argparse.Namespace, url: str, folder: str) -> dict[str, Any]:
    artefact = os.environ.get("ANSINH_FHIR_ARTEFACT", str(ROOT / "var" / "fhir-r4"))
    definitions = _definitions(Path(folder))
    environment = {**os.environ, "DATABASE_URL": url, "ANSINH_STATE": folder, "ANSINH_FHIR_ARTEFACT": artefact}
    environment["ANSINH_DEFINITIONS"] = str(definitions)
    command = [sys.executable, __file__, "--on", url]
    for name in ("observations", "grow", "seconds", "connections"):
        command += [f"--{name}", str(getattr(options, name))]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _definitions(folder: Path) -> Path:
    """The shipped definitions and one role more: whole lives hold types that nobody of a facility writes."""
    made = folder / "definitions"
    (made / "roles").mkdir(parents=True)
    for path in (ROOT / "definitions").iterdir():
        if path.name != "roles":
            (made / path.name).symlink_to(path)
    for path in (ROOT / "definitions" / "roles").iterdir():
        (made / "roles" / path.name).symlink_to(path)
    role = {"id": "loader", "title": "Nạp", "title_en": "Loader", "scope": "node", "persons": True}
    role |= {"resources": {"*": ["*"]}, "permissions": []}
    (made / "roles" / "loader.yaml").write_text(json.dumps(role), encoding="utf-8")
    return made


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    import django

    django.setup()
    from django.db import connection

    people = [f"bench-{number}" for number in range(max(options.observations // PEOPLE_PER_OBSERVATION, 20))]
    token, unit, size = _fill(people, options.observations)
    log = Path(os.environ["ANSINH_STATE"]) / "bench-server.log"
    figures = _floors(options, people)
    with serving(ROOT, log, "/fhir/metadata") as server:
        for name, asked in requests(people, unit).items():
            figures[name] = _figure(options, server, token, asked)
        started, memory = round(server.start, 2), round(server.memory())
        figures |= _synthea(server)
        most = round(server.memory())
    with serving(ROOT, log, "/fhir/metadata", workers=2) as server:
        figures["two workers"] = _figure(options, server, token, reads(people))
    figures |= _grown(options, people, token, log)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip() or "unknown",
        "database": connection.vendor,
        "observations": options.observations,
        "connections": options.connections,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
        "start_s": started,
        "memory_mb": memory,
        "memory_after_synthea_mb": most,
        "bytes_per_observation": size,
        "figures": figures,
    }


def _figure(options: argparse.Namespace, server: Server, token: str, asked: Iterator[load.Request]) -> dict[str, Any]:
    """One kind of request, after a short warming up."""
    load.run(server.port, token, asked, connections=8, seconds=min(1.0, options.seconds))
    before = server.cpu()
    found = load.run(server.port, token, asked, connections=options.connections, seconds=options.seconds)
    return _row(found, server.cpu() - before)


def _row(found: load.Load, cpu: float, each: float = 1.0) -> dict[str, Any]:
    """`each` is how many resources one answer stands for."""
    return {
        "per_second": round(found.per_second * each, 1),
        "median_ms": found.median_ms,
        "p99_ms": found.p99_ms,
        "cpu_ms": round(cpu / max(found.answers, 1) / each * 1000, 3),
        "refused": found.refused,
    }


def _floors(options: argparse.Namespace, people: list[str]) -> dict[str, Any]:
    from django.db import connection

    from ansinh.config.cli.serve import THREADS

    found, threads = {}, THREADS[connection.vendor]
    folder = ROOT / "benchmarks"
    with answering("measuring.constant:application", folder, threads) as server:
        found["floor"] = _figure(options, server, "", load.around([("GET", "/", b"")]))
    with answering("measuring.bare_sql:application", folder, threads, f"/Patient/{people[0]}") as server:
        found["floor with SQL"] = _figure(options, server, "", reads(people, prefix=""))
    return found


def _synthea(server: Server) -> dict[str, Any]:
    """Every whole life once, four at a time; {} where the official data is not beside the repository."""
    if not SYNTHEA.exists():
        print(f"{SYNTHEA} is not there: no figure for Synthea", file=sys.stderr)
        return {}
    asked, resources = bundles(SYNTHEA)
    before = server.cpu()
    found = load.run(server.port, _token("loader"), iter(asked), connections=4, seconds=LONG)
    return {"Synthea": _row(found, server.cpu() - before, resources / len(asked))}


def _grown(options: argparse.Namespace, people: list[str], token: str, log: Path) -> dict[str, Any]:
    """The searches again, with the same number of observations about each of many more people."""
    if options.grow <= options.observations:
        return {}
    many = [f"bench-{number}" for number in range(options.grow // PEOPLE_PER_OBSERVATION)]
    _write(many[len(people) :], len(people), options.grow - options.observations)
    found = {}
    with serving(ROOT, log, "/fhir/metadata") as server:
        for name, asked in searches(many).items():
            found[f"{name}, grown"] = _figure(options, server, token, asked)
    return found


def _fill(people: list[str], observations: int) -> tuple[str, str, int]:
    """(token of a doctor, id of the facility, bytes that an Observation takes with its index and journal)."""
    from ansinh.config.loading import bring_up_to_date
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    bring_up_to_date()
    unit = Repository(system_context()).save({"resourceType": "Organization", "id": "bench", "name": "Cơ sở đo"})
    _write(people, 0, 0)
    before = _bytes()
    _write(people, 0, observations)
    return _token("doctor"), unit.resource["id"], round((_bytes() - before) / max(observations, 1))


def _write(people: list[str], first: int, observations: int) -> None:
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    repository = Repository(system_context(), validate=False)
    with repository.transaction():
        for number, one in enumerate(people):
            repository.save(_person(one, first + number, "bench"))
    for start in range(0, observations, 20_000):
        with repository.transaction():
            for number in range(start, min(start + 20_000, observations)):
                repository.save({**_pulse(people[number % len(people)], number), "id": f"pulse-{first}-{number}"})


def _bytes() -> int:
    """What the database takes on the disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _token(role: str) -> str:
    from datetime import timedelta

    from ansinh.access import tokens
    from ansinh.access.actions import create_account
    from ansinh.access.models import Assignment

    user = create_account(username=role, password=os.urandom(12).hex(), full_name="Đo", role=role, unit="bench")
    return tokens.issue(Assignment.objects.get(user=user), label="bench", valid_for=timedelta(hours=6))


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['database']}, {entry['observations']} observations, {entry['connections']} "
          f"connections, {entry['machine']}, load {entry['load']}")  # fmt: skip
    print(f"start {entry['start_s']} s, {entry['memory_mb']} MB, after Synthea {entry['memory_after_synthea_mb']} MB, "
          f"{entry['bytes_per_observation']} bytes an observation")  # fmt: skip
    print("{:<24}{:>10}{:>24}{:>10}{:>10}{:>10}{:>10}".format("", "/s", "of", "median", "p99", "cpu ms", "target"))
    for name, row in entry["figures"].items():
        note = f"  {row['refused']} refused" if row["refused"] else ""
        print(f"{name:<24}{row['per_second']:>10}{_share(name, entry['figures']):>24}{row['median_ms']:>10}"
              f"{row['p99_ms']:>10}{row['cpu_ms']:>10}{TARGETS.get(name, ''):>10}{note}")  # fmt: skip


def _share(name: str, figures: dict[str, Any]) -> str:
    """The figure as a part of the one that it is compared with."""
    other = _BY_READ.get(name, "floor with SQL" if name == "read" else "floor")
    return f"{figures[name]['per_second'] / figures[other]['per_second']:.0%} of {other}" if other != name else ""


def _keep(entry: dict[str, Any]) -> None:
    """Replace the entry of the same commit, database, size and machine; the newest stands first."""
    kept = json.loads(LEDGER.read_text(encoding="utf-8")) if LEDGER.exists() else []
    same = ("commit", "database", "observations", "connections", "machine")
    others = [one for one in kept if any(one.get(key) != entry.get(key) for key in same)]
    LEDGER.write_text(json.dumps([entry, *others], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
