"""The SQL that is sent: a measure's own query wrapped for figures, breakdowns and lists. Pure text, portable."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ansinh.programme.measures import rules
from ansinh.programme.measures.definition import NAMED, Definition, Stratifier
from ansinh.programme.measures.rules import Period

_QUOTED = re.compile(r"('(?:[^']|'')*')")

Facility = tuple[str, str]
"""(Organization id, kind)."""


def facility_table(facilities: Sequence[Facility]) -> tuple[str, dict[str, str]]:
    """`facility(id, kind) AS (…)`, the facilities that take part, and its parameters."""
    if not facilities:
        return "facility(id, kind) AS (SELECT '' AS id, '' AS kind WHERE 1 = 0)", {}
    params: dict[str, str] = {}
    rows = []
    for index, (identifier, kind) in enumerate(facilities):
        params[f"facility_{index}"], params[f"kind_{index}"] = identifier, kind
        rows.append(f"(CAST(:facility_{index} AS TEXT), CAST(:kind_{index} AS TEXT))")
    return f"facility(id, kind) AS (VALUES {', '.join(rows)})", params


def id_table(name: str, ids: Sequence[str]) -> tuple[str, dict[str, str]]:
    """`name(id) AS (…)` of at least one id, and its parameters."""
    params = {f"{name}_{index}": each for index, each in enumerate(ids)}
    return f"{name}(id) AS (VALUES {', '.join(f'(CAST(:{each} AS TEXT))' for each in params)})", params


def taking_part(
    definition: Definition, units: Sequence[Facility], care_kinds: frozenset[str] | None = None
) -> list[Facility]:
    """The units of the kinds that the measure names; `*` for all units, none named for every care facility."""
    if "*" in definition.kinds:
        return list(units)
    kinds = definition.kinds or care_kinds
    return [entry for entry in units if kinds is None or entry[1] in kinds]


def parameters(definition: Definition, period: Period, position: int) -> dict[str, Any]:
    """All `:names` of the measure on this period: the common ones and its dated values as they hold at its end.

    Raises LookupError when a dated value does not reach the period.
    """
    params: dict[str, Any] = dict(rules.parameters(period, position))
    for name, entries in dict(definition.values).items():
        entry = rules.on_day(entries, period.end)
        if entry is None:
            raise LookupError(name)
        params[name] = entry["value"]
    return params


def subjects(part: str) -> str:
    """The list behind a figure: part `dat` (counted), `chua-dat` (in the population, not counted), `tat-ca`."""
    condition = {
        "dat": "numerator = 1",
        "chua-dat": "denominator = 1 AND numerator = 0",
        "tat-ca": "numerator = 1 OR denominator = 1",
    }[part]
    return f"SELECT * FROM subject WHERE {condition} ORDER BY subject_id LIMIT :size OFFSET :skip"


def compose(prefix: str, facility: str, definition: Definition, tail: str) -> str:
    """One statement: views as of a position, the facilities, the subjects, then the question about them.

    prefix: what `tables.as_of` gave; `tables.rows` makes one WITH of both.
    """
    return f"{prefix} WITH {facility},\nsubject AS MATERIALIZED (\n{definition.sql}\n)\n{tail}"


def tally(definition: Definition, stratifiers: Sequence[Stratifier], suffix: str = "") -> str:
    """Rows of a `tally.Tally` for the facilities of a table `facility`, over one period.

    suffix: appended to the names of the measure's parameters, so that several periods fit in one statement.
    """
    person = "MIN(person_id)" if stratifiers else "NULL"
    parts = [
        f"subject AS MATERIALIZED (\n{_suffixed(definition.sql, suffix)}\n)",
        f"stand AS MATERIALIZED (SELECT facility_id, subject_id, {person} AS person_id, MAX(numerator) AS numerator, "
        "MAX(denominator) AS denominator FROM subject GROUP BY facility_id, subject_id)",
        "shared AS MATERIALIZED (SELECT subject_id FROM stand GROUP BY subject_id HAVING COUNT(*) > 1)",
        "place AS MATERIALIZED (SELECT stand.*, COALESCE(shared.subject_id, '') AS apart "
        "FROM stand LEFT JOIN shared ON shared.subject_id = stand.subject_id)",
    ]
    parts += [f"stratum_{each.id} AS (\n{_suffixed(each.sql, suffix)}\n)" for each in stratifiers]
    answers = [_cells("place p", "''", "''"), *(_stratum_cells(each) for each in stratifiers)]
    return "WITH " + ",\n".join(parts) + "\n" + "\nUNION ALL ".join(answers)


def _stratum_cells(stratifier: Stratifier) -> str:
    belongs = (
        f"(SELECT DISTINCT place.*, COALESCE(s.stratum, '') AS stratum FROM place "
        f"LEFT JOIN stratum_{stratifier.id} s ON s.person_id = place.person_id) p"
    )
    return _cells(belongs, f"'{stratifier.id}'", "p.stratum")


def _cells(source: str, stratifier: str, stratum: str) -> str:
    """Subjects that stand alike, counted; a subject at several facilities is a row for each of them."""
    return (
        f"SELECT {stratifier} AS stratifier, {stratum} AS stratum, p.facility_id, p.numerator, p.denominator, p.apart, "
        f"COUNT(*) AS subjects FROM {source} GROUP BY 1, 2, p.facility_id, p.numerator, p.denominator, p.apart"
    )


def together(tables: Sequence[str], parts: Sequence[tuple[str, Sequence[tuple[int, str]]]]) -> str:
    """Several statements over common tables as one; the column `part` says by its number whose row it is.

    parts: what `tables.as_of` gave for a position, and the numbered statements that read the views as of it.
    """
    selects = [f"SELECT w.* FROM (\n{prefix} {_numbered(inner)}\n) w" for prefix, inner in parts]
    return "WITH " + ",\n".join(tables) + "\n" + "\nUNION ALL\n".join(selects)


def _numbered(parts: Sequence[tuple[int, str]]) -> str:
    return "\nUNION ALL\n".join(f"SELECT {number} AS part, t.* FROM (\n{part}\n) t" for number, part in parts)


def suffixed(values: Mapping[str, Any], suffix: str) -> dict[str, Any]:
    """Parameters under the names that `tally` gives them."""
    return {f"{name}{suffix}": value for name, value in values.items()}


def _suffixed(sql: str, suffix: str) -> str:
    """The SQL with every `:name` renamed; what stands in quotes stays."""
    parts = _QUOTED.split(sql)
    return "".join(part if odd % 2 else NAMED.sub(rf":\1{suffix}", part) for odd, part in enumerate(parts))


def views_of(definition: Definition, stratifiers: Sequence[Stratifier] = ()) -> list[str]:
    """Names of the live views that the statement reads, each once."""
    return sorted({*definition.views, *(view for each in stratifiers for view in each.views)})


def example_period(start: str, end: str) -> Period:
    """The period of an example in a measure file."""
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def example_tables(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Columns that the example's rows of each view name."""
    return {view: sorted({column for row in given for column in row}) for view, given in rows.items()}
