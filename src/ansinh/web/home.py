"""What the home page shows: built from permissions, so a changed role file changes the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansinh.clinical.registry import queries as registry
from ansinh.clinical.screening import queries as screening
from ansinh.clinical.worklist.presenting import WorkPart, work_part
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context
from ansinh.programme.plans import charts
from ansinh.programme.plans import queries as plans
from ansinh.programme.reports import queries as reports
from ansinh.ui.language import language
from ansinh.ui.navigation import address
from ansinh.ui.tables import Column, Link, Table, Tag

TASKS_SHOWN = 8
PEOPLE_SHOWN = 6
# Enough of the latest encounters to find PEOPLE_SHOWN different people among them.
LATEST = "SELECT e.patient_id FROM view_encounter e WHERE {reach:e} ORDER BY e.rid DESC LIMIT 60"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One thing to do: words, where, what it is for."""

    label: str
    url: str
    icon: str
    note: str


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """One plan: where it opens, its goals as cards, how its tasks stand."""

    title: str
    url: str
    tasks_url: str
    goals: Sequence[charts.GoalCard]
    reached: int
    behind: int
    tasks: plans.TaskCounts


@dataclass(frozen=True, slots=True)
class Home:
    """The parts of one reader's home page; None where the role has no such part."""

    shortcuts: Sequence[Shortcut]
    work: WorkPart | None = None
    tasks: Table | None = None
    people: Table | None = None
    plans: Sequence[PlanSummary] | None = None
    search_url: str = ""
    tasks_url: str = ""


def home_of(context: Context, asked: dict[str, str]) -> Home:
    """The home page of one reader. asked: the filters of the address.

    Who works on a ward sees what is due there, tasks among it; others who work on tasks see these alone.
    """
    may_open, on_ward = context.has("person.open"), context.has("ward.work") and bool(context.unit)
    return Home(
        shortcuts=shortcuts(context),
        work=work_part(context, context.unit, asked, reverse("home"), language()) if on_ward else None,
        tasks=open_tasks(context) if context.has("task.work") and not on_ward else None,
        people=latest_people(context) if may_open else None,
        plans=plan_summaries(context) if context.has("programme.open") else None,
        search_url=address("people") if may_open else "",
        tasks_url=address("tasks"),
    )


def shortcuts(context: Context) -> list[Shortcut]:
    """What the role may start from here; a place that is not installed is left out."""
    wanted = (
        ("person.register", "person_new", "scan", _("Đăng ký người mới"), _("Quét thẻ hoặc điền tay")),
        ("ward.work", "wards", "stay", _("Bảng giường"), _("Ai ở đâu, giường trống, người đi vắng")),
        ("person.open", "people", "people", _("Danh sách người"), _("Tìm, lọc và mở hồ sơ")),
        ("task.work", "tasks", "task", _("Việc cần làm"), _("Kết quả sàng lọc cần người xem lại")),
        ("capability.edit", "facilities", "facility", _("Kỹ thuật của cơ sở"), _("Khai việc cơ sở làm được")),
        ("programme.open", "plans", "programme", _("Kế hoạch"), _("Mục tiêu, tiến độ và nhiệm vụ")),
        ("report.draft", "reports", "report", _("Báo cáo năm"), _("Soạn, gửi và tải báo cáo")),
        ("report.approve", "reports", "report", _("Báo cáo chờ duyệt"), _waiting_for_approval(context)),
        ("facility.edit", "facilities", "facility", _("Cơ sở"), _("Cây tổ chức, đổi tên, sáp nhập")),
    )
    found: dict[str, Shortcut] = {}
    for permission, name, icon, label, note in wanted:
        url = address(name)
        if url and context.has(permission):
            found.setdefault(name, Shortcut(label, url, icon, note))
    return list(found.values())


def _waiting_for_approval(context: Context) -> str:
    """How many reports wait for this reader; asked for nobody else."""
    if not context.has("report.approve"):
        return ""
    count = sum(each.state == "submitted" for each in reports.summaries(context))
    if not count:
        return _("Chưa có báo cáo nào chờ duyệt")
    return ngettext("%(count)d báo cáo đang chờ duyệt", "%(count)d báo cáo đang chờ duyệt", count) % {"count": count}


def open_tasks(context: Context) -> Table:
    """The first tasks that wait for this reader, most urgent first."""
    columns = [
        Column("task", _("Việc"), "link", header=True),
        Column("person", _("Người"), "link"),
        Column("due", _("Hạn"), "date"),
        Column("state", _("Mức"), "tag"),
    ]
    rows = [_task_row(line) for line in screening.open_tasks(context, limit=TASKS_SHOWN)]
    return Table(columns, rows, caption=_("Việc đang chờ"), caption_hidden=True)


def _task_row(line: screening.TaskLine) -> dict[str, Any]:
    if line.late:
        state = Tag(_("Quá hạn"), "bad")
    else:
        state = Tag(_("Khẩn"), "bad") if line.urgent else Tag(_("Thường"), "neutral")
    return {
        "task": Link(line.words(language()), reverse("task", args=[line.id])),
        "person": Link(line.patient_name, reverse("person", args=[line.patient_id])),
        "due": line.due,
        "state": state,
        "_tone": "bad" if line.late or line.urgent else "",
    }


def latest_people(context: Context) -> Table:
    """The people whose visits, checks or sessions were written last, within the reader's reach."""
    seen = dict.fromkeys(row["patient_id"] for row in tables.rows(context, LATEST))
    people = registry.people_rows(context, list(seen)[:PEOPLE_SHOWN], language())
    columns = [
        Column("name", _("Họ và tên"), "link", header=True),
        Column("birth", _("Ngày sinh"), "date"),
        Column("groups", _("Nhóm đối tượng")),
        Column("stay", _("Lưu trú")),
    ]
    rows = [
        {
            "name": Link(person.name, reverse("person", args=[person.id])),
            "birth": person.birth,
            "groups": "; ".join(person.groups),
            "stay": person.stay,
        }
        for person in people
    ]
    return Table(columns, rows, caption=_("Vừa được chăm sóc"), caption_hidden=True)


def plan_summaries(context: Context) -> list[PlanSummary]:
    """Each plan that the reader may see, its goals as they stand today."""
    return [_plan_summary(overview) for overview in plans.plan_overview(context)]


def _plan_summary(overview: plans.PlanOverview) -> PlanSummary:
    plan = overview.plan
    return PlanSummary(
        title=overview.title,
        url=reverse("plan", args=[plan.id]),
        tasks_url=reverse("plan_tasks", args=[plan.id]),
        goals=[charts.goal_card(plan, figure) for figure in overview.goals],
        reached=overview.count("reached", "on-track"),
        behind=overview.count("behind", "missed"),
        tasks=overview.tasks,
    )
