"""Pages of the programme: plans, a plan with its goals, one goal, its tasks, one task."""

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ansinh.access.permissions import requires
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Stale, UserError
from ansinh.programme.plans import actions, charts, forms, queries, words
from ansinh.programme.plans.definition import Plan
from ansinh.programme.plans.queries import GoalFigure, TaskState
from ansinh.ui import htmx, messages
from ansinh.ui.language import in_language, language
from ansinh.ui.tables import Column, Link, Table, Tag


@requires("programme.open")
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that the reader may see, each with how its goals and tasks stand."""
    return render(request, "plans/plans.html", {"overviews": queries.plan_overview(_context(request))})


@requires("programme.open")
def plan(request: HttpRequest, plan_id: str) -> HttpResponse:
    """One plan: each goal with baseline, now, both targets, and whether it is on its way."""
    shown = queries.plan(_context(request), plan_id)
    figures = queries.goals(_context(request), shown)
    page = {
        "plan": shown,
        "title": queries.title_of(shown),
        "document": _document_words(shown),
        "tabs": tabs(shown, "plan"),
        "goals": [charts.goal_card(shown, figure) for figure in figures],
        "table": charts.goal_table(shown, figures),
        "facts": _facts(shown),
    }
    return render(request, "plans/plan.html", page)


@requires("programme.open")
def goal(request: HttpRequest, plan_id: str, goal_id: str) -> HttpResponse:
    """One goal: its trend, its path, and what each facility adds."""
    shown = queries.plan(_context(request), plan_id)
    figure = queries.goal(_context(request), shown, goal_id)
    trend = queries.trend(_context(request), shown, figure.goal)
    page = {
        "plan": shown,
        "title": queries.title_of(shown),
        "figure": figure,
        "card": charts.goal_card(shown, figure),
        "line": charts.trend_chart(shown, figure, trend),
        "forecast": charts.forecast_table(figure, trend),
        "lacking": charts.lacking_table(figure),
        "bars": charts.facility_bars(figure),
        "targets": charts.target_table(figure),
        "tasks": _tasks_of_goal(request, shown, figure),
        "measure_url": reverse("measure", args=[figure.goal.measure]),
    }
    return render(request, "plans/goal.html", page)


@requires("programme.open")
def plan_tasks(request: HttpRequest, plan_id: str) -> HttpResponse:
    """The plan's tasks with owner, deadline and state; narrowed by state and lead."""
    shown = queries.plan(_context(request), plan_id)
    states = queries.tasks(_context(request), shown)
    leads = list(dict.fromkeys((state.task.lead, state.lead) for state in states))
    form = forms.TaskFilter(request.GET or None, leads=leads)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = {
        "plan": shown,
        "title": queries.title_of(shown),
        "tabs": tabs(shown, "plan_tasks"),
        "form": form,
        "counts": queries.counts(states),
        "groups": _groups(shown, [state for state in states if _fits(state, chosen)], narrowed=bool(chosen)),
    }
    return render(request, "plans/tasks.html", page)


@requires("programme.open")
def plan_task(request: HttpRequest, plan_id: str, task_id: str) -> HttpResponse:
    """One task: what the plan says, what was done; its owner's officer tells where it stands."""
    shown = queries.plan(_context(request), plan_id)
    state, stored = queries.task(_context(request), shown, task_id)
    form = forms.ProgressForm(
        request.POST or None,
        initial={"status": state.status, "progress": state.progress, "version": int(stored["meta"]["versionId"])},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _update(request, shown, task_id, form)
        except UserError as error:
            form.refuse(error)
            if isinstance(error, Stale):
                # What others wrote stands on the page beside what was typed: saving again is then on purpose.
                form.renew(version=stored["meta"]["versionId"])
        else:
            messages.done(request, _("Đã cập nhật nhiệm vụ."))
            return htmx.redirect(request, reverse("plan_task", args=[plan_id, task_id]))
    page = {
        "plan": shown,
        "title": queries.title_of(shown),
        "state": state,
        "facts": _task_facts(state),
        "tag": words.urgency(state.urgency),
        "status": words.status(state.status),
        "notes": _notes(stored),
        "form": form if state.is_mine else None,
        "heading": task_title(state),
        "goals": [(_title(shown, name), reverse("goal", args=[plan_id, name])) for name in state.task.goals],
    }
    return render(request, "plans/task.html", page, status=422 if form.has_errors else 200)


@requires("programme.open")
def plan_document(request: HttpRequest, plan_id: str) -> HttpResponse:
    """The plan as a document: who, legal basis, scope, reporting, money, and where each section went."""
    shown = queries.plan(_context(request), plan_id)
    page = {
        "plan": shown,
        "title": queries.title_of(shown),
        "tabs": tabs(shown, "plan_document"),
        "facts": _facts(shown),
        "data": shown.data,
        "parties": _party_table(shown),
        "reporting": _reporting_table(shown),
        "sections": _section_table(shown),
    }
    return render(request, "plans/document.html", page)


def tabs(plan: Plan, here: str) -> list[tuple[str, str, bool]]:
    """The pages of one plan."""
    entries = (
        ("plan", pgettext("các trang của kế hoạch", "Mục tiêu")),
        ("plan_tasks", _("Nhiệm vụ")),
        ("plan_document", _("Văn bản")),
    )
    return [(text, reverse(name, args=[plan.id]), name == here) for name, text in entries]


def _update(request: HttpRequest, plan: Plan, task_id: str, form: forms.ProgressForm) -> None:
    data = form.cleaned_data
    actions.update_progress(
        _context(request), plan=plan, task=task_id, status=data["status"], progress=data["progress"] or 0,
        note=data["note"], version=data["version"],
    )  # fmt: skip


def _facts(plan: Plan) -> list[tuple[str, Any]]:
    document = plan.document
    return [
        (_("Số"), plan.number or in_language(document.get("number_reason", ""))),
        (
            _("Ngày"),
            f"{document['date']:%d/%m/%Y}" if document.get("date") else in_language(document.get("date_reason", "")),
        ),
        (_("Cơ quan ban hành"), in_language(document["issuer"])),
        (_("Thời gian"), f"{plan.start.year} – {plan.end.year}"),
        (_("Căn cứ"), "; ".join(law["number"] for law in document["legal_basis"])),
    ]


def _document_words(plan: Plan) -> str:
    """Number and issuer of the document in the reader's language; the heading above says that it is a plan."""
    return " – ".join(filter(None, (plan.number, in_language(plan.document["issuer"]))))


def _fits(state: TaskState, chosen: dict[str, Any]) -> bool:
    if chosen.get("trang_thai") and state.urgency != chosen["trang_thai"]:
        return False
    if chosen.get("chu_tri") and state.task.lead != chosen["chu_tri"]:
        return False
    return not chosen.get("cua_toi") or state.is_mine


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The tasks of one section. is_open: shown at once, because something in it is overdue or looked for."""

    title: str
    told: str
    table: Table
    is_open: bool


def _groups(plan: Plan, states: list[TaskState], *, narrowed: bool) -> list[TaskGroup]:
    """Tasks by section, in the plan's order."""
    sections: dict[str, list[TaskState]] = {}
    for state in states:
        sections.setdefault(state.task.section, []).append(state)
    return [_group(plan, section, found, narrowed) for section, found in sections.items()]


def _group(plan: Plan, section: str, states: list[TaskState], narrowed: bool) -> TaskGroup:
    counts = queries.counts(states)
    said = [ngettext("%(total)d nhiệm vụ", "%(total)d nhiệm vụ", counts.total), _("%(done)d đã xong")]
    if counts.soon:
        said.append(_("%(soon)d sắp đến hạn"))
    if counts.overdue:
        said.append(_("%(overdue)d quá hạn"))
    title = _("Mục %(section)s") % {"section": section}
    caption = _("Nhiệm vụ của mục %(section)s") % {"section": section}
    table = _task_table(plan, states, caption=caption, in_section=True)
    return TaskGroup(title, ", ".join(said) % asdict(counts), table, narrowed or bool(counts.overdue))


def _task_table(plan: Plan, states: list[TaskState], *, caption: str = "", in_section: bool = False) -> Table:
    columns = ([] if in_section else [Column("section", _("Mục"))]) + [
        Column("task", _("Nhiệm vụ"), "link", header=True),
        Column("owner", _("Chủ trì")),
        Column("due", _("Hạn")),
        Column("status", _("Trạng thái")),
        Column("progress", _("Tiến độ"), numeric=True),
        Column("urgency", _("Mức"), "tag"),
    ]
    rows = [
        {
            "section": state.task.section,
            "task": Link(task_title(state), reverse("plan_task", args=[plan.id, state.task.id])),
            "owner": _owner_words(state),
            "due": f"{state.due:%d/%m/%Y}" if state.due else words.recurrence(state.task.recurrence),
            "status": words.status(state.status),
            "progress": f"{state.progress}%",
            "urgency": Tag(*words.urgency(state.urgency)),
            "_tone": {"overdue": "bad", "soon": "warn"}.get(state.urgency, ""),
        }
        for state in states
    ]
    return Table(columns, rows, caption=caption, caption_hidden=in_section)


def task_title(state: TaskState) -> str:
    """The task in the reader's language."""
    return state.task.english or state.task.title if language() == "en" else state.task.title


def _owner_words(state: TaskState) -> str:
    """As the plan names it, and who carries it now when that is somebody else."""
    if state.owner and not state.owner.startswith(state.lead):
        return _("%(lead)s (nay: %(owner)s)") % {"lead": state.lead, "owner": state.owner}
    return state.lead


def _task_facts(state: TaskState) -> list[tuple[str, Any]]:
    rows = [
        (_("Mục của kế hoạch"), state.task.section),
        (_("Chủ trì"), _owner_words(state)),
        (_("Phối hợp"), "; ".join(state.partners)),
        (_("Thời hạn"), f"{state.due:%d/%m/%Y}" if state.due else words.recurrence(state.task.recurrence)),
        (_("Nguồn của hạn"), in_language(state.task.deadline_reason)),
        (_("Tiến độ"), f"{state.progress}%"),
    ]
    return [row for row in rows if row[1]]


def _notes(stored: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"when": note["time"], "title": note.get("authorString", ""), "text": note["text"]}
        for note in reversed(stored.get("note", []))
    ]


def _tasks_of_goal(request: HttpRequest, plan: Plan, figure: GoalFigure) -> Table:
    states = [state for state in queries.tasks(_context(request), plan) if figure.goal.id in state.task.goals]
    return _task_table(plan, states, caption=_("Nhiệm vụ phục vụ mục tiêu này"))


def _party_table(plan: Plan) -> Table:
    columns = [Column("name", _("Bên"), header=True), Column("duty", _("Việc")), Column("section", _("Mục"))]
    rows = [{"name": in_language(party.name), "duty": party.duty, "section": party.section} for party in plan.parties]
    return Table(columns, rows, caption=_("Ai làm gì"))


def _reporting_table(plan: Plan) -> Table:
    columns = [
        Column("sender", _("Bên báo cáo"), header=True),
        Column("receivers", _("Nơi nhận")),
        Column("when", _("Hạn")),
        Column("source", _("Nguồn của hạn")),
    ]
    rows = []
    for row in plan.reporting:
        day = f"{row.month_day[1]:02}/{row.month_day[0]:02}" if row.month_day else ""
        when = _("Trước %(day)s hằng năm") % {"day": day} if day else words.recurrence(row.recurrence)
        receivers = "; ".join(in_language(plan.name_of(party)) for party in row.receivers)
        rows.append(
            {
                "sender": in_language(plan.name_of(row.sender)),
                "receivers": receivers,
                "when": when,
                "source": row.source,
            }
        )
    return Table(columns, rows, caption=_("Chế độ báo cáo"))


def _section_table(plan: Plan) -> Table:
    columns = [Column("section", _("Mục"), header=True), Column("where", _("Thành dữ liệu ở"))]
    rows = [
        {
            "section": row["section"],
            "where": row.get("reason") or ", ".join(_cover(plan, name) for name in row["covers"]),
        }
        for row in plan.data["sections"]
    ]
    return Table(columns, rows, caption=_("Từng mục của kế hoạch"), dense=True)


def _where(plan: Plan, row: dict[str, Any]) -> str:
    return row.get("reason") or ", ".join(_cover(plan, name) for name in row["covers"])


def _title(plan: Plan, name: str) -> str:
    """A goal or task by its title in the reader's language, "" when there is none of that id."""
    found = plan.goal(name) or plan.task(name)
    if found is None:
        return ""
    return found.english or found.title if language() == "en" else found.title


def _cover(plan: Plan, name: str) -> str:
    """A goal or task by its title, a part of the file by what it holds."""
    if found := _title(plan, name):
        return found
    groups = {
        "principles": _("quan điểm"),
        "scope": _("phạm vi, đối tượng"),
        "period": _("thời gian"),
        "phases": _("giai đoạn"),
        "general_goal": _("mục tiêu tổng quát"),
        "goals": _("mục tiêu cụ thể"),
        "parties": _("phân công"),
        "tasks": _("nhiệm vụ"),
        "reporting": _("chế độ báo cáo"),
        "budget": _("kinh phí"),
        "baseline_facts": _("số liệu đầu kỳ"),
        "document": _("văn bản"),
    }
    return groups.get(name, _("báo cáo"))


def _context(request: HttpRequest) -> Context:
    """Who reads: `access` puts it on every request."""
    return request.context  # type: ignore[attr-defined]
