"""Import over HTTP: send files, name them, ask how far it is, read what was refused."""

from dataclasses import replace
from typing import Any

import falcon
from django.conf import settings

from ansinh.api import answers, requests
from ansinh.api.bulk.answering import accept, check_async, told_progress
from ansinh.api.bulk.exports import NDJSON
from ansinh.fhir.bulk import fetching, importing, manifest, uploads
from ansinh.fhir.bulk.sources import Source, in_order
from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.jobs import queue
from ansinh.fhir.model import outcomes
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed

_FORMATS = (NDJSON, "application/ndjson", "application/x-ndjson")
_MOST_FILES = 500


class Upload:
    """`/fhir/$import-files`."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Keep the body (NDJSON) as the file `name` (Patient.ndjson); 201 with its address for `$import`."""
        if (request.content_type or "").partition(";")[0].strip().lower() not in _FORMATS:
            raise falcon.HTTPUnsupportedMediaType(title=f"Chỉ nhận NDJSON ({NDJSON}).")
        length = request.content_length
        if length is None:
            raise falcon.HTTPError(falcon.HTTP_411, title="Phải có Content-Length.")
        if length > uploads.LARGEST:
            raise falcon.HTTPContentTooLarge(title=f"Tệp gửi đến lớn quá {uploads.LARGEST >> 30} GB.")
        name = dict(requests.query_parameters(request)).get("name", "")
        upload = uploads.receive(request.context.actor, name, request.bounded_stream, length)
        response.status = falcon.HTTP_201
        response.set_header("Location", f"{answers.base_of(request)}/$import-files/{upload}")


class ImportFile:
    """`/fhir/$import-files/{upload}`."""

    def on_delete(self, request: falcon.Request, response: falcon.Response, upload: str) -> None:
        """Forget a file that was sent."""
        uploads.remove(request.context.actor, upload)
        response.status = falcon.HTTP_204


class Import:
    """`/fhir/$import`."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """The manifest (JSON, or Parameters) with `input`: type and url of each file."""
        check_async(request)
        context: Context = request.context.actor
        inputs = enumerate(_inputs(requests.body(request)), start=1)
        files = [_file(context, kind, url, number) for number, (kind, url) in inputs]
        job = importing.ask(
            context,
            in_order(files),
            references=settings.IMPORT_REFERENCES,
            processes=settings.IMPORT_PROCESSES,
        )
        accept(request, response, job, "$import-status")


class ImportStatus:
    """`/fhir/$import-status/{job}`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, job: str) -> None:
        """202 while it runs, then 200 with counts and the addresses of what was refused."""
        found = queue.owned(request.context.actor, job, importing.KIND)
        if not told_progress(response, found):
            base = f"{answers.base_of(request)}/$import-report/{found.id}"
            answers.send(response, _report(found.result, base))
            response.content_type = "application/json"

    def on_delete(self, request: falcon.Request, response: falcon.Response, job: str) -> None:
        """Stop it. What is written stays written."""
        queue.remove(queue.owned(request.context.actor, job, importing.KIND).id)
        text = "Đã dừng; những dòng đã ghi vẫn giữ."
        answers.send(
            response,
            outcomes.message(text, code="informational", severity="information"),
            status=falcon.HTTP_202,
        )


class ImportReport:
    """`/fhir/$import-report/{job}/{name}`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, job: str, name: str) -> None:
        """OperationOutcomes as NDJSON, each with file and line."""
        path = manifest.file_of(queue.owned(request.context.actor, job, importing.KIND), name)
        response.content_type = NDJSON
        response.set_stream(path.open("rb"), path.stat().st_size)


def _report(result: dict[str, Any], base: str) -> dict[str, Any]:
    files = [{"type": one["type"], "url": f"{base}/{one['name']}", "count": one["count"]} for one in result["files"]]
    counts = {name: value for name, value in result.items() if name != "files"}
    return {**counts, "error": files}


def _inputs(body: dict[str, Any]) -> list[tuple[str, str]]:
    """(type, url) of each input. Raises `Malformed`."""
    plain = _of_parameters(body) if body.get("resourceType") == "Parameters" else body
    wanted = plain.get("inputFormat", NDJSON)
    if wanted not in _FORMATS:
        raise Malformed(f"inputFormat là {NDJSON}.", field="inputFormat", code="import-format")
    inputs = plain.get("input")
    if not isinstance(inputs, list) or not 0 < len(inputs) <= _MOST_FILES:
        raise Malformed(f"Cần input: danh sách từ 1 đến {_MOST_FILES} tệp.", field="input", code="import-input")
    for one in inputs:
        kind, url = (one.get("type"), one.get("url")) if isinstance(one, dict) else (None, None)
        if not (is_type(kind) and isinstance(url, str)):
            raise Malformed("Mỗi input phải có type và url.", field="input", code="import-input")
    return [(one["type"], one["url"]) for one in inputs]


def _of_parameters(body: dict[str, Any]) -> dict[str, Any]:
    """The manifest that a Parameters resource says: `input` with parts, the others with values."""
    found: dict[str, Any] = {"input": []}
    listed = body.get("parameter")
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict):
            continue
        if one.get("name") == "input":
            parts = one.get("part")
            parts = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
            found["input"].append({part.get("name"): _value(part) for part in parts})
        elif isinstance(one.get("name"), str):
            found[one["name"]] = _value(one)
    return found


def _value(part: dict[str, Any]) -> Any:
    return next((value for key, value in part.items() if key.startswith("value")), None)


def _file(context: Context, kind: str, url: str, number: int) -> Source:
    """The file that was sent to us, or that lies where this node may fetch from. Raises `Refused`, `NotFound`."""
    place, _, upload = url.rpartition("/")
    if not place.endswith("$import-files"):
        return fetching.source(kind, url, number)
    found = uploads.source(context, upload)
    # A file's name says when its turn is; the manifest knows better.
    return found if found.name.startswith(kind) else replace(found, name=f"{kind}-{found.name}")
