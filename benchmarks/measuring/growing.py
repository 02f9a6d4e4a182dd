"""The same searches among many more observations, and what could grow with them: totals, deep pages, sorting."""

import http.client
import json
import statistics
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from measuring import filling
from measuring.figures import Bench
from measuring.material import searches
from measuring.server import Server, serving

_CODE = "code=http://loinc.org|8867-4"
_PAGES = 200
_TIMES = 3

# What could cost more the more there is: name → address.
WIDE = {
    "total of all": "/fhir/Observation?_total=accurate&_count=1",
    "total of a code": f"/fhir/Observation?{_CODE}&_total=accurate&_count=1",
    "estimate of a code": f"/fhir/Observation?{_CODE}&_total=estimate&_count=1",
    "newest of all": "/fhir/Observation?_sort=-date&_count=50",
    "newest of a code": f"/fhir/Observation?{_CODE}&_sort=-date&_count=50",
    "oldest of all": "/fhir/Observation?_sort=date&_count=50",
}


def grow(people: list[str], observations: int, wanted: int) -> tuple[list[str], int]:
    """(everybody, bytes that each new observation took): as many observations of each person as before."""
    many = filling.names(wanted)
    filling.write_people(many[len(people) :], len(people))
    size = filling.write_observations(many[len(people) :], wanted - observations, observations)
    filling.settle()
    return many, size


def measure(bench: Bench, people: list[str], root: Path, log: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the figures of the searches, the wide requests: name → milliseconds and status)."""
    with serving(root, log, "/fhir/metadata") as server:
        figures = {f"{name}, grown": bench.figure(server, asked) for name, asked in searches(people).items()}
        return figures, wide(bench, server)


def wide(bench: Bench, server: Server) -> dict[str, Any]:
    """Each wide request some times, and a walk through many pages; the best time of each, and what was answered."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    found = {name: _best(bench, line, address) for name, address in WIDE.items()}
    return found | _walk(bench, line)


def _best(bench: Bench, line: http.client.HTTPConnection, address: str) -> dict[str, Any]:
    asked = [_ask(bench, line, address) for _ in range(_TIMES)]
    took, status, _ = min(asked, key=lambda one: one[0])
    return {"ms": round(took * 1000, 1), "status": status}


def _ask(bench: Bench, line: http.client.HTTPConnection, address: str) -> tuple[float, int, Any]:
    began = time.perf_counter()
    line.request("GET", address, headers={"Authorization": f"Bearer {bench.token}"})
    answer = line.getresponse()
    body = answer.read()
    return time.perf_counter() - began, answer.status, json.loads(body)


def _walk(bench: Bench, line: http.client.HTTPConnection) -> dict[str, Any]:
    address, times, status = f"/fhir/Observation?{_CODE}&_count=50", list[float](), 200
    while status == 200 and address and len(times) < _PAGES:
        took, status, bundle = _ask(bench, line, address)
        times.append(took)
        following = [one["url"] for one in bundle.get("link", ()) if one["relation"] == "next"]
        address = "?".join(urlsplit(following[0])[2:4]) if following else ""
    parts = {"page 1 to 5": times[:5], f"page {len(times) - 4} to {len(times)}": times[-5:]}
    middle = {name: statistics.median(some) for name, some in parts.items()}
    return {name: {"ms": round(took * 1000, 1), "status": status} for name, took in middle.items()}
