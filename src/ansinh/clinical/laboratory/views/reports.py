"""One report: what it says, who answers for it, its files."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.laboratory import actions, presenting, queries, resources
from ansinh.clinical.laboratory.forms import FileForm, ReviewForm
from ansinh.clinical.laboratory.rules import files
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.retractions import retraction_of
from ansinh.clinical.registry.views.reading import entry_url, frame, retract_url
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Conflict, NotFound, Refused, Stale, UserError
from ansinh.kernel.text import format_date
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language
from ansinh.ui.tables import Column, Table

Resource = dict[str, Any]


@requires("person.open")
def result(request: HttpRequest, report: str) -> HttpResponse:
    """GET, POST /ket-qua/<report>/ – a report; POST `review` or `attach`."""
    context = context_of(request)
    found = Repository(context).read("DiagnosticReport", report)
    person = found.get("subject", {}).get("reference", "").partition("Patient/")[2]
    if not person:
        return htmx.redirect(request, reverse("result_match", args=[report]))
    step = request.POST.get("step", "") if request.method == "POST" else ""
    review = ReviewForm(request.POST if step == "review" else None, initial={"version": found["meta"]["versionId"]})
    attach = FileForm(request.POST, request.FILES) if step == "attach" else FileForm()
    if step == "review" and (answer := _reviewed(request, found, person, review)):
        return answer
    if step == "attach" and (answer := _attached(request, found, attach)):
        return answer
    if request.method == "POST" and not step:
        raise NotFound(_("Không có bước này."))
    return _page(request, found, person, review, attach)


def _reviewed(request: HttpRequest, found: Resource, person: str, form: ReviewForm) -> HttpResponse | None:
    context = context_of(request)
    if not context.has("result.sign"):
        raise Refused(_("Chỉ bác sĩ ký nhận kết quả."))
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        actions.review(context, report_id=found["id"], version=data["version"], words=data["words"])
    except Stale:
        form.add_error(None, _("Phiếu vừa thay đổi. Hãy xem lại nội dung mới ở dưới rồi ký nhận."))
        form.renew(version=found["meta"]["versionId"])
        return None
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    else:
        messages.done(request, _("Đã ký nhận kết quả."))
    return htmx.redirect(request, reverse("person_results", args=[person]))


def _attached(request: HttpRequest, found: Resource, form: FileForm) -> HttpResponse | None:
    context = context_of(request)
    if not context.has("result.write"):
        raise Refused(_("Vai trò của anh/chị không ghi được kết quả."))
    if not form.is_valid():
        return None
    upload = form.cleaned_data["file"]
    title = form.cleaned_data["title"] or upload.name
    try:
        actions.attach(context, report_id=found["id"], data=upload.read(), title=title)
    except UserError as error:
        form.refuse(error)
        return None
    messages.done(request, _("Đã lưu tệp."))
    return htmx.redirect(request, reverse("result", args=[found["id"]]))


def _page(request: HttpRequest, found: Resource, person: str, review: ReviewForm, attach: FileForm) -> HttpResponse:
    context = context_of(request)
    card = registry.person(context, person, language())
    signed = resources.review_of(found)
    gone = retraction_of(found)
    values = frame(request, card, "person_results") | {
        "report": found,
        "title": found["code"].get("text", ""),
        "facts": _facts(found, signed),
        "table": _table(queries.result_lines(context, found)),
        "conclusion": found.get("conclusion", ""),
        "files": [
            one | {"url": reverse("result_file", args=[found["id"], one["id"]])}
            for one in queries.files(context, found)
        ],
        "critical": any(one["url"] == resources.CRITICAL_RESULT for one in found.get("extension", [])),
        "review": review if context.has("result.sign") and not signed and not gone else None,
        "attach": attach if context.has("result.write") and not gone else None,
        "gone": gone,
        "versions_url": entry_url(person, "DiagnosticReport", found["id"]),
        "retract_url": retract_url(person, found["id"], "DiagnosticReport")
        if contacts.may_retract(context, found)
        else "",
    }
    return render(request, "laboratory/result.html", values, status=422 if request.method == "POST" else 200)


def _facts(found: Resource, signed: tuple[str, str, str] | None) -> list[tuple[str, str]]:
    at = found.get("effectiveDateTime", "")
    words, _tone = presenting.status_word(found["status"])
    rows = [
        (_("Loại"), presenting.category_word(found.get("category", [{}])[0].get("coding", [{}])[0].get("code", ""))),
        (_("Lấy mẫu, chụp lúc"), f"{format_date(at)} {at[11:16]}".strip()),
        (_("Nơi làm"), found.get("performer", [{}])[0].get("display", "")),
        (_("Số phiếu"), _number(found)),
        (_("Trạng thái"), words),
    ]
    if signed:
        who, when, said = signed
        rows.append((_("Bác sĩ ký nhận"), f"{who}, {format_date(when)} {when[11:16]}".strip(", ")))
        rows.append((_("Nhận xét, xử trí"), said))
    return [row for row in rows if row[1]]


def _number(found: Resource) -> str:
    number = found.get("identifier", [{}])[0].get("value", "")
    return "" if number == found["id"] else str(number)


def _table(lines: list[Resource]) -> Table:
    columns = [
        Column("name", _("Xét nghiệm"), header=True),
        Column("value", _("Kết quả"), numeric=True),
        Column("range", _("Tham chiếu"), numeric=True),
        Column("flag", _("Nhận định"), "tag"),
        Column("note", _("Ghi chú")),
    ]
    rows = [presenting.line_words(line) for line in lines]
    return Table(columns, rows, caption=_("Các kết quả của phiếu"), caption_hidden=True)


@requires("person.open")
def result_file(request: HttpRequest, report: str, file: str) -> HttpResponse:
    """GET /ket-qua/<report>/tep/<file>/ – the bytes of a file: a picture is shown, a PDF is handed over.

    Nothing of it may run in this site's name: its kind is read from its bytes, guessing is off, and a policy without
    any right goes with it.
    """
    data, kind, title = actions.file_of(context_of(request), report, file)
    name = title if title.lower().endswith(f".{files.ending(kind)}") else f"{title or 'tep'}.{files.ending(kind)}"
    answer = HttpResponse(data, content_type=kind)
    place = "inline" if kind.startswith("image/") else "attachment"
    answer["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
