"""How many resources `$import` and `$export` move in a second.

    ./ansinh bench bulk                          PostgreSQL and SQLite, 50,000 observations, two processes
    ./ansinh bench bulk --database sqlite --observations 5000 --processes 1

Import: validated with every invariant, indexed, journalled, audited, live views kept; from NDJSON files, into a node
that holds the shipped definitions. Again: the same files once more, where nothing changes. Export: what the node
itself may see, into NDJSON files. Floors of the same run: bare copying of the same lines into one table without any
index (COPY; on SQLite executemany), and bare reading of the same stored bodies. `cpu` is what our processes computed
for one resource, `database` what the database's process for our connection did (PostgreSQL): neither depends much on
who else uses the machine. Results are kept in benchmarks/fhir.json beside those of `bench fhir`.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "support")]

import fhir as requests_bench  # noqa: E402  (benchmarks/fhir.py: the same ledger)
from measuring import databases, filling, material  # noqa: E402  (the same people and observations)

# What the engine's issue asks on PostgreSQL with two cores, resources per second.
TARGETS = {"import": 4000, "export": 40_000}


def main() -> int:
    """Measure each database in a process of its own, print, keep."""
    options = _arguments()
    if options.on:
        print(json.dumps(_measure(options)))
        return 0
    for name in options.database.split(","):
        entry = _one(options, name)
        _print(entry)
        databases.keep(requests_bench.LEDGER, entry, requests_bench.SAME)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./ansinh bench bulk")
    parser.add_argument("--database", default="postgresql,sqlite")
    parser.add_argument("--observations", type=int, default=50_000)
    parser.add_argument("--processes", type=int, default=2, help="that prepare, beside the one that writes (default 2)")
    parser.add_argument("--on", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _one(options: argparse.Namespace, name: str) -> dict[str, Any]:
    arguments = ["--observations", str(options.observations), "--processes", str(options.processes)]
    return databases.measured(__file__, name, arguments)


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from django.db import connection

    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    folder = Path(os.environ["ANSINH_STATE"]) / "in"
    files, count = _files(folder, options.observations)
    figures = {
        "bare copy": _figure(count, lambda: _copy(files)),
        "import": _figure(count, lambda: _import(files, options.processes)),
        "import again": _figure(count, lambda: _import(files, options.processes)),
        "bare read": _figure(_stored(), _read),
        "export": _figure(_stored(), _export),
    }
    return {
        **databases.surroundings(),
        "kind": "bulk",
        "database": connection.vendor,
        "observations": options.observations,
        "connections": 1,
        "processes": options.processes,
        "figures": figures,
    }


def _figure(count: int, work: Callable[[], Any]) -> dict[str, Any]:
    """Resources per second, and milliseconds of computing for one."""
    before, at_database, start = _cpu(), _database_cpu(), time.monotonic()
    work()
    seconds = time.monotonic() - start
    return {
        "resources": count,
        "per_second": round(count / seconds, 1),
        "cpu_ms": round((_cpu() - before) / count * 1000, 4),
        "database_ms": round((_database_cpu() - at_database) / count * 1000, 4),
        "refused": 0,
    }


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _database_cpu() -> float:
    """Seconds that PostgreSQL's process for our connection has computed; SQLite computes in ours."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _files(folder: Path, observations: int) -> tuple[list[Path], int]:
    """An organisation, people and observations as NDJSON."""
    from ansinh.fhir.model import json as fhir_json

    folder.mkdir(parents=True)
    people = filling.names(observations)
    unit = {"resourceType": "Organization", "id": "bench", "name": "Cơ sở đo"}
    person, pulse = material.person, material.pulse
    lines = {
        "Organization": [unit],
        "Patient": [person(one, number, "bench") for number, one in enumerate(people)],
        "Observation": [
            {**pulse(people[number % len(people)], number), "id": f"pulse-{number}"} for number in range(observations)
        ],
    }
    for kind, each in lines.items():
        data = b"".join(fhir_json.dumps(one) + b"\n" for one in each)
        (folder / f"{kind}.ndjson").write_bytes(data)
    return [folder / f"{kind}.ndjson" for kind in lines], sum(map(len, lines.values()))


def _import(files: list[Path], processes: int) -> None:
    from ansinh.fhir.bulk import importing, sources
    from ansinh.fhir.jobs import running
    from ansinh.kernel.context import system_context

    job = importing.ask(system_context(), sources.sources(files), processes=processes, holder="bench")
    ended = running.run_held(job, "bench")
    if ended.state != "done" or ended.result["refused"]:
        raise SystemExit(f"import: {ended.state} {ended.error} {ended.result}")


def _export() -> None:
    from ansinh.fhir.bulk import asking, exporting
    from ansinh.fhir.jobs import queue, running
    from ansinh.kernel.context import system_context

    context = system_context()
    ended = running.run_held(exporting.ask(context, asking.read(context, []), holder="bench"), "bench")
    if sum(one["count"] for one in ended.result.get("files", ())) != _stored():
        raise SystemExit(f"export: {ended.state} {ended.error} {ended.result}")
    queue.remove(ended.id)


def _stored() -> int:
    from ansinh.fhir.store import database

    return int(database.fetch("SELECT count(*) FROM resource WHERE deleted = 0")[0][0])


def _copy(files: list[Path]) -> None:
    """The lines into a table of one column, committed."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare (body {'bytea' if connection.vendor == 'postgresql' else 'blob'})")
    with transaction.atomic():
        rows = [(line,) for path in files for line in path.read_bytes().splitlines()]
        if connection.vendor == "postgresql":
            with connection.connection.cursor().copy("COPY bare (body) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            connection.connection.executemany("INSERT INTO bare VALUES (?)", rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")


def _read() -> None:
    """Every stored body out of the database, as it lies there."""
    from ansinh.fhir.bulk import snapshot

    after, until = 0, snapshot.now()[0]
    while rows := snapshot._rows(
        f"SELECT rid, body FROM resource WHERE rid > {after} AND rid <= {until} AND deleted = 0 "
        "ORDER BY rid LIMIT 2000",
        [],
    ):
        after = rows[-1][0]


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['database']}, {entry['observations']} observations, {entry['processes']} "
          f"processes beside the writer, {entry['machine']}, load {entry['load']}")  # fmt: skip
    print("{:<16}{:>12}{:>12}{:>12}{:>12}".format("", "/s", "cpu ms", "database ms", "target"))
    for name, row in entry["figures"].items():
        print(f"{name:<16}{row['per_second']:>12}{row['cpu_ms']:>12}{row['database_ms']:>12}"
              f"{TARGETS.get(name, ''):>12}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
