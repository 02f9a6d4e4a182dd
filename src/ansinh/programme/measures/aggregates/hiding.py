"""Which counts of a table may leave the node: none of one to four people, and none that the sums give away. Pure.

A table has a row a unit and a column a stratum; its sums are known too: of each row (the unit's whole figure) and of
each group of rows (the figure of the authority above them). A sum with one unknown gives the unknown away.
"""

from collections.abc import Iterable, Mapping, Sequence

from ansinh.programme.measures import rules

type Cell = tuple[str, str]


def hidden(counts: Mapping[Cell, Sequence[int]], groups: Iterable[Iterable[str]]) -> set[Cell]:
    """The cells to leave out. counts: all counts of a cell by (row, column); groups: rows whose sum is known."""
    found = {cell for cell, said in counts.items() if rules.is_small(said)}
    sums = list(_sums(counts, [frozenset(group) for group in groups]))
    while more := {cell for each in sums for cell in _given_away(each, found, counts)} - found:
        found |= more
    return found


def _sums(counts: Mapping[Cell, Sequence[int]], groups: Sequence[frozenset[str]]) -> Iterable[list[Cell]]:
    rows, columns = dict.fromkeys(row for row, _ in counts), dict.fromkeys(column for _, column in counts)
    if len(columns) > 1:
        yield from ([cell for cell in counts if cell[0] == row] for row in rows)
    for group in groups:
        yield from ([cell for cell in counts if cell[1] == column and cell[0] in group] for column in columns)


def _given_away(cells: Sequence[Cell], found: set[Cell], counts: Mapping[Cell, Sequence[int]]) -> list[Cell]:
    """The cell to hide beside the only hidden one: the smallest that is not empty."""
    if sum(cell in found for cell in cells) != 1:
        return []
    others = [cell for cell in cells if cell not in found and max(counts[cell]) > 0]
    return [min(others, key=lambda cell: (max(counts[cell]), cell))] if others else []
