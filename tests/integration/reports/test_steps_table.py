"""Who may take which step with a report in which state: the whole table, each cell tried on a stored report."""

from dataclasses import replace
from datetime import date

import docx
import pytest
from django.db import transaction

from ansinh.fhir.store import journal
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from ansinh.programme.reports import actions, queries, resources
from tests.integration.reports.conftest import PLAN, issued

pytestmark = pytest.mark.django_db

STEPS = {
    "write": lambda who, report: actions.write_words(
        who, report_id=report.id, version=report.version, words={"kho-khan": "Lời mới."}
    ),
    "refresh": lambda who, report: actions.refresh(who, report_id=report.id, version=report.version),
    "submit": lambda who, report: actions.submit(who, report_id=report.id, version=report.version),
    "return": lambda who, report: actions.send_back(who, report_id=report.id, version=report.version, reason="Lý do"),
    "approve": lambda who, report: actions.approve(
        who, report_id=report.id, version=report.version, header=issued(report)
    ),
    "amend": lambda who, report: actions.amend(who, report_id=report.id, version=report.version, reason="Sửa số"),
}
OFFICER, LEADER = "officer", "leader"
# state → step → who may take it, and the state of the report after it; everything else is refused
TABLE = {
    "draft": {"write": (OFFICER, "draft"), "refresh": (OFFICER, "draft"), "submit": (OFFICER, "submitted")},
    "submitted": {"return": (LEADER, "draft"), "approve": (LEADER, "approved")},
    "approved": {"amend": (OFFICER, "approved")},
    "replaced": {},
}


def brought_to(state, officer, leader):
    """A report of 2025 in a state, as people bring it there."""
    report = actions.build_draft(officer, plan_id=PLAN, year=2025)
    if state == "draft":
        return report
    report = STEPS["submit"](officer, report)
    if state == "submitted":
        return report
    report = STEPS["approve"](leader, report)
    if state == "approved":
        return report
    second = STEPS["amend"](officer, report)
    STEPS["approve"](leader, STEPS["submit"](officer, second))
    return queries.report(officer, report.id)


@pytest.fixture
def cast(request):
    return {name: request.getfixturevalue(name) for name in ("officer", "leader", "mai", "binh", "lan")}


def reached_by(take, who, report, reader) -> str:
    """The state that a step leads to, taken and undone; "" when it is refused."""
    try:
        with transaction.atomic():
            take(who, report)
            transaction.set_rollback(True)
            return queries.report(reader, report.id).state
    except (Conflict, Refused, NotFound):
        return ""


@pytest.mark.parametrize("state", TABLE)
def test_table_of_steps(state, cast):
    report = brought_to(state, cast["officer"], cast["leader"])
    assert report.state == state

    for step, take in STEPS.items():
        allowed, after = TABLE[state].get(step, ("", state))
        for name, who in cast.items():
            before = journal.position()
            reached = reached_by(take, who, report, cast["officer"])
            assert reached == (after if name == allowed else ""), f"{name}: {step} while {state}"
            assert reached or journal.position() == before


@pytest.mark.parametrize("age", ["older", "none"])
@pytest.mark.parametrize(
    "step", [step for step in STEPS if step != "amend"]
)  # it leaves what it was drawn from as it is
def test_step_on_an_old_page_is_refused_and_changes_nothing(step, age, cast):
    state, (name, _) = next((state, row[step]) for state, row in TABLE.items() if step in row)
    report = brought_to(state, cast["officer"], cast["leader"])
    before = journal.position()

    with pytest.raises(Stale):
        STEPS[step](cast[name], replace(report, version=0 if age == "none" else report.version - 1 or 99))

    assert journal.position() == before


def test_what_was_pasted_along_is_left_out_and_the_file_opens(cast, tmp_path):
    report = brought_to("draft", cast["officer"], cast["leader"])
    head = replace(
        report.header, signer="Nguyễn\x07 Văn A", authority=("TM. ỦY BAN\x00",), recipients=("Lưu:\ufffe VT",)
    )

    kept = actions.write_words(
        cast["officer"],
        report_id=report.id,
        version=report.version,
        words={"kho-khan": "Thiếu\x08 bác sĩ\x0bvà thuốc <5 & >3 \u201cloại\u201d\ud800"},
        header=head,
    )
    docx_path, *_ = actions.write_files(kept, tmp_path)

    assert kept.words["kho-khan"] == "Thiếu bác sĩ\nvà thuốc <5 & >3 “loại”"
    assert (kept.header.signer, kept.header.authority) == ("Nguyễn Văn A", ("TM. ỦY BAN",))
    assert "và thuốc <5 & >3 “loại”" in [line.text for line in docx.Document(str(docx_path)).paragraphs]


def test_words_of_a_section_that_the_template_has_not_are_not_kept(cast):
    report = brought_to("draft", cast["officer"], cast["leader"])

    kept = actions.write_words(cast["officer"], report_id=report.id, version=report.version, words={"phan-la": "x"})

    assert kept.words == report.words


def test_every_step_is_kept_with_who_and_when(cast):
    report = brought_to("replaced", cast["officer"], cast["leader"])

    assert [entry.step for entry in report.steps] == ["create", "submit", "approve", "replace"]
    assert [entry.who for entry in report.steps] == [
        cast["officer"].display, cast["officer"].display, cast["leader"].display, cast["leader"].display,
    ]  # fmt: skip
    assert [entry.at for entry in report.steps] == sorted(entry.at for entry in report.steps)


def test_number_and_day_of_an_edition_are_not_those_of_the_one_before(cast):
    report = brought_to("approved", cast["officer"], cast["leader"])

    second = STEPS["amend"](cast["officer"], report)

    assert (report.header.number, report.header.day) == (12, date(2025, 12, 9))
    assert (second.header.number, second.header.day) == (None, None)
    with pytest.raises(Invalid):
        actions.approve(
            cast["leader"],
            report_id=second.id,
            version=STEPS["submit"](cast["officer"], second).version,
        )


def test_editions_have_ids_of_their_own_and_one_newest(cast):
    report = brought_to("replaced", cast["officer"], cast["leader"])
    newest = queries.latest(cast["officer"], PLAN, 2025)

    assert newest.edition == 2
    assert newest.id == resources.report_id(PLAN, 2025, 2) != report.id
    assert [each.edition for each in queries.summaries(cast["officer"])] == [2, 1]
