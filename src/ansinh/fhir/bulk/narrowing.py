"""Which records of a type an export holds: those of certain patients, those that a `_typeFilter` finds.

Conditions are SQL over the current index. A record that changed after the snapshot is judged again by its version of
then (`meets`), with the plain runner of search; only what a filter asks of *other* records is always as it is now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from django.db import connection

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.references import parse as parse_reference
from ansinh.fhir.search import parsing, reference
from ansinh.fhir.search.criteria import Criteria
from ansinh.fhir.search.query import Chained, Has, Query, Tree
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed

Resource = dict[str, Any]
Sql = tuple[str, list[Any]]
EVERYTHING: Sql = ("1 = 1", [])
_OF_OTHERS = (Chained, Has, Tree)
"""Criteria that look at more than the resource itself."""


def filter_query(text: str) -> Query:
    """The search of one `_typeFilter` (`Observation?code=…`). Raises `Malformed` for what search does not know."""
    kind, _, rest = text.partition("?")
    query = parsing.parse(kind, parse_qsl(rest, keep_blank_values=True))
    if query.sort or query.includes or query.revincludes or query.cursor:
        raise Malformed(
            "Tham số «_typeFilter» của $export: chỉ nhận điều kiện, không nhận _sort, _include hay _cursor.",
            field="_typeFilter",
            code="export-parameter",
        )
    return query


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What holds for the records of one type. patients: keys, None for no limit by patient; `of_patients` asks for any
    patient at all. filters: searches of which one must hold, () for none. through: SQL on `resource r` that other
    records decide, always as they are now."""

    kind: str
    of_patients: bool = False
    patients: frozenset[int] | None = None
    filters: tuple[Query, ...] = ()
    through: tuple[str, tuple[Any, ...]] | None = None

    def sql(self, context: Context, until: int) -> Sql:
        """Condition on `resource r`; what changed after `until` passes the filters, to be judged by `meets`."""
        parts = [self._membership(until)]
        if self.filters:
            parts.append(_either([self._filter(context, query, until) for query in self.filters]))
        if self.through:
            parts.append((self.through[0], list(self.through[1])))
        return " AND ".join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]

    def deleted(self) -> Sql:
        """Condition on a deleted record, whose index is gone: the patient it was about."""
        if self.patients is not None:
            return _among("r.key" if self.kind == "Patient" else "r.patient_key", self.patients)
        return ("r.patient_key IS NOT NULL", []) if self.of_patients and self.kind != "Patient" else EVERYTHING

    def meets(self, resource: Resource) -> bool:
        """The same for one version of a resource."""
        if self.of_patients and not self._is_member(resource):
            return False
        return not self.filters or any(reference.run(_own(query), [resource]) for query in self.filters)

    def _membership(self, until: int) -> Sql:
        if not self.of_patients:
            return EVERYTHING
        if self.kind == "Patient":
            return EVERYTHING if self.patients is None else _among("r.key", self.patients)
        numbers = ", ".join(str(number) for number in _compartment(self.kind)) or "0"
        own = f"SELECT 1 FROM ix_ref x WHERE x.rid = r.rid AND x.param IN ({numbers})"
        changed = f"r.position > {until}"
        if self.patients is not None:
            among, values = _among("x.target", self.patients)
            return f"{changed} OR EXISTS ({own} AND {among})", values
        person = f"EXISTS (SELECT 1 FROM resource p WHERE p.key = x.target AND p.type = {type_number('Patient')})"
        return f"{changed} OR r.patient_key IS NOT NULL OR EXISTS ({own} AND {person})", []

    def _is_member(self, resource: Resource) -> bool:
        if self.kind == "Patient":
            keys = {key_of("Patient", resource["id"])}
        else:
            known = parameters(self.kind)
            codes = [code for code in definitions().compartment("Patient").get(self.kind, ()) if code in known]
            keys = {
                key_of("Patient", found.id)
                for code in codes
                for value in known[code].evaluate(resource)
                if (found := _target(value)) is not None and found.type == "Patient"
            }
        return bool(keys) if self.patients is None else bool(keys & self.patients)

    def _filter(self, context: Context, query: Query, until: int) -> Sql:
        criteria = Criteria(context, query.resource_type, connection.vendor)
        own = [criteria.criterion("r", one, lead=False) for one in _own(query).criteria]
        others = [criteria.criterion("r", one, lead=False) for one in query.criteria if isinstance(one, _OF_OTHERS)]
        sql = " AND ".join(["1 = 1", *(f"({text})" for text, _ in own)])
        through = "".join(f" AND ({text})" for text, _ in others)
        values = [value for _, each in (*own, *others) for value in each]
        return f"(r.position > {until} OR ({sql})){through}", values


def _own(query: Query) -> Query:
    """Without what is asked of other records."""
    return replace(query, criteria=tuple(one for one in query.criteria if not isinstance(one, _OF_OTHERS)), sort=())


def _compartment(kind: str) -> list[int]:
    known = parameters(kind)
    codes = definitions().compartment("Patient").get(kind, ())
    return [known[code].number for code in codes if code in known]


def _target(value: Any) -> Any:
    text = value.get("reference") if isinstance(value, dict) else None
    return parse_reference(text) if isinstance(text, str) else None


def _among(column: str, keys: Iterable[int]) -> Sql:
    listed: Sequence[int] = sorted(keys)
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", [list(listed)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(listed).decode()]


def _either(parts: Sequence[Sql]) -> Sql:
    return " OR ".join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]
