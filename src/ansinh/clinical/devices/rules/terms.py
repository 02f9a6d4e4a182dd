"""When a device is to be replaced, and what its user gets for the way. Numbers come from definitions. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ansinh.clinical.encounters.rules import next_check


@dataclass(frozen=True, slots=True)
class Term:
    """After how many months a device of these groups is given anew, by which text, from which day on.

    together: sets of groups; the term holds for somebody who uses one of each. once: given once, never again.
    """

    scheme: str
    groups: Sequence[str]
    source: str
    valid_from: date
    months: int = 0
    once: bool = False
    together: Sequence[Sequence[str]] = ()
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Travel:
    """Money for the way to the workshop: đồng a kilometre, and at most."""

    per_km: int
    most: int
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """When a device may be given anew: due "" when it is given once, or when no number is known (source "")."""

    due: str
    source: str
    once: bool = False
    months: int = 0

    @property
    def is_known(self) -> bool:
        return bool(self.source)


UNKNOWN = Replacement("", "")


def term_for(terms: Iterable[Term], scheme: str, group: str, others: Iterable[str], day: date) -> Term | None:
    """The term in force on `day`; one that asks for several devices together goes before the others.

    others: groups of the devices that the person uses besides.
    """
    used = {group, *others}
    fitting = [
        term
        for term in terms
        if term.scheme == scheme
        and group in term.groups
        and term.valid_from <= day
        and (term.valid_to is None or day <= term.valid_to)
        and all(used.intersection(wanted) for wanted in term.together)
    ]
    return max(fitting, key=lambda term: (len(term.together), term.valid_from), default=None)


def replacement(term: Term | None, delivered: date, decided: int = 0, decision: str = "") -> Replacement:
    """decided: months that the decision of the authority names; they go before the general term."""
    if decided:
        return Replacement(next_check(delivered, decided).isoformat(), decision, months=decided)
    if term is None:
        return UNKNOWN
    if term.once:
        return Replacement("", term.source, once=True)
    return Replacement(next_check(delivered, term.months).isoformat(), term.source, months=term.months)


def travel_support(km: int, rates: Iterable[Travel], day: date) -> tuple[int, str]:
    """(đồng, source) for the way; (0, "") when no rate is in force."""
    held = [one for one in rates if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]
    if km <= 0 or not held:
        return 0, ""
    rate = max(held, key=lambda one: one.valid_from)
    return min(km * rate.per_km, rate.most), rate.source
