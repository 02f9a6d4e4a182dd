"""What a figure is compared with: the bare door, the bare door with the SQL of a read, the bare statements."""

import itertools
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from measuring import load
from measuring.figures import Bench, row
from measuring.material import chosen, reads, searches
from measuring.server import answering

_FOLDER = Path(__file__).resolve().parents[1]


def doors(bench: Bench, people: list[str], threads: int) -> dict[str, Any]:
    """The bare doors, served and asked as the node is."""
    found = {}
    with answering("measuring.constant:application", _FOLDER, threads) as server:
        found["floor"] = bench.figure(server, [("GET", "/", b"")])
    with answering("measuring.bare_sql:application", _FOLDER, threads, f"/Patient/{people[0]}") as server:
        found["floor with SQL"] = bench.figure(server, reads(people, prefix=""))
    return found


def statements(bench: Bench, people: list[str]) -> dict[str, Any]:
    """The statements of a read and of the searches, one after another on one connection of this process."""
    from ansinh.access import tokens
    from ansinh.fhir.index.numbers import key
    from measuring.bare_sql import asking

    ask, context = asking(), tokens.context_from_bearer(bench.token)
    found = {"SQL of read": _asked(bench, ask, [key("Patient", one) for one in chosen(people)])}
    for name, requests in searches(people).items():
        found[f"SQL of {name}"] = _asked(bench, _answer, [_planned(context, one) for one in requests])
    return found


def _answer(statement: Any) -> Any:
    from ansinh.fhir.search import statements

    return statements.answer(statement)


def _planned(context: Any, request: load.Request) -> Any:
    """The statement of a search as the door makes it for this Context."""
    from django.db import connection

    from ansinh.fhir.search.parsing import parse
    from ansinh.fhir.search.planning import Planner

    address = urlsplit(request[1])
    query = parse(address.path.rpartition("/")[2], parse_qsl(address.query))
    return Planner(context, query, connection.vendor).page(None)


def _asked(bench: Bench, ask: Callable[[Any], Any], values: Iterable[Any]) -> dict[str, Any]:
    rounds, times = itertools.cycle(list(values)), list[float]()
    for _ in range(50):
        ask(next(rounds))
    own, at_database, until = time.process_time(), bench.database.cpu(), time.perf_counter() + bench.seconds / 2
    began = time.perf_counter()
    while time.perf_counter() < until:
        before = time.perf_counter()
        ask(next(rounds))
        times.append(time.perf_counter() - before)
    took, own = time.perf_counter() - began, time.process_time() - own
    return row(load.summary(times, took, refused=0), own, bench.database.cpu() - at_database, tool="one connection")
