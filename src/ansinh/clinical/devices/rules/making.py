"""The steps of a work order: in the order of its route, never skipped, sent back when something is wrong. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import phrase

_CLOCKS_DIFFER = timedelta(minutes=5)
FITTING, QUALITY, DELIVERY = "fitting", "quality", "delivery"
STAGES = {
    "casting": phrase("Bó bột lấy khuôn"),
    "rectification": phrase("Sửa cốt dương"),
    "lamination": phrase("Đổ nhựa, hút ép ổ mỏm cụt"),
    "assembly": phrase("Lắp ráp, dóng trục"),
    "fitting": phrase("Thử lắp trên người"),
    "quality": phrase("Kiểm tra chất lượng"),
    "delivery": phrase("Giao dụng cụ"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of device. group: what the law calls it; route: how it is made; training: code of chapter 17 or ""."""

    code: str
    group: str
    route: str
    sided: bool = False
    training: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right before a device leaves the workshop."""

    code: str
    label: str
    label_en: str
    routes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that was finished, or to which the work was sent back. at: FHIR dateTime."""

    stage: str
    at: str
    by: str = ""
    note: str = ""
    back: bool = False


def done_stages(steps: Iterable[Step]) -> list[str]:
    """Stages that stand finished now: what was sent back to a stage has that stage and all later ones to do again."""
    done: list[str] = []
    for step in steps:
        if step.stage in done:
            done = done[: done.index(step.stage)]
        if not step.back:
            done.append(step.stage)
    return done


def next_stage(route: Sequence[str], steps: Iterable[Step]) -> str:
    """The stage that is to be done now; `delivery` when all of the route is done."""
    done = done_stages(steps)
    return next((stage for stage in route if stage not in done), DELIVERY)


def is_before(at: datetime, last: datetime) -> bool:
    """Whether `at` lies before the last act. Forms give minutes, so within the same minute the order is believed."""
    return at < last.replace(second=0, microsecond=0)


def check_step(route: Sequence[str], steps: Sequence[Step], step: Step, opened: str, now: datetime) -> None:
    """Raises Invalid for a stage that is not next, a return to what was never done, or a time that cannot be."""
    at = datetime.fromisoformat(step.at)
    if at > now + _CLOCKS_DIFFER:
        raise Invalid("Ngày giờ này chưa đến.", code="step-future", field="moment")
    if is_before(at, max(map(datetime.fromisoformat, (opened, *(one.at for one in steps))))):
        raise Invalid("Ngày giờ này ở trước công đoạn gần nhất.", code="step-order", field="moment")
    if step.stage not in route:
        raise Invalid("Cách làm này không có công đoạn đã chọn.", code="step-unknown", field="stage")
    if step.back:
        if step.stage not in done_stages(steps):
            raise Invalid("Chỉ trả về được công đoạn đã làm.", code="step-back", field="stage")
        if not step.note:
            raise Invalid("Cần ghi vì sao phải làm lại.", code="step-back-note", field="note")
        return
    expected = next_stage(route, steps)
    if step.stage != expected:
        sentence = phrase("Công đoạn tiếp theo phải là «%(stage)s».", stage=STAGES[expected])
        raise Invalid(sentence, code="step-skipped", field="stage")


def missing_before_delivery(route: Sequence[str], steps: Sequence[Step]) -> list[str]:
    """Stages of the route that are not finished."""
    done = done_stages(steps)
    return [stage for stage in route if stage not in done]


def refuse_early_delivery(route: Sequence[str], steps: Sequence[Step]) -> None:
    """Raises Invalid in words for a device that was not fitted, not checked, or not finished."""
    missing = missing_before_delivery(route, steps)
    if not missing:
        return
    if FITTING in missing:
        raise Invalid(early_sentence(missing), code="device-not-fitted", field="moment")
    raise Invalid(early_sentence(missing), code="device-not-ready", field="moment")


def early_sentence(missing: Sequence[str]) -> str:
    """Why a device with these stages missing may not be given."""
    if FITTING in missing:
        return phrase("Dụng cụ chưa được thử lắp trên người nên chưa giao được. Hãy ghi công đoạn thử lắp trước.")
    return phrase("Dụng cụ chưa xong công đoạn «%(stage)s» nên chưa giao được.", stage=STAGES[missing[0]])


def failed_checks(checks: Iterable[Check], passed: Iterable[str]) -> list[Check]:
    """Checks that were not ticked."""
    ticked = set(passed)
    return [check for check in checks if check.code not in ticked]
