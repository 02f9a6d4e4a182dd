"""What laboratories send: files to read in, reports whose person is not known, lists of ranges."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansinh.access.permissions import requires
from ansinh.clinical.laboratory import actions, presenting, queries, resources
from ansinh.clinical.laboratory.forms import ImportForm, MatchForm, RangesForm, ReasonForm
from ansinh.clinical.laboratory.rules.reading import MOST_BYTES
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.wards.views import facility_of
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Conflict, UserError
from ansinh.kernel.text import format_date
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language
from ansinh.ui.tables import Column, Link, Table, Tag

SHOWN = 50  # problems of a file that are listed


@requires("result.write")
def results_import(request: HttpRequest) -> HttpResponse:
    """GET, POST /ket-qua/nhap-tep/ – read a file of a laboratory in, whole or not at all."""
    context = context_of(request)
    facility = facility_of(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            reports = actions.read_file(upload.read(MOST_BYTES + 1))
            done = actions.import_reports(context, facility=facility, reports=reports)
        except UserError as error:
            form.add_error("file", refusal_in_language(error.message))
            problems = [
                {"place": one.expression, "message": refusal_in_language(one.message)}
                for one in error.problems[:SHOWN]
                if len(error.problems) > 1 or one.expression != "file"
            ]
        else:
            messages.done(request, _told(done))
            return htmx.redirect(request, reverse("results_waiting" if done.waiting else "results_import"))
    values = {
        "form": form,
        "problems": problems,
        "waiting": queries.waiting_count(context),
        "tabs": _tabs(request, "import"),
    }
    return render(request, "laboratory/import.html", values, status=422 if request.method == "POST" else 200)


def _tabs(request: HttpRequest, current: str) -> list[tuple[str, str, bool]]:
    """(words, address, is this one) of the pages of this work that the reader may open."""
    pages = [
        ("import", "results_import", _("Nhập tệp")),
        ("waiting", "results_waiting", _("Chưa rõ của ai")),
    ]
    if context_of(request).has("result.ranges"):
        pages.append(("ranges", "ranges_import", _("Khoảng tham chiếu")))
    return [(words, reverse(name), key == current) for key, name, words in pages]


def _told(done: actions.Imported) -> str:
    said = [
        (done.written, ngettext("%(n)d phiếu vào hồ sơ", "%(n)d phiếu vào hồ sơ", done.written)),
        (done.corrected, ngettext("%(n)d phiếu sửa", "%(n)d phiếu sửa", done.corrected)),
        (done.waiting, ngettext("%(n)d phiếu chưa rõ của ai", "%(n)d phiếu chưa rõ của ai", done.waiting)),
        (done.before, ngettext("%(n)d phiếu đã có từ trước", "%(n)d phiếu đã có từ trước", done.before)),
    ]
    parts = [str(words) % {"n": count} for count, words in said if count]
    return _("Đã đọc tệp: %(parts)s.") % {"parts": ", ".join(parts)}


@requires("result.write")
def results_waiting(request: HttpRequest) -> HttpResponse:
    """GET /ket-qua/chua-ro/ – reports whose person is not surely known."""
    rows = [
        {
            "report": Link(row["title"] or "", reverse("result_match", args=[row["id"]]), note=row["laboratory"] or ""),
            "name": row["said_name"] or "–",
            "number": row["said_number"] or "–",
            "at": row["effective"],
            "critical": Tag(_("Nguy hiểm"), "bad") if row["critical"] else Tag("–"),
        }
        for row in queries.waiting(context_of(request))
    ]
    columns = [
        Column("report", _("Phiếu"), "link", header=True),
        Column("name", _("Họ tên trên phiếu")),
        Column("number", _("Mã số trên phiếu")),
        Column("at", _("Ngày"), "date"),
        Column("critical", _("Mức độ"), "tag"),
    ]
    table = Table(columns, rows, caption=_("Phiếu chưa rõ của ai"), empty=_("Không có phiếu nào đang chờ."))
    return render(request, "laboratory/waiting.html", {"table": table, "tabs": _tabs(request, "waiting")})


@requires("result.write")
def result_match(request: HttpRequest, report: str) -> HttpResponse:
    """GET, POST /ket-qua/<report>/ghep/?q= – whose report it is; POST `match` or `discard`."""
    context = context_of(request)
    found = Repository(context).read("DiagnosticReport", report)
    if "reference" in found.get("subject", {}) or found["status"] == "entered-in-error":
        messages.noted(request, _("Phiếu này không còn chờ."))
        return htmx.redirect(request, reverse("results_waiting"))
    step = request.POST.get("step", "") if request.method == "POST" else ""
    match, discard = (MatchForm(request.POST or None), ReasonForm(request.POST if step == "discard" else None))
    form = discard if step == "discard" else match
    if step and form.is_valid() and (answer := _settled(request, report, step, form)):
        return answer
    return _match_page(request, found, match, discard)


def _settled(request: HttpRequest, report: str, step: str, form: Any) -> HttpResponse | None:
    context = context_of(request)
    try:
        if step == "discard":
            actions.discard(context, report_id=report, reason=form.cleaned_data["reason"])
            messages.done(request, _("Phiếu đã được đánh dấu không thuộc ai ở đây."))
            return htmx.redirect(request, reverse("results_waiting"))
        actions.match(context, report_id=report, person_id=form.cleaned_data["person"])
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
        return htmx.redirect(request, reverse("results_waiting"))
    except UserError as error:
        form.refuse(error)
        return None
    messages.done(request, _("Đã ghép phiếu với hồ sơ."))
    return htmx.redirect(request, reverse("result", args=[report]))


def _match_page(request: HttpRequest, found: dict[str, Any], match: MatchForm, discard: ReasonForm) -> HttpResponse:
    context = context_of(request)
    whose = resources.whose_of(found["subject"])
    asked = request.GET.get("q", "")[:80] or whose.name
    people = registry.find_people(context, asked, language=language()).rows[:20] if asked else ()
    facts = [
        (_("Họ tên trên phiếu"), whose.name),
        (_("Ngày sinh trên phiếu"), format_date(whose.birth)),
        (_("Mã số trên phiếu"), ", ".join(whose.numbers)),
        (_("Nơi làm"), found.get("performer", [{}])[0].get("display", "")),
        (_("Ngày"), format_date(found.get("effectiveDateTime", ""))),
    ]
    values = {
        "title": found["code"].get("text", ""),
        "facts": [fact for fact in facts if fact[1]],
        "lines": [presenting.line_words(line) for line in queries.result_lines(context, found)],
        "people": people,
        "asked": asked,
        "match": match,
        "discard": discard,
        "tabs": _tabs(request, "waiting"),
    }
    return render(request, "laboratory/match.html", values, status=422 if request.method == "POST" else 200)


@requires("result.ranges")
def ranges_import(request: HttpRequest) -> HttpResponse:
    """GET, POST /ket-qua/khoang-tham-chieu/ – ranges by age and sex, with their source."""
    form = RangesForm(request.POST or None, request.FILES or None)
    problems: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            count = actions.import_ranges(context_of(request), data=data["file"].read(MOST_BYTES + 1),
                                          source=data["source"])  # fmt: skip
        except UserError as error:
            form.refuse(error)
            problems = [{"place": one.expression, "message": refusal_in_language(one.message)}
                        for one in error.problems[:SHOWN] if len(error.problems) > 1]  # fmt: skip
        else:
            messages.done(request, _("Đã nhập %(count)d khoảng tham chiếu.") % {"count": count})
            return htmx.redirect(request, reverse("ranges_import"))
    values = {"form": form, "problems": problems, "tabs": _tabs(request, "ranges")}
    return render(request, "laboratory/ranges.html", values, status=422 if request.method == "POST" else 200)
