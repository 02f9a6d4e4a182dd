"""The SQL that is sent: a measure's own query wrapped for figures, breakdowns and lists. Pure text, portable."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ansinh.programme.measures import rules
from ansinh.programme.measures.definition import Definition, Stratifier
from ansinh.programme.measures.rules import Period

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
        rows.append(f"SELECT CAST(:facility_{index} AS TEXT) AS id, CAST(:kind_{index} AS TEXT) AS kind")
    return f"facility(id, kind) AS ({' UNION ALL '.join(rows)})", params


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


def figures(definition: Definition) -> str:
    """Rows of facility_id, numerator, denominator; and one with facility_id '' for the whole unit, where a person
    counted in two facilities counts once."""
    return f"""SELECT facility_id, {_counts()} FROM subject GROUP BY facility_id
UNION ALL SELECT '' AS facility_id, {_counts()} FROM subject"""


def breakdown(stratifier: Stratifier) -> str:
    """Rows of stratum, numerator, denominator over the unit."""
    return f"""SELECT COALESCE(stratum.stratum, '') AS stratum, {_counts()}
FROM subject LEFT JOIN stratum ON stratum.person_id = subject.person_id GROUP BY 1 ORDER BY 1"""


def subjects(part: str) -> str:
    """The list behind a figure: part `dat` (counted), `chua-dat` (in the population, not counted), `tat-ca`."""
    condition = {
        "dat": "numerator = 1",
        "chua-dat": "denominator = 1 AND numerator = 0",
        "tat-ca": "numerator = 1 OR denominator = 1",
    }[part]
    return f"SELECT * FROM subject WHERE {condition} ORDER BY subject_id LIMIT :size OFFSET :skip"


def compose(prefix: str, facility: str, definition: Definition, tail: str, stratifier: Stratifier | None = None) -> str:
    """One statement: views as of a position, the facilities, the subjects, then the question about them.

    prefix: what `tables.as_of` gave; `tables.rows` makes one WITH of both.
    """
    tables = [facility, f"subject AS MATERIALIZED (\n{definition.sql}\n)"]
    if stratifier:
        tables.append(f"stratum AS (\n{stratifier.sql}\n)")
    return f"{prefix} WITH " + ",\n".join(tables) + f"\n{tail}"


def views_of(definition: Definition, stratifier: Stratifier | None = None) -> list[str]:
    """Names of the live views that the statement reads, each once."""
    return sorted({*definition.views, *(stratifier.views if stratifier else ())})


def _counts() -> str:
    return ", ".join(
        f"COUNT(DISTINCT CASE WHEN {part} = 1 THEN subject_id END) AS {part}" for part in ("numerator", "denominator")
    )


def example_period(start: str, end: str) -> Period:
    """The period of an example in a measure file."""
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def example_tables(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Columns that the example's rows of each view name."""
    return {view: sorted({column for row in given for column in row}) for view, given in rows.items()}
