"""Backups without anybody asking: a step of the worker asks for a job when one is due."""

from typing import Any

from ansinh.fhir.jobs import queue
from ansinh.fhir.jobs.records import Job
from ansinh.fhir.jobs.running import Progress
from ansinh.kernel.context import Context, system_context
from ansinh.upkeep import actions, queries

KIND = "backup"


def step() -> bool:
    """Ask for a backup when one is due and none is asked for; never more to do at once."""
    if queries.standing().due and not waiting():
        queue.submit(system_context(), KIND, {})
    return False


def ask(context: Context, *, full: bool = False) -> Job:
    """Ask for one now, for somebody on the page."""
    return queue.submit(context, KIND, {"full": full})


def waiting() -> bool:
    """True when a backup is asked for or on its way."""
    return any(job.kind == KIND and job.state in ("queued", "running") for job in queue.listed(50))


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """One backup; cut off, it begins again: a segment counts only when it is whole."""
    row = actions.back_up(full=bool(job.parameters.get("full")))
    return {"name": row.name, "upto": row.upto, "size": row.size}
