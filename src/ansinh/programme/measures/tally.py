"""How many subjects of a measure count, in a form that answers for every unit and can be mended. Pure.

subjects ──► same facilities, same answers, same stratum: one cell with its number ──► figure of any set of facilities
                                                                                  └──► + and − of some people's cells
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, int, int]
"""(facility id, numerator 0/1, denominator 0/1): how a subject stands at one facility."""

Cell = tuple[str, str, tuple[Place, ...]]
"""(stratifier, stratum, places): subjects that stand alike. Stratifier "" holds each subject once."""

Counts = tuple[int, int]
"""(numerator, denominator)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Cells and how many subjects each has; none has zero.

    A person at two facilities is one subject with two places, so that any set of facilities counts the person once.
    """

    cells: Mapping[Cell, int] = field(default_factory=dict)

    def figure(self, facilities: Collection[str]) -> Counts:
        """The figure of these facilities together."""
        return self.strata("", facilities).get("", (0, 0))

    def by_facility(self) -> dict[str, Counts]:
        """The figure of each facility that has subjects."""
        found: dict[str, Counts] = {}
        for (stratifier, _stratum, places), number in self.cells.items():
            for facility, counted, population in places if not stratifier else ():
                above, below = found.get(facility, (0, 0))
                found[facility] = (above + counted * number, below + population * number)
        return found

    def strata(self, stratifier: str, facilities: Collection[str]) -> dict[str, Counts]:
        """The figure of these facilities for each stratum that one of their subjects belongs to."""
        wanted = frozenset(facilities)
        found: dict[str, Counts] = {}
        for (name, stratum, places), number in self.cells.items():
            if name != stratifier:
                continue
            here = [place for place in places if place[0] in wanted]
            if here:
                above, below = found.get(stratum, (0, 0))
                counted, population = max(place[1] for place in here), max(place[2] for place in here)
                found[stratum] = (above + counted * number, below + population * number)
        return found

    def mended(self, before: "Tally", after: "Tally") -> "Tally":
        """This tally when some people's subjects, which were `before`, are `after`.

        Raises ValueError when `before` was no part of it: the measure then counts one person by another's records.
        """
        cells = dict(self.cells)
        for tally, sign in ((before, -1), (after, 1)):
            for cell, number in tally.cells.items():
                cells[cell] = cells.get(cell, 0) + sign * number
        if any(number < 0 for number in cells.values()):
            raise ValueError("these subjects were not counted before")
        return Tally({cell: number for cell, number in cells.items() if number})


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Tally:
    """The tally of rows (stratifier, stratum, facility_id, numerator, denominator, apart, subjects).

    apart: "" for subjects with one place, counted together; else the id of a subject with several, a row a place.
    """
    cells: dict[Cell, int] = {}
    several: dict[tuple[str, str, str], list[Place]] = {}
    for row in rows:
        place = (row["facility_id"], int(row["numerator"]), int(row["denominator"]))
        if row["apart"]:
            several.setdefault((row["stratifier"], row["stratum"], row["apart"]), []).append(place)
        else:
            alone: Cell = (row["stratifier"], row["stratum"], (place,))
            cells[alone] = cells.get(alone, 0) + int(row["subjects"])
    for (stratifier, stratum, _subject), places in several.items():
        cell = (stratifier, stratum, tuple(sorted(places)))
        cells[cell] = cells.get(cell, 0) + 1
    return Tally(cells)


def to_plain(tally: Tally) -> dict[str, Any]:
    """For JSON: each place once, the cells by the numbers of their places."""
    numbers: dict[Place, int] = {}
    cells = [
        [stratifier, stratum, [numbers.setdefault(place, len(numbers)) for place in places], count]
        for (stratifier, stratum, places), count in sorted(tally.cells.items())
    ]
    return {"places": [list(place) for place in numbers], "cells": cells}


def from_plain(data: Mapping[str, Any]) -> Tally:
    """What `to_plain` wrote."""
    places: list[Place] = [(facility, counted, population) for facility, counted, population in data["places"]]
    return Tally(
        {
            (stratifier, stratum, tuple(places[number] for number in numbers)): count
            for stratifier, stratum, numbers, count in data["cells"]
        }
    )
