"""The words for states of goals and tasks, with the tone they are shown in."""

from django.utils.translation import gettext as _

from ansinh.programme.plans import rules


def track(state: str) -> tuple[str, str]:
    """(words, tone) for the state of a goal."""
    return {
        "reached": (_("Đã đạt"), "good"),
        "on-track": (_("Đúng tiến độ"), "good"),
        "behind": (_("Chậm tiến độ"), "warn"),
        "missed": (_("Không đạt"), "bad"),
        "no-target": (_("Kế hoạch không đặt con số"), "neutral"),
        "unknown": (_("Chưa tính được"), "neutral"),
    }[state]


def reached(year: int, *, met: bool) -> str:
    """When a target is reached by its forecast; year 0: not as things go."""
    if met:
        return _("Đã đạt")
    return _("cuối năm %(year)s") % {"year": year} if year else _("chưa thấy, với đà này")


def status(code: str) -> str:
    """The state of a task as its owner says it."""
    return {
        "requested": _("Chưa bắt đầu"),
        "in-progress": _("Đang làm"),
        "on-hold": _("Tạm dừng"),
        "completed": _("Đã xong"),
        "cancelled": _("Không làm nữa"),
    }.get(code, code)


def urgency(code: str) -> tuple[str, str]:
    """(words, tone) for how pressing a task is."""
    return {
        "done": (_("Đã xong"), "good"),
        "overdue": (_("Quá hạn"), "bad"),
        "soon": (_("Sắp đến hạn"), "warn"),
        "open": (_("Còn hạn"), "info"),
        "stopped": (_("Đã dừng"), "neutral"),
    }[code]


def recurrence(code: str) -> str:
    """How often a task comes."""
    return {
        "continuous": _("Thường xuyên"),
        "yearly": _("Hằng năm"),
        "once": _("Một lần"),
        "on-request": _("Khi có yêu cầu"),
    }.get(code, code)


def status_choices() -> list[tuple[str, str]]:
    """States that an officer may set."""
    return [(code, status(code)) for code in rules.STATES]


def urgency_choices() -> list[tuple[str, str]]:
    """What the list may be narrowed to."""
    return [(code, urgency(code)[0]) for code in ("overdue", "soon", "open", "done", "stopped")]
