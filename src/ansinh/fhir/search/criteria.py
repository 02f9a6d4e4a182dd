"""One criterion as SQL about a resource. Reach and role are part of it wherever a resource is touched, so that a
chain, a `_has` or a hierarchy never tells about a record that the reader may not see."""

from typing import Any

from ansinh.fhir.index import values
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import short, type_number
from ansinh.fhir.index.numbers import token as token_number
from ansinh.fhir.search import conditions, statements
from ansinh.fhir.search.conditions import Sql
from ansinh.fhir.search.query import (
    Chained,
    Criterion,
    Has,
    Ids,
    Match,
    Missing,
    Token,
    Tree,
    Updated,
    Within,
    Words,
)
from ansinh.fhir.store import reach
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Refused

# The criterion expected to leave fewest rows leads; the others are asked of each row that it finds.
_LEADS = {
    "reference": 2,
    "special": 3,
    "string": 4,
    "composite": 5,
    "quantity": 6,
    "uri": 6,
    "number": 7,
    "token": 8,
    "date": 9,
}

_LOOKED_UP = 50


class Criteria:
    """Makes conditions for one Context; `plus` keeps SQLite from leading with the type."""

    def __init__(self, context: Context, resource_type: str, vendor: str) -> None:
        self.context, self.resource_type, self.vendor = context, resource_type, vendor
        self._aliases = 0

    def resource(self, alias: str, resource_type: str, *, led: bool = True) -> Sql:
        """What holds for every resource that is touched."""
        if not self.context.allows("search", resource_type):
            raise Refused(f"Vai trò của anh/chị không được tìm loại hồ sơ {resource_type}.")
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
            case Words():
                return _words(alias, one, lead=lead)
            case Tree():
                return self._tree(alias, one)
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
            return conditions.among("r.key", [key_of(self.resource_type, fhir_id) for fhir_id in ids])
        return f"{alias}.fhir_id IN ({', '.join(['%s'] * len(ids))})", list(ids)

    def _match(self, alias: str, one: Match, *, lead: bool) -> Sql:
        table, numbers = conditions.place(one.parameter, one.modifier)
        tokens = self._tokens(one) if alias != "l" else None
        sql, values = conditions.among("x.tok", tokens) if tokens is not None else conditions.of_match(one)
        if one.modifier in ("not", "not-in"):
            return _exists(table, alias, numbers, sql, values, "NOT EXISTS")
        if lead:
            return f"{alias}.rid IN (SELECT x.rid FROM {table} x WHERE {conditions.of(numbers)} AND {sql})", values
        return _exists(table, alias, numbers, sql, values, "EXISTS")

    def _tokens(self, one: Match) -> list[int] | None:
        """PostgreSQL: the numbers of codes without system. It knows how often a number stands in the index, and
        would take a code that it is to look up itself for a rare one. None where that is not to be done."""
        codes = [each for each in one.alternatives if isinstance(each, Token) and each.code and each.system is None]
        if self.vendor != "postgresql" or one.parameter.type != "token" or one.modifier == "of-type":
            return None
        if not codes or len(codes) < len(one.alternatives) or len(codes) > _LOOKED_UP:
            return None
        names = [short(each.code or "") for each in codes]
        marks = ", ".join(["%s"] * len(names))
        found = statements.fetch(f"SELECT tok FROM token WHERE code IN ({marks}) LIMIT {_LOOKED_UP + 1}", names)
        return [number for (number,) in found] if len(found) <= _LOOKED_UP else None

    def _tree(self, alias: str, one: Tree) -> Sql:
        """References to what a walk from the one named along the hierarchy comes by; UNION ends where it has been."""
        parts = []
        for kind, upwards, key in one.branches:
            h, t, p = self._alias("h"), self._alias("t"), self._alias("p")
            seen, _ = self.resource(t, kind, led=True)
            by_kin = f"ix_ref {p} ON {conditions.of(upwards.sources, p)} AND {p}"
            if one.above:
                step = f"SELECT {p}.target FROM {h} JOIN resource {t} ON {t}.key = {h}.key JOIN {by_kin}.rid = {t}.rid"
            else:
                step = f"SELECT {t}.key FROM {h} JOIN {by_kin}.target = {h}.key JOIN resource {t} ON {t}.rid = {p}.rid"
            walk = f"WITH RECURSIVE {h}(key) AS (SELECT %s UNION {step} WHERE {seen}) SELECT {h}.key FROM {h}"
            number = conditions.of(one.parameter.sources)
            parts.append(
                (f"{alias}.rid IN (SELECT x.rid FROM ix_ref x WHERE {number} AND x.target IN ({walk}))", [key])
            )
        return conditions.either(parts)

    def _missing(self, alias: str, one: Missing) -> Sql:
        word = "NOT EXISTS" if one.absent else "EXISTS"
        places = {conditions.place(one.parameter, "")}
        if one.parameter.type == "reference":
            places.add(conditions.place(one.parameter, "identifier"))
        found = [_exists(table, alias, numbers, "", [], word) for table, numbers in sorted(places)]
        return conditions.both(found) if one.absent else conditions.either(found)

    def _chained(self, alias: str, one: Chained) -> Sql:
        """Resources that point at one that meets the inner criterion. (SQLite never reorders a CROSS JOIN.)"""
        parts = []
        for kind, inner in one.inner:
            t, x = self._alias("t"), self._alias("c")
            meets, values = self.criterion(t, inner, lead=True)
            base, _ = self.resource(t, kind, led=rank(inner) < 100)
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
        base, _ = self.resource(s, one.source, led=rank(one.inner) < 100)
        sql = (
            f"{alias}.key IN (SELECT {x}.target FROM resource {s} CROSS JOIN ix_ref {x} WHERE {base} "
            f"AND {meets} AND {x}.rid = {s}.rid AND {x}.param = {one.parameter.number})"
        )
        return sql, values

    def _alias(self, letter: str) -> str:
        self._aliases += 1
        return f"{letter}{self._aliases}"


def rank(one: Criterion) -> int:
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
        case Chained() | Has() | Tree():
            return 3
        case Words():
            return 4
    return 150


def _within(alias: str, one: Within) -> Sql:
    numbers = ", ".join(str(parameter.number) for parameter in one.parameters) or "0"
    sql = f"{alias}.rid IN (SELECT x.rid FROM ix_ref x WHERE x.param IN ({numbers}) AND x.target = %s)"
    return f"({sql} OR {alias}.key = %s)", [one.key, one.key]


def _words(alias: str, one: Words, *, lead: bool) -> Sql:
    """Each word has a row of its own; where this leads, the first of them does."""
    alternatives = []
    for words in one.alternatives:
        tokens = [token_number(values.WORDS, word) for word in words]
        parts = [_exists("ix_token", alias, one.parameter.sources, "x.tok = %s", [each], "EXISTS") for each in tokens]
        if lead:
            number = conditions.of(one.parameter.sources)
            first = f"{alias}.rid IN (SELECT x.rid FROM ix_token x WHERE {number} AND x.tok = %s)"
            parts[0] = first, tokens[:1]
        alternatives.append(conditions.both(parts))
    return conditions.either(alternatives)


def _exists(table: str, alias: str, numbers: tuple[int, ...], sql: str, found: list[Any], word: str) -> Sql:
    more = f" AND {sql}" if sql else ""
    # Asked of each row of a fixed first criterion ("l"): OFFSET keeps it a question, not a join.
    fence = " OFFSET 0" if alias == "l" else ""
    return (
        f"{word} (SELECT 1 FROM {table} x WHERE x.rid = {alias}.rid AND {conditions.of(numbers)}{more}{fence})",
        found,
    )
