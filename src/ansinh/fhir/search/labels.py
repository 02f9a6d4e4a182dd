"""Which profiles, tags and security labels stand on the records of a type, as far as the reader may see them.

The index of `_profile`, `_tag` and `_security` answers: one step of the B-tree for each value in use, however many
records carry it, and one look for a record within reach.
"""

from collections.abc import Sequence
from typing import Any

from ansinh.fhir.index.numbers import LONGEST, is_type, param, type_name
from ansinh.fhir.search import statements
from ansinh.fhir.store import Repository, database, reach, reindexing, work
from ansinh.kernel.errors import Refused, UserError

MOST = 1000
"""Values of one kind that an answer holds; who wants more asks type by type."""

_IN_USE = """
WITH RECURSIVE used(param, value) AS (
  SELECT p.column1, (SELECT min(x.{column}) FROM {table} x WHERE x.param = p.column1) FROM (VALUES {params}) p
  UNION ALL
  SELECT u.param, (SELECT min(x.{column}) FROM {table} x WHERE x.param = u.param AND x.{column} > u.value)
  FROM used u WHERE u.value IS NOT NULL
)
SELECT u.param, u.value FROM used u WHERE u.value IS NOT NULL AND EXISTS (
  SELECT 1 FROM {table} x JOIN resource r ON r.rid = x.rid
  WHERE x.param = u.param AND x.{column} = u.value AND r.deleted = 0 AND {seen}
) LIMIT {most}"""


def labels(repository: Repository, resource_type: str = "") -> dict[str, Any]:
    """A Meta with the profiles, tags and security labels in use, each once and sorted; "" for all types together that
    the role may search. Three queries.

    Raises `Refused` by role, `NotReady` while an index is made anew, `TooSlow`, and `UserError` beyond `MOST`.
    """
    if resource_type and not repository.context.allows("search", resource_type):
        raise Refused(f"Vai trò của anh/chị không được tìm loại hồ sơ {resource_type}.")
    kinds = [resource_type] if resource_type else _allowed(repository)
    reindexing.refuse_unready(kinds)
    work.settle()
    with statements.limited():
        found = {"profile": _profiles(repository, kinds), **_codings(repository, kinds)}
    return {key: values for key, values in found.items() if values}


def _allowed(repository: Repository) -> list[str]:
    stored = database.fetch("SELECT type FROM resource GROUP BY type ORDER BY type")
    kinds = [type_name(number) for (number,) in stored]
    return [kind for kind in kinds if is_type(kind) and repository.context.allows("search", kind)]


def _profiles(repository: Repository, kinds: Sequence[str]) -> list[str]:
    """Addresses; one too long for an index is known there by its beginning only and left out."""
    used = _in_use(repository, "ix_uri", "value", [param(kind, "_profile") for kind in kinds])
    return sorted({value for _, value in used if len(value) < LONGEST})


def _codings(repository: Repository, kinds: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    tags, marks = ({param(kind, code) for kind in kinds} for code in ("_tag", "_security"))
    used = _in_use(repository, "ix_token", "tok", sorted(tags | marks))
    names = _named({value for _, value in used})
    return {
        key: [_coding(*name) for name in sorted({names[value] for number, value in used if number in own})]
        for key, own in (("tag", tags), ("security", marks))
    }


def _in_use(repository: Repository, table: str, column: str, params: Sequence[int]) -> list[tuple[int, Any]]:
    if not params:
        return []
    seen = reach.condition(repository.context, "r.org")
    values = ", ".join(f"({number})" for number in params)
    sql = _IN_USE.format(table=table, column=column, params=values, seen=seen, most=MOST + 1)
    found = statements.fetch(sql, [])
    if len(found) > MOST:
        raise UserError(f"Có hơn {MOST} nhãn đang dùng; hãy hỏi $meta của từng loại hồ sơ.", code="too-costly")
    return [(number, value) for number, value in found]


def _named(tokens: set[int]) -> dict[int, tuple[str, str]]:
    """System and code of each."""
    listed = ", ".join(map(str, tokens)) or "NULL"
    rows = database.fetch(f"SELECT tok, system, code FROM token WHERE tok IN ({listed})")
    return {tok: (system, code) for tok, system, code in rows}


def _coding(system: str, code: str) -> dict[str, str]:
    return {key: value for key, value in (("system", system), ("code", code)) if value}
