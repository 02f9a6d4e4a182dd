"""Reading live views: portable SQL with named values and the reader's reach.

rows(context, "SELECT p.id FROM view_patient p WHERE {reach:p} AND p.gender = :gender", {"gender": "female"})
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ansinh.fhir.store import database, reach, work
from ansinh.fhir.store.audit import reads
from ansinh.fhir.store.ownership import PERSONAL
from ansinh.fhir.views import live, rebuilding
from ansinh.fhir.views.shapes import Shape
from ansinh.kernel.context import Context

PERSON_COLUMNS = ("patient_id", "person_id", "person", "who")
"""Columns of a query's answer that name the person a row is about; beside them `id` where only people are read."""
PERSON_PARAMS = ("person", "patient")
"""Values of a query that narrow it to one person."""
_MARKER = re.compile(r"\{reach:(\w+)\}")
_AS_OF = re.compile(r"/\*as of: ([\w ]*)\*/.*?/\*end as of\*/", re.DOTALL)
_SECOND_WITH = re.compile(r"/\*end as of\*/\s*WITH\b", re.IGNORECASE)
_LITERAL = re.compile(r"('(?:[^']|'')*')")
_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_READ = re.compile(
    r"(?:\bFROM|\bJOIN|,)\s+\"?(?P<table>\w+)\"?(?:\s+(?:AS\s+)?(?!(?:WHERE|ON|USING|JOIN|LEFT|RIGHT|INNER|FULL|CROSS|"
    r"NATURAL|GROUP|ORDER|HAVING|LIMIT|UNION|EXCEPT|INTERSECT|WINDOW|OFFSET|SET)\b)(?P<alias>[A-Za-z_]\w*))?",
    re.IGNORECASE,
)


def rows(context: Context, sql: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """One query; each row as a mapping from column to value.

    `:name` takes a value; `{reach:alias}` becomes the condition that the alias's record is within reach. Raises
    ValueError when a view of personal records is read without it.
    """
    told = _check_reach(sql)
    text = _MARKER.sub(lambda match: reach.condition(context, f"{match[1]}.org"), _SECOND_WITH.sub(",", sql))
    work.settle()
    statement, wanted = _in_order(text)
    given = params or {}
    names, answer = database.table(statement, [given[name] for name in wanted])
    found = [dict(zip(names, values, strict=True)) for values in answer]
    if told and found:
        _note(context, told, found, params or {})
    return found


def as_of(sql_views: Sequence[str], position: int | str, patients: str = "") -> str:
    """A prefix for a query so that it reads the views by their plain names as they were at a journal position.

    `as_of(["patient"], 812) + " SELECT count(*) AS n FROM patient p WHERE {reach:p}"`. The query may begin with
    WITH itself. position: a number, or the name of the parameter that holds it, so that the text stays the same and
    is prepared once. patients: name of a table with a column `id`; views about patients are then read for these
    alone. Raises ValueError for a view that is not kept, NotReady for one in the making.
    """
    rebuilding.refuse_unready(sql_views)
    kept, at = live.known(sql_views), f":{position}" if isinstance(position, str) else str(int(position))
    parts = []
    for name in sql_views:
        if name not in kept:
            raise ValueError(f"no live view {name}")
        columns = ", ".join(f'"{column}"' for column in (*kept[name].names, "rid", "org"))
        held = f'SELECT {columns} FROM "view_{name}_row" WHERE seq_from <= {at} AND {at} < seq_to'
        if patients and kept[name].patient:
            held += f' AND "{kept[name].patient}" IN (SELECT id FROM "{patients}")'
            parts.append(f'"{name}" AS MATERIALIZED ({held})')  # a few rows, found by patient before anything else
        else:
            # Not a copy of the whole table for each statement: the query's own conditions must reach the indexes.
            parts.append(f'"{name}" AS NOT MATERIALIZED ({held})')
    return f"/*as of: {' '.join(sql_views)}*/ WITH {', '.join(parts)} /*end as of*/" if parts else ""


def personal() -> frozenset[str]:
    """Names of the kept views whose rows belong to persons or units, and so need a reach marker."""
    return _personal(live.registered())


def _personal(kept: Mapping[str, Shape]) -> frozenset[str]:
    return frozenset(name for name, shape in kept.items() if shape.resource in PERSONAL)


def _check_reach(sql: str) -> frozenset[str]:
    """The personal views that the query reads. Raises ValueError for one without a reach marker."""
    read, marked = _read_by(sql)
    names = [name for name, _, _ in read]
    rebuilding.refuse_unready(names)
    needing = _personal(live.known(names)) if read else frozenset()
    for name, table, alias in read:
        if name in needing and alias not in marked:
            raise ValueError(f"{table} holds personal records: the query needs {{reach:{alias}}}")
    return frozenset(name for name, _, _ in read if name in needing)


@lru_cache(maxsize=1024)
def _read_by(sql: str) -> tuple[list[tuple[str, str, str]], frozenset[str]]:
    """(view, table, alias) of what a query reads beyond its own tables, and the aliases with a reach marker."""
    plain = {name for match in _AS_OF.finditer(sql) for name in match[1].split()}
    body = _AS_OF.sub(" ", sql)
    read = []
    for match in _READ.finditer(_LITERAL.sub("''", body)):
        table = match["table"]
        name = table.removeprefix("view_").removesuffix("_row") if table.startswith("view_") else table
        if name != table or table in plain:
            read.append((name, table, match["alias"] or table))
    return read, frozenset(_MARKER.findall(body))


def _note(context: Context, views: frozenset[str], found: list[dict[str, Any]], params: Mapping[str, Any]) -> None:
    """Note for the audit whose rows these are: told by a column, or by the value that the query was narrowed to. Rows
    that name nobody are figures."""
    if context.role == "system":
        return
    column = next((name for name in PERSON_COLUMNS if name in found[0]), None)
    kinds = live.known(views)
    if column is None and "id" in found[0] and all(kinds[view].resource == "Patient" for view in views):
        column = "id"
    if column is not None:
        people = [row[column] for row in found if row[column]]
    else:
        people = [str(params[name]) for name in PERSON_PARAMS if params.get(name)]
    for view in views if people else ():
        reads.note_people(context, kinds[view].resource, people)


@lru_cache(maxsize=1024)
def _in_order(sql: str) -> tuple[str, list[str]]:
    """The query with `%s` for each `:name`, and those names in their order; text in quotes and casts (`::`) stay."""
    parts = _LITERAL.split(sql.replace("%", "%%"))
    wanted = [name for part in parts[::2] for name in _PARAMETER.findall(part)]
    return "".join(part if index % 2 else _PARAMETER.sub("%s", part) for index, part in enumerate(parts)), wanted
