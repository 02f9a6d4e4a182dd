"""The queue: asking for work, looking at it, stopping it, and handing it to a worker."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from ansinh.fhir.jobs import waking
from ansinh.fhir.jobs.askers import asker_of
from ansinh.fhir.jobs.models import JobRow
from ansinh.fhir.jobs.records import Job
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, NotFound
from ansinh.kernel.ids import new_id

if TYPE_CHECKING:
    from ansinh.fhir.jobs.running import Progress

type Run = Callable[[Job, "Progress"], dict[str, Any] | None]

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 5
_FIELDS = tuple(Job.__dataclass_fields__)
_kinds: dict[str, Run] = {}


def register(kind: str, run: Run) -> None:
    """From now on workers of this process can run jobs of `kind`.

    `run(job, progress)` returns the result (JSON) or None. It may be cut off at any moment and is then called again:
    it goes on from `progress.cursor`, which it keeps with `progress.save`.
    """
    _kinds[kind] = run


def run_of(kind: str) -> Run:
    """What runs jobs of a kind."""
    return _kinds[kind]


def submit(context: Context, kind: str, parameters: dict[str, Any], *, holder: str = "") -> Job:
    """Ask for a job; a worker begins within two seconds of the commit. Raises `Refused` for a caller without account.

    Parameters are JSON and stay in the database as long as the job does. With a `holder` the job is that one's from
    the start: it runs the job itself, and a worker takes over only when it falls silent.
    """
    if kind not in _kinds:
        raise ValueError(f"unknown kind of job: {kind}")
    now = clock.now()
    row = JobRow(
        id=new_id(), kind=kind, parameters=parameters, asker=asker_of(context), login=context.login, submitted=now
    )
    if holder:
        row.state, row.holder, row.lease_until, row.started, row.attempts = "running", holder, now + LEASE, now, 1
    row.save(force_insert=True)
    transaction.on_commit(waking.wake)
    return _job(row)


def state(job_id: str) -> Job:
    """The job as it stands. Raises `NotFound`. For the node itself; a request uses `owned`."""
    row = JobRow.objects.filter(pk=job_id).first()
    if row is None:
        raise NotFound("Không tìm thấy việc này, hoặc nó đã quá hạn giữ.", code="job")
    return _job(row)


def owned(context: Context, job_id: str, kind: str = "") -> Job:
    """The job, for who asked: the same account in the same role at the same unit. Everybody else gets `NotFound`."""
    job = state(job_id)
    same = all(job.asker[name] == getattr(context, name) for name in ("login", "actor", "role", "unit"))
    if not same or (kind and job.kind != kind):
        raise NotFound("Không tìm thấy việc này, hoặc nó đã quá hạn giữ.", code="job")
    return job


def listed(limit: int = 50) -> list[Job]:
    """The newest jobs, whoever asked."""
    return [_job(row) for row in JobRow.objects.order_by("-submitted", "-id")[:limit]]


def cancel(job_id: str) -> Job:
    """Stop a job that is not over; what it has done so far stays. A running one notices at its next `save`.

    Raises `NotFound`, `Conflict` when it is over.
    """
    stopped = JobRow.objects.filter(pk=job_id, state__in=("queued", "running")).update(
        state="cancelled", finished=clock.now(), holder="", lease_until=None
    )
    job = state(job_id)
    if not stopped:
        raise Conflict("Việc này đã kết thúc.", code="job-over")
    return job


def remove(job_id: str) -> None:
    """Forget a job, stopping it first, and remove its files."""
    JobRow.objects.filter(pk=job_id).delete()
    shutil.rmtree(folder(job_id), ignore_errors=True)


def remove_old() -> bool:
    """Forget jobs that were over longer ago than the setting JOBS_KEPT_HOURS; a step of the worker."""
    before = clock.now() - timedelta(hours=settings.JOBS_KEPT_HOURS)
    for row in JobRow.objects.filter(finished__lt=before).only("id"):
        remove(row.pk)
    kept = set(JobRow.objects.values_list("id", flat=True))
    for path in (Path(settings.STATE) / "jobs").glob("*"):
        if path.name not in kept:  # of a job that was removed while it ran
            shutil.rmtree(path, ignore_errors=True)
    return False


def folder(job_id: str) -> Path:
    """Where a job keeps its files; not made yet. They go when the job does."""
    return Path(settings.STATE) / "jobs" / job_id


def is_waiting() -> bool:
    """True when a job can be claimed; one small query."""
    return _claimable().exists()


def claim(holder: str, job_id: str = "") -> Job | None:
    """Take the oldest job that waits or whose worker is gone (or the one named); None when there is none."""
    waiting = _claimable().filter(pk=job_id) if job_id else _claimable()
    for row in waiting.order_by("submitted", "id")[:3]:
        now = clock.now()
        if _claimable().filter(pk=row.pk).update(
            state="running", holder=holder, lease_until=now + LEASE, started=row.started or now,
            attempts=F("attempts") + 1,
        ):  # fmt: skip
            return state(row.pk)
    return None


def renew(holder: str) -> None:
    """The worker lives: the jobs that it runs stay its own."""
    JobRow.objects.filter(state="running", holder=holder).update(lease_until=clock.now() + LEASE)


def keep(job_id: str, holder: str, /, **values: Any) -> bool:
    """Write values of a job that `holder` runs; False when it is no longer its own."""
    return bool(JobRow.objects.filter(pk=job_id, state="running", holder=holder).update(**values))


def finish(job_id: str, holder: str, state: str, /, **values: Any) -> bool:
    """The end of a job."""
    return keep(job_id, holder, state=state, finished=clock.now(), holder="", lease_until=None, **values)


def postpone(job_id: str, holder: str) -> bool:
    """Let go of a job; it may be claimed again when a lease would have ended, and goes on from its cursor."""
    return keep(job_id, holder, holder="", lease_until=clock.now() + LEASE)


def _claimable() -> Any:
    gone = Q(state="running", lease_until__lt=clock.now())
    return JobRow.objects.filter(Q(state="queued") | gone, kind__in=list(_kinds))


def _job(row: JobRow) -> Job:
    return Job(**{name: getattr(row, name) for name in _FIELDS})
