"""Freezing figures: a MeasureReport that says what was computed, of what, over which period, at which position."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotReady
from ansinh.programme.measures import counting, queries, resources, rules
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.figures import UnitFigure
from ansinh.programme.measures.queries import MeasureResult
from ansinh.programme.measures.rules import Period


def freeze(
    context: Context, *, measure_id: str, unit_id: str, period: Period, as_of: int | None = None
) -> dict[str, Any]:
    """Compute a figure and keep it. The same figure frozen twice is one MeasureReport."""
    nameless = replace(context, permissions=frozenset())
    computed = queries.result(nameless, measure_id, unit_id, period, as_of)
    return freeze_result(context, computed, unit_name=queries.unit_name(context, unit_id))


def freeze_result(context: Context, computed: MeasureResult, *, unit_name: str) -> dict[str, Any]:
    """Keep a figure that was computed for readers who see no names: a MeasureReport goes far."""
    total = UnitFigure(computed.unit_id, unit_name, computed.numerator, computed.denominator, computed.value)
    report = resources.report(
        computed.measure, total, computed.by_unit, computed.period, computed.position, clock.today().isoformat()
    )
    repository = Repository(context)
    return repository.find("MeasureReport", report["id"]) or repository.save(report).resource


def keep_figures(measure_ids: Iterable[str] | None = None) -> int:
    """Count measures (default: all) for the running year and the four before, ahead of the first reader; how many
    figures were kept."""
    count, today = Counting(), clock.today()
    ids = counting.all_ids() if measure_ids is None else list(measure_ids)
    spans = [rules.year(number).until(today) for number in range(today.year - 4, today.year + 1)]
    for measure in count.definitions(ids).values():
        count.tallies((measure, span) for span in spans)
    return len(spans) * len(ids)


class KeepingAhead:
    """A step of the node's worker: keeps the figures of one measure a call, so that after a quiet night, a change of
    the day or an import the first reader finds them counted."""

    def __init__(self) -> None:
        self._left: list[str] = []

    def __call__(self) -> bool:
        """One measure, then a pause: readers come first. What waits for a view in the making comes round again."""
        self._left = self._left or counting.all_ids()
        with suppress(NotReady):
            keep_figures([self._left.pop()])
        return False
