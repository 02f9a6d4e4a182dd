"""Pages of staff: then and now beside each other, posts that somebody holds, taking up and leaving a post."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.kernel.context import Context
from ansinh.kernel.errors import UserError
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities.panels import Panel
from ansinh.network.facilities.queries import Facility
from ansinh.network.workforce import actions, forms, queries
from ansinh.network.workforce.queries import Staff
from ansinh.network.workforce.rules import Comparison
from ansinh.ui import htmx, messages
from ansinh.ui.language import in_language, language
from ansinh.ui.tables import Column, Link, Table


@requires("facility.open")
def workforce(request: HttpRequest, facility_id: str) -> HttpResponse:
    """The figures of the plan beside today's staff. Names only for readers whose reach covers the facility."""
    shown = facilities.care_facility(_context(request), facility_id, language())
    staff = queries.staff(_context(request), facility_id)
    page = {
        "facility": shown,
        "staff": staff,
        "table": comparison_table(staff),
        "posts": _posts_table(request, facility_id, staff) if _context(request).reaches(facility_id) else None,
        "may_edit": _may_edit(_context(request), facility_id),
    }
    return render(request, "workforce/workforce.html", page)


@requires("workforce.edit")
def post_new(request: HttpRequest, facility_id: str) -> HttpResponse:
    """Somebody takes up a post."""
    queries.refuse_beyond_reach(_context(request), facility_id)
    shown = facilities.care_facility(_context(request), facility_id, language())
    form = forms.PostForm(request.POST or None, posts=queries.staff(_context(request), facility_id).posts)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.take_up_post(
                _context(request), facility=facility_id, full_name=data["full_name"], post=data["post"],
                level=data["level"], licence=data["licence"], practitioner=data["practitioner"],
                start=form.chosen_day,
            )  # fmt: skip
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã ghi nhân viên vào cơ sở."))
            return htmx.redirect(request, reverse("workforce", args=[facility_id]))
    page = {"facility": shown, "form": form, "title": _("Thêm nhân viên"), "button": _("Lưu")}
    return render(request, "workforce/post.html", page, status=422 if form.has_errors else 200)


@requires("workforce.edit")
def post_end(request: HttpRequest, facility_id: str, post_id: str) -> HttpResponse:
    """Somebody leaves a post."""
    shown = facilities.care_facility(_context(request), facility_id, language())
    stored = queries.stored_post(_context(request), facility_id, post_id)
    form = forms.EndForm(request.POST or None, initial={"version": stored["meta"]["versionId"]})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_post(
                _context(request), facility=facility_id, post_id=post_id, last_day=form.chosen_day,
                version=form.cleaned_data["version"],
            )  # fmt: skip
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã kết thúc vị trí."))
            return htmx.redirect(request, reverse("workforce", args=[facility_id]))
    page = {
        "facility": shown,
        "form": form,
        "title": _("Kết thúc vị trí"),
        "button": _("Kết thúc vị trí"),
        "who": stored.get("practitioner", {}).get("display", ""),
    }
    return render(request, "workforce/post.html", page, status=422 if form.has_errors else 200)


def comparison_table(staff: Staff) -> Table:
    """Then and now, a line a figure; groups are named in the first column of their lines."""
    year = staff.baseline.period_to.year if staff.baseline else ""
    columns = [
        Column("what", _("Nhóm"), header=True),
        Column("then", _("Năm %(year)s") % {"year": year} if year else _("Theo kế hoạch"), "number"),
        Column("now", _("Hiện nay"), "number"),
        Column("change", _("Tăng, giảm"), numeric=True),
    ]
    rows = [
        {"what": _line_text(line), "then": line.then, "now": line.now, "change": _change(line)} for line in staff.lines
    ]
    return Table(columns, rows, caption=_("Nhân lực so với kế hoạch"))


def panel(context: Context, facility: Facility) -> Panel | None:
    """What the facility's own page says about its staff."""
    if not facility.is_care:
        return None
    staff = queries.staff(context, facility.unit.id, facility.at)
    total = next((line for line in staff.lines if line.group == "total"), None)
    rows = [(_("Hiện nay"), str(total.now) if total else "0")]
    if staff.baseline and staff.baseline.total is not None:
        rows.insert(0, (_("Năm %(year)s") % {"year": staff.baseline.period_to.year}, str(staff.baseline.total)))
    return Panel(_("Nhân lực"), reverse("workforce", args=[facility.unit.id]), rows)


def _posts_table(request: HttpRequest, facility_id: str, staff: Staff) -> Table:
    columns = [
        Column("name", _("Họ và tên"), header=True),
        Column("post", _("Vị trí")),
        Column("level", _("Trình độ")),
        Column("from", _("Từ ngày"), "date"),
    ]
    may_edit = _may_edit(_context(request), facility_id)
    if may_edit:
        columns.append(Column("end", _("Thay đổi"), "link"))
    levels = dict(queries.level_choices(language()))
    rows = [
        {
            "name": post.name,
            "post": queries.post_name(post.post, language()),
            "level": levels.get(post.level, ""),
            "from": post.start,
            "end": Link(_("Kết thúc"), reverse("post_end", args=[facility_id, post.id])) if may_edit else None,
        }
        for post in staff.posts
    ]
    return Table(columns, rows, caption=_("Nhân viên hiện nay"), empty=_("Chưa ghi nhân viên nào."))


def _line_text(line: Comparison) -> str:
    if line.group == "total":
        return _("Tổng số người")
    return in_language(line.text) or queries.post_name(line.code, language())


def _change(line: Comparison) -> str:
    return "" if line.change is None else f"{line.change:+d}".replace("-", "−") if line.change else "0"


def _may_edit(context: Context, facility_id: str) -> bool:
    return context.has("workforce.edit") and context.reaches(facility_id)


def _context(request: HttpRequest) -> Context:
    """Who reads: `access` puts it on every request."""
    return request.context  # type: ignore[attr-defined]
