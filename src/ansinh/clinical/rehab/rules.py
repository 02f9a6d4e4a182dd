"""What may be written about a rehabilitation session. Pure.

Limits are plausibility limits of the project, to catch typing slips; the pain scale of 0–10 is the numeric rating
scale, whose ends define it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.phrases import phrase

LONGEST = 240  # minutes; a longer session is two
MOST_REPETITIONS = 500
MOST_TECHNIQUES = 12


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique done: code of chapter 17 and its name; minutes and repetitions where they were counted."""

    code: str
    display: str
    minutes: int | None = None
    repetitions: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One session. moment: aware start; minutes: whole length; pain and tolerance as the person says."""

    moment: datetime
    minutes: int
    techniques: tuple[Technique, ...]
    tolerance: str = ""
    pain: int | None = None
    note: str = ""

    @property
    def end(self) -> datetime:
        """When it was over."""
        return self.moment + timedelta(minutes=self.minutes)


TOLERANCES = {
    "good": phrase("Tập tốt"),
    "fair": phrase("Tập được, có mệt"),
    "poor": phrase("Khó chịu, phải giảm"),
    "stopped": phrase("Phải dừng"),
}


def checked(session: Session) -> Session:
    """The session. Raises Invalid with a problem for each field that cannot be."""
    problems = [
        *_techniques(session.techniques),
        *_between("minutes", session.minutes, 1, LONGEST, phrase("Thời gian tập"), phrase("phút")),
        *_between("pain", session.pain, 0, 10, phrase("Mức đau"), phrase("điểm")),
    ]
    if session.tolerance and session.tolerance not in TOLERANCES:
        problems.append(Problem("code-invalid", "Mức chịu tập không có trong danh sách.", "tolerance", key="tolerance"))
    if problems:
        raise Invalid(problems[0].message, code="session-invalid", field=problems[0].expression, problems=problems)
    return session


def _techniques(techniques: tuple[Technique, ...]) -> list[Problem]:
    problems = []
    if not techniques:
        problems.append(Problem("required", "Chưa chọn kỹ thuật đã tập.", "techniques", key="technique-none"))
    if len(techniques) > MOST_TECHNIQUES:
        message = phrase("Một buổi có nhiều nhất %(most)s kỹ thuật.", most=MOST_TECHNIQUES)
        problems.append(Problem("too-long", message, "techniques", key="technique-many"))
    codes = [technique.code for technique in techniques]
    if len(codes) != len(set(codes)):
        problems.append(Problem("duplicate", "Một kỹ thuật được chọn hai lần.", "techniques", key="technique-twice"))
    for technique in techniques:
        problems += _between("minutes", technique.minutes, 1, LONGEST, phrase("Thời gian của kỹ thuật"), phrase("phút"))
        problems += _between(
            "repetitions", technique.repetitions, 1, MOST_REPETITIONS, phrase("Số lần lặp"), phrase("lần")
        )
    return problems


def _between(field: str, value: int | None, low: int, high: int, label: str, unit: str) -> list[Problem]:
    if value is None or low <= value <= high:
        return []
    message = phrase("%(label)s phải từ %(low)s đến %(high)s %(unit)s.", label=label, low=low, high=high, unit=unit)
    return [Problem("value", message, field, key=f"{field}-range")]
