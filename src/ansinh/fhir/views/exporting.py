"""Live views as Parquet files: for tools that read columns, and for indicators counted outside the node.

rows that began at or before a position ──► CSV, as the database writes it ──► DuckDB
    ──► <folder>/<view>/org=<Organization id>/event_year=<year>/*.parquet, and at last manifest.json

Every version of every row is written, so a reader may ask as of any position up to the manifest's. Rows are never
changed after their position but for their end, so the files agree with each other although others write meanwhile.
"""

import csv
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

from ansinh.fhir.model import json
from ansinh.fhir.store import database, work
from ansinh.fhir.views import live, rebuilding
from ansinh.fhir.views.shapes import OPEN, Shape
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    import duckdb

FORMAT = 1
"""Raised when the files are laid out in another way: a reader refuses what it does not know."""

MANIFEST = "manifest.json"
NO_ORG, NO_YEAR = "none", "0000"
_ENGINE = {"seq_from": "BIGINT", "seq_to": "BIGINT", "org": "VARCHAR", "event_year": "VARCHAR"}
_TYPES = {"text": "VARCHAR", "boolean": "BOOLEAN", "bigint": "BIGINT", "double precision": "DOUBLE"}
_MEMORY = "512MB"

type Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """One view in a folder. columns: declared name → type in DuckDB; digest: of the definition it was kept by."""

    digest: str
    columns: Mapping[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds, as of which journal position (seal: that entry's hash, hex), and when it was made (ISO)."""

    format: int
    position: int
    seal: str
    made: str
    views: Mapping[str, Exported]


def export(folder: Path, names: Sequence[str] = (), tell: Tell = lambda name, rows: None) -> Manifest:
    """Write views (all of them without names) into a folder that is not there, is empty, or holds an older export.

    tell(view, rows) is called after each view. The folder is replaced only when everything is written. Raises NotFound
    for a view that is not kept, NotReady for one in the making, Conflict for a folder that holds something else.
    """
    wanted, digests = _wanted(names), dict(database.fetch("SELECT name, hash FROM live_view"))
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise Conflict(f"Thư mục «{folder}» đang có tệp khác; xin chọn thư mục mới hoặc thư mục của lần xuất trước.")
    work.settle()
    ((position, seal),) = database.fetch("SELECT position, hash FROM journal_head WHERE id = 1")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        views = {}
        for name, shape in wanted.items():
            columns, rows = _write(shape, position, partial)
            views[name] = Exported(digests[name], columns, rows)
            tell(name, rows)
        manifest = Manifest(FORMAT, position, database.blob(seal).hex(), clock.now().isoformat(), views)
        (partial / MANIFEST).write_bytes(json.dumps(asdict(manifest)))
        _replace(folder, partial)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """What an export says of itself. Raises NotFound where there is none, Invalid for one of another layout."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise NotFound(f"Thư mục «{folder}» không có bản xuất nào (thiếu {MANIFEST}).") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Invalid(f"Bản xuất trong «{folder}» theo cách sắp xếp khác; xin xuất lại bằng phiên bản này.")
    views = {name: Exported(**entry) for name, entry in data["views"].items()}
    return Manifest(FORMAT, int(data["position"]), data["seal"], data["made"], views)


def _wanted(names: Sequence[str]) -> dict[str, Shape]:
    kept = live.registered()
    if unknown := [name for name in names if name not in kept]:
        raise NotFound(f"Không có khung nhìn «{unknown[0]}».")
    rebuilding.refuse_unready(list(names) or list(kept))
    return {name: kept[name] for name in names or sorted(kept)}


def _replace(folder: Path, partial: Path) -> None:
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    with suppress(FileNotFoundError):
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write(shape: Shape, position: int, folder: Path) -> tuple[dict[str, str], int]:
    """The declared columns and how many rows."""
    columns = {name: _TYPES[shape.casts[name]] for name in shape.names}
    rows, lines = folder / shape.name, folder / f"{shape.name}.csv"
    _to_csv(_query(shape, position), lines)
    try:
        return columns, _to_parquet(lines, {**columns, **_ENGINE}, rows)
    finally:
        lines.unlink()


def _query(shape: Shape, position: int) -> str:
    """The rows up to a position, as they were then. The numbers are the engine's own, so they stand in the text."""
    names = ", ".join(f'v."{name}"' for name in shape.names)
    moments = [column.name for column in shape.view.columns if column.type.rpartition("/")[2] == "dateTime"]
    year = f"""COALESCE(substr(v."{moments[0]}", 1, 4), '{NO_YEAR}')""" if moments else f"'{NO_YEAR}'"
    return (
        f"SELECT {names}, v.seq_from, CASE WHEN v.seq_to > {position} THEN {OPEN} ELSE v.seq_to END, "
        f"COALESCE(o.id, '{NO_ORG}'), {year} "
        f'FROM "{shape.table}" v LEFT JOIN org o ON o.num = v.org WHERE v.seq_from <= {position}'
    )


def _to_csv(sql: str, path: Path) -> None:
    """NULL is nothing, an empty text is quoted: as PostgreSQL's COPY writes it."""
    with connection.cursor() as cursor:
        if database.is_postgresql():
            with path.open("wb") as file, cursor.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
                for block in copy:
                    file.write(block)
            return
        cursor.execute(sql)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_NOTNULL).writerows(cursor)


def _to_parquet(lines: Path, columns: Mapping[str, str], folder: Path) -> int:
    """How many rows; no file is made for none."""
    if not lines.stat().st_size:
        return 0
    with connect() as engine:
        source = (
            f"read_csv({_text(lines)}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
            f"nullstr = '', allow_quoted_nulls = false, parallel = false, columns = {dict(columns)!r})"
        )
        found = engine.execute(
            f"COPY (SELECT * FROM {source}) TO {_text(folder)} (FORMAT parquet, COMPRESSION zstd, "
            "PARTITION_BY (org, event_year), WRITE_PARTITION_COLUMNS true)"
        ).fetchone()
    return int(found[0]) if found else 0


def connect() -> "duckdb.DuckDBPyConnection":
    """DuckDB in memory, within bounds, which fetches nothing from elsewhere."""
    import duckdb

    settings: dict[str, Any] = {"memory_limit": _MEMORY, "autoinstall_known_extensions": "false"}
    return duckdb.connect(":memory:", config=settings)


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
