"""Workflow of a report and judgements on its figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ansinh.kernel.errors import Conflict

State = Literal["draft", "submitted", "approved", "replaced"]
Step = Literal["create", "write", "refresh", "submit", "return", "approve", "amend", "replace"]

_STEPS: Mapping[tuple[State, Step], State] = {
    ("draft", "write"): "draft",
    ("draft", "refresh"): "draft",
    ("draft", "submit"): "submitted",
    ("submitted", "return"): "draft",
    ("submitted", "approve"): "approved",
    ("approved", "amend"): "approved",
    ("approved", "replace"): "replaced",
}

STATE_WORDS: Mapping[State, str] = {
    "draft": "đang soạn",
    "submitted": "đã trình duyệt",
    "approved": "đã duyệt",
    "replaced": "đã có bản thay thế",
}

_STEP_WORDS: Mapping[Step, str] = {
    "write": "sửa lời báo cáo",
    "refresh": "lấy lại số liệu",
    "submit": "trình duyệt",
    "return": "trả lại",
    "approve": "duyệt",
    "amend": "lập bản thay thế",
    "replace": "thay thế",
    "create": "lập dự thảo",
}


def after(state: State, step: Step) -> State:
    """The state that a step leads to. Raises Conflict when the report is not in a state that allows it."""
    following = _STEPS.get((state, step))
    if following is None:
        raise Conflict(f"Báo cáo {STATE_WORDS[state]} nên không {_STEP_WORDS[step]} được.", code="report-state")
    return following


def allows(state: State, step: Step) -> bool:
    """True when the step may be taken now."""
    return (state, step) in _STEPS


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a goal is met: `met` None when there is no figure or no target."""

    met: bool | None
    words: str


def judge(value: Decimal | None, target: Decimal | None, comparator: str) -> Judgement:
    """Compare a figure with the target of its year. comparator: `>=`, `<=`, `=`; `none` for a goal without number."""
    if target is None or comparator == "none":
        return Judgement(None, "Không đặt con số")
    if value is None:
        return Judgement(None, "Chưa có số liệu")
    met = {">=": value >= target, "<=": value <= target, "=": value == target}[comparator]
    return Judgement(met, "Đạt" if met else "Chưa đạt")


def target_for(targets: Mapping[int, Decimal | None], year: int) -> tuple[int, Decimal | None] | None:
    """The target that holds in a year: the first due in that year or later, else the last one.

    >>> target_for({2025: Decimal(80), 2030: Decimal(100)}, 2024)
    (2025, Decimal('80'))
    """
    if not targets:
        return None
    due = min((each for each in targets if each >= year), default=max(targets))
    return due, targets[due]
