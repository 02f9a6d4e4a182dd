"""Pages of what a facility can do: all catalogues with their coverage, one catalogue to declare, a list to import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ansinh.access.permissions import requires
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Refused, Stale, UserError
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_date
from ansinh.network.capability import actions, forms, queries, rules
from ansinh.network.capability.rules import Catalogue, Coverage, Declaration, Item
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities.panels import Panel
from ansinh.network.facilities.queries import Facility
from ansinh.ui import charts, htmx, messages
from ansinh.ui.language import in_language, language


@dataclass(frozen=True, slots=True)
class Line:
    """An item of a catalogue on the form."""

    item: Item
    text: str
    is_declared: bool
    evidence: str
    since: date | None

    @property
    def details(self) -> list[str]:
        """Below the line, as far as they are known: its number, its source, since when it is declared."""
        since = _("từ %(day)s") % {"day": format_date(self.since)} if self.since else ""
        return [part for part in (self.item.number, self.item.source, since) if part]


@requires("facility.open")
def capability(request: HttpRequest, facility_id: str) -> HttpResponse:
    """Each catalogue that is meant for the facility, and how much of it is declared today."""
    shown = facilities.care_facility(_context(request), facility_id, language())
    found = queries.coverages(_context(request), facility_id, shown.unit.kind)
    page = {
        "facility": shown,
        "rows": [(item, item.words(language()), coverage, _words(item, coverage)) for item, coverage in found],
    }
    return render(request, "capability/capability.html", page)


@requires("facility.open")
def capability_declare(request: HttpRequest, facility_id: str, catalogue: str) -> HttpResponse:
    """One catalogue by group, with a tick for what is declared; readers who may, change it."""
    shown = facilities.care_facility(_context(request), facility_id, language())
    listed = queries.catalogue(_context(request), catalogue)
    may_edit = _context(request).has("capability.edit") and _context(request).reaches(facility_id)
    declared = queries.declarations(_context(request), facility_id).get(catalogue, [])
    form = forms.DeclareForm(request.POST or None, initial={"read_at": actions.stamp(declared)})
    if request.method == "POST" and not may_edit:
        raise Refused(_("Vai trò của anh/chị không khai được năng lực của cơ sở này."))
    if request.method == "POST" and form.is_valid():
        try:
            count = _declare(request, facility_id, listed, form)
        except Stale as error:
            form.refuse(error)
            # The list is drawn anew beside what was ticked here: saving again is then on purpose.
            form.renew(read_at=actions.stamp(declared))
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _done(count))
            return htmx.redirect(request, reverse("capability_declare", args=[facility_id, catalogue]))
    chosen = set(request.POST.getlist("chosen")) if request.method == "POST" else None
    page = {
        "facility": shown,
        "catalogue": listed,
        "title": listed.words(language()),
        "groups": _groups(request, listed, declared, chosen),
        "coverage": _words(listed, rules.coverage(listed, declared, clock.today())),
        "form": form,
        "may_edit": may_edit,
        "can_import": _context(request).has("facility.edit"),
    }
    return render(request, "capability/declare.html", page, status=422 if form.has_errors else 200)


@requires("facility.edit")
def catalogue_import(request: HttpRequest, catalogue: str) -> HttpResponse:
    """Replace the items of a catalogue from a day on."""
    listed = queries.catalogue(_context(request), catalogue)
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.import_catalogue(
                _context(request), catalogue=catalogue, items=form.items(), start=form.chosen_day,
                source=form.cleaned_data["source"],
            )  # fmt: skip
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã nhập danh mục: %(count)d dòng có hiệu lực.") % {"count": count})
            return htmx.redirect(request, reverse("facilities"))
    page = {"title": listed.words(language()), "form": form, "count": len(listed.on(clock.today()))}
    return render(request, "capability/import.html", page, status=422 if form.has_errors else 200)


def panel(context: Context, facility: Facility) -> Panel | None:
    """What the facility's own page says about its capability."""
    if not facility.is_care:
        return None
    found = queries.coverages(context, facility.unit.id, facility.unit.kind, facility.at)
    rows = [(catalogue.words(language()), _words(catalogue, coverage)) for catalogue, coverage in found]
    return Panel(_("Năng lực"), reverse("capability", args=[facility.unit.id]), rows)


def _declare(request: HttpRequest, facility_id: str, listed: Catalogue, form: forms.DeclareForm) -> int:
    evidence = {
        item.code: request.POST.get(f"evidence-{item.code}", "")
        for item in listed.items
        if f"evidence-{item.code}" in request.POST
    }
    return actions.declare(
        _context(request),
        facility=facility_id,
        catalogue=listed.id,
        chosen=request.POST.getlist("chosen"),
        evidence=evidence,
        start=form.chosen_day,
        read_at=form.cleaned_data["read_at"],
    )


def _groups(
    request: HttpRequest, listed: Catalogue, declared: Sequence[Declaration], chosen: set[str] | None
) -> list[tuple[str, list[Line]]]:
    """Items of today by group. After a refusal, what was ticked and typed is shown again."""
    today = clock.today()
    present = {item.code: item for item in declared if item.holds_on(today)}
    headings = {
        item.display: item.words(language()) for item in concepts.members(CS(listed.system)) if item.is_abstract
    }
    groups: dict[str, list[Line]] = {}
    for item in listed.on(today):
        held = present.get(item.code)
        words = held.evidence if held else ""
        ticked = item.code in (chosen if chosen is not None else present)
        typed = request.POST.get(f"evidence-{item.code}", words)
        text = in_language(item.words(language()))
        line = Line(item, text, ticked, typed, held.valid_from if held else None)
        groups.setdefault(headings.get(item.group) or in_language(item.group), []).append(line)
    return list(groups.items())


def _words(catalogue: Catalogue, coverage: Coverage) -> str:
    """113/118 (95,7 %)."""
    if coverage.percent is None:
        return _("Chưa có danh mục")
    words = {
        "declared": coverage.declared,
        "total": coverage.total,
        "percent": charts.amount(coverage.percent, "%"),
        "required": coverage.required_declared,
        "needed": coverage.required_total,
    }
    if coverage.ready is None:
        return _("%(declared)d/%(total)d (%(percent)s)") % words
    if coverage.ready:
        return _("%(declared)d/%(total)d (%(percent)s), đủ %(needed)d dòng bắt buộc") % words
    return _("%(declared)d/%(total)d (%(percent)s), mới có %(required)d/%(needed)d dòng bắt buộc") % words


def _done(count: int) -> str:
    if not count:
        return _("Không có gì thay đổi.")
    return ngettext("Đã lưu %(count)d thay đổi.", "Đã lưu %(count)d thay đổi.", count) % {"count": count}


def _context(request: HttpRequest) -> Context:
    """Who reads: `access` puts it on every request."""
    return request.context  # type: ignore[attr-defined]
