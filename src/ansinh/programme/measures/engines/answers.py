"""Figures as plain data: to be printed, written as JSON, or compared between engines."""

from collections.abc import Iterator, Sequence
from typing import Any

from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures import queries
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.rules import Period


def answers(counting: Counting, measure_id: str, units: Sequence[Unit], period: Period) -> Iterator[dict[str, Any]]:
    """One mapping a unit, nothing hidden: whoever counts outside a page holds all records anyway.

    numerator, denominator: counts; value: text of a decimal, or None where there is nobody to count; by_unit: lists
    (facility, numerator, denominator); strata: by stratifier, lists (stratum, numerator, denominator). Raises NotFound,
    Invalid.
    """
    measure = counting.definition(measure_id)
    tally = counting.tally(measure, period)
    for unit in units:
        figure = queries.compute(counting, measure, unit.id, period)
        part = {each.id for each in counting.part(measure, unit.id, period.end)}
        yield {
            "measure": measure_id,
            "unit": unit.code,
            "period": period.label,
            "position": counting.position,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "value": None if figure.value is None else str(figure.value),
            "by_unit": [[each.facility_id, each.numerator, each.denominator] for each in figure.by_unit],
            "strata": {way: _rows(tally.strata(way, part)) for way in measure.stratifiers},
        }


def _rows(strata: dict[str, tuple[int, int]]) -> list[list[Any]]:
    return sorted([code, *counts] for code, counts in strata.items())
