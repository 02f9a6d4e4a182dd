"""Workflow of a report and judgements on its figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ansinh.kernel.errors import Conflict
from ansinh.kernel.phrases import phrase

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
    "draft": phrase("đang soạn"),
    "submitted": phrase("đã trình duyệt"),
    "approved": phrase("đã duyệt"),
    "replaced": phrase("đã có bản thay thế"),
}

_STEP_WORDS: Mapping[Step, str] = {
    "write": phrase("sửa lời báo cáo"),
    "refresh": phrase("lấy lại số liệu"),
    "submit": phrase("trình duyệt"),
    "return": phrase("trả lại"),
    "approve": phrase("duyệt"),
    "amend": phrase("lập bản thay thế"),
    "replace": phrase("thay thế"),
    "create": phrase("lập dự thảo"),
}


def after(state: State, step: Step) -> State:
    """The state that a step leads to. Raises Conflict when the report is not in a state that allows it."""
    following = _STEPS.get((state, step))
    if following is None:
        words = {"state": STATE_WORDS[state], "step": _STEP_WORDS[step]}
        raise Conflict(phrase("Báo cáo %(state)s nên không %(step)s được.", **words), code="report-state")
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
