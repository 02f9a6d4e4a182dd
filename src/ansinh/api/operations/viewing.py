"""`$viewdefinition-run`: a SQL-on-FHIR view, given by the caller, over the records that the caller may see."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import falcon

from ansinh.api import requests
from ansinh.api.operations.arguments import arguments, text, whole
from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.views.reference import compile_view
from ansinh.kernel.errors import Malformed

MOST_ROWS = 10_000
_FORMATS = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class Run:
    """`/fhir/ViewDefinition/$viewdefinition-run`."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """`viewResource`; `_format` json, ndjson or csv; `_limit` rows up to 10,000; `patient` narrows to a person."""
        given = arguments(request)
        view = given.get("viewResource", given.get("resource", [None]))[0]
        if not isinstance(view, dict) or not isinstance(view.get("resource"), str):
            raise Malformed("Cần viewResource là một ViewDefinition.", field="viewResource")
        wanted = text(given, "_format", "json")
        if wanted not in _FORMATS:
            raise Malformed("_format là json, ndjson hoặc csv.", field="_format")
        requests.resource_type(view["resource"])
        compiled = compile_view(view)
        limit = whole(given, "_limit", MOST_ROWS, MOST_ROWS)
        found = _rows(Repository(request.context.actor), view["resource"], compiled, text(given, "patient", ""))
        rows = [row for row, _ in zip(found, range(limit), strict=False)]
        response.data = _written([column.name for column in compiled.columns], rows, wanted)
        response.content_type = _FORMATS[wanted]


def _rows(repository: Repository, kind: str, view: Any, patient: str) -> Iterator[tuple[Any, ...]]:
    """Rows of the view, read a page of records at a time."""
    asked = [("_count", "1000"), *([("patient", patient)] if patient else [])]
    cursor: str | None = ""
    while cursor is not None:
        page = search(repository, kind, [*asked, *([("_cursor", cursor)] if cursor else [])])
        for resource in page.resources:
            yield from view.rows(resource)
        cursor = page.next


def _written(names: list[str], rows: list[tuple[Any, ...]], wanted: str) -> bytes:
    if wanted == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(names)
        writer.writerows(rows)
        return out.getvalue().encode()
    named = [dict(zip(names, row, strict=True)) for row in rows]
    return json.dumps(named) if wanted == "json" else b"".join(json.dumps(row) + b"\n" for row in named)
