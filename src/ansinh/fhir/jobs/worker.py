"""The worker: three threads of one process, of which the first says whether this process leads.

    heart ── lease? ──► yes: rings for the other two       steps: register_step(…)       jobs: one after another

In `./ansinh serve` it lives beside the requests (`start`); `./ansinh worker` runs it alone. Of several processes of
one database only one leads at a time. Idle, it asks two small queries every second and a half.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError, connection

from ansinh.fhir.jobs import leases, queue, steps, waking
from ansinh.fhir.jobs.running import run_next
from ansinh.fhir.jobs.steps import register as register_step
from ansinh.fhir.jobs.waking import wake
from ansinh.kernel.ids import new_id

__all__ = ["POLL", "Worker", "register_step", "start", "wake"]

POLL = 1.5
_AFTER_ERROR = 10.0
_WITHOUT_LEAD = 10.0
_RENEW = 10.0
_NICE = 15
logger = logging.getLogger("ansinh.jobs")


class Worker:
    """Runs steps and jobs while it leads. `stop` ends it; a job on its way is taken over by the next worker."""

    def __init__(self) -> None:
        self.holder = new_id()
        self.leads = False
        self._stop = threading.Event()
        self._for_steps, self._for_jobs = threading.Event(), threading.Event()
        self._rung = self._busy = False
        self._renewed = 0.0
        self._heart: threading.Thread | None = None

    def start(self, delay: float = 0.0) -> None:
        """Begin after `delay` seconds, in threads that do not hold the process back when it ends."""
        self._heart = threading.Thread(target=self.run, args=(delay,), name="ansinh-worker", daemon=True)
        self._heart.start()

    def run(self, delay: float = 0.0) -> None:
        """The heart, until `stop`. Gives the lead back at the end."""
        if self._stop.wait(delay):
            return
        for work, event in ((self._one_step, self._for_steps), (self._one_job, self._for_jobs)):
            threading.Thread(target=self._loop, args=(work, event), name="ansinh-worker-2", daemon=True).start()
        while not self._stop.is_set():
            pause = self._guarded(self.look)
            self._rung = waking.bell.wait(_AFTER_ERROR if pause is None else pause)
            waking.bell.clear()
        self._guarded(lambda: leases.release(self.holder))
        connection.close()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()
        for event in (waking.bell, self._for_steps, self._for_jobs):
            event.set()

    def join(self, seconds: float = 5.0) -> None:
        """Wait until the lead is given back."""
        if self._heart is not None:
            self._heart.join(seconds)

    def look(self) -> float:
        """Does this process lead, and is there work? Rings for the other threads; seconds until the next look."""
        _freshen()
        self.leads = leases.hold(self.holder)
        if not self.leads:
            return _WITHOUT_LEAD
        if self._busy and time.monotonic() - self._renewed > _RENEW:
            queue.renew(self.holder)
            self._renewed = time.monotonic()
        self._for_steps.set()
        if queue.is_waiting():
            self._for_jobs.set()
        return POLL

    def _loop(self, work: Callable[[], bool], event: threading.Event) -> None:
        """Work each time the heart rings, as long as there is more."""
        _step_back()
        while not self._stop.is_set():
            event.wait()
            event.clear()
            while self.leads and not self._stop.is_set() and self._guarded(work):
                pass
        connection.close()

    def _one_step(self) -> bool:
        _freshen()
        rung, self._rung = self._rung, False
        return steps.run_due(rung=rung)

    def _one_job(self) -> bool:
        _freshen()
        self._busy = True
        try:
            return run_next(self.holder)
        finally:
            self._busy = False

    def _guarded[T](self, work: Callable[[], T]) -> T | None:
        """None when the database does not answer; it is asked again later."""
        try:
            return work()
        except DatabaseError as error:
            logger.warning("worker: database unavailable: %s", type(error).__name__)
            connection.close()
            return None


def _step_back() -> None:
    """Requests come first where both want the processor: on Linux each thread has a priority of its own."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _freshen() -> None:
    """Drop a connection that broke; one within a transaction (a test's) is left alone."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


_started: list[Worker] = []


def start(delay: float = 1.0) -> Worker:
    """The worker of this process, started once; the delay lets the first requests go before."""
    if not _started:
        _started.append(Worker())
        _started[0].start(delay)
    return _started[0]
