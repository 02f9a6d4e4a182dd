"""What the home page shows: built from permissions, so a changed role file changes the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.kernel.context import Context
from ansinh.ui.navigation import address
from ansinh.ui.tables import Column, Link, Table, Tag

TASKS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One thing to do: words, where, what it is for."""

    label: str
    url: str
    icon: str
    note: str


@dataclass(frozen=True, slots=True)
class Home:
    """The parts of one reader's home page; None where the role has no such part."""

    shortcuts: Sequence[Shortcut]
    tasks: Table | None = None
    plans: Sequence[Any] | None = None
    search_url: str = ""
    urls: dict[str, str] = field(default_factory=dict)


def home_of(context: Context) -> Home:
    """The home page of one reader."""
    return Home(
        shortcuts=shortcuts(context),
        tasks=open_tasks(context) if context.has("task.work") else None,
        plans=plan_overview(context) if context.has("programme.open") else None,
        search_url=address("people") if context.has("person.open") else "",
        urls={name: address(name) for name in ("tasks", "plans")},
    )


def shortcuts(context: Context) -> list[Shortcut]:
    """What the role may start from here; a place that is not installed is left out."""
    wanted = (
        ("person.register", "person_new", "scan", _("Đăng ký người mới"), _("Quét thẻ hoặc điền tay")),
        ("person.open", "people", "people", _("Danh sách người"), _("Tìm, lọc và mở hồ sơ")),
        ("task.work", "tasks", "task", _("Việc cần làm"), _("Kết quả sàng lọc cần người xem lại")),
        ("capability.edit", "facilities", "facility", _("Kỹ thuật của cơ sở"), _("Khai việc cơ sở làm được")),
        ("programme.open", "plans", "programme", _("Kế hoạch"), _("Mục tiêu, tiến độ và nhiệm vụ")),
        ("report.draft", "reports", "report", _("Báo cáo năm"), _("Soạn, gửi và tải báo cáo")),
        ("report.approve", "reports", "report", _("Báo cáo chờ duyệt"), _("Xem, duyệt hoặc trả lại")),
        ("admin.users", "admin_users", "settings", _("Tài khoản"), _("Người dùng, vai trò và đơn vị")),
        ("gallery.open", "gallery", "form", _("Thư viện thành phần"), _("Mọi thành phần giao diện ở mọi trạng thái")),
    )  # fmt: skip
    found: dict[str, Shortcut] = {}
    for permission, name, icon, label, note in wanted:
        url = address(name)
        if url and context.has(permission):
            found.setdefault(name, Shortcut(label, url, icon, note))
    return list(found.values())


def open_tasks(context: Context) -> Table:
    """The first tasks that wait for this reader, most urgent first."""
    lines = _query("ansinh.clinical.screening.queries", "open_tasks")(context)[:TASKS_SHOWN]
    columns = [
        Column("task", _("Việc"), "link", header=True),
        Column("person", _("Người"), "link"),
        Column("due", _("Hạn"), "date"),
        Column("state", _("Mức"), "tag"),
    ]
    return Table(columns, [_task_row(line) for line in lines], caption=_("Việc đang chờ"), caption_hidden=True)


def _task_row(line: Any) -> dict[str, Any]:
    if line.late:
        state = Tag(_("Quá hạn"), "bad")
    else:
        state = Tag(_("Khẩn"), "warn") if line.urgent else Tag(_("Thường"), "neutral")
    return {
        "task": Link(line.title, reverse("task", args=[line.id])),
        "person": Link(line.patient_name, reverse("person", args=[line.patient_id])),
        "due": line.due,
        "state": state,
        "_tone": "bad" if line.late or line.urgent else "",
    }


def plan_overview(context: Context) -> Sequence[Any]:
    """Each plan with its goals as they stand today."""
    return list(_query("ansinh.programme.plans.queries", "plan_overview")(context))


def _query(module: str, name: str) -> Callable[[Context], Sequence[Any]]:
    try:
        return getattr(import_module(module), name)
    except ImportError:
        return lambda context: ()
