"""The list of tasks, and one task: why it is there, who has it, what was done."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.screening import actions, presenting, queries, resources, rules
from ansinh.clinical.screening.forms import CancelForm, CompleteForm, TakeForm, VersionForm
from ansinh.clinical.screening.rules.tasks import may
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Conflict, NotFound, Stale, UserError
from ansinh.kernel.text import format_date
from ansinh.ui import htmx, messages
from ansinh.ui.language import language
from ansinh.ui.tables import Column, Link, Paging, Table, Tag


def _filter(request: HttpRequest) -> str:
    chosen = request.GET.get("loc", "open")
    return chosen if chosen in queries.FILTERS else "open"


def _status(status: str) -> tuple[str, str]:
    """(words, tone) of a Task's state."""
    states = {
        "requested": (_("Chưa ai nhận"), "warn"),
        "in-progress": (_("Đang làm"), "info"),
        "completed": (_("Đã xong"), "good"),
        "cancelled": (_("Đã hủy"), "neutral"),
    }
    return states.get(status, (_("Đang chờ"), "neutral"))


@requires("task.work")
def index(request: HttpRequest) -> HttpResponse:
    """Tasks for people within reach, urgent ones first."""
    context = request.context  # type: ignore[attr-defined]
    which = _filter(request)
    page = queries.tasks(context, which, after=request.GET.get("sau", ""))
    opened, urgent = queries.task_count(context)
    names = {"open": _("Đang mở"), "urgent": _("Khẩn"), "mine": _("Việc của tôi"), "all": _("Tất cả")}
    counts = {"open": opened, "urgent": urgent}
    tabs = [(names[name], f"?loc={name}", name == which, counts.get(name)) for name in queries.FILTERS]
    following = "?" + urlencode({"loc": which, "sau": page.after}) if page.after else None
    return render(
        request,
        "screening/tasks.html",
        {"tabs": tabs, "table": task_table(page.lines, which), "paging": Paging(next=following), "which": which},
    )


def task_table(lines: list[queries.TaskLine], which: str) -> Table:
    """Tasks as a list; each opens to its page and comes back to the same filter."""
    rows = [
        {
            "task": Link(
                line.words(language()), f"{reverse('task', args=[line.id])}?loc={which}", note=line.patient_name
            ),
            "due": _due(line),
            "priority": Tag(_("Khẩn"), "bad") if line.urgent else Tag(_("Thường"), "neutral"),
            "status": Tag(*_status(line.status)),
            "_tone": "bad" if line.late or (line.urgent and line.status in rules.OPEN) else "",
        }
        for line in lines
    ]
    columns = [
        Column("task", _("Việc và người bệnh"), "link", header=True),
        Column("due", _("Hạn"), "tag"),
        Column("priority", _("Mức độ"), "tag"),
        Column("status", _("Tình trạng"), "tag"),
    ]
    empty = {
        "urgent": _("Không có việc khẩn nào đang mở."),
        "mine": _("Anh/chị chưa nhận việc nào."),
        "all": _("Chưa có việc nào."),
    }
    return Table(columns, rows, caption=_("Danh sách việc"), empty=empty.get(which, _("Không có việc nào đang mở.")))


def _due(line: queries.TaskLine) -> Tag:
    day = format_date(line.due)
    return Tag(_("Quá hạn %(day)s") % {"day": day}, "bad") if line.late else Tag(day or "–", "neutral")


FORMS: dict[str, type[VersionForm]] = {"take": TakeForm, "complete": CompleteForm, "cancel": CancelForm}


@requires("task.work")
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One task; its steps are posted here, each with the version that was seen."""
    context = request.context  # type: ignore[attr-defined]
    if request.method != "POST":
        return _page(request, _read(request, task_id))
    intent = request.POST.get("step", "")
    if intent not in FORMS:
        raise NotFound(_("Không có bước này."))
    form = FORMS[intent](request.POST, prefix=intent)
    if form.is_valid():
        try:
            _do(context, intent, str(task_id), form.cleaned_data)
            messages.done(request, _done(intent))
            back = reverse("task", args=[task_id]) if intent == "take" else reverse("tasks")
            return htmx.redirect(request, f"{back}?loc={_filter(request)}")
        except Stale:
            return _page(request, _read(request, task_id), {intent: form}, seen=form.cleaned_data["version"])
        except UserError as error:
            form.refuse(error)
    return _page(request, _read(request, task_id), {intent: form})


def _do(context: Any, intent: str, task_id: str, data: dict[str, Any]) -> None:
    if intent == "take":
        actions.take_task(context=context, task_id=task_id, version=data["version"])
    elif intent == "complete":
        actions.complete_task(context=context, task_id=task_id, version=data["version"], note=data["note"])
    else:
        actions.cancel_task(context=context, task_id=task_id, version=data["version"], reason=data["reason"])


def _done(intent: str) -> str:
    sentences = {
        "take": _("Anh/chị đã nhận việc này."),
        "complete": _("Đã ghi việc này là xong."),
        "cancel": _("Đã hủy việc này."),
    }
    return sentences[intent]


def _read(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    found = Repository(request.context).read("Task", str(task_id))  # type: ignore[attr-defined]
    if "for" not in found:
        raise NotFound(_("Không tìm thấy việc này."))
    return found


def _page(
    request: HttpRequest,
    current: dict[str, Any],
    bound: dict[str, VersionForm] | None = None,
    *,
    seen: int | None = None,
) -> HttpResponse:
    context = request.context  # type: ignore[attr-defined]
    spoken = language()
    repository = Repository(context)
    person_id = current["for"]["reference"].partition("/")[2]
    patient = repository.read("Patient", person_id)
    version = int(current["meta"]["versionId"])
    bound = _with_version(bound or {}, version) if seen is not None else (bound or {})
    forms = {
        name: bound.get(name) or form(prefix=name, initial={"version": version})
        for name, form in FORMS.items()
        if may(current["status"], name)
    }
    page = {
        "task": current,
        "title": rules.text(current["code"], "text").in_language(spoken),
        "reason": rules.text(current, "description").in_language(spoken),
        "status": _status(current["status"]),
        "person_id": person_id,
        "person": presenting.person_facts(patient),
        "facts": _facts(current),
        "focus_url": _focus(current, person_id),
        "forms": forms,
        "lost": _lost(bound, forms),
        "which": _filter(request),
        "changes": _changes(repository, current, seen) if seen is not None else [],
        "stale": seen is not None,
    }
    status = 412 if seen is not None else 422 if bound else 200
    return render(request, "screening/task.html", page, status=status)


def _with_version(bound: dict[str, VersionForm], version: int) -> dict[str, VersionForm]:
    """The same forms with what was typed, now about the current version: saving again is then on purpose."""
    again = {}
    for name, form in bound.items():
        data = dict(form.data.items()) | {form.add_prefix("version"): str(version)}
        again[name] = type(form)(data, prefix=name)
    return again


def _lost(bound: dict[str, VersionForm], forms: dict[str, VersionForm]) -> list[str]:
    """What was typed into a step that is no longer offered: shown, so that it is not lost."""
    gone = [form for name, form in bound.items() if name not in forms]
    return [str(form.data.get(form.add_prefix(field), "")) for form in gone for field in ("note", "reason")]


def _focus(current: dict[str, Any], person_id: str) -> str:
    kind, _slash, found = current.get("focus", {}).get("reference", "").partition("/")
    pages = {"QuestionnaireResponse": ("screening_result", [person_id, found]), "DiagnosticReport": ("result", [found])}
    try:
        return reverse(pages[kind][0], args=pages[kind][1]) if kind in pages and found else ""
    except NoReverseMatch:
        return ""


def _facts(current: dict[str, Any]) -> list[tuple[str, Any]]:
    rows = [
        (_("Hạn"), format_date(current.get("restriction", {}).get("period", {}).get("end"))),
        (_("Người yêu cầu"), current.get("requester", {}).get("display", "")),
        (_("Ngày tạo"), format_date(current.get("authoredOn"))),
        (_("Người nhận"), resources.taken_by(current).get("display", "")),
    ]
    if reason := current.get("statusReason", {}).get("text"):
        rows.append((_("Lý do hủy"), reason))
    return [row for row in rows if row[1]]


def _changes(repository: Repository, current: dict[str, Any], seen: int) -> list[tuple[str, str, str]]:
    """What differs between the version that was seen and the current one."""
    try:
        before = repository.vread("Task", current["id"], seen)
    except (NotFound, Conflict):
        before = {}
    pairs = [(label, _shown(before, key), _shown(current, key)) for label, key in _compared()]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _compared() -> list[tuple[str, str]]:
    return [
        (_("Tình trạng"), "status"),
        (_("Người nhận"), "taken"),
        (_("Ghi chú"), "note"),
        (_("Lý do hủy"), "reason"),
    ]


def _shown(found: dict[str, Any], key: str) -> str:
    if not found:
        return ""
    if key == "status":
        return _status(found["status"])[0]
    if key == "taken":
        return resources.taken_by(found).get("display", "")
    if key == "note":
        return "; ".join(note["text"] for note in found.get("note", []))
    return found.get("statusReason", {}).get("text", "")
