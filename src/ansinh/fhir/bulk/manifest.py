"""The answer to a finished export: where its files are. Also which file a name in an address may mean."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.fhir.jobs import queue
from ansinh.fhir.jobs.records import Job
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound


def manifest(job: Job, address: Callable[[str], str]) -> dict[str, Any]:
    """The manifest of Bulk Data; `address` gives the URL of a file by its name."""
    files = [{"type": one["type"], "url": address(one["name"]), "count": one["count"]} for one in job.result["files"]]
    stems = [one["stem"] for one in job.result["files"]]
    return {
        "transactionTime": job.result["time"],
        "request": job.parameters["request"],
        "requiresAccessToken": True,
        "output": [one for one, stem in zip(files, stems, strict=True) if stem not in ("error", "deleted")],
        "deleted": [one for one, stem in zip(files, stems, strict=True) if stem == "deleted"],
        "error": [one for one, stem in zip(files, stems, strict=True) if stem == "error"],
    }


def expires(job: Job) -> Any:
    """When the files go (datetime)."""
    return (job.finished or clock.now()) + timedelta(hours=settings.JOBS_KEPT_HOURS)


def file_of(job: Job, name: str) -> Path:
    """The file of a finished job by its name. Raises `NotFound`, also for a name that leads elsewhere."""
    if job.state == "done" and any(one["name"] == name for one in job.result.get("files", ())):
        path = queue.folder(job.id) / name
        if path.is_file():
            return path
    raise NotFound("Không có tệp này, hoặc tệp đã quá hạn giữ.", code="bulk-file")
