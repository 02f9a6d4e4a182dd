"""From a Query to one SQL statement. Reach and role are part of the SQL wherever a resource is touched, so that a
chain, a `_has` or an include never tells about a record that the reader may not see."""

from dataclasses import dataclass
from typing import Any

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.search import conditions
from ansinh.fhir.search.conditions import Sql
from ansinh.fhir.search.query import Chained, Criterion, Has, Ids, Match, Missing, Query, Sort, Updated, Within
from ansinh.fhir.store import reach
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Refused

# The criterion expected to leave fewest rows leads; the others are asked of each row that it finds.
_LEADS = {"reference": 2, "string": 4, "composite": 5, "quantity": 6, "uri": 6, "number": 7, "token": 8, "date": 9}

_FEW = 20
_ROW = "r.rid, r.key, r.fhir_id, r.updated_us, r.body"
ESTIMATED = 10_001
"""Where an estimate of the total stops counting: 10,001 means "more than ten thousand"."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with %s for its values. `fixed`: the same plan is good whatever the values are."""

    sql: str
    values: list[Any]
    fixed: bool = False


class Planner:
    """Makes the statements of one search for one Context; `plus` keeps SQLite from leading with the type."""

    def __init__(self, context: Context, query: Query, vendor: str) -> None:
        self.context, self.query, self.vendor = context, query, vendor
        self._aliases = 0

    def page(self, after: tuple[list[Any], int] | None) -> Statement:
        """SELECT of one page and one row more, behind the row that the cursor names."""
        keys = [self._sort_key(one) for one in self.query.sort]
        names = "".join(f", ({sql}) AS k{number}" for number, (sql, _) in enumerate(keys))
        key_values = [value for _, found in keys for value in found]
        fixed = self._is_fixed()
        source, values = self._in_fixed_order() if fixed else self._as_statistics_say()
        inner = f"SELECT {'l' if fixed else 'r'}.rid, r.key, r.fhir_id, r.body{names} FROM {source}"
        order = ", ".join([*self._order(), "rid"])
        behind, behind_values = self._behind(after)
        sql = f"SELECT * FROM ({inner}) p{behind} ORDER BY {order} LIMIT {self.query.count + 1}"
        return Statement(sql, [*key_values, *values, *behind_values], fixed)

    def _as_statistics_say(self) -> Sql:
        where, values = self._where()
        return f"resource r WHERE {where}", values

    def _is_fixed(self) -> bool:
        """True when the first criterion surely leaves few rows, so that nothing is gained by weighing statistics."""
        criteria = sorted(self.query.criteria, key=_rank)
        if self.vendor != "postgresql" or not criteria or not isinstance(criteria[0], Match):
            return False
        lead = criteria[0]
        if lead.modifier in ("not", "not-in", "missing") or len(lead.alternatives) > _FEW:
            return False
        if not all(isinstance(one, Match | Missing | Updated) for one in criteria):
            return False
        few = lead.parameter.code == "identifier" or "Patient" in lead.parameter.targets
        return few or (len(criteria) == 1 and lead.parameter.type == "string" and lead.modifier != "contains")

    def _in_fixed_order(self) -> Sql:
        """PostgreSQL: the first criterion, then the others for each of its rows, then the resource.

        OFFSET 0 keeps the planner from turning this round, so that one plan, made once, serves every value.
        """
        lead, *others = sorted(self.query.criteria, key=_rank)
        assert isinstance(lead, Match)
        table, number = conditions.place(lead.parameter, lead.modifier)
        found, values = conditions.of_match(lead)
        once = "" if table in ("ix_ref", "ix_token") and len(lead.alternatives) == 1 else "DISTINCT "
        of_index = [one for one in others if isinstance(one, Match | Missing)]
        of_row = [one for one in others if not isinstance(one, Match | Missing)]
        parts = [self._resource("r", self.query.resource_type)]
        parts += [self.criterion("r", one, lead=False) for one in of_row]
        row, row_values = conditions.both(parts)
        sql = (
            f"(SELECT {once}x.rid FROM {table} x WHERE x.param = {number} AND {found} OFFSET 0) l CROSS JOIN LATERAL "
            f"(SELECT {_ROW} FROM resource r WHERE r.rid = l.rid AND {row} OFFSET 0) r"
        )
        values = [*values, *row_values]
        for one in of_index:
            more, more_values = self.criterion("l", one, lead=False)
            sql, values = f"{sql} {'AND' if one is not of_index[0] else 'WHERE'} {more}", [*values, *more_values]
        return sql, values

    def count(self) -> Statement:
        """SELECT of the total."""
        where, values = self._where()
        if self.query.estimate:
            return Statement(
                f"SELECT count(*) FROM (SELECT 1 FROM resource r WHERE {where} LIMIT {ESTIMATED}) n", values
            )
        return Statement(f"SELECT count(*) FROM resource r WHERE {where}", values)

    def _where(self) -> Sql:
        criteria = sorted(self.query.criteria, key=_rank)
        led = bool(criteria) and _rank(criteria[0]) < 100
        parts = [self._resource("r", self.query.resource_type, led=led)]
        parts += [self.criterion("r", one, lead=led and number == 0) for number, one in enumerate(criteria)]
        sql, values = conditions.both(parts)
        return sql, values

    def _resource(self, alias: str, resource_type: str, *, led: bool = True) -> Sql:
        """What holds for every resource that is touched."""
        if not self.context.allows("search", resource_type):
            raise Refused(f"Vai trò của bạn không được tìm loại hồ sơ {resource_type}.")
        plus = "+" if led and self.vendor == "sqlite" else ""
        seen = reach.condition(self.context, f"{plus}{alias}.org")
        return f"{plus}{alias}.type = {type_number(resource_type)} AND {alias}.deleted = 0 AND {seen}", []

    def criterion(self, alias: str, one: Criterion, *, lead: bool) -> Sql:
        """The condition of one criterion on the resource `alias`."""
        match one:
            case Ids():
                return self._ids(alias, one.ids)
            case Updated():
                column = f"{alias}.updated_us"
                return conditions.either([conditions.moment(moment, column, column) for moment in one.moments])
            case Match():
                return self._match(alias, one, lead=lead)
            case Missing():
                return self._missing(alias, one)
            case Chained():
                return self._chained(alias, one)
            case Has():
                return self._has(alias, one)
            case Within():
                return _within(alias, one)

    def _ids(self, alias: str, ids: tuple[str, ...]) -> Sql:
        if alias == "r":
            return conditions.among("r.key", [key_of(self.query.resource_type, fhir_id) for fhir_id in ids])
        return f"{alias}.fhir_id IN ({', '.join(['%s'] * len(ids))})", list(ids)

    def _match(self, alias: str, one: Match, *, lead: bool) -> Sql:
        table, number = conditions.place(one.parameter, one.modifier)
        sql, values = conditions.of_match(one)
        if one.modifier in ("not", "not-in"):
            return _exists(table, alias, number, sql, values, "NOT EXISTS")
        if lead:
            return f"{alias}.rid IN (SELECT x.rid FROM {table} x WHERE x.param = {number} AND {sql})", values
        return _exists(table, alias, number, sql, values, "EXISTS")

    def _missing(self, alias: str, one: Missing) -> Sql:
        word = "NOT EXISTS" if one.absent else "EXISTS"
        places = {conditions.place(one.parameter, "")}
        if one.parameter.type == "reference":
            places.add(conditions.place(one.parameter, "identifier"))
        found = [_exists(table, alias, number, "", [], word) for table, number in sorted(places)]
        return conditions.both(found) if one.absent else conditions.either(found)

    def _chained(self, alias: str, one: Chained) -> Sql:
        """Resources that point at one that meets the inner criterion. (SQLite never reorders a CROSS JOIN.)"""
        parts = []
        for kind, inner in one.inner:
            t, x = self._alias("t"), self._alias("c")
            meets, values = self.criterion(t, inner, lead=True)
            base, _ = self._resource(t, kind, led=_rank(inner) < 100)
            sql = (
                f"{alias}.rid IN (SELECT {x}.rid FROM resource {t} CROSS JOIN ix_ref {x} WHERE {base} "
                f"AND {meets} AND {x}.target = {t}.key AND {x}.param = {one.parameter.number})"
            )
            parts.append((sql, values))
        return conditions.either(parts)

    def _has(self, alias: str, one: Has) -> Sql:
        """Resources that one that meets the inner criterion points at."""
        s, x = self._alias("s"), self._alias("h")
        meets, values = self.criterion(s, one.inner, lead=True)
        base, _ = self._resource(s, one.source, led=_rank(one.inner) < 100)
        sql = (
            f"{alias}.key IN (SELECT {x}.target FROM resource {s} CROSS JOIN ix_ref {x} WHERE {base} "
            f"AND {meets} AND {x}.rid = {s}.rid AND {x}.param = {one.parameter.number})"
        )
        return sql, values

    def _alias(self, letter: str) -> str:
        self._aliases += 1
        return f"{letter}{self._aliases}"

    def _sort_key(self, one: Sort) -> Sql:
        if one.parameter is None:
            return ("r.fhir_id" if one.code == "_id" else "r.updated_us"), []
        table, number = conditions.place(one.parameter, "")
        pick = "max" if one.descending else "min"
        column = {"ix_token": "t.code", "ix_date": "x.hi" if one.descending else "x.lo"}.get(table, "x.value")
        join = " JOIN token t ON t.tok = x.tok" if table == "ix_token" else ""
        whole = " AND x.exact <> 0" if table == "ix_string" else ""
        return f"SELECT {pick}({column}) FROM {table} x{join} WHERE x.rid = r.rid AND x.param = {number}{whole}", []

    def _order(self) -> list[str]:
        """What has no value comes last, either way."""
        return [
            f"k{number} IS NULL, k{number} {'DESC' if one.descending else 'ASC'}"
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
        sql, values = conditions.either(alternatives)
        return f" WHERE {sql}", values


def _rank(one: Criterion) -> int:
    match one:
        case Ids():
            return 0
        case Match(parameter=parameter, modifier=modifier):
            if modifier in ("not", "not-in"):
                return 200
            if parameter.code in ("identifier", "identifier-end"):
                return 1
            return _LEADS[parameter.type]
        case Within():
            return 1
        case Chained() | Has():
            return 3
    return 150


def _within(alias: str, one: Within) -> Sql:
    numbers = ", ".join(str(parameter.number) for parameter in one.parameters) or "0"
    sql = f"{alias}.rid IN (SELECT x.rid FROM ix_ref x WHERE x.param IN ({numbers}) AND x.target = %s)"
    return f"({sql} OR {alias}.key = %s)", [one.key, one.key]


def _exists(table: str, alias: str, number: int, sql: str, values: list[Any], word: str) -> Sql:
    more = f" AND {sql}" if sql else ""
    # Asked of each row of a fixed first criterion ("l"): OFFSET keeps it a question, not a join.
    fence = " OFFSET 0" if alias == "l" else ""
    return f"{word} (SELECT 1 FROM {table} x WHERE x.rid = {alias}.rid AND x.param = {number}{more}{fence})", values
