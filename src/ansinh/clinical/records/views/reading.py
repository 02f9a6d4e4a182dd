"""The record of one person as a list with signatures, and one document of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.records import paperwork, queries
from ansinh.clinical.records.paperwork import Filled
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import frame
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.screening import presenting as answers
from ansinh.clinical.screening import queries as tools
from ansinh.clinical.signing.views import state_of
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.text import format_date
from ansinh.ui.language import in_language
from ansinh.ui.tables import Column, Link, Table, Tag


@requires("person.open")
def records(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/benh-an/?sau= – every entry with its signature, the forms, how long all is kept."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    page = queries.lines(context, card.id, after=request.GET.get("sau", ""), language=language())
    values = frame(request, card, "records") | {
        "table": _table(card.id, page.lines),
        "after": page.after,
        "forms": [
            (one.title, reverse("record_form", args=[card.id, one.id]))
            for one in queries.forms(language())
            if context.has(one.permission)
        ],
        "kept": _kept(queries.retention(context, card)),
        "source": queries.retention_source(),
        "may_print": context.has("record.print"),
    }
    return render(request, "records/records.html", values)


def _table(person_id: str, lines: tuple[queries.Line, ...]) -> Table:
    states = {
        "unsigned": (_("Chưa ký"), "neutral"),
        "signed": (_("Đã ký"), "good"),
        "confirmed": (_("Đã xác nhận"), "good"),
    }
    rows = [
        {
            "at": line.at,
            "title": Link(line.title, _url(person_id, line)),
            "state": Tag(*states[line.state]),
            "who": "; ".join(mark.signer_name for mark in line.marks),
        }
        for line in lines
    ]
    columns = [
        Column("at", _("Lúc"), "datetime"),
        Column("title", _("Mục"), "link", header=True),
        Column("state", _("Chữ ký"), "tag"),
        Column("who", _("Người ký")),
    ]
    return Table(columns, rows, _("Các mục của hồ sơ"), _("Hồ sơ chưa có mục nào."), caption_hidden=True)


def _url(person_id: str, line: queries.Line) -> str:
    if line.document:
        return reverse("record_document", args=[person_id, line.document])
    return reverse("entry_signatures", args=[person_id, "Encounter", line.id])


def _kept(kept: Any) -> str:
    words = {"years": kept.kept_as.years, "title": in_language(kept.kept_as.title)}
    if kept.until is None:
        return _("%(title)s: lưu %(years)d năm, tính từ năm kết thúc điều trị.") % words
    return _("%(title)s: lưu %(years)d năm, đến hết ngày %(until)s.") % (
        words | {"until": format_date(kept.until.isoformat())}
    )


def found_of_person(context: Context, person_id: str, document: Any) -> Filled:
    """The document; NotFound when it is another person's."""
    found = paperwork.filled(context, str(document))
    if found.document["subject"]["reference"] != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy giấy này."))
    return found


@requires("person.open")
def record_document(request: HttpRequest, id: Any, document: Any) -> HttpResponse:
    """GET /nguoi/<id>/benh-an/giay/<document>/ – the answers of a form, its state, what may be done with it."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = found_of_person(context, card.id, document)
    author = found.entry.head.author
    may_change = found.entry.seal is not None or author == context.actor
    values = frame(request, card, "records") | {
        "found": found,
        "title": found.form.title,
        "who": found.entry.name(author),
        "state": state_of(found.entry),
        "answers": answers.answers(tools.questionnaire_of(found.response), found.response, language()),
        "amended": len(next(p for p in found.entry.parts if p.key[0] == "QuestionnaireResponse").amendments),
        "sign_url": reverse("entry_signatures", args=[card.id, *found.entry.head.key]),
        "change_url": reverse("record_rewrite", args=[card.id, document])
        if context.has(found.form.permission) and may_change
        else "",
        "paper_url": reverse("record_paper", args=[card.id, document]) if context.has("record.print") else "",
    }
    return render(request, "records/document.html", values)
