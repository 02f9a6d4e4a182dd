"""Preparing in several processes: blocks go out in turn and what was prepared comes back in the order of the blocks."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import cycle
from typing import Any, BinaryIO, TypedDict, cast

from ansinh.fhir.bulk import preparing
from ansinh.fhir.bulk.lines import Block
from ansinh.fhir.bulk.preparing import Prepared
from ansinh.fhir.store import projections
from ansinh.kernel.errors import UserError

_AHEAD = 2
type Pairs = Iterator[tuple[Block, list[Prepared]]]


class How(TypedDict):
    """How lines are prepared: the named arguments of `preparing.prepare`."""

    validated: bool
    unit: str


class Preparers:
    """`count` processes; with 0, blocks are prepared here."""

    def __init__(self, count: int, *, validated: bool, unit: str) -> None:
        self._how: How = {"validated": validated, "unit": unit}
        self._processes = [_Process() for _ in range(count)]

    def prepare(self, blocks: Iterable[Block]) -> Pairs:
        """Each block with its lines prepared, in order. The processes work ahead, two blocks each."""
        if not self._processes:
            for block in blocks:
                projections.look()
                yield block, preparing.prepare(block, **self._how)
            return
        waiting: deque[tuple[Block, Future[list[Prepared]]]] = deque()
        for block, process in zip(blocks, cycle(self._processes), strict=False):
            waiting.append((block, process.ask(block, self._how)))
            if len(waiting) == _AHEAD * len(self._processes):
                first, found = waiting.popleft()
                yield first, found.result()
        for block, found in waiting:
            yield block, found.result()

    def close(self) -> None:
        """End the processes; what they still prepare is not wanted."""
        for process in self._processes:
            process.close()


@contextmanager
def preparers(count: int, *, validated: bool, unit: str = "") -> Iterator[Preparers]:
    """Started, and ended with the block; `unit`: of the importing account."""
    made = Preparers(count, validated=validated, unit=unit)
    try:
        yield made
    finally:
        made.close()


class _Process:
    """One process, and the thread that talks with it: nobody else waits for a full pipe."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-c", "from ansinh.fhir.bulk.preparing import main; main()"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._thread = ThreadPoolExecutor(1, "ansinh-import")

    def ask(self, block: Block, how: How) -> Future[list[Prepared]]:
        """What `preparing.prepare` gives; one block after another."""
        return self._thread.submit(self._ask, block, how, projections.look())

    def close(self) -> None:
        """Kill it."""
        self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _ask(self, block: Block, how: How, known: dict[str, Any]) -> list[Prepared]:
        try:
            preparing.send(cast(BinaryIO, self._process.stdin), (block, how, known))
        except BrokenPipeError as error:
            raise _gone() from error
        found = preparing.receive(cast(BinaryIO, self._process.stdout))
        if found is None:
            raise _gone()
        return cast(list[Prepared], found)


def _gone() -> UserError:
    return UserError("Một tiến trình phụ của việc nhập đã dừng bất ngờ.", code="import-process")
