"""Whose records a Context may see, as the numbers that rows carry.

An organisation has two numbers: an odd one for its own records and an even one for those of the people it cares for
(`index.numbers`). Records that bear a security label have yet another even one for each set of labels (`labelling`).
A reader whose role opens no people (`Context.persons`) has only the odd ones.
"""

from functools import lru_cache

from ansinh.fhir.index.numbers import mask_number, organization, people_of
from ansinh.fhir.store import labelling, narrowing
from ansinh.fhir.store.records import Row
from ansinh.kernel.context import EVERYWHERE, Context


@lru_cache(maxsize=1024)
def _numbers(reach: frozenset[str], persons: bool, masks: tuple[int, ...]) -> frozenset[int] | None:
    if EVERYWHERE in reach:
        return None
    people = [people_of(unit) for unit in reach if persons]
    labelled = [number ^ mask_number(mask) for number in people for mask in masks]
    return frozenset(organization(unit) for unit in reach) | frozenset(labelled)


def reach_of(context: Context) -> frozenset[int] | None:
    """The owners that the reader may see; None for the whole node. What belongs to nobody is not among them."""
    return _numbers(context.reach, context.persons, labelling.masks(context.labels))


def sees(context: Context, org: int | None) -> bool:
    """True when a record of this owner is within reach, or belongs to nobody."""
    if org is None:
        return True
    reach = reach_of(context)
    return (context.persons or org % 2 == 1) if reach is None else org in reach


def sees_row(context: Context, row: Row) -> bool:
    """True when a stored record is within reach, and among what an app was let see of it."""
    return sees(context, row.org) and (context.only is None or narrowing.keeps(context.only, row))


def condition(context: Context, column: str) -> str:
    """SQL that holds for the rows within reach. The numbers are computed here, so they stand in the text. `column` is
    the owner's, of a row that has its `rid` beside it."""
    if context.only is None:
        return _owned(context, column)
    return f"({_owned(context, column)} AND {narrowing.condition(context.only, column)})"


def _owned(context: Context, column: str) -> str:
    reach = reach_of(context)
    if reach is None:
        return "1 = 1" if context.persons else f"({column} IS NULL OR ({column} & 1) = 1)"
    owned = f" OR {column} IN ({', '.join(map(str, sorted(reach)))})" if reach else ""
    return f"({column} IS NULL{owned})"
