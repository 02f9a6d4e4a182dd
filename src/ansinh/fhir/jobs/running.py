"""Running one job: its progress, and what becomes of its errors."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from ansinh.fhir.jobs import queue
from ansinh.fhir.jobs.askers import context_of
from ansinh.fhir.jobs.records import Job
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import AnsinhError, UserError
from ansinh.kernel.ids import new_id

type Watch = Callable[[int | None, int | None, str | None], None]

logger = logging.getLogger("ansinh.jobs")


class Stopped(AnsinhError):
    """The job was cancelled, or another worker has taken it over: leave at once, write nothing more."""


class Progress:
    """What a running job keeps. `cursor`: what it saved last ({} at the start), so that it goes on from there."""

    def __init__(self, job: Job, holder: str, watch: Watch | None = None) -> None:
        self.job, self.holder, self.watch = job, holder, watch
        self.cursor: dict[str, Any] = dict(job.cursor)

    @property
    def context(self) -> Context:
        """The rights to act with: looked up anew each time. Raises `Refused` when they are gone."""
        return context_of(self.job.asker)

    @property
    def folder(self) -> Path:
        """A folder for the job's files, readable by the node alone; removed with the job."""
        place = queue.folder(self.job.id)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place

    def save(
        self,
        cursor: dict[str, Any] | None = None,
        *,
        done: int | None = None,
        total: int | None = None,
        words: str | None = None,
    ) -> None:
        """Keep the cursor and tell how far it is; renews the lease. Raises `Stopped`.

        Called inside a transaction it is part of it: what the job wrote and where it stands are kept together.
        """
        given = {"done": done, "total": total, "words": words}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if cursor is not None:
            self.cursor = values["cursor"] = cursor
            values["attempts"] = 0
        if not queue.keep(self.job.id, self.holder, lease_until=clock.now() + queue.LEASE, **values):
            raise Stopped
        if self.watch is not None:
            self.watch(done, total, words)


def run_next(holder: str, job_id: str = "", watch: Watch | None = None) -> bool:
    """Claim a job and run it to its end; False when there was none to claim."""
    job = queue.claim(holder, job_id)
    if job is None:
        return False
    if job.attempts > queue.MOST_ATTEMPTS:
        text = f"Việc này bị ngắt {queue.MOST_ATTEMPTS} lần mà không tiến thêm, nên không thử nữa."
        queue.finish(job.id, holder, "failed", error=text)
        return True
    _run(job, Progress(job, holder, watch))
    return True


def run_now(job: Job, watch: Watch | None = None) -> Job:
    """Run a job here and now, without a worker (command line, tests); how it ended, or that somebody else runs it."""
    run_next(new_id(), job.id, watch)
    return queue.state(job.id)


def run_held(job: Job, holder: str, watch: Watch | None = None) -> Job:
    """Run a job that was submitted with this `holder`; how it ended. `watch` hears of done, total and words."""
    _run(job, Progress(job, holder, watch))
    return queue.state(job.id)


def _run(job: Job, progress: Progress) -> None:
    try:
        result = queue.run_of(job.kind)(job, progress)
    except Stopped:
        return
    except UserError as error:
        queue.finish(job.id, progress.holder, "failed", error=error.message)
    except (OperationalError, InterfaceError) as error:
        _again(job, progress, error)
    except Exception as error:  # noqa: BLE001  (a job must not end the worker)
        incident = _log(job, error)
        text = f"Lỗi ngoài dự kiến; mã sự cố {incident}."
        queue.finish(job.id, progress.holder, "failed", error=text)
    else:
        queue.finish(job.id, progress.holder, "done", result=result or {}, words="")


def _again(job: Job, progress: Progress, error: Exception) -> None:
    """The database was busy or away: not the job's fault. It goes on in half a minute."""
    logger.warning("job %s %s: database unavailable: %s", job.kind, job.id, type(error).__name__)
    if not connection.in_atomic_block:
        connection.close()
    queue.postpone(job.id, progress.holder)


def _log(job: Job, error: Exception) -> str:
    """Type and place only: an exception's words may hold personal data."""
    incident = new_id()
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("job %s %s failed, %s: %s\n%s", job.kind, job.id, incident, type(error).__name__, frames)
    return incident
