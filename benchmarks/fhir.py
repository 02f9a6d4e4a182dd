"""How many requests the FHIR door answers in a second.

    ./ansinh bench fhir                         PostgreSQL and SQLite, 50,000 observations, 32 connections
    ./ansinh bench fhir --database sqlite --observations 5000 --seconds 3

Access check and validation are on, and a write is on the disk before it is answered. Each run measures the floor
first: the bare door (the same server answering a constant). `cpu` is what the server's process computed per request;
it does not depend on who else uses the machine, nor on the load generator, which takes a good part of one core.
PostgreSQL's own processes are not in it. Results are kept in benchmarks/fhir.json by commit, database and machine.
Exit code 1 when a request was refused.
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
LEDGER = ROOT / "benchmarks" / "fhir.json"
DURABLE = "-c max_connections=60 -c jit=off -c shared_buffers=256MB"
PEOPLE_PER_OBSERVATION = 50

# What the engine's issue asks of one worker on PostgreSQL with 32 connections, requests per second.
TARGETS = {
    "read": 2500,
    "search by code": 1500,
    "search by name": 1500,
    "create": 1000,
    "update": 700,
    "transaction": 60,
}


def main() -> int:
    """Measure each database in a process of its own, print, keep."""
    options = _arguments()
    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "support")]
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
    environment = {**os.environ, "DATABASE_URL": url, "ANSINH_STATE": folder, "ANSINH_FHIR_ARTEFACT": artefact}
    command = [sys.executable, __file__, "--on", url, "--observations", str(options.observations)]
    command += ["--seconds", str(options.seconds), "--connections", str(options.connections)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    import django

    django.setup()
    from django.db import connection
    from measuring.server import serving

    token, people, unit = _fill(options.observations)
    figures = {"floor": _floor(options)}
    with serving(ROOT, Path(os.environ["ANSINH_STATE"]) / "bench-server.log", "/fhir/metadata") as server:
        for name, requests in _requests(people, unit).items():
            figures[name] = _figure(options, server, token, requests)
        memory = round(server.memory())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip() or "unknown",
        "database": connection.vendor,
        "observations": options.observations,
        "connections": options.connections,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
        "memory_mb": memory,
        "figures": figures,
    }


def _figure(options: argparse.Namespace, server: Any, token: str, requests: Iterator[Any]) -> dict[str, Any]:
    """One kind of request, after a short warming up."""
    from measuring import load

    load.run(server.port, token, requests, connections=4, seconds=min(1.0, options.seconds))
    before = server.cpu()
    found = load.run(server.port, token, requests, connections=options.connections, seconds=options.seconds)
    cpu = (server.cpu() - before) / max(found.answers, 1) * 1000
    return {
        "per_second": found.per_second,
        "median_ms": found.median_ms,
        "p99_ms": found.p99_ms,
        "cpu_ms": round(cpu, 3),
        "refused": found.refused,
    }


def _floor(options: argparse.Namespace) -> dict[str, Any]:
    from measuring import load
    from measuring.server import answering

    with answering("measuring.constant:application", ROOT / "benchmarks") as server:
        return _figure(options, server, "", load.around([("GET", "/", b"")]))


def _fill(observations: int) -> tuple[str, list[str], str]:
    """(token of a doctor, ids of people, id of their facility); the definitions and the people are written first."""
    from datetime import timedelta

    from ansinh.access import tokens
    from ansinh.access.actions import create_account
    from ansinh.access.models import Assignment
    from ansinh.config.loading import bring_up_to_date
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    bring_up_to_date()
    repository = Repository(system_context(), validate=False)
    unit = repository.save({"resourceType": "Organization", "id": "bench", "name": "Cơ sở đo"}).resource["id"]
    people = [f"bench-{number}" for number in range(max(observations // PEOPLE_PER_OBSERVATION, 20))]
    with repository.transaction():
        for number, one in enumerate(people):
            repository.save(_person(one, number, unit))
        for number in range(observations):
            repository.save({**_pulse(people[number % len(people)], number), "id": f"pulse-{number}"})
    user = create_account(username="bench", password=os.urandom(12).hex(), full_name="Đo", role="doctor", unit=unit)
    token = tokens.issue(Assignment.objects.get(user=user), label="bench", valid_for=timedelta(hours=6))
    return token, people, unit


_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Bùi", "Đinh", "Vũ")
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Ngọc", "Phúc", "Quý")
_CODES = ("8867-4", "9279-1", "8310-5", "2708-6", "29463-7")


def _person(identity: str, number: int, unit: str) -> dict[str, Any]:
    family, given = _FAMILIES[number % 8], f"{_GIVEN[number % 12]} {_GIVEN[number // 12 % 12]} {number}"
    return {
        "resourceType": "Patient",
        "id": identity,
        "name": [{"text": f"{family} {given}", "family": family, "given": given.split()}],
        "gender": ("male", "female")[number % 2],
        "birthDate": f"{1930 + number % 70}-0{1 + number % 9}-15",
        "managingOrganization": {"reference": f"Organization/{unit}"},
    }


def _pulse(person: str, number: int) -> dict[str, Any]:
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    unit = {"unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": _CODES[number // 1000 % 5]}]},
        "subject": {"reference": f"Patient/{person}"},
        "effectiveDateTime": f"20{10 + number % 15}-0{1 + number % 9}-1{number % 10}T08:00:00+07:00",
        "valueQuantity": {"value": 60 + number % 40, **unit},
    }


def _requests(people: list[str], unit: str) -> dict[str, Iterator[Any]]:
    from measuring.load import around

    person = {one: _person(one, number, unit) for number, one in enumerate(people)}
    chosen = people[:: max(1, len(people) // 500)]
    names = [f"{_FAMILIES[n % 8]}%20{_GIVEN[n % 12]}%20{_GIVEN[n // 12 % 12]}%20{n}" for n in range(0, len(people), 3)]
    folded = {"ễ": "e", "ầ": "a", "ê": "e", "ạ": "a", "à": "a", "ù": "u", "ũ": "u", "ì": "i", "â": "a", "á": "a"}
    folded |= {"ọ": "o", "ú": "u", "ý": "y", "Đ": "D"}
    plain = ["".join(folded.get(char, char) for char in name) for name in names]
    return {
        "read": around([("GET", f"/fhir/Patient/{one}", b"") for one in chosen]),
        "search by code": around(
            [("GET", f"/fhir/Observation?patient={one}&code=http://loinc.org|8867-4", b"") for one in chosen]
        ),
        "search by name": around([("GET", f"/fhir/Patient?name={name}", b"") for name in plain]),
        "create": around([("POST", "/fhir/Observation", _json(_pulse(one, 1))) for one in chosen]),
        "update": around([("PUT", f"/fhir/Patient/{one}", _json(person[one])) for one in chosen]),
        "transaction": around([("POST", "/fhir", _json(_bundle(one))) for one in chosen]),
    }


def _bundle(person: str) -> dict[str, Any]:
    post = {"method": "POST", "url": "Observation"}
    entries = [{"request": post, "resource": _pulse(person, number)} for number in range(20)]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['database']}, {entry['observations']} observations, {entry['connections']} "
          f"connections, {entry['machine']}, load {entry['load']}, {entry['memory_mb']} MB")  # fmt: skip
    print(
        "{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}".format("", "/s", "of floor", "median", "p99", "cpu ms", "target")
    )
    floor = entry["figures"]["floor"]["per_second"]
    for name, row in entry["figures"].items():
        share = f"{row['per_second'] / floor:.0%}"
        note = f"  {row['refused']} refused" if row["refused"] else ""
        print(f"{name:<16}{row['per_second']:>10}{share:>10}{row['median_ms']:>10}{row['p99_ms']:>10}"
              f"{row['cpu_ms']:>10}{TARGETS.get(name, ''):>10}{note}")  # fmt: skip


def _keep(entry: dict[str, Any]) -> None:
    """Replace the entry of the same commit, database, size and machine; the newest stands first."""
    kept = json.loads(LEDGER.read_text(encoding="utf-8")) if LEDGER.exists() else []
    same = ("commit", "database", "observations", "connections", "machine")
    others = [one for one in kept if any(one.get(key) != entry[key] for key in same)]
    LEDGER.write_text(json.dumps([entry, *others], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
