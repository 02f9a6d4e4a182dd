"""Giving out: one paper, the whole record as PDF or as FHIR document. Each file is signed by who takes it out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh import paper
from ansinh.access.permissions import proved_lately, requires
from ansinh.clinical.records import actions, documents, paperwork, queries
from ansinh.clinical.records.views.reading import found_of_person
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.requests import context_of
from ansinh.kernel.errors import NotFound

_PDF, _FHIR = "application/pdf", "application/fhir+json"


@require_POST
@requires("record.print")
@proved_lately
def record_paper(request: HttpRequest, id: Any, document: Any) -> HttpResponse:
    """POST /nguoi/<id>/benh-an/giay/<document>/in/ – one form as PDF, signed."""
    context = context_of(request)
    card = registry.person(context, str(id))
    found = found_of_person(context, card.id, document)
    made = paper.render(paperwork.form_paper(context, card, str(document)))
    signed = actions.sign_file(context, made, reason=found.form.title)
    return _file(signed, _PDF, f"{found.form.id}-{str(document)[:8]}.pdf")


@require_POST
@requires("record.print")
@proved_lately
def record_whole(request: HttpRequest, id: Any, kind: str) -> HttpResponse:
    """POST /nguoi/<id>/benh-an/toan-bo/<pdf|fhir>/ – everything of one person that the reader may see."""
    if kind not in ("pdf", "fhir"):
        raise NotFound(_("Hồ sơ có hai dạng tệp: pdf và fhir."))
    context = context_of(request)
    card = registry.person(context, str(id))
    whole = documents.person_document(context, card)
    if kind == "fhir":
        return _file(whole.text.encode(), _FHIR, f"ho-so-{card.id[:8]}.json")
    kept = queries.retention(context, card)
    made = paper.render(paperwork.whole_document(whole, kept, queries.retention_source()))
    return _file(actions.sign_file(context, made, reason="Trích hồ sơ bệnh án"), _PDF, f"ho-so-{card.id[:8]}.pdf")


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    """A download that no cache keeps; its name tells nobody who it is about."""
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
