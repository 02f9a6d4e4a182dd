"""What exports and imports answer alike: taken, on its way, failed."""

import re

import falcon

from ansinh.api import answers
from ansinh.fhir.jobs.records import Job
from ansinh.fhir.model import outcomes
from ansinh.kernel.errors import Malformed, UserError

_RETRY_AFTER = "2"


def check_async(request: falcon.Request) -> None:
    """Raises `Malformed` for a client that waits for the answer itself."""
    wishes = re.split(r"[,;]\s*", (request.get_header("Prefer") or "").lower())
    if "respond-async" not in [wish.strip() for wish in wishes]:
        raise Malformed("Việc này chạy lâu: cần tiêu đề Prefer: respond-async.", code="respond-async", field="Prefer")


def accept(request: falcon.Request, response: falcon.Response, job: Job, status: str) -> None:
    """202 with the address to ask at."""
    response.set_header("Content-Location", f"{answers.base_of(request)}/{status}/{job.id}")
    text = "Đã nhận; hỏi tiến độ tại địa chỉ trong Content-Location."
    answers.send(
        response,
        outcomes.message(text, code="informational", severity="information"),
        status=falcon.HTTP_202,
    )


def told_progress(response: falcon.Response, job: Job) -> bool:
    """Answers 202 with X-Progress for a job on its way; False for one that is done. Raises what ended another."""
    if job.state == "done":
        return False
    if job.is_over:
        raise UserError(job.error or "Việc này đã bị dừng.", code=f"job-{job.state}")
    response.status = falcon.HTTP_202
    progress = f"{job.state} {job.done}" + (f"/{job.total}" if job.total is not None else "")
    response.set_header("X-Progress", f"{progress} {job.words}".encode("ascii", "ignore").decode().strip()[:100])
    response.set_header("Retry-After", _RETRY_AFTER)
    return True
