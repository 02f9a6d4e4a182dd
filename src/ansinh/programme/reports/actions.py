"""What people do with a report: draft, write, take figures again, submit, return, approve, amend; and files of it."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context, system_context
from ansinh.kernel.errors import Conflict, Invalid, Problem, Refused
from ansinh.kernel.text import nfc, printable
from ansinh.programme.measures import actions as freezing
from ansinh.programme.measures import queries as measures
from ansinh.programme.plans import queries as plans
from ansinh.programme.reports import collecting, content, queries, resources, rules, wording
from ansinh.programme.reports.collecting import Collected
from ansinh.programme.reports.content import Header
from ansinh.programme.reports.documents.letter import write_docx
from ansinh.programme.reports.documents.printed import write_pdf
from ansinh.programme.reports.documents.workbook import write_xlsx
from ansinh.programme.reports.resources import Report, StepEntry
from ansinh.programme.reports.rules import Step

_NEEDED: Mapping[Step, str] = {
    "create": "report.draft",
    "write": "report.draft",
    "refresh": "report.draft",
    "amend": "report.draft",
    "submit": "report.submit",
    "return": "report.approve",
    "approve": "report.approve",
}


@transaction.atomic
def build_draft(context: Context, *, plan_id: str, year: int) -> Report:
    """Compute the year's figures and write the first words. Raises Conflict when the year has a report already."""
    _may(context, "create")
    plan = plans.plan(context, plan_id)
    if not plan.start.year <= year <= min(plan.end.year, clock.today().year):
        raise Invalid(_("Năm báo cáo phải nằm trong thời gian của kế hoạch và không ở tương lai."), field="year")
    if queries.latest(context, plan_id, year):
        raise Conflict(_("Năm này đã có báo cáo; hãy mở báo cáo đó."), code="report-exists")
    chosen = queries.yearly_template()
    figures = collecting.collect(plan, chosen, year)
    snapshot = figures.snapshot
    return _save(
        context,
        Report(
            id=resources.report_id(plan_id, year, 1),
            version=0,
            template_id=chosen.id,
            plan_id=plan_id,
            year=year,
            edition=1,
            state="draft",
            title=wording.fill(chosen.subject, wording.placeholders(snapshot)),
            words={section.id: wording.first_words(section, snapshot) for section in chosen.sections},
            header=Header(authority=chosen.signature, recipients=chosen.recipients),
            snapshot=snapshot,
            steps=(),
        ),
        "create",
        figures=figures,
    )


@transaction.atomic
def write_words(
    context: Context, *, report_id: str, version: int, words: Mapping[str, str], header: Header | None = None
) -> Report:
    """Replace the words of the named sections. Raises Stale when somebody saved since `version` was read."""
    found = _opened(context, report_id, version, "write")
    known = set(found.words)
    kept = {**found.words, **{key: _tidy(text) for key, text in words.items() if key in known}}
    return _save(context, replace(found, words=kept, header=_tidy_head(header or found.header)), "write")


@transaction.atomic
def refresh(context: Context, *, report_id: str, version: int) -> Report:
    """Take the figures again, as of now; the words stay."""
    found = _opened(context, report_id, version, "refresh")
    plan = plans.plan(context, found.plan_id)
    chosen = queries.yearly_template(found.template_id)
    return _save(context, found, "refresh", figures=collecting.collect(plan, chosen, found.year))


@transaction.atomic
def submit(context: Context, *, report_id: str, version: int) -> Report:
    """Hand the draft to the approver. Raises Invalid naming the sections that have no words."""
    found = _opened(context, report_id, version, "submit")
    problems = [
        Problem("required", _("Phần “%(title)s” chưa có lời báo cáo.") % {"title": section.title}, section.id)
        for section in queries.yearly_template(found.template_id).sections
        if not section.subsections and not found.words.get(section.id, "").strip()
    ]
    if problems:
        raise Invalid(_("Báo cáo chưa đủ lời ở mọi phần nên chưa trình được."), problems=problems)
    return _save(context, replace(found, state=rules.after(found.state, "submit")), "submit")


@transaction.atomic
def send_back(context: Context, *, report_id: str, version: int, reason: str) -> Report:
    """Return a submitted report to its writers, with the reason."""
    found = _opened(context, report_id, version, "return")
    said = _reason(reason)
    return _save(context, replace(found, state=rules.after(found.state, "return")), "return", said)


@transaction.atomic
def approve(context: Context, *, report_id: str, version: int, header: Header | None = None) -> Report:
    """Approve and issue: from here on nothing of it changes. The edition that it replaces is closed in the same moment.

    Raises Invalid naming number and day when one is missing: an administrative document has both on its head (Nghị
    định 30/2020/NĐ-CP, phụ lục I), and nothing can be added to an approved report.
    """
    found = _opened(context, report_id, version, "approve")
    final = _tidy_head(header or found.header)
    _issued(final)
    approved = replace(found, state=rules.after(found.state, "approve"), header=final)
    saved = _save(context, approved, "approve")
    if found.replaces:
        former = queries.report(context, found.replaces)
        _save(context, replace(former, state=rules.after(former.state, "replace")), "replace", found.reason)
    return saved


@transaction.atomic
def amend(context: Context, *, report_id: str, version: int, reason: str) -> Report:
    """Begin a new edition of an approved report; the approved one stays in force until the new one is approved."""
    found = _opened(context, report_id, version, "amend")
    rules.after(found.state, "amend")
    said = _reason(reason)
    newest = queries.latest(context, found.plan_id, found.year)
    if newest and newest.id != found.id:
        raise Conflict(_("Đã có bản mới hơn của báo cáo này."), code="report-edition")
    edition = found.edition + 1
    copy = replace(
        found,
        id=resources.report_id(found.plan_id, found.year, edition),
        version=0,
        edition=edition,
        state="draft",
        header=replace(found.header, number=None, day=None),
        steps=(),
        replaces=found.id,
        reason=said,
    )
    return _save(context, copy, "create", said)


def write_report(context: Context, *, plan: str, year: int, folder: Path, recompute: bool = False) -> list[Path]:
    """Files of a plan's report of a year into `folder`: DOCX and XLSX; the report is drafted when there is none.

    recompute: a draft takes its figures again; an approved report stays as it is and a CSV lists what has changed.
    """
    wanted = queries.plan_named(context, plan)
    newest = queries.latest(context, wanted.id, year)
    if newest is None:
        found = build_draft(context, plan_id=wanted.id, year=year)
    else:
        found = queries.report(context, newest.id)
        if recompute and rules.allows(found.state, "refresh"):
            found = refresh(context, report_id=found.id, version=found.version)
    folder.mkdir(parents=True, exist_ok=True)
    paths = write_files(found, folder)
    if recompute and not found.is_draft:
        paths.append(_write_changes(found, folder / f"{file_name(found)}-thay-doi.csv"))
    return paths


def write_files(found: Report, folder: Path) -> list[Path]:
    """The files of a report."""
    return [write_file(found, folder / f"{file_name(found)}.{kind}") for kind in ("docx", "pdf", "xlsx")]


def write_file(found: Report, path: Path) -> Path:
    """One file of a report, by the ending of `path`: docx, pdf or xlsx."""
    document = queries.document(found)
    if path.suffix == ".docx":
        return write_docx(document, path)
    if path.suffix == ".pdf":
        return write_pdf(document, path)
    return write_xlsx(
        content.sheets(found.snapshot),
        path,
        title=f"{document.kind} {document.subject}",
        author=document.letterhead.agency,
        created=document.created,
    )


def file_name(found: Report) -> str:
    """Name of the report's files, without ending."""
    edition = f"-ban-{found.edition}" if found.edition > 1 else ""
    return f"bao-cao-{found.plan_id.removesuffix('-2021-2030')}-{found.year}{edition}"


def _write_changes(found: Report, path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Mã chỉ tiêu", "Chỉ tiêu", "Cơ sở", "Trong báo cáo", "Tính lại bây giờ"])
        for name in queries.changed_sources(found):
            writer.writerow(["", name, "", "Khi lập báo cáo", "Nay đã đổi"])
        for each in queries.differences(found):
            writer.writerow([each.measure_id, each.title, each.unit or "Toàn tỉnh", each.before, each.after])
    return path


def _issued(header: Header) -> None:
    missing = [
        (header.number, _("Hãy ghi số văn bản trước khi duyệt."), "number"),
        (header.day, _("Hãy ghi ngày ban hành trước khi duyệt."), "day"),
    ]
    problems = [Problem("required", words, field) for value, words, field in missing if value is None]
    if problems:
        words = _("Văn bản ban hành phải có số và ngày nên báo cáo chưa duyệt được.")
        raise Invalid(words, problems=problems, code="report-number")


def _opened(context: Context, report_id: str, version: int, step: Step) -> Report:
    """The report, when this reader may take the step, its state allows it and nobody has saved since."""
    _may(context, step)
    found = queries.report(context, report_id)
    rules.after(found.state, step)
    return replace(found, version=version)


def _may(context: Context, step: Step) -> None:
    if not context.has(_NEEDED[step]):
        raise Refused(_("Vai trò của anh/chị không làm được việc này với báo cáo."))


def _save(context: Context, report: Report, step: Step, reason: str = "", figures: Collected | None = None) -> Report:
    """Write the Composition with the step on record, its new figures first."""
    if figures:
        report = replace(report, snapshot=figures.snapshot, figures=_frozen(context, figures))
    entry = StepEntry(step, clock.instant(), context.display or context.role, reason)
    report = replace(report, steps=(*report.steps, entry))
    chosen = queries.yearly_template(report.template_id)
    resource = resources.composition(report, chosen, at=clock.instant())
    saved = _writer(context, report).update(resource, if_match=None if step == "create" else report.version)
    return resources.read(saved.resource)


def _writer(context: Context, report: Report) -> Repository:
    """Who writes a report belongs to the body that reports, or stands above it; its figures belong to the province,
    which stands above them, or which has ended since."""
    if not context.reaches(report.snapshot.facts["agency_id"]):
        words = {"agency": report.snapshot.facts["agency"]}
        raise Refused(_("Báo cáo này do %(agency)s lập; tài khoản của anh/chị thuộc đơn vị khác.") % words)
    own = context.at(context.unit)  # a page hands out a lazy one, which is no dataclass
    return Repository(replace(own, reach=frozenset({EVERYWHERE})))


def _frozen(context: Context, figures: Collected) -> dict[str, str]:
    """Keep each figure as a MeasureReport. The node writes them in the person's name: they belong to the province,
    which may stand above the person's own reach."""
    writer = replace(system_context(), actor=context.actor, login=context.login, display=context.display)
    names = {figures.snapshot.unit_id: figures.snapshot.unit_name}
    kept = {}
    for result in figures.results:
        name = names.get(result.unit_id) or measures.unit_name(writer, result.unit_id)
        saved = freezing.freeze_result(writer, result, unit_name=name)
        kept[f"{result.measure.id}/{result.unit_id}"] = saved["id"]
    return kept


def _tidy(text: str) -> str:
    """Stored form: NFC, a paragraph a line, no empty lines."""
    return "\n".join(line for line in (nfc(each) for each in printable(text).splitlines()) if line)


def _tidy_head(header: Header) -> Header:
    return replace(
        header,
        authority=tuple(nfc(printable(line)) for line in header.authority),
        signer=nfc(printable(header.signer)),
        recipients=tuple(nfc(printable(line)) for line in header.recipients),
    )


def _reason(text: str) -> str:
    said = nfc(printable(text))
    if not said:
        raise Invalid(_("Hãy ghi lý do."), field="reason")
    return said
