"""A page sorted by one key, read along the index of that key, so that it ends when the page is full.

    rows of the key's index, in order ─► their resource ─► criteria, reach, role ─► the page
    resources without a value, by rid ─┘ when those have ended

Otherwise the key of every match is computed and all of them are sorted for one page. That is better where few match; so
a bounded count decides. Both ways give the same order, so pages of one search may come by either.
"""

from dataclasses import dataclass
from typing import Any

from ansinh.fhir.search import conditions, statements
from ansinh.fhir.search.conditions import Sql
from ansinh.fhir.search.planning import Planner
from ansinh.fhir.search.query import Sort
from ansinh.fhir.search.statements import Statement

FEW = 2000
"""Matches whose keys are computed sooner than an index is walked."""
# Table → (the column that its key leads with after param, the one that tells two rows of one value apart).
_WALKED = {
    "ix_date": ("lo", "hi"),
    "ix_string": ("value", "exact"),
    "ix_number": ("value", ""),
    "ix_uri": ("value", ""),
}

After = tuple[list[Any], int] | None
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """Where a sort key stands. tail: the column that differs between rows of one value, "" where none does."""

    table: str
    number: int
    column: str
    tail: str
    descending: bool

    @classmethod
    def of(cls, sort: tuple[Sort, ...]) -> "Key | None":
        """The key to walk by; None for several, for columns of the resource, and for what is looked up elsewhere."""
        if len(sort) != 1 or sort[0].parameter is None:
            return None
        table, numbers = conditions.place(sort[0].parameter, "")
        if table not in _WALKED or len(numbers) != 1:
            return None
        return cls(table, numbers[0], *_WALKED[table], sort[0].descending)

    def rows(self, alias: str) -> str:
        """SQL: a row of the index that holds a value to sort by."""
        whole = f" AND {alias}.exact <> 0" if self.table == "ix_string" else ""
        return f"{alias}.param = {self.number}{whole}"

    def better(self) -> str:
        """SQL: the row `y` comes before the row `x` of the same resource, or stands for the same value."""
        sign = ">" if self.descending else "<"
        before = f"y.{self.column} {sign} x.{self.column}"
        return (
            f"({before} OR (y.{self.column} = x.{self.column} AND y.{self.tail} > x.{self.tail}))"
            if self.tail
            else before
        )


def rows(planner: Planner, after: After) -> list[Row]:
    """The rows of one page and one more; like those of `planner.page`."""
    key = Key.of(planner.query.sort)
    if key is None or planner.leaves_few() or not _are_many(planner):
        return statements.answer(planner.page(after))
    return _Walk(planner, key).rows(after)


def _are_many(planner: Planner) -> bool:
    return int(statements.answer(planner.count(FEW + 1))[0][0]) > FEW


class _Walk:
    """alias: of the resource. PostgreSQL must not turn the questions about it into joins (`OFFSET 0`, see ADR 0009)."""

    def __init__(self, planner: Planner, key: Key) -> None:
        self.planner, self.key = planner, key
        self.alias, self.fence = ("l", " OFFSET 0") if planner.vendor == "postgresql" else ("r", "")

    def rows(self, after: After) -> list[Row]:
        """One page and one row more: what has a value, then what has none."""
        wanted, found = self.planner.query.count + 1, list[Row]()
        if after is None or after[0][0] is not None:
            found = statements.answer(self._keyed(after, wanted))
            after = None
        if len(found) < wanted:
            found += statements.answer(self._rest(after[1] if after is not None else 0, wanted - len(found)))
        return found

    def _keyed(self, after: After, limit: int) -> Statement:
        """What has a value, in its order."""
        key, at = self.key, self.alias
        where, values = conditions.both([(key.rows("x"), []), self._behind(after), *self.planner.asked_of(at)])
        first = self._no_row(f"y.rid = x.rid AND {key.better()}")
        sql = (
            f"SELECT {self._columns(f'x.{key.column}')} FROM {key.table} x CROSS JOIN resource {at} "
            f"WHERE {at}.rid = x.rid AND {where} AND {first} "
            f"ORDER BY x.{key.column} {'DESC' if key.descending else 'ASC'}, x.rid LIMIT {limit}"
        )
        return Statement(sql, values)

    def _rest(self, behind: int, limit: int) -> Statement:
        """What has no value, in the order in which it was first written."""
        at = self.alias
        parts = [*self.planner.asked_of(at, led=False), (f"{at}.rid > {int(behind)}", [])]
        where, values = conditions.both(parts)
        absent = self._no_row(f"y.rid = {at}.rid")
        sql = f"SELECT {self._columns('NULL')} FROM resource {at} WHERE {where} AND {absent} "
        return Statement(f"{sql}ORDER BY {at}.rid LIMIT {limit}", values)

    def _columns(self, key: str) -> str:
        at = self.alias
        return f"{at}.rid, {at}.key, {at}.fhir_id, {at}.body, {key} AS k0, {at}.patient_key, {at}.org"

    def _no_row(self, such: str) -> str:
        return f"NOT EXISTS (SELECT 1 FROM {self.key.table} y WHERE {self.key.rows('y')} AND {such}{self.fence})"

    def _behind(self, after: After) -> Sql:
        if after is None:
            return "1 = 1", []
        sign, (value, *_), rid = "<" if self.key.descending else ">", *after
        column = f"x.{self.key.column}"  # said twice: once so that the index begins there
        return f"({column} {sign}= %s AND ({column} {sign} %s OR x.rid > %s))", [value, value, rid]
