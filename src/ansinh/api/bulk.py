"""Bulk Data over HTTP: kick off an export, ask how far it is, fetch its files, stop it.

    GET|POST /fhir/$export, /fhir/Patient/$export, /fhir/Group/{id}/$export ─► 202, Content-Location
    GET /fhir/$export-status/{job}          ─► 202 with X-Progress, then 200 with the manifest;  DELETE stops
    GET /fhir/$export-files/{job}/{name}    ─► NDJSON, for who asked, as long as it is kept

Bulk Data Access IG 2.0.0, http://hl7.org/fhir/uv/bulkdata/STU2/
"""

import re
from email.utils import format_datetime
from typing import Any

import falcon

from ansinh.api import answers, outcomes, requests
from ansinh.api.operations import Operation
from ansinh.api.operations.arguments import arguments
from ansinh.fhir.bulk import asking, exporting, manifest
from ansinh.fhir.jobs import queue
from ansinh.fhir.jobs.records import Job
from ansinh.kernel.errors import Malformed, UserError

NDJSON = "application/fhir+ndjson"
_RETRY_AFTER = "2"


class Export:
    """`$export` of one level."""

    def __init__(self, level: str) -> None:
        self.level = level

    def on_get(self, request: falcon.Request, response: falcon.Response, identity: str = "") -> None:
        """Parameters in the address."""
        self._begin(request, response, identity, list(requests.query_parameters(request)))

    def on_post(self, request: falcon.Request, response: falcon.Response, identity: str = "") -> None:
        """Parameters in the address and in a Parameters resource."""
        given = arguments(request)
        self._begin(request, response, identity, [(name, value) for name in given for value in given[name]])

    def _begin(
        self, request: falcon.Request, response: falcon.Response, identity: str, params: list[tuple[str, Any]]
    ) -> None:
        check_async(request)
        wanted = asking.read(
            request.context.actor,
            params,
            level=self.level,
            group=identity,
            request=request.uri,
            strict=not requests.preference(request).lenient,
        )
        accept(request, response, exporting.ask(request.context.actor, wanted), "$export-status")


class ExportStatus:
    """`/fhir/$export-status/{job}`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, job: str) -> None:
        """202 while it runs, 200 with the manifest, or the error that ended it."""
        found = queue.owned(request.context.actor, job, exporting.KIND)
        if not told_progress(response, found):
            base = f"{answers.base_of(request)}/$export-files/{found.id}"
            answers.send(response, manifest.manifest(found, lambda name: f"{base}/{name}"))
            response.content_type = "application/json"
            response.set_header("Expires", format_datetime(manifest.expires(found), usegmt=True))

    def on_delete(self, request: falcon.Request, response: falcon.Response, job: str) -> None:
        """Stop it and remove its files."""
        queue.remove(queue.owned(request.context.actor, job, exporting.KIND).id)
        answers.send(
            response,
            outcomes.message("Đã dừng và xóa các tệp.", code="informational", severity="information"),
            status=falcon.HTTP_202,
        )


class ExportFile:
    """`/fhir/$export-files/{job}/{name}`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, job: str, name: str) -> None:
        """The file, sent piece by piece."""
        path = manifest.file_of(queue.owned(request.context.actor, job, exporting.KIND), name)
        response.content_type = NDJSON
        response.set_stream(path.open("rb"), path.stat().st_size)


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


_DEFINITION = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition"

TABLE = (
    Operation("export", "$export", "", Export("system"), f"{_DEFINITION}/export"),
    Operation("export", "Patient/$export", "Patient", Export("patient"), f"{_DEFINITION}/patient-export"),
    Operation("export", "Group/{identity}/$export", "Group", Export("group"), f"{_DEFINITION}/group-export"),
)

PLACES = (
    ("$export-status/{job}", ExportStatus()),
    ("$export-files/{job}/{name}", ExportFile()),
)
"""Addresses that answers lead to; mounted by the door, not announced."""
