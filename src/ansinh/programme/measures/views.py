"""Pages of the indicators: all of them, one with its figure and how it came about, the people behind it, a CSV."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.text import collation_key, format_date, format_number
from ansinh.network.facilities import queries as facilities
from ansinh.programme.measures import queries
from ansinh.programme.measures.aggregates import queries as aggregates
from ansinh.programme.measures.definition import Definition
from ansinh.programme.measures.figures import StratumFigure, UnitFigure
from ansinh.programme.measures.forms import FigureForm
from ansinh.programme.measures.queries import MeasureResult, Subject
from ansinh.programme.measures.rules import Period
from ansinh.ui import charts
from ansinh.ui.charts import Bar, BarChart, LineChart, Series
from ansinh.ui.language import in_language, language
from ansinh.ui.tables import Column, Link, Paging, Table, Tag

PARTS = ("tat-ca", "dat", "chua-dat")
_AUTHORITIES = ("province-committee", "department", "police")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figure a page shows."""

    measure: Definition
    form: FigureForm
    unit_id: str
    unit_name: str
    period: Period

    @property
    def query(self) -> str:
        """The address's question, to carry along."""
        return "?" + urlencode({"don-vi": self.unit_id, "ky": self.form.data["ky"]})


@requires("programme.open")
def measures(request: HttpRequest) -> HttpResponse:
    """Every indicator with the question that it answers."""
    rows = [
        {
            "title": Link(queries.title(each), reverse("measure", args=[each.id])),
            "question": in_language(each.question),
            "unit": _("phần trăm") if each.unit == "percent" else in_language(each.noun),
        }
        for each in queries.definitions(request.context)  # type: ignore[attr-defined]
    ]
    columns = [
        Column("title", _("Chỉ tiêu"), "link", header=True),
        Column("question", _("Câu hỏi trả lời")),
        Column("unit", _("Đơn vị tính")),
    ]
    table = Table(columns, rows, _("Các chỉ tiêu của chương trình"), _("Chưa có chỉ tiêu nào."), caption_hidden=True)
    return render(request, "measures/measures.html", {"table": table})


@requires("programme.open")
def measure(request: HttpRequest, measure_id: str) -> HttpResponse:
    """The indicator for the chosen unit and period."""
    return _figure_page(request, _asked(request, measure_id))


@requires("programme.open")
def measure_facility(request: HttpRequest, measure_id: str, facility_id: str) -> HttpResponse:
    """The indicator for one facility."""
    return _figure_page(request, _asked(request, measure_id, facility_id))


@requires("programme.open")
def measure_csv(request: HttpRequest, measure_id: str) -> HttpResponse:
    """The figure and its facilities as a file for a spreadsheet."""
    asked = _asked(request, measure_id)
    context: Context = request.context  # type: ignore[attr-defined]
    found = queries.result(context, measure_id, asked.unit_id, asked.period)
    name = f"{measure_id}-{asked.period.label}.csv"
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow([_("Đơn vị"), _("Tử số"), _("Mẫu số"), _("Kết quả"), _("Kỳ"), _("Chỉ tiêu"), _("Vị trí sổ")])
    origin = [asked.period.label, f"{measure_id}|{asked.measure.version}", found.position]
    writer.writerow([_cell(asked.unit_name), found.numerator, found.denominator, found.value, *origin])
    for each in found.by_unit:
        figures = ["< 5"] * 3 if each.hidden else [each.numerator, each.denominator, each.value]
        writer.writerow([_cell(each.name), *figures, *origin])
    return response


@requires("programme.open")
def measure_people(request: HttpRequest, measure_id: str, facility_id: str) -> HttpResponse:
    """Who is behind a facility's figure: counted, or why not yet."""
    asked = _asked(request, measure_id, facility_id)
    part = request.GET.get("phan", PARTS[0])
    part = part if part in PARTS else PARTS[0]
    page = max(int(request.GET.get("trang", "1") or 1), 1) if request.GET.get("trang", "1").isdigit() else 1
    context: Context = request.context  # type: ignore[attr-defined]
    subjects, more = queries.people(context, measure_id, facility_id, asked.period, part, None, page)
    address = reverse("measure_people", args=[measure_id, facility_id])

    def link(**changes: Any) -> str:
        return f"{address}?{urlencode({'ky': asked.form.data['ky'], 'phan': part} | changes)}"

    words = {"tat-ca": _("Tất cả"), "dat": _("Đã tính"), "chua-dat": _("Chưa tính")}
    shown = {
        "asked": asked,
        "title": queries.title(asked.measure),
        "tabs": [(words[each], link(phan=each), each == part) for each in PARTS],
        "table": _people_table(asked.measure, subjects),
        "page": Paging(link(trang=page - 1) if page > 1 else None, link(trang=page + 1) if more else None),
    }
    return render(request, "measures/people.html", shown)


def _asked(request: HttpRequest, measure_id: str, facility_id: str = "") -> Asked:
    context: Context = request.context  # type: ignore[attr-defined]
    units = _units(context)
    own = facility_id or (context.unit if context.unit in dict(units) else units[0][0])
    data = request.GET if not facility_id else {"don-vi": facility_id, "ky": request.GET.get("ky", "")}
    form = FigureForm(data, units=units, unit=own, year=clock.today().year)
    names = dict(units)
    if form.unit not in names:
        raise NotFound(_("Không tìm thấy đơn vị."))
    measure = queries.definition(context, measure_id)
    return Asked(measure, form, form.unit, names[form.unit], form.period.until(clock.today()))


def _units(context: Context) -> list[tuple[str, str]]:
    """Units that figures may be asked of: provinces, departments, care facilities; the reader's own first."""
    register, care = facilities.register(context, language()), facilities.care_kinds()
    known = [unit for unit in register.units if unit.kind in care or unit.kind in _AUTHORITIES]
    known.sort(key=lambda unit: (unit.id != context.unit, unit.kind in care, collation_key(unit.name)))
    return [(unit.id, unit.name) for unit in known]


def _figure_page(request: HttpRequest, asked: Asked) -> HttpResponse:
    context: Context = request.context  # type: ignore[attr-defined]
    years = range(max(2021, asked.period.end.year - 4), asked.period.end.year + 1)
    known = queries.overview(context, asked.measure.id, asked.unit_id, asked.period, years)
    found, ways = known.result, queries.stratifiers()
    page = {
        "asked": asked,
        "measure": asked.measure,
        "title": queries.title(asked.measure),
        "result": found,
        "value": _value(found),
        "counts": _counts(found),
        "line": _line(found, known.years),
        "bars": _bars(asked, found),
        "strata": [
            _strata_table(asked.measure, in_language(ways[name].title), rows, overlapping=ways[name].overlapping)
            for name, rows in known.strata.items()
        ],
        "received": _received_table(asked),
        "people_url": _people_url(context, asked, found),
        "csv_url": reverse("measure_csv", args=[asked.measure.id]) + asked.query,
        "facts": _facts(asked, found),
    }
    return render(request, "measures/measure.html", page)


def _value(found: MeasureResult) -> str:
    if found.value is None:
        return "–"
    if found.measure.unit == "count":
        return f"{format_number(found.numerator)} {in_language(found.measure.noun)}"
    return charts.amount(found.value, "%")


def _counts(found: MeasureResult) -> str:
    if found.measure.unit == "count" or found.value is None:
        return ""
    return f"{format_number(found.numerator)}/{format_number(found.denominator)} {in_language(found.measure.noun)}"


def _line(found: MeasureResult, past: Sequence[MeasureResult]) -> LineChart:
    points = [(str(each.period.end.year), each.value) for each in past]
    percent = found.measure.unit == "percent"
    return LineChart(
        _("Diễn biến theo năm"),
        [Series(queries.title(found.measure), points)],
        unit="%" if percent else in_language(found.measure.noun),
        description=_("Mỗi điểm là số liệu ngày cuối năm, riêng năm nay đến hôm nay, tính theo hồ sơ đang có."),
        low=0,
        high=100 if percent else None,
    )


def _bars(asked: Asked, found: MeasureResult) -> BarChart:
    period = "?" + urlencode({"ky": asked.form.data["ky"]})
    bars = [
        Bar(
            each.words(language()),
            None if each.hidden else each.value,
            reverse("measure_facility", args=[asked.measure.id, each.facility_id]) + period,
            _bar_note(asked.measure, each),
        )
        for each in found.by_unit
        if len(found.by_unit) > 1
    ]
    percent = asked.measure.unit == "percent"
    unit = "%" if percent else in_language(asked.measure.noun)
    return BarChart(_("Theo cơ sở"), bars, unit=unit, high=100 if percent else None)


def _bar_note(measure: Definition, each: UnitFigure) -> str:
    if each.hidden:
        return _("dưới 5 người, không nêu")
    return f"({each.numerator}/{each.denominator})" if measure.unit == "percent" else ""


def _strata_table(measure: Definition, title: str, rows: Sequence[StratumFigure], *, overlapping: bool) -> Table:
    columns = [Column("label", title, header=True), Column("numerator", _("Tử số"), numeric=True)]
    if measure.unit == "percent":
        columns += [Column("denominator", _("Mẫu số"), numeric=True), Column("value", _("Kết quả"), numeric=True)]
    caption = _("%(title)s (một người có thể thuộc nhiều nhóm)") if overlapping else _("%(title)s")
    return Table(columns, [_stratum(row) for row in rows], caption % {"title": title}, _("Không có số liệu."))


def _received_table(asked: Asked) -> Table | None:
    """What other systems say of this unit and period, beside the node's own figure."""
    known = aggregates.received(asked.measure.id, asked.measure.unit, asked.unit_id, asked.form.period)
    if not known:
        return None
    percent = asked.measure.unit == "percent"
    rows = [
        {
            "source": each.source,
            "value": charts.amount(each.value, "%" if percent else ""),
            "counts": f"{format_number(each.numerator)}/{format_number(each.denominator)}" if percent else "",
            "day": format_date(each.day),
        }
        for each in known
    ]
    columns = [
        Column("source", _("Hệ thống gửi"), header=True),
        Column("value", _("Kết quả"), numeric=True),
        *([Column("counts", _("Tử số/mẫu số"), numeric=True)] if percent else []),
        Column("day", _("Ngày nhận"), numeric=True),
    ]
    return Table(columns, rows, _("Số liệu do hệ thống khác gửi"), "")


def _stratum(row: StratumFigure) -> dict[str, str]:
    if row.hidden:
        return {"label": in_language(row.label), "numerator": "< 5", "denominator": "…", "value": "…"}
    return {
        "label": in_language(row.label),
        "numerator": format_number(row.numerator),
        "denominator": format_number(row.denominator),
        "value": charts.amount(row.value, "%"),
    }


def _people_url(context: Context, asked: Asked, found: MeasureResult) -> str:
    """The list behind the figure, where the figure is one facility's and the reader may see names there."""
    alone = [each.facility_id for each in found.by_unit] == [asked.unit_id]
    if not alone or not context.reaches(asked.unit_id):
        return ""
    if asked.measure.people and not context.has("programme.people"):
        return ""
    address = reverse("measure_people", args=[asked.measure.id, asked.unit_id])
    return f"{address}?{urlencode({'ky': asked.form.data['ky']})}"


def _facts(asked: Asked, found: MeasureResult) -> list[tuple[str, str, None]]:
    span = f"{format_date(asked.period.start)} – {format_date(asked.period.end)}"
    return [
        (_("Kỳ tính"), span, None),
        (_("Vị trí sổ"), str(found.position), None),
        (_("Mã, phiên bản"), f"{asked.measure.id} | {asked.measure.version}", None),
    ]


def _people_table(measure: Definition, subjects: Sequence[Subject]) -> Table:
    rows = [
        {
            "name": _named(each),
            "state": Tag(_("Đã tính"), "good") if each.counted else Tag(_("Chưa tính"), "warn"),
            "missing": "; ".join(in_language(text) for text in each.missing),
        }
        for each in subjects
    ]
    columns = [
        Column("name", _("Người") if measure.people else _("Mục"), "html", header=True),
        Column("state", _("Trong chỉ tiêu"), "tag"),
        Column("missing", _("Còn thiếu")),
    ]
    return Table(columns, rows, queries.title(measure), _("Không có ai trong danh sách này."), caption_hidden=True)


def _named(subject: Subject) -> str:
    """The person's name, leading to the person's page; never the name of somebody out of reach."""
    if not subject.person_id:
        return format_html("{}", subject.name or _("Hồ sơ không thuộc phạm vi của anh/chị"))
    try:
        address = reverse("person", args=[subject.person_id])
    except NoReverseMatch:
        return format_html("{}", subject.name)
    return format_html('<a class="nhsuk-link" href="{}">{}</a>', address, subject.name)


def _cell(text: str) -> str:
    """A cell that a spreadsheet does not run as a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text
