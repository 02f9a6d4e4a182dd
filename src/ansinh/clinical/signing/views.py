"""An entry with its signatures: read, sign, confirm, amend."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh.access.permissions import proved_lately, requires
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.retractions import retraction_of
from ansinh.clinical.registry.views.reading import entry_words, frame, said
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.signing import actions, amending, queries, wording
from ansinh.clinical.signing.forms import AmendForm, SignForm
from ansinh.clinical.signing.queries import Checked, Entry, Part
from ansinh.clinical.signing.rules import ADDENDUM, AUTHOR, COUNTER, entry_of
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed, NotFound, UserError
from ansinh.ui import htmx, messages
from ansinh.ui.refusals import refusal_in_language


@requires("person.open")
def entry_signatures(request: HttpRequest, id: Any, kind: str, part: str) -> HttpResponse:
    """GET /nguoi/<id>/ky/<type>/<entry>/ – everything of an entry, who wrote and signed it, what the reader may do."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    return _page(request, card, entry_of_person(context, card.id, kind, part))


def entry_of_person(context: Context, person_id: str, kind: str, part: str) -> Entry:
    """The entry; NotFound when it is somebody else's."""
    entry = queries.entry(context, kind, part)
    if entry.head.resource.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy mục này trong hồ sơ."))
    return entry


def _page(
    request: HttpRequest, card: registry.PersonCard, entry: Entry, error: UserError | None = None
) -> HttpResponse:
    context, kind, part = context_of(request), *entry.head.key
    step = _step(context, entry)
    signing = actions.covered(entry) if step == "confirm" else entry.own()
    values = frame(request, card, "records") | {
        "title": entry_title(entry),
        "state": state_of(entry),
        "parts": [_part(card.id, context, entry, one) for one in entry.parts],
        "signatures": [_signature(one) for one in entry.signatures],
        "step": step,
        "form": SignForm(initial={"seen": queries.content_digest(signing, entry.patient)}),
        "act": reverse("entry_sign", args=[card.id, kind, part]),
        "asks_proof": actions.asks_proof(),
        "error": error,
    }
    return render(request, "signing/entry.html", values, status=error.status if error else 200)


def _step(context: Context, entry: Entry) -> str:
    """What this reader may do next: sign, confirm, or nothing."""
    if retraction_of(entry.head.resource) is not None:
        return ""
    if entry.seal is None:
        return "sign" if context.has("entry.sign") and entry.head.author == context.actor else ""
    confirmed = {one.signed.signer for one in entry.signatures if one.signed.purpose == COUNTER}
    others = entry.seal.signed.signer != context.actor and context.actor not in confirmed
    return "confirm" if context.has("entry.countersign") and others else ""


def entry_title(entry: Entry) -> str:
    """What the entry is called."""
    document = next((one.resource for one in entry.parts if one.key[0] == "Composition"), None)
    if document is not None:
        return str(document["title"])
    head = entry.head.resource
    coding = [one for each in head.get("type", ()) for one in each.get("coding", ())] if "type" in head else []
    return said(coding[0].get("system", ""), coding[0].get("code", "")) if coding else entry_words(head)


def state_of(entry: Entry) -> tuple[str, str]:
    """(words, tone) of the whole entry."""
    if retraction_of(entry.head.resource) is not None:
        return _("Ghi nhầm"), "warn"
    if any(not one.good for one in entry.signatures):
        return _("Có chữ ký không hợp lệ"), "bad"
    if entry.seal is None:
        return _("Chưa ký"), "neutral"
    if entry.countersigned is not None:
        return _("Đã ký và xác nhận, đã khóa"), "good"
    return _("Đã ký, đã khóa"), "good"


def _part(person_id: str, context: Context, entry: Entry, part: Part) -> dict[str, Any]:
    kind, fhir_id = part.key
    mine = entry.seal is not None and (context.actor == entry.seal.signed.signer or context.has("entry.amend"))
    can = bool(amending.fields_of(part.resource)) and mine and bool(entry.signed_version(part))
    return {
        "title": entry_words(part.resource),
        "rows": wording.rows(part.resource) if kind != "Encounter" else [],
        "author": entry.name(part.author),
        "at": clock.instant(part.at),
        "signed": entry.is_current(part),
        "others": part.author != entry.head.author,
        "amendments": [{"why": one, "changes": wording.changes(part, one)} for one in part.amendments],
        "amend": reverse("part_amend", args=[person_id, kind, fhir_id]) if can else "",
    }


def _signature(one: Checked) -> dict[str, Any]:
    words = {AUTHOR: _("Người ghi ký"), COUNTER: _("Xác nhận"), ADDENDUM: _("Ký đính chính")}
    return {
        "purpose": words.get(one.signed.purpose, ""),
        "who": one.signed.signer_name,
        "at": one.signed.at,
        "good": one.good,
        "result": verdict_words(one.verdict),
        "certificate": one.verdict.fingerprint[:16],
        "issuer": one.verdict.issuer,
        "count": len(one.signed.targets),
    }


def verdict_words(verdict: Any) -> str:
    """What a signature proves, in one sentence."""
    if not verdict.intact:
        return _("Không hợp lệ: nội dung khác với lúc ký.")
    if not verdict.trusted:
        return _("Nội dung còn nguyên, nhưng chứng thư không thuộc nơi cấp mà nút này tin cậy.")
    return _("Hợp lệ: nội dung còn nguyên như lúc ký.")


@require_POST
@requires("entry.sign")
@proved_lately
def entry_sign(request: HttpRequest, id: Any, kind: str, part: str) -> HttpResponse:
    """POST /nguoi/<id>/ky/<type>/<entry>/lam/ – sign as its author, or confirm it."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    entry = entry_of_person(context, card.id, kind, part)
    form = SignForm(request.POST)
    if not form.is_valid():
        raise Malformed(_("Trang này đã cũ; hãy mở lại rồi ký."))
    act = {"sign": actions.sign_entry, "confirm": actions.countersign_entry}.get(request.POST.get("step", ""))
    if act is None:
        raise Malformed(_("Không có bước này."))
    try:
        act(context, kind=kind, id=part, seen=form.cleaned_data["seen"], proof=form.cleaned_data["proof"])
    except UserError as error:
        return _page(request, card, entry, error)
    messages.done(request, _("Đã ký. Mục này đã khóa; muốn sửa thì ghi đính chính."))
    return htmx.redirect(request, reverse("entry_signatures", args=[card.id, kind, part]))


@requires("entry.sign")
@proved_lately
def part_amend(request: HttpRequest, id: Any, kind: str, part: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/dinh-chinh/<type>/<part>/ – say otherwise what was signed, with the reason, and sign it."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    entry = entry_of_person(context, card.id, kind, part)
    found = entry.head.resource
    fields = amending.fields_of(found)
    if not fields:
        raise NotFound(_("Mục này không đính chính được; hãy đánh dấu ghi nhầm rồi ghi lại."))
    form = AmendForm(request.POST or None, parts=fields, initial={"version": found["meta"]["versionId"]})
    back = reverse("entry_signatures", args=[card.id, *entry_of(found)])
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend_part(
                context,
                kind=kind,
                id=part,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                change=lambda before: amending.amended_part(before, form.values()),
            )
        except UserError as error:
            form.add_error(None, refusal_in_language(error.message))
        else:
            messages.done(request, _("Đã ghi và ký đính chính. Nội dung trước vẫn được giữ."))
            return htmx.redirect(request, back)
    values = frame(request, card, "records", brief=True) | {"form": form, "title": entry_words(found), "back": back}
    return render(request, "signing/amend.html", values, status=422 if request.method == "POST" else 200)
