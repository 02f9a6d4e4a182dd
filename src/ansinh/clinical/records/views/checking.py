"""Checking a file that somebody brings: is it as it was signed, and by whom."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.records.checking import Report, check
from ansinh.clinical.records.forms import CheckForm
from ansinh.clinical.signing.verdicts import LARGEST, Verdict
from ansinh.clinical.signing.views import verdict_words
from ansinh.kernel.errors import UserError
from ansinh.ui.refusals import refusal_in_language


@requires("signature.verify")
def signature_check(request: HttpRequest) -> HttpResponse:
    """GET, POST /kiem-chu-ky/ – the file is read and forgotten."""
    form = CheckForm(request.POST or None, request.FILES or None)
    values: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            values |= _shown(check(form.cleaned_data["file"].read(LARGEST + 1)))
        except UserError as error:
            form.add_error("file", refusal_in_language(error.message))
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "records/check.html", values, status=status)


def _shown(report: Report) -> dict[str, Any]:
    lines = [_line(one.verdict, one.good, one.reason, whole=one.whole) for one in report.findings]
    if (document := report.document) is not None and document.whole is not None:
        lines.append(_line(document.whole, document.whole.good, _("Tài liệu FHIR")))
    entries = document.entries if document else ()
    bad = sum(1 for one in entries if not one.good)
    return {"report": report, "lines": lines, "entries": len(entries), "bad": bad}


def _line(verdict: Verdict, good: bool, what: str, *, whole: bool = True) -> dict[str, Any]:
    later = "" if whole else _("Tệp bị thêm nội dung sau khi ký.")
    return {"verdict": verdict, "good": good, "what": what, "words": f"{verdict_words(verdict)} {later}".strip()}
