"""How much a value changed, whether that is better, and whether it matters to the person. Pure.

A change matters when it reaches the minimal clinically important difference (MCID) of its measure. MCIDs are data with
a source (definitions/catalogues/assessments.yaml); without one nothing is said about mattering.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ansinh.kernel.phrases import Phrase, phrase
from ansinh.kernel.text import format_date, format_number

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Point:
    """One result. at: FHIR dateTime; id: of its Observation."""

    at: str
    value: Decimal
    id: str = ""


@dataclass(frozen=True, slots=True)
class Mcid:
    """The least change that matters to the people in `who`, and who found that."""

    code: str
    value: Decimal
    who: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """From the first result to the last. gain: positive when better; matters: None where no MCID is known."""

    first: Point
    last: Point
    gain: Decimal
    trend: Literal["better", "worse", "same"]
    mcid: Mcid | None = None

    @property
    def matters(self) -> bool | None:
        return None if self.mcid is None else self.gain >= self.mcid.value


def change(points: Sequence[Point], better: Better, known: Iterable[Mcid] = ()) -> Change | None:
    """The change over results of one measure, oldest first; None with fewer than two.

    Of several MCIDs the largest is asked for: a change that reaches it reaches all.
    """
    if len(points) < 2:
        return None
    first, last = points[0], points[-1]
    raised = last.value - first.value
    gain = raised if better == "higher" else -raised
    trend: Literal["better", "worse", "same"] = "better" if gain > 0 else "worse" if gain < 0 else "same"
    return Change(first, last, gain, trend, max(known, key=lambda one: one.value, default=None))


_TREND = {"better": phrase("tốt lên"), "worse": phrase("kém đi"), "same": phrase("không đổi")}


def sentence(found: Change, unit: str = "") -> Phrase:
    """«Từ 45 (05/03/2026) đến 60 (20/11/2026) điểm: tốt lên 15.» and what that means."""
    words = {
        "first": format_number(found.first.value),
        "last": format_number(found.last.value),
        "begin": format_date(found.first.at),
        "end": format_date(found.last.at),
        "unit": unit,
        "trend": _TREND[found.trend],
        "by": format_number(abs(found.gain)),
    }
    if found.trend == "same":
        return phrase("Từ %(begin)s đến %(end)s: không đổi, %(last)s %(unit)s.", **words)
    if found.matters is None:
        return phrase(
            "Từ %(first)s (%(begin)s) đến %(last)s %(unit)s (%(end)s): %(trend)s %(by)s. "
            "Chưa có mức thay đổi có ý nghĩa (MCID) trong dữ liệu.",
            **words,
        )
    words |= {"least": format_number(found.mcid.value) if found.mcid else ""}
    if found.matters:
        return phrase(
            "Từ %(first)s (%(begin)s) đến %(last)s %(unit)s (%(end)s): %(trend)s %(by)s, đạt mức thay đổi có ý nghĩa "
            "(từ %(least)s).",
            **words,
        )
    return phrase(
        "Từ %(first)s (%(begin)s) đến %(last)s %(unit)s (%(end)s): %(trend)s %(by)s, chưa đạt mức thay đổi có ý nghĩa "
        "(từ %(least)s).",
        **words,
    )


def reached(value: Decimal, target: Decimal, better: Better) -> bool:
    """Whether a result is at its target, or past it on the good side."""
    return value >= target if better == "higher" else value <= target


def share_reaching(changes: Iterable[Change]) -> Mapping[str, int]:
    """How many people changed for the better, and how many by what matters; only those with an MCID are asked."""
    counted = {"measured": 0, "better": 0, "judged": 0, "reaching": 0}
    for one in changes:
        counted["measured"] += 1
        counted["better"] += one.trend == "better"
        counted["judged"] += one.matters is not None
        counted["reaching"] += bool(one.matters)
    return counted
