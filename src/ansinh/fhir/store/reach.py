"""Whose records a Context may see, as the numbers that rows carry."""

from functools import lru_cache

from ansinh.fhir.index.numbers import organization
from ansinh.kernel.context import EVERYWHERE, Context


@lru_cache(maxsize=1024)
def _numbers(reach: frozenset[str]) -> frozenset[int] | None:
    return None if EVERYWHERE in reach else frozenset(organization(unit) for unit in reach)


def reach_of(context: Context) -> frozenset[int] | None:
    """The owners that the reader may see; None for the whole node. What belongs to nobody is not among them."""
    return _numbers(context.reach)


def sees(context: Context, org: int | None) -> bool:
    """True when a record of this owner is within reach, or belongs to nobody."""
    reach = reach_of(context)
    return org is None or reach is None or org in reach


def condition(context: Context, column: str) -> str:
    """SQL that holds for the rows within reach. The numbers are computed here, so they stand in the text."""
    reach = reach_of(context)
    if reach is None:
        return "1 = 1"
    owned = f" OR {column} IN ({', '.join(map(str, sorted(reach)))})" if reach else ""
    return f"({column} IS NULL{owned})"
