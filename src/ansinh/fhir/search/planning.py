"""From a Query to one SQL statement."""

from typing import Any

from ansinh.fhir.search import conditions
from ansinh.fhir.search.conditions import Sql
from ansinh.fhir.search.criteria import Criteria, rank
from ansinh.fhir.search.query import Criterion, Match, Missing, Query, Sort, Updated, Words
from ansinh.fhir.search.statements import Statement
from ansinh.fhir.store import reach
from ansinh.kernel.context import Context

_FEW = 20
_ROW = "r.rid, r.key, r.fhir_id, r.updated_us, r.body, r.patient_key, r.org"
_KEYS = {"ix_token": "t.code", "ix_ref": "t.fhir_id", "ix_date": "x.lo"}
ESTIMATED = 10_001
"""Where an estimate of the total stops counting: 10,001 means "more than ten thousand"."""


class Planner:
    """Makes the statements of one search for one Context."""

    def __init__(self, context: Context, query: Query, vendor: str) -> None:
        self.context, self.query, self.vendor = context, query, vendor
        self._criteria = Criteria(context, query.resource_type, vendor)

    def page(self, after: tuple[list[Any], int] | None) -> Statement:
        """SELECT of one page and one row more, behind the row that the cursor names: rid, key, id, body, the sort keys,
        person, owner."""
        keys = [self._sort_key(one) for one in self.query.sort]
        names = "".join(f", ({sql}) AS k{number}" for number, (sql, _) in enumerate(keys))
        key_values = [value for _, found in keys for value in found]
        fixed = self._is_fixed()
        source, values = self._in_fixed_order() if fixed else self._as_statistics_say()
        columns = f"{'l' if fixed else 'r'}.rid, r.key, r.fhir_id, r.body{names}, r.patient_key, r.org"
        order = ", ".join([*self._order(), "rid"])
        behind, behind_values = self._behind(after)
        sql = f"SELECT * FROM (SELECT {columns} FROM {source}) p{behind} ORDER BY {order} LIMIT {self.query.count + 1}"
        return Statement(sql, [*key_values, *values, *behind_values], fixed)

    def criterion(self, alias: str, one: Criterion, *, lead: bool) -> Sql:
        """The condition of one criterion on the resource `alias`, for other statements than a page."""
        return self._criteria.criterion(alias, one, lead=lead)

    def _as_statistics_say(self) -> Sql:
        where, values = self._where()
        return f"resource r WHERE {where}", values

    def asked_of(self, alias: str, *, led: bool = True) -> list[Sql]:
        """All conditions, each asked of the resource `alias`; `led`: something else finds the resources."""
        parts = [self._criteria.resource(alias, self.query.resource_type, led=led)]
        return parts + [self._criteria.criterion(alias, one, lead=False) for one in self.query.criteria]

    def _is_fixed(self) -> bool:
        """True when nothing is gained by weighing statistics."""
        return self.vendor == "postgresql" and self.leaves_few()

    def leaves_few(self) -> bool:
        """True when the first criterion surely leaves few rows."""
        criteria = sorted(self.query.criteria, key=rank)
        if not criteria or not isinstance(criteria[0], Match):
            return False
        lead = criteria[0]
        if lead.modifier in ("not", "not-in", "missing") or len(lead.alternatives) > _FEW:
            return False
        if not all(isinstance(one, Match | Words | Missing | Updated) for one in criteria):
            return False
        few = lead.parameter.code == "identifier" or "Patient" in lead.parameter.targets
        return few or (len(criteria) == 1 and lead.parameter.type == "string" and lead.modifier != "contains")

    def _in_fixed_order(self) -> Sql:
        """PostgreSQL: the first criterion, then the others for each of its rows, then the resource.

        OFFSET 0 keeps the planner from turning this round, so that one plan, made once, serves every value.
        """
        lead, *others = sorted(self.query.criteria, key=rank)
        assert isinstance(lead, Match)
        table, numbers = conditions.place(lead.parameter, lead.modifier)
        found, values = conditions.of_match(lead)
        once = "" if table in ("ix_ref", "ix_token") and len(numbers) == len(values) == 1 else "DISTINCT "
        of_index = [one for one in others if not isinstance(one, Updated)]
        of_row = [one for one in others if isinstance(one, Updated)]
        parts = [self._criteria.resource("r", self.query.resource_type)]
        parts += [self._criteria.criterion("r", one, lead=False) for one in of_row]
        row, row_values = conditions.both(parts)
        sql = (
            f"(SELECT {once}x.rid FROM {table} x WHERE {conditions.of(numbers)} AND {found} OFFSET 0) l "
            f"CROSS JOIN LATERAL (SELECT {_ROW} FROM resource r WHERE r.rid = l.rid AND {row} OFFSET 0) r"
        )
        values = [*values, *row_values]
        for one in of_index:
            more, more_values = self._criteria.criterion("l", one, lead=False)
            sql, values = f"{sql} {'AND' if one is not of_index[0] else 'WHERE'} {more}", [*values, *more_values]
        return sql, values

    def count(self, most: int = 0) -> Statement:
        """SELECT of the total; `most`: where to stop counting, 0 for where the query says."""
        where, values = self._where()
        if most := most or (ESTIMATED if self.query.estimate else 0):
            return Statement(f"SELECT count(*) FROM (SELECT 1 FROM resource r WHERE {where} LIMIT {most}) n", values)
        return Statement(f"SELECT count(*) FROM resource r WHERE {where}", values)

    def _where(self) -> Sql:
        criteria = sorted(self.query.criteria, key=rank)
        led = bool(criteria) and rank(criteria[0]) < 100
        parts = [self._criteria.resource("r", self.query.resource_type, led=led)]
        parts += [self._criteria.criterion("r", one, lead=led and number == 0) for number, one in enumerate(criteria)]
        sql, values = conditions.both(parts)
        return sql, values

    def _sort_key(self, one: Sort) -> Sql:
        if one.parameter is None:
            return ("r.fhir_id" if one.code == "_id" else "r.updated_us"), []
        table, numbers = conditions.place(one.parameter, "")
        pick = "max" if one.descending else "min"
        column = _KEYS.get(table, "x.value")
        join = {"ix_token": " JOIN token t ON t.tok = x.tok", "ix_ref": self._targets()}.get(table, "")
        whole = " AND x.exact <> 0" if table == "ix_string" else ""
        number = conditions.of(numbers)
        return f"SELECT {pick}({column}) FROM {table} x{join} WHERE x.rid = r.rid AND {number}{whole}", []

    def _targets(self) -> str:
        """A reference is sorted by the id of what it points at, where the reader may see that."""
        return f" JOIN resource t ON t.key = x.target AND t.deleted = 0 AND {reach.condition(self.context, 't.org')}"

    def _order(self) -> list[str]:
        """What has no value comes last, either way. A column always has one; left unsaid, its index gives the order."""
        return [
            f"k{number} {'DESC' if one.descending else 'ASC'}{' NULLS LAST' if one.parameter else ''}"
            for number, one in enumerate(self.query.sort)
        ]

    def _behind(self, after: tuple[list[Any], int] | None) -> Sql:
        """Rows behind the cursor: key by key, then rid."""
        if after is None:
            return "", []
        keys, rid = after
        alternatives: list[Sql] = []
        same: list[Sql] = []
        for number, (one, value) in enumerate(zip(self.query.sort, keys, strict=True)):
            column = f"p.k{number}"
            if value is None:
                same.append((f"{column} IS NULL", []))
                continue
            later = f"({column} {'<' if one.descending else '>'} %s OR {column} IS NULL)"
            alternatives.append(conditions.both([*same, (later, [value])]))
            same.append((f"{column} = %s", [value]))
        alternatives.append(conditions.both([*same, ("p.rid > %s", [rid])]))
        parts = [conditions.either(alternatives)]
        if self.query.sort and self.query.sort[0].parameter is None:  # says again what an index of the column can use
            parts.insert(0, (f"p.k0 {'<=' if self.query.sort[0].descending else '>='} %s", [keys[0]]))
        sql, values = conditions.both(parts)
        return f" WHERE {sql}", values
