"""What the pages of a plan draw: cards, tables, the trend with its path, bars by facility. Every figure is a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.programme.measures.queries import MeasureResult
from ansinh.programme.plans import queries, words
from ansinh.programme.plans.definition import Plan
from ansinh.programme.plans.queries import GoalFigure, TargetFigure
from ansinh.ui.charts import Bar, BarChart, LineChart, Series, amount
from ansinh.ui.language import in_language, language
from ansinh.ui.tables import Column, Link, Table, Tag


@dataclass(frozen=True, slots=True)
class GoalCard:
    """One goal on the plan's page."""

    title: str
    url: str
    state: str
    tone: str
    value: Decimal | None
    shown: str
    baseline: str
    target: Decimal | None
    target_label: str
    expected: str
    fraction: str
    figure_url: str
    reason: str
    subject: str


def figure_url(figure: GoalFigure) -> str:
    """Where the goal's figure opens: to the facility's people for one facility, else to its facilities."""
    if figure.goal.subject:
        return facility_url(figure, figure.unit_id)
    query = f"?don-vi={figure.unit_id}&ky={figure.now.period.end.year}"
    return reverse("measure", args=[figure.goal.measure]) + query


def facility_url(figure: GoalFigure, facility_id: str) -> str:
    """Where one facility's figure of the goal opens."""
    address = reverse("measure_facility", args=[figure.goal.measure, facility_id])
    return f"{address}?ky={figure.now.period.end.year}"


def goal_card(plan: Plan, figure: GoalFigure) -> GoalCard:
    """What the card of a goal says, judged by the target that is ahead."""
    goal, ahead = figure.goal, figure.ahead
    state, tone = words.track(ahead.track.state)
    return GoalCard(
        title=figure.title,
        url=reverse("goal", args=[plan.id, goal.id]),
        state=state,
        tone=tone,
        value=figure.now.value,
        shown=amount(figure.now.value, goal.unit),
        baseline=amount(goal.baseline, goal.unit) if goal.baseline is not None else "",
        target=ahead.target.value,
        target_label=target_words(ahead),
        expected=amount(ahead.track.expected, goal.unit) if ahead.track.expected is not None else "",
        fraction=_fraction(figure.now),
        figure_url=figure_url(figure),
        reason=in_language(figure.now.reason),
        subject=figure.unit_name,
    )


def goal_table(plan: Plan, figures: Sequence[GoalFigure]) -> Table:
    """All goals in one table: baseline, now, each target with the figure held against it."""
    dues = sorted({item.target.due for figure in figures for item in figure.targets})
    past = sorted({item.target.due.year for figure in figures for item in figure.targets if item.is_past})
    columns = [
        Column("goal", _("Mục tiêu"), "link", header=True),
        Column("baseline", _("Đầu kỳ"), numeric=True),
        *(Column(f"target-{due:%Y}", _("Mục tiêu %(year)s") % {"year": due.year}, numeric=True) for due in dues),
        *(Column(f"result-{year}", _("Kết quả %(year)s") % {"year": year}, "link", numeric=True) for year in past),
        Column("now", _("Hiện nay"), "link", numeric=True),
        Column("state", _("Tiến độ"), "tag"),
    ]
    return Table(columns, [_goal_row(plan, figure) for figure in figures], caption=_("Mục tiêu của kế hoạch"))


def target_table(figure: GoalFigure) -> Table:
    """Each target of a goal: what the plan says, what the figure is, where that stands."""
    columns = [
        Column("due", _("Mốc"), "date", header=True),
        Column("text", _("Kế hoạch")),
        Column("target", _("Mục tiêu"), numeric=True),
        Column("value", _("Kết quả"), numeric=True),
        Column("expected", _("Trên đường đi"), numeric=True),
        Column("state", _("Tiến độ"), "tag"),
        Column("section", _("Mục")),
    ]
    unit = figure.goal.unit
    rows = [
        {
            "due": item.target.due,
            "text": item.target.text,
            "target": target_words(item),
            "value": amount(item.value, unit),
            "expected": amount(item.track.expected, unit) if item.track.expected is not None else None,
            "state": Tag(*words.track(item.track.state)),
            "section": item.target.section,
        }
        for item in figure.targets
    ]
    return Table(columns, rows, caption=_("Các mốc của mục tiêu"))


def trend_chart(plan: Plan, figure: GoalFigure, trend: Sequence[MeasureResult]) -> LineChart:
    """The figure at the end of each year beside the path to the targets."""
    path = queries.path(plan, figure.goal)
    measured = {item.period.start.year: item.value for item in trend}
    series = [Series(_("Thực hiện"), [(str(year), measured.get(year)) for year, _value in path])]
    if any(value is not None for _year, value in path):
        series.append(Series(_("Đường tới mục tiêu"), [(str(year), value) for year, value in path]))
    if heading := queries.heading(figure, trend, plan.end.year):
        series.append(Series(_("Theo đà hiện nay"), [(str(year), value) for year, value in heading]))
    return LineChart(
        title=_("Diễn biến qua các năm"),
        series=series,
        unit=figure.goal.unit,
        low=0,
        high=100 if figure.goal.unit == "%" else None,
        description=_("Số cuối mỗi năm; năm nay tính đến hôm nay."),
    )


def forecast_table(figure: GoalFigure, trend: Sequence[MeasureResult]) -> Table | None:
    """Where each target that is still ahead is heading; None when nothing is ahead or nothing was measured."""
    found = queries.forecasts(figure, trend)
    if not found:
        return None
    unit = figure.goal.unit
    columns = [
        Column("due", _("Mốc"), "date", header=True),
        Column("target", _("Mục tiêu"), numeric=True),
        Column("linear", _("Theo đà các năm"), numeric=True),
        Column("unchanged", _("Nếu giữ như nay"), numeric=True),
        Column("reached", _("Dự kiến đạt")),
        Column("needed", _("Cần thêm mỗi quý"), numeric=True),
    ]
    rows = [
        {
            "due": each.due,
            "target": amount(each.target, unit),
            "linear": amount(each.linear, unit) if each.linear is not None else _("chưa đủ số liệu"),
            "unchanged": amount(each.unchanged, unit),
            "reached": words.reached(each.reached, met=each.per_quarter is None),
            "needed": _change(each.per_quarter, unit),
        }
        for each in found
    ]
    return Table(columns, rows, caption=_("Dự báo"))


def lacking_table(figure: GoalFigure) -> Table | None:
    """The facilities that hold the goal back, most first; None where none is below the target."""
    found = queries.lacking(figure)
    if not found:
        return None
    names = {each.facility_id: each for each in figure.now.by_unit}
    columns = [
        Column("facility", _("Cơ sở"), "link", header=True),
        Column("value", _("Hiện nay"), numeric=True),
        Column("lack", _("Còn thiếu"), numeric=True),
    ]
    noun = in_language(figure.now.measure.noun)
    rows = [
        {
            "facility": Link(names[each.facility_id].words(language()), facility_url(figure, each.facility_id)),
            "value": amount(names[each.facility_id].value, figure.goal.unit),
            "lack": amount(each.subjects, noun),
        }
        for each in found
    ]
    year = figure.ahead.target.due.year
    caption = _("Cơ sở còn dưới mục tiêu %(year)s, thiếu nhiều trước") % {"year": year}
    return Table(columns, rows, caption=caption)


def _change(value: Decimal | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{'+' if value > 0 else ''}{amount(value, unit)}"


def facility_bars(figure: GoalFigure) -> BarChart:
    """What each facility has, each bar a link to what is behind it."""
    bars = [
        Bar(
            label=item.words(language()),
            value=None if item.hidden else item.value,
            url="" if item.hidden else facility_url(figure, item.facility_id),
            note=_("ẩn vì số người ít") if item.hidden else f"{item.numerator}/{item.denominator}",
        )
        for item in figure.now.by_unit
    ]
    return BarChart(
        title=_("Theo cơ sở"),
        bars=bars,
        unit=figure.goal.unit,
        target=figure.ahead.target.value,
        target_label=_("Mục tiêu %(year)s") % {"year": figure.ahead.target.due.year},
        high=100 if figure.goal.unit == "%" else None,
    )


def target_words(item: TargetFigure) -> str:
    """ "≥ 70 %", or that the plan gives no number."""
    target = item.target
    return amount(target.value, "%") if target.value is not None else _("không đặt số")


def _goal_row(plan: Plan, figure: GoalFigure) -> dict[str, object]:
    unit = figure.goal.unit
    state, tone = words.track(figure.ahead.track.state)
    subject = figure.unit_name if figure.goal.subject else ""
    row: dict[str, object] = {
        "goal": Link(figure.title, reverse("goal", args=[plan.id, figure.goal.id]), subject),
        "baseline": amount(figure.goal.baseline, unit) if figure.goal.baseline is not None else None,
        "now": Link(amount(figure.now.value, unit), figure_url(figure), _fraction(figure.now)),
        "state": Tag(state, tone),
        "_tone": {"bad": "bad", "warn": "warn"}.get(tone, ""),
    }
    for item in figure.targets:
        year = item.target.due.year
        row[f"target-{year}"] = target_words(item)
        if item.is_past:
            url = figure_url(figure).rsplit("ky=", 1)[0] + f"ky={year}"
            row[f"result-{year}"] = Link(amount(item.value, unit), url, words.track(item.track.state)[0])
    return row


def _fraction(result: MeasureResult) -> str:
    return f"{result.numerator}/{result.denominator}" if result.denominator else ""
