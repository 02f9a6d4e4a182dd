"""Figures of goals, computed once for each state of the journal.

A figure depends on the journal, the measure, the unit and the period alone, and what is shown of it on the reader's
reach: all of these are the key. The journal's last entry stands for its state, so nothing is ever out of date and
nothing needs to be cleared. Kept in this process, the oldest forgotten first.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

from django.utils.translation import get_language

from ansinh.fhir.store import journal
from ansinh.kernel.context import Context
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures.queries import MeasureResult
from ansinh.programme.measures.rules import Period

KEPT = 256

_kept: OrderedDict[Hashable, dict[str, MeasureResult]] = OrderedDict()
_lock = Lock()


def head() -> str:
    """The state of the journal: what its last entry is, "" for an empty one. Position alone would not do: a position
    that was rolled back is given again."""
    position = journal.position()
    last = journal.entries(position - 1, 1) if position else []
    return "".join(f"{each.position} {each.type}/{each.id}/{each.version} {each.at.isoformat()}" for each in last)


def results(
    context: Context, state: str, measure_ids: Sequence[str], unit: str, period: Period
) -> dict[str, MeasureResult]:
    """`measures.results`, asked of the database only when it is not known for this state (`head()`) and reader."""
    visible = (context.has("programme.people"), context.persons, context.reach)
    key = (state, tuple(measure_ids), unit, period, visible, get_language())
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = measures.results(context, measure_ids, unit, period)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found
