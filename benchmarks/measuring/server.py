"""A server as `./ansinh serve` starts it, and what the system says about its processes."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. start: seconds from the command to the first answer."""

    pid: int
    port: int
    start: float

    def memory(self) -> float:
        """MB that the processes hold, shared pages divided among those who share them."""
        return sum(_kilobytes(pid) for pid in tree(self.pid)) / 1024

    def cpu(self) -> float:
        """Seconds that the processes have computed: what neighbours on the machine cannot lengthen much."""
        return sum(map(ticks, tree(self.pid))) / _TICK


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue += _children(found[-1])
    return found


def ticks(pid: int, *, ended: bool = False) -> int:
    """Clock ticks that a process has computed, or (`ended`) those of its children that are no more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # gone since it was listed; its ticks are its parent's
        return 0
    first = 13 if ended else 11
    return int(fields[first]) + int(fields[first + 1])


@contextlib.contextmanager
def serving(root: Path, log: Path, address: str = "/dang-nhap/", workers: int = 1) -> Iterator[Server]:
    """Serve what the environment names (ANSINH_STATE, DATABASE_URL); stopped at the end, with all it started.

    It counts as started when `address` answers with 200.
    """
    port = _free_port()
    command = [sys.executable, "-m", "ansinh.config.cli", "serve", "--port", str(port)]
    command += ["--workers", str(workers)]
    with _started(command, root, log, port, address) as server:
        yield server


@contextlib.contextmanager
def answering(application: str, folder: Path, threads: int, address: str = "/") -> Iterator[Server]:
    """Serve another WSGI application of `folder` with the settings of `./ansinh serve`."""
    from ansinh.config.cli.serve import command

    port = _free_port()
    line = command(application, "127.0.0.1", port, 1, threads)
    with _started(line, folder, Path(os.devnull), port, address) as server:
        yield server


@contextlib.contextmanager
def _started(command: list[str], folder: Path, log: Path, port: int, address: str) -> Iterator[Server]:
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, start_new_session=True)
    try:
        _first_answer(port, process, log, address)
        yield Server(process.pid, port, time.monotonic() - began)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _first_answer(port: int, process: subprocess.Popen[bytes], log: Path, address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"the server stopped at once; see {log}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", address)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise SystemExit(f"no answer after {_PATIENCE} s; see {log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    text = ""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            text += path.read_text()
    return [int(word) for word in text.split()]


def _kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
