"""Pages of the reports: list, one report as it will be printed, writing, the steps, what has changed, files."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh.access.permissions import requires
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed, NotFound, Stale, UserError
from ansinh.programme.plans import queries as plans
from ansinh.programme.reports import actions, forms, queries, rules
from ansinh.programme.reports.documents.model import Heading, Paragraph, ended, number_line, place_and_date, roman
from ansinh.programme.reports.documents.tables import cell_text
from ansinh.programme.reports.resources import Report
from ansinh.ui import htmx, messages
from ansinh.ui.tables import Column, Link, Table, Tag

TONES = {"draft": "neutral", "submitted": "info", "approved": "good", "replaced": "warn"}
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@requires("programme.open")
def reports(request: HttpRequest) -> HttpResponse:
    """Reports of the reader's agencies, newest first."""
    context: Context = request.context  # type: ignore[attr-defined]
    names = {each.id: plans.title_of(each) for each in plans.plans(context)}
    rows = [
        {
            "title": Link(each.title, reverse("report", args=[each.id])),
            "plan": names.get(each.plan_id, each.plan_id),
            "year": str(each.year),
            "edition": str(each.edition),
            "state": Tag(state_words(each.state), TONES[each.state]),
            "changed": each.changed,
        }
        for each in queries.summaries(context)
    ]
    columns = [
        Column("title", _("Báo cáo"), "link", header=True),
        Column("plan", _("Kế hoạch")),
        Column("year", _("Năm")),
        Column("edition", _("Bản")),
        Column("state", _("Tình trạng"), "tag"),
        Column("changed", _("Sửa lần cuối"), "datetime"),
    ]
    table = Table(columns, rows, _("Báo cáo"), _("Chưa có báo cáo nào."), caption_hidden=True)
    return render(request, "reports/reports.html", {"table": table, "may_draft": context.has("report.draft")})


@requires("report.draft")
def report_new(request: HttpRequest) -> HttpResponse:
    """Begin the report of a year; a report that is there already is opened instead."""
    context: Context = request.context  # type: ignore[attr-defined]
    form = forms.NewForm(request.POST or None, plans=plans.plans(context))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        existing = queries.latest(context, chosen["plan"], chosen["year"])
        if existing:
            messages.noted(request, _("Năm này đã có báo cáo, mở ở dưới đây."))
            return htmx.redirect(request, reverse("report", args=[existing.id]))
        try:
            made = actions.build_draft(context, plan_id=chosen["plan"], year=chosen["year"])
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã lập dự thảo từ số liệu hiện có. Hãy đọc và bổ sung lời báo cáo."))
            return htmx.redirect(request, reverse("report_write", args=[made.id]))
    return render(request, "reports/new.html", {"form": form}, status=422 if form.has_errors else 200)


@requires("programme.open")
def report(request: HttpRequest, report_id: str) -> HttpResponse:
    """The report as it will be printed, with what this reader may do with it."""
    context: Context = request.context  # type: ignore[attr-defined]
    return _report_page(request, queries.report(context, report_id))


@requires("report.draft")
def report_write(request: HttpRequest, report_id: str) -> HttpResponse:
    """Words of each section and the head of the document."""
    context: Context = request.context  # type: ignore[attr-defined]
    found = queries.report(context, report_id)
    rules.after(found.state, "write")
    chosen = queries.yearly_template(found.template_id)
    form = forms.WordsForm(request.POST or None, template=chosen, initial=forms.initial(found))
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_words(
                context,
                report_id=report_id,
                version=form.cleaned_data["version"],
                words=form.words(),
                header=form.header(),
            )
        except Stale as error:
            stale = True
            form.refuse(error)
            # The page now shows both; saving once more is a decision taken with both in sight.
            form.data = {**request.POST.dict(), "version": str(found.version)}
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã lưu lời báo cáo."))
            return htmx.redirect(request, reverse("report", args=[report_id]))
    page = {
        "report": found,
        "form": form,
        "stale": stale,
        "sections": [(form[f"words-{each.id}"], found.words.get(each.id, "")) for each in chosen.sections],
        "head": [form[name] for name in ("number", "day", "authority", "signer", "recipients")],
    }
    return render(request, "reports/write.html", page, status=422 if form.has_errors else 200)


@require_POST
@requires("programme.open")
def report_step(request: HttpRequest, report_id: str) -> HttpResponse:
    """Submit, return, approve, amend, or take the figures again. The action checks who may."""
    context: Context = request.context  # type: ignore[attr-defined]
    found = queries.report(context, report_id)
    try:
        moved, said = _take(context, found, request)
    except UserError as error:
        return _report_page(request, found, error)
    messages.done(request, said)
    return htmx.redirect(request, reverse("report", args=[moved.id]))


@requires("programme.open")
def report_changes(request: HttpRequest, report_id: str) -> HttpResponse:
    """Figures that would be others if the report were computed now."""
    context: Context = request.context  # type: ignore[attr-defined]
    found = queries.report(context, report_id)
    rows = [
        {
            "title": Link(each.title, reverse("measure", args=[each.measure_id])),
            "unit": each.unit or _("Toàn tỉnh"),
            "before": each.before,
            "after": each.after,
        }
        for each in queries.differences(found)
    ]
    columns = [
        Column("title", _("Chỉ tiêu"), "link", header=True),
        Column("unit", _("Đơn vị")),
        Column("before", _("Trong báo cáo")),
        Column("after", _("Tính lại bây giờ")),
    ]
    empty = _("Tính lại bây giờ cho cùng số liệu như trong báo cáo.")
    page = {"report": found, "table": Table(columns, rows, "", empty), "sources": queries.changed_sources(found)}
    return render(request, "reports/changes.html", page)


@requires("programme.open")
def report_download(request: HttpRequest, report_id: str, kind: str) -> HttpResponse:
    """The report as DOCX, PDF or XLSX."""
    context: Context = request.context  # type: ignore[attr-defined]
    if kind not in KINDS:
        raise NotFound(_("Báo cáo có ba dạng tệp: docx, pdf và xlsx."))
    found = queries.report(context, report_id)
    name = f"{actions.file_name(found)}.{kind}"
    with tempfile.TemporaryDirectory() as folder:
        content = actions.write_file(found, Path(folder) / name).read_bytes()
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def state_words(state: str) -> str:
    """A state of a report in the reader's language."""
    words = {
        "draft": _("Đang soạn"),
        "submitted": _("Đã trình duyệt"),
        "approved": _("Đã duyệt"),
        "replaced": _("Đã có bản thay thế"),
    }
    return words[state]


def step_words(step: str) -> str:
    """A step of a report's history in the reader's language."""
    words = {
        "create": _("Lập dự thảo"),
        "write": _("Sửa lời báo cáo"),
        "refresh": _("Lấy lại số liệu"),
        "submit": _("Trình duyệt"),
        "return": _("Trả lại"),
        "approve": _("Duyệt"),
        "replace": _("Thay bằng bản mới"),
    }
    return words.get(step, step)


def _take(context: Context, found: Report, request: HttpRequest) -> tuple[Report, str]:
    step, version = request.POST.get("step", ""), request.POST.get("version", "")
    if not version.isdigit():
        raise Malformed(_("Trang này thiếu số phiên bản của báo cáo; hãy mở lại trang."))
    at: dict[str, Any] = {"report_id": found.id, "version": int(version)}
    reason = request.POST.get("reason", "")
    if step == "submit":
        return actions.submit(context, **at), _("Đã trình duyệt báo cáo.")
    if step == "refresh":
        return actions.refresh(context, **at), _("Đã lấy lại số liệu.")
    if step == "return":
        return actions.send_back(context, **at, reason=reason), _("Đã trả lại báo cáo kèm lý do.")
    if step == "amend":
        return actions.amend(context, **at, reason=reason), _(
            "Đã lập bản mới; bản cũ còn hiệu lực tới khi bản mới được duyệt."
        )
    if step == "approve":
        return actions.approve(context, **at, header=_header(request)), _(
            "Đã duyệt báo cáo. Từ nay báo cáo không sửa được."
        )
    raise Malformed(_("Không có bước này."))


def _header(request: HttpRequest) -> Any:
    form = forms.HeadForm(request.POST)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        raise Malformed(str(first))
    return form.header()


def _report_page(request: HttpRequest, found: Report, error: UserError | None = None) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    document = queries.document(found)
    page = {
        "report": found,
        "document": document,
        "state": (state_words(found.state), TONES[found.state]),
        "number": number_line(document.letterhead),
        "place": place_and_date(document.letterhead),
        "addressed_to": ended(document.addressed_to),
        "bases": ended(document.bases),
        "recipients": ended([_("Như trên"), *document.recipients]),
        "blocks": [_block(each) for each in document.blocks],
        "appendices": [
            (roman(index), each.title, [_block(block) for block in each.blocks])
            for index, each in enumerate(document.appendices, start=1)
        ],
        "steps": [(step_words(each.step), each.at, each.who, each.reason) for each in reversed(found.steps)],
        "may": _may(context, found),
        "head": forms.IssueForm(request.POST if error else None, initial=forms.initial(found)),
        "error": error,
        "facts": [
            (_("Kế hoạch"), found.snapshot.plan_title, reverse("plan", args=[found.plan_id])),
            (_("Vị trí sổ"), str(found.snapshot.position), None),
            (_("Bản"), str(found.edition), None),
        ],
    }
    return render(request, "reports/report.html", page, status=error.status if error else 200)


def _may(context: Context, found: Report) -> dict[str, bool]:
    """Which steps to offer."""
    return {
        "write": context.has("report.draft") and rules.allows(found.state, "write"),
        "submit": context.has("report.submit") and rules.allows(found.state, "submit"),
        "approve": context.has("report.approve") and rules.allows(found.state, "approve"),
        "amend": context.has("report.draft") and rules.allows(found.state, "amend"),
    }


def _block(block: Any) -> dict[str, Any]:
    """A block of the document as the template draws it."""
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level + 1, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text}
    rows = [
        [{"text": str(row[0]), "span": len(block.columns)}]
        if len(row) == 1
        else [
            {"text": cell_text(value, column), "numeric": column.align == "right"}
            for value, column in zip(row, block.columns, strict=True)
        ]
        for row in block.rows
    ]
    return {"kind": "table", "table": block, "rows": rows}
