"""Reports of the reader's plans, one report with its document, and what has changed since it was computed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound, Refused
from ansinh.kernel.text import format_number
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures.figures import UnitFigure
from ansinh.programme.measures.rules import Period
from ansinh.programme.plans import queries as plans
from ansinh.programme.plans import resources as plan_resources
from ansinh.programme.plans.definition import Plan
from ansinh.programme.reports import collecting, content, resources, rules, sources, template, wording
from ansinh.programme.reports.documents.model import OfficialDocument
from ansinh.programme.reports.resources import Report
from ansinh.programme.reports.snapshot import FigureRow, Snapshot
from ansinh.programme.reports.template import Template

YEARLY = "bao-cao-nam"

_REPORTS = """
    SELECT r.id, r.plan, r.year, r.edition, r.state, r.title, r.date FROM view_report r
    WHERE {reach:r} ORDER BY r.plan, r.year DESC, r.edition DESC
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the list of reports."""

    id: str
    plan_id: str
    year: int
    edition: int
    state: rules.State
    title: str
    changed: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the report says any more. unit: "" for the whole unit, else a facility's name."""

    measure_id: str
    title: str
    unit: str
    before: str
    after: str


def yearly_template(template_id: str = YEARLY) -> Template:
    """The template of that id. Raises NotFound."""
    path = Path(settings.DEFINITIONS) / "templates" / f"{template_id}.yaml"
    if not path.exists():
        raise NotFound(_("Không có mẫu báo cáo này."))
    return template.read(path)


def summaries(context: Context) -> list[Summary]:
    """Reports that the reader may see, by plan, newest year and edition first. Raises Refused."""
    if not context.allows("search", "Composition"):
        raise Refused(_("Vai trò của anh/chị không mở được báo cáo."))
    return [
        Summary(row["id"], row["plan"], row["year"], row["edition"], row["state"], row["title"], row["date"])
        for row in tables.rows(context, _REPORTS)
    ]


def latest(context: Context, plan_id: str, year: int) -> Summary | None:
    """The newest edition for a plan and year."""
    return next((each for each in summaries(context) if (each.plan_id, each.year) == (plan_id, year)), None)


def report(context: Context, report_id: str) -> Report:
    """One report. Raises NotFound, also for another agency's."""
    return resources.read(Repository(context).read("Composition", report_id))


def document(found: Report) -> OfficialDocument:
    """The official document of a report, a draft until it is approved."""
    chosen = yearly_template(found.template_id)
    return content.document(found.snapshot, chosen, found.words, found.header, draft=found.is_draft)


def plan_named(context: Context, name: str) -> Plan:
    """A plan by its id, or by the beginning of it where only one begins so: `ninh-binh`. Raises NotFound."""
    known = plans.plans(context)
    found = [each for each in known if each.id == name] or [each for each in known if each.id.startswith(f"{name}-")]
    if len(found) != 1:
        names = ", ".join(each.id for each in known)
        raise NotFound(_("Không có kế hoạch “%(name)s”. Các kế hoạch: %(names)s.") % {"name": name, "names": names})
    return found[0]


def differences(found: Report, as_of: int | None = None) -> list[Difference]:
    """Compute the report's figures again, now or at a position, and list what is no longer the same."""
    before, after = _figures(found.snapshot), _figures(recomputed(found, as_of))
    return [each for name in before for each in _compared(before[name], after.get(name))]


def recomputed(found: Report, as_of: int | None = None) -> Snapshot:
    """The report's snapshot computed again over its own period; at its own position it is the same."""
    before = found.snapshot
    return collecting.collect(
        _plan_at(found.plan_id, as_of),
        yearly_template(found.template_id),
        found.year,
        period=Period(before.start, before.end),
        as_of=as_of,
        written_on=date.fromisoformat(before.facts["written_on"]),
    ).snapshot


def changed_sources(found: Report) -> list[str]:
    """What the report was made by and is otherwise now, in words."""
    plan = plan_named(system_context(), found.plan_id)
    now = sources.digests(plan, yearly_template(found.template_id), measures.stratifiers())
    words = {
        sources.PLAN: _("kế hoạch"),
        sources.TEMPLATE: _("mẫu báo cáo"),
        sources.STRATIFIERS: _("cách phân tổ số liệu"),
    }
    return [words[name] for name in sources.changed(found.snapshot.facts, now)]


def _plan_at(plan_id: str, position: int | None) -> Plan:
    """The plan now, or as it was loaded at a journal position; as it was first loaded for an earlier one."""
    if position is None:
        return plan_named(system_context(), plan_id)
    stored = Repository(system_context()).history("PlanDefinition", plan_resources.plan_id(plan_id))
    bodies = {each.position: each.body for each in stored if each.body}
    chosen = max((each for each in bodies if each <= position), default=min(bodies))
    return plan_resources.plan_from(bodies[chosen])


def _figures(snapshot: Snapshot) -> dict[str, FigureRow]:
    services = {figure.measure_id: figure for figure in snapshot.figures}
    return {goal.id: goal.figure for goal in snapshot.goals} | services


def _compared(old: FigureRow, new: FigureRow | None) -> list[Difference]:
    if new is None:
        return [Difference(old.measure_id, old.title, "", _said(old), "–")]
    found = []
    if _counts(old) != _counts(new):
        found.append(Difference(old.measure_id, old.title, "", _said(old), _said(new)))
    rows = {row.facility_id: row for row in new.by_unit}
    for row in old.by_unit:
        now = rows.get(row.facility_id)
        if now is None or _counts(now) != _counts(row):
            found.append(Difference(old.measure_id, old.title, row.name, _said(row), _said(now) if now else "–"))
    return found


def _counts(row: FigureRow | UnitFigure) -> tuple[int, int, bool]:
    return row.numerator, row.denominator, isinstance(row, UnitFigure) and row.hidden


def _said(row: FigureRow | UnitFigure) -> str:
    if isinstance(row, UnitFigure) and row.hidden:
        return "< 5"
    if not row.denominator:
        return format_number(row.numerator)
    return wording.percent(row.value, row.numerator, row.denominator)
