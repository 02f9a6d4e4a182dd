"""Export over HTTP: kick it off, ask how far it is, fetch its files, stop it."""

from email.utils import format_datetime
from typing import Any

import falcon

from ansinh.api import answers, requests
from ansinh.api.bulk.answering import accept, check_async, told_progress
from ansinh.api.operations.arguments import arguments
from ansinh.fhir.bulk import asking, exporting, manifest
from ansinh.fhir.jobs import queue
from ansinh.fhir.model import outcomes
from ansinh.kernel.errors import Malformed

NDJSON = "application/fhir+ndjson"


class Export:
    """`$export` of one level."""

    def __init__(self, level: str) -> None:
        self.level = level

    def on_get(self, request: falcon.Request, response: falcon.Response, identity: str = "") -> None:
        """Parameters in the address; who is meant is told in a body only, since addresses are kept in logs."""
        params = list(requests.query_parameters(request))
        if self.level != "system" and any(name == "patient" for name, _ in params):
            text = "Tham số «patient» của $export chỉ gửi bằng POST, trong Parameters."
            raise Malformed(text, field="patient", code="export-parameter")
        self._begin(request, response, identity, params)

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
