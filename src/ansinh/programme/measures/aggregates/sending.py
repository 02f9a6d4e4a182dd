"""The node's figures as values for another system. What leaves holds no count of one to four people."""

from collections.abc import Sequence
from dataclasses import dataclass

from ansinh.kernel.errors import NotFound
from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures.aggregates import hiding
from ansinh.programme.measures.aggregates.hiding import Cell
from ansinh.programme.measures.aggregates.mapping import Element, NameMapping
from ansinh.programme.measures.aggregates.values import Value
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.rules import Period


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent, and how many counts were left out as too small."""

    values: tuple[Value, ...]
    hidden: int


def values(mapping: NameMapping, period: Period, as_of: int | None = None) -> Sent:
    """Every mapped figure of every mapped unit over the period, unit by unit. Raises NotFound, Invalid."""
    count = Counting(as_of)
    units = _units(count, mapping)
    found: list[Value] = []
    hidden = 0
    for element in mapping.elements:
        counts, left_out = _counts(count, element, units, period)
        hidden += len(left_out)
        for (unit, option), said in counts.items():
            if (unit, option) not in left_out:
                options = ((element.category, option),) if option else ()
                part = said[0 if element.part == "numerator" else 1]
                found.append(Value(element.element, mapping.units[unit], period, part, options))
    order = {each: index for index, each in enumerate(mapping.units.values())}
    return Sent(tuple(sorted(found, key=lambda each: order[each.unit])), hidden)


def _units(count: Counting, mapping: NameMapping) -> list[Unit]:
    known = {unit.code: unit for unit in count.register.units}
    for code in mapping.units:
        if code not in known:
            raise NotFound(f"Tệp đối chiếu nêu đơn vị «{code}» mà nút này không có.")
    return [known[code] for code in mapping.units]


def _counts(
    count: Counting, element: Element, units: Sequence[Unit], period: Period
) -> tuple[dict[Cell, tuple[int, int]], set[Cell]]:
    """Numerator and denominator by (code of the unit, option), and those of them that must not leave."""
    measure = count.definition(element.measure)
    tally = count.tally(measure, period)
    parts = {unit.code: {each.id for each in count.part(measure, unit.id, period.end)} for unit in units}
    counts: dict[Cell, tuple[int, int]] = {}
    for code, part in parts.items():
        if not element.by:
            counts[code, ""] = tally.figure(part)
            continue
        rows = tally.strata(element.by, part)
        counts |= {(code, option): rows.get(stratum, (0, 0)) for stratum, option in element.options.items()}
    if not measure.people:
        return counts, set()
    shares = measure.unit == "percent"
    said = {cell: (top, whole, whole - top) if shares else (top,) for cell, (top, whole) in counts.items()}
    return counts, hiding.hidden(said, _groups(units, parts))


def _groups(units: Sequence[Unit], parts: dict[str, set[str]]) -> list[list[str]]:
    """For each unit the units below it that are sent too: their sum is the unit's own figure."""
    below = ([each.code for each in units if each.id in parts[unit.code] and each.id != unit.id] for unit in units)
    return [group for group in below if group]
