"""Writing orders and reports: one transaction for each intent, a file whole or not at all."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.laboratory import queries, refusals, repeats, resources
from ansinh.clinical.laboratory.resources import Filed
from ansinh.clinical.laboratory.rules import files, lists, oru
from ansinh.clinical.laboratory.rules.reports import Band, Measured, Report, band_for, with_flag
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.retractions import Retraction, taken_back
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import LOINC
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import nfc

Resource = dict[str, Any]
TASK_DAYS = 1  # a critical result is dealt with by the next day


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the reports of a file. before: numbers that were on record already."""

    written: int = 0
    corrected: int = 0
    waiting: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is ordered. kind: `laboratory` or `imaging`; panels: names of the catalogue; title: other words."""

    kind: str
    panels: Sequence[str] = ()
    title: str = ""
    urgent: bool = False
    wanted: str = ""
    note: str = ""


def order(context: Context, *, person_id: str, wish: Wish, order_id: str = "") -> str:
    """Orders tests or an image; returns the id of the ServiceRequest. Raises Invalid, NotFound, Conflict when sent
    twice."""
    card = registry.person(context, person_id)
    chosen = [panel for panel in queries.panels() if panel.name in wish.panels]
    title = "; ".join(filter(None, (*(panel.label for panel in chosen), nfc(wish.title))))
    if not title:
        raise Invalid(_("Chưa chọn xét nghiệm nào."), code="order-empty", field="panels")
    if card.deceased:
        raise Invalid(_("Người này đã mất."), code="order-deceased")
    tests = [(test.loinc, test.label) for panel in chosen for test in panel.tests]
    body = resources.order_resource(
        order_id or new_id(),
        person_id,
        card.draft.facility or context.unit,
        wish.kind,
        title,
        tests,
        authored=clock.instant(),
        requester=author_of(context),
        urgent=wish.urgent,
        wanted=wish.wanted,
        note=wish.note,
    )
    try:
        return str(Repository(context).create(body, id=body["id"]).resource["id"])
    except Conflict:
        raise Conflict(_("Chỉ định này đã được lưu từ lần gửi trước."), code="already-saved") from None


def give_up(context: Context, *, person_id: str, order_id: str, reason: str) -> None:
    """An order that is no longer wanted. Raises Invalid without a reason, NotFound for one that waits no longer."""
    found = queries.open_order(context, person_id, order_id)
    if found is None:
        raise NotFound(_("Không tìm thấy chỉ định đang chờ này."))
    if not nfc(reason):
        raise Invalid(_("Cần ghi lý do hủy chỉ định."), code="reason-required", field="reason")
    after = resources.stepped_order(found, "revoked", nfc(reason))
    Repository(context).update(after, if_match=int(found["meta"]["versionId"]))


def author_of(context: Context) -> Resource:
    """Who acts, as a reference with a name; {} for machines."""
    staff = contacts.on_staff(context)
    return ({"reference": staff} if staff else {}) | ({"display": context.display} if context.display else {})


def record_report(context: Context, *, person_id: str, report: Report, entry_id: str, order_id: str = "") -> str:
    """Writes a report that was typed in; returns its id. Its order, if it names one, is done with it.

    Raises Invalid (nothing measured, a moment in the future, before birth), NotFound, Conflict when sent twice.
    """
    if not report.results and not nfc(report.conclusion):
        raise Invalid(_("Phiếu còn trống. Hãy ghi ít nhất một kết quả hoặc kết luận."), code="report-empty")
    card = registry.person(context, person_id)
    _possible(report, card.draft.birth_date)
    repository = Repository(context)
    filed = _filed(context, entry_id, person_id, card.draft.facility)
    if (ordered := queries.open_order(context, person_id, order_id)) is not None:
        filed = replace(filed, order=order_id)
    bands = queries.bands(context, [one.code for one in report.results])
    judged = _judged(report, bands, card.draft.gender, card.draft.birth_date)
    with repository.transaction():
        try:
            _write(context, resources.report_resources(judged, filed), filed.facility)
        except Conflict:
            raise Conflict(_("Phiếu này đã được lưu từ lần gửi trước."), code="already-saved") from None
        if ordered is not None:
            repository.update(resources.stepped_order(ordered, "completed"), if_match=int(ordered["meta"]["versionId"]))
    return entry_id


def record_with_file(context: Context, *, person_id: str, report: Report, entry_id: str, order_id: str, data: bytes,
                     title: str) -> str:  # fmt: skip
    """`record_report`, and the file that came with it: both or neither. data: b"" for no file."""
    if data:
        files.kind_of(data)
        if not report.results and not nfc(report.conclusion):
            report = replace(report, conclusion="Xem tệp kèm.")
    with Repository(context).transaction():
        report_id = record_report(context, person_id=person_id, report=report, entry_id=entry_id, order_id=order_id)
        if data:
            attach(context, report_id=report_id, data=data, title=title)
    return report_id


def _possible(report: Report, birth: str) -> None:
    """Raises Invalid for a moment that has not come, or before birth."""
    for problem in refusals.not_yet({"effectiveDateTime": report.moment}):
        raise Invalid(problem.message, code=problem.key, field="moment")
    if birth and report.moment[: len(birth)] < birth:
        raise Invalid(_("Ngày này ở trước ngày sinh."), code="care-before-birth", field="moment")


def _filed(context: Context, report_id: str, person_id: str, facility: str) -> Filed:
    return Filed(report_id, person_id, facility or context.unit, clock.instant(), contacts.on_staff(context),
                 context.display)  # fmt: skip


def _judged(report: Report, bands: Mapping[str, Sequence[Band]], gender: str, birth: str) -> Report:
    """The report with ranges for this age and sex beside values that brought none, and with flags."""
    day = queries.day_of(report.moment)

    def judged(one: Measured) -> Measured:
        return with_flag(one, band_for(bands.get(one.code, ()), one.unit, gender, birth, day))

    return replace(report, results=tuple(map(judged, report.results)))


def _write(context: Context, made: Sequence[Resource], facility: str) -> None:
    """New resources of one report, the results first, and a Task where a value is critical."""
    repository, report = Repository(context), made[0]
    # A report and its results name each other: they are written together.
    repository.carry_out([repository.to_create(body, id=body["id"]) for body in made])
    _ask_for_help(context, report, made[1:], facility)


def _ask_for_help(context: Context, report: Resource, lines: Sequence[Resource], facility: str) -> None:
    critical = resources.critical_lines(lines)
    if critical and "reference" in report["subject"]:
        due = (clock.today() + timedelta(days=TASK_DAYS)).isoformat()
        task = resources.task_resource(report, facility=facility, at=clock.instant(), due=due, critical=critical)
        _ask(Repository(context), task)


def _ask(repository: Repository, task: Resource) -> None:
    """The Task of a report: new, in other words while it is open, and open again after it was done."""
    before = repository.find("Task", task["id"])
    if before is None:
        repository.create(task, id=task["id"])
        return
    told = {"code": task["code"], "lastModified": task["lastModified"]}
    after = before | told if before["status"] in queries.OPEN_TASKS else task
    repository.update(after, if_match=int(before["meta"]["versionId"]))


# --- files of a laboratory -----------------------------------------------------------------------------------


def read_file(data: bytes) -> list[Report]:
    """The reports of a file: HL7 when it begins like a message, CSV otherwise. Raises Invalid with every problem."""
    begins = data.lstrip(b"\x0b\r\n\t \xef\xbb\xbf")[:3]
    return oru.read(data, clock.now()) if begins in (b"MSH", b"FHS", b"BHS") else lists.read_results(data, clock.now())


def import_reports(context: Context, *, facility: str, reports: Sequence[Report]) -> Imported:
    """Writes the reports of a file, all or none. Whose person is not surely known waits at the unit to be matched.

    The same report again changes nothing; one that its laboratory calls corrected becomes a new version. Raises
    Invalid for another report under a number that is taken, naming it.
    """
    repository = Repository(context)
    bands = queries.bands(context, {one.code for report in reports for one in report.results})
    counts: dict[str, int] = dict.fromkeys(("written", "corrected", "waiting", "before"), 0)
    with repository.transaction():
        for report in reports:
            counts[_import(context, facility, report, bands)] += 1
    return Imported(**counts)


def _import(context: Context, facility: str, report: Report, bands: Mapping[str, Sequence[Band]]) -> str:
    repository = Repository(context)
    own_id = resources.report_id(facility, report.laboratory, report.number)
    before = repository.find("DiagnosticReport", own_id)
    person = _person_of(before) if before else _surely(context, report)
    filed = _filed(context, own_id, person, facility)
    if before and before["status"] == "entered-in-error":
        raise Invalid(phrase("Phiếu số %(number)s đã được đánh dấu ghi nhầm tại đây.", number=report.number),
                      code="report-retracted", field="file")  # fmt: skip
    gender, birth = report.whose.gender, report.whose.birth
    if person:
        draft = registry.person(context, person).draft
        _possible(report, draft.birth_date)
        gender, birth = draft.gender, draft.birth_date
        filed = replace(filed, order=_order_of(context, person, report))
    # Nobody's yet: judged by what it says of the person, so that a critical value is not overlooked while it waits.
    made = resources.report_resources(_judged(report, bands, gender, birth), filed)
    if before is None:
        _write(context, made, facility)
        _done(context, person, filed.order)
        return "written" if person else "waiting"
    return _again(context, before, made, report, facility)


def _person_of(report: Mapping[str, Any]) -> str:
    return str(report.get("subject", {}).get("reference", "")).partition("Patient/")[2]


def _surely(context: Context, report: Report) -> str:
    """The one person of the numbers whose name and birth fit; "" when that is nobody, or not sure."""
    found = queries.people_like(context, report.whose)
    return found[0] if len(found) == 1 and queries.is_this(context, found[0], report.whose) else ""


def _order_of(context: Context, person: str, report: Report) -> str:
    return report.order if queries.open_order(context, person, report.order) else ""


def _done(context: Context, person: str, order_id: str) -> None:
    if person and (ordered := queries.open_order(context, person, order_id)) is not None:
        after = resources.stepped_order(ordered, "completed")
        Repository(context).update(after, if_match=int(ordered["meta"]["versionId"]))


def _again(context: Context, before: Resource, made: Sequence[Resource], report: Report, facility: str) -> str:
    """A report that is on record: the same, corrected by its laboratory, or a number that is taken."""
    present = queries.result_lines(context, before)
    lines = list(made[1:]) or list(made[0].get("contained", []))
    if repeats.same_report(before, present, made[0], lines):
        return "before"
    if not repeats.may_follow(before, made[0]):
        words = phrase(
            "Phiếu số %(number)s đã có với nội dung khác. Bản sửa phải được ghi là bản sửa.", number=report.number
        )
        raise Invalid(words, code="report-taken", field="file")
    repository = Repository(context)
    for line in made[1:]:
        repository.save(line)
    kept = [one for one in before.get("extension", []) if one["url"] == resources.REPORT_FILE]
    fresh = made[0] | ({"extension": [*made[0].get("extension", []), *kept]} if kept else {})
    repository.update(fresh, if_match=int(before["meta"]["versionId"]))  # not reviewed: what was signed is another
    gone = {line["id"] for line in present} - {line["id"] for line in made[1:]}
    for line in present:
        if line["id"] in gone and made[1:]:
            repository.update(line | {"status": "entered-in-error"})
    _ask_for_help(context, fresh, made[1:], facility)
    return "corrected"


def match(context: Context, *, report_id: str, person_id: str) -> None:
    """Gives a report that waited to a person. Raises NotFound, Conflict when it was matched meanwhile."""
    repository = Repository(context)
    with repository.transaction():
        waiting = repository.read("DiagnosticReport", report_id)
        if _person_of(waiting):
            raise Conflict(_("Phiếu này đã có người nhận."), code="already-matched")
        card = registry.person(context, person_id)
        if card.draft.birth_date and waiting["effectiveDateTime"][: len(card.draft.birth_date)] < card.draft.birth_date:
            raise Invalid(_("Ngày này ở trước ngày sinh."), code="care-before-birth")
        report, *lines = resources.matched(waiting, person_id)
        plans = [repository.to_create(line, id=line["id"]) for line in lines]
        repository.carry_out([*plans, repository.to_update(report, if_match=int(waiting["meta"]["versionId"]))])
        _ask_for_help(context, report, lines, card.draft.facility or context.unit)


def discard(context: Context, *, report_id: str, reason: str) -> None:
    """A report that waited and is about nobody here: entered in error, with its reason. Nothing of it is lost."""
    if not nfc(reason):
        raise Invalid(_("Cần ghi vì sao phiếu này không thuộc ai ở đây."), code="reason-required", field="reason")
    repository = Repository(context)
    waiting = repository.read("DiagnosticReport", report_id)
    if _person_of(waiting):
        raise Conflict(_("Phiếu này đã có người nhận."), code="already-matched")
    why = Retraction(nfc(reason), clock.instant(), contacts.on_staff(context), context.display)
    repository.update(taken_back(waiting, why), if_match=int(waiting["meta"]["versionId"]))


# --- review, files, ranges -----------------------------------------------------------------------------------


def review(context: Context, *, report_id: str, version: int, words: str = "") -> Resource:
    """The reader has looked at a report and answers for it; tasks that it brought about are done.

    Raises Conflict when somebody did before, Stale when the report changed since it was shown.
    """
    repository = Repository(context)
    with repository.transaction():
        report = _that_counts(repository, report_id)
        if resources.review_of(report):
            raise Conflict(_("Phiếu này đã có người ký nhận."), code="already-reviewed")
        at, by = clock.instant(), author_of(context) or {"display": context.role}
        saved = repository.update(resources.reviewed(report, by=by, at=at, words=nfc(words)), if_match=version)
        for task in queries.tasks_about(context, report_id):
            done = task | {"status": "completed", "lastModified": at,
                           "executionPeriod": task.get("executionPeriod", {}) | {"end": at}}  # fmt: skip
            repository.update(done, if_match=int(task["meta"]["versionId"]))
    return saved.resource


def _that_counts(repository: Repository, report_id: str) -> Resource:
    """A report of somebody that was not taken back. Raises NotFound, Conflict for any other."""
    report = repository.read("DiagnosticReport", report_id)
    if not _person_of(report):
        raise Conflict(_("Phiếu này chưa biết của ai. Ghép với hồ sơ trước."), code="not-matched")
    if report["status"] == "entered-in-error":
        raise Conflict(_("Phiếu này đã được đánh dấu ghi nhầm."), code="report-retracted")
    return report


def attach(context: Context, *, report_id: str, data: bytes, title: str = "") -> str:
    """Keeps a file with a report; returns its id. Raises Invalid for what is no PDF, JPEG or PNG, or runs something."""
    kind = files.kind_of(data)
    repository = Repository(context)
    with repository.transaction():
        report = _that_counts(repository, report_id)
        digest = hashlib.sha1(data, usedforsecurity=False).digest()  # FHIR: Attachment.hash is SHA-1 in base 64
        body = resources.file_resource(new_id(), report, data, kind, nfc(title), at=clock.instant(),
                                       author=author_of(context),
                                       digest=base64.b64encode(digest).decode("ascii"))  # fmt: skip
        repository.create(body, id=body["id"])
        repository.update(resources.with_file(report, body["id"]), if_match=int(report["meta"]["versionId"]))
    return str(body["id"])


def file_of(context: Context, report_id: str, file_id: str) -> tuple[bytes, str, str]:
    """(bytes, kind, title) of a file of a report. The kind is read from the bytes again. Raises NotFound."""
    repository = Repository(context)
    report = repository.read("DiagnosticReport", report_id)
    found = repository.find("DocumentReference", file_id) if file_id in resources.files_of(report) else None
    if found is None or found["status"] != "current" or found.get("subject") != report.get("subject"):
        raise NotFound(_("Không tìm thấy tệp này."))
    attachment = found["content"][0]["attachment"]
    data = base64.b64decode(attachment["data"])
    return data, files.kind_of(data), attachment.get("title", "")


def import_ranges(context: Context, *, data: bytes, source: str) -> int:
    """Replaces the ranges of the codes that a list names; returns how many ranges. Raises Invalid with each problem."""
    if not nfc(source):
        raise Invalid(_("Cần ghi nguồn của bảng: phòng xét nghiệm, văn bản, ngày."), code="source", field="source")
    read = lists.read_ranges(data, nfc(source))
    by_code: dict[str, list[tuple[str, Band]]] = {}
    for name, band in read:
        by_code.setdefault(band.code, []).append((name, band))
    repository = Repository(context)
    with repository.transaction():
        for code, found in by_code.items():
            system = LOINC if code in {test.loinc for panel in queries.panels() for test in panel.tests} else ""
            repository.save(resources.range_resource(code, system, found[0][0], [band for _name, band in found]))
    return len(read)
