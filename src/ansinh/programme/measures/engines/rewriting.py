"""A measure's SQL in the words of another engine. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import expressions

from ansinh.kernel.errors import Invalid

type Dialect = Literal["duckdb", "spark"]

_WRITTEN_IN = "postgres"
_REACH = re.compile(r"\{reach:\w+\}")


@dataclass(frozen=True, slots=True)
class Statement:
    """sql: as the engine takes it; names: of the values that it asks for."""

    sql: str
    names: frozenset[str]


@lru_cache(maxsize=512)
def rewritten(sql: str, dialect: Dialect) -> Statement:
    """The same question for another engine. Raises Invalid for SQL that cannot be read.

    Who holds an export may read all of it, so a marker of reach holds always. Whether a part is computed once is left
    to the engine: Spark has no words for it.
    """
    try:
        tree = sqlglot.parse_one(_REACH.sub("TRUE", sql), read=_WRITTEN_IN)
    except sqlglot.ParseError as error:
        place = error.errors[0] if error.errors else {}
        raise Invalid(
            f"Không đọc được câu truy vấn của chỉ tiêu (dòng {place.get('line')}, cột {place.get('col')}).", field="sql"
        ) from error
    for part in tree.find_all(expressions.CTE):
        part.set("materialized", None)
    names = frozenset(each.name for each in tree.find_all(expressions.Placeholder))
    return Statement(tree.sql(dialect=dialect), names)
