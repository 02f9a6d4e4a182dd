"""One figure: some seconds of the same kind of request, and what the processes computed for it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import load, wrk
from measuring.load import Load, Request
from measuring.server import Server, ticks, tree

_TICK = os.sysconf("SC_CLK_TCK")


class Database:
    """What PostgreSQL's processes on this machine compute; SQLite computes in ours."""

    def __init__(self) -> None:
        from django.db import connection

        self._first = 0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend = cursor.fetchone()[0]
            self._first = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])

    def cpu(self) -> float:
        """Seconds, also of backends that have ended."""
        if not self._first:
            return 0.0
        return (sum(map(ticks, tree(self._first))) + ticks(self._first, ended=True)) / _TICK


@dataclass(frozen=True, slots=True)
class Bench:
    """How figures are measured: with which load, by which tool, for whom."""

    token: str
    connections: int
    seconds: float
    tool: str
    database: Database

    def figure(self, server: Server, requests: list[Request]) -> dict[str, Any]:
        """One kind of request, after a short warming up."""
        run = wrk.run if self.tool == wrk.NAME else load.run
        run(server.port, self.token, requests, connections=8, seconds=min(1.0, self.seconds))
        before = server.cpu(), self.database.cpu()
        found = run(server.port, self.token, requests, connections=self.connections, seconds=self.seconds)
        return row(found, server.cpu() - before[0], self.database.cpu() - before[1], tool=self.tool)


def tool(wanted: str = "") -> str:
    """The name of the tool to use: the one that is wanted, else wrk where it is installed, else our own."""
    if wanted not in ("", wrk.NAME, load.NAME) or (wanted == wrk.NAME and not wrk.is_there()):
        raise SystemExit(f"no load tool {wanted!r} here; there is {load.NAME}, and {wrk.NAME} where it is installed")
    return wanted or (wrk.NAME if wrk.is_there() else load.NAME)


def row(found: Load, cpu: float, database: float, *, tool: str, each: float = 1.0) -> dict[str, Any]:
    """A figure as it is kept. cpu, database: seconds computed in all; `each`: resources that one answer stands for."""
    count = max(found.answers, 1) * each
    return {
        "per_second": round(found.per_second * each, 1),
        "median_ms": found.median_ms,
        "p99_ms": found.p99_ms,
        "cpu_ms": round(cpu / count * 1000, 3),
        "database_ms": round(database / count * 1000, 3),
        "refused": found.refused,
        "tool": tool,
    }
