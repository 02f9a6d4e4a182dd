"""What other systems said of a figure, read from the live view `received_figure`."""

from dataclasses import dataclass
from decimal import Decimal

from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.programme.measures import rules
from ansinh.programme.measures.rules import Period


@dataclass(frozen=True, slots=True)
class Received:
    """A figure as another system gave it. value: share in percent, or the count."""

    source: str
    numerator: int
    denominator: int
    value: Decimal | None
    day: str


_SQL = """
SELECT r.source, r.numerator, r.denominator, r.received FROM view_received_figure r
WHERE r.measure_id = :measure AND r.unit_id = :unit AND substr(r.period_start, 1, 10) = :from
  AND substr(r.period_end, 1, 10) = :to ORDER BY r.source
"""


def received(measure_id: str, unit: str, unit_id: str, period: Period) -> list[Received]:
    """Figures of other systems for a measure, unit and exactly this period. unit: `percent` or `count`."""
    asked = {"measure": measure_id, "unit": unit_id, "from": period.start.isoformat(), "to": period.end.isoformat()}
    return [
        Received(
            row["source"],
            row["numerator"],
            row["denominator"] or 0,
            rules.value(unit, row["numerator"], row["denominator"] or 0),
            row["received"],
        )
        for row in tables.rows(system_context(), _SQL, asked)
    ]
