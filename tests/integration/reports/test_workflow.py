"""A report from draft to approval over the store, by the people who do it."""

from datetime import date

import docx
import openpyxl
import pytest
from django.db import connection

from ansinh.fhir.store import journal
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from ansinh.programme.reports import actions, queries
from tests.integration.reports.conftest import PLAN, issued

pytestmark = pytest.mark.django_db


def test_draft_carries_figures_with_measure_period_and_position(draft, system):
    snapshot = draft.snapshot

    assert len(snapshot.goals) == 6
    assert snapshot.facts["agency"] == "Sở Y tế"
    assert snapshot.facts["addressed_to"].split("\n")[0] == "Bộ Y tế"
    assert len(snapshot.facilities) == 6
    for figure in snapshot.all_figures():
        kept = system.read("MeasureReport", figure.report_id)
        assert kept["measure"].endswith(f"/{figure.measure_id}|{figure.version}")
        assert kept["period"] == {"start": "2025-01-01", "end": "2025-12-31"}
        assert figure.position == snapshot.position


def test_computing_again_at_the_position_gives_the_same_snapshot(draft, system, world):
    change_something(system, world)

    again = queries.recomputed(draft, draft.snapshot.position)

    assert again == draft.snapshot
    assert queries.differences(draft, draft.snapshot.position) == []


def test_computing_again_now_lists_what_changed(draft, system, world):
    change_something(system, world)

    changed = queries.differences(draft)

    assert {each.measure_id for each in changed} >= {"stays-open"}
    one = next(each for each in changed if each.measure_id == "stays-open" and not each.unit)
    assert int(one.after) == int(one.before) + 1


def change_something(system, world):
    patient = system.create(
        {
            "resourceType": "Patient",
            "name": [{"text": "Nguyễn Văn Thử"}],
            "gender": "male",
            "birthDate": "1950",
            "managingOrganization": {"reference": f"Organization/{world.a}"},
        }
    )
    system.create(
        {
            "resourceType": "EpisodeOfCare",
            "status": "active",
            "patient": {"reference": f"Patient/{patient.resource['id']}"},
            "managingOrganization": {"reference": f"Organization/{world.a}"},
            "period": {"start": "2025-03-01"},
        }
    )


def test_draft_twice_for_a_year_is_refused(draft, officer):
    with pytest.raises(Conflict):
        actions.build_draft(officer, plan_id=PLAN, year=2025)


@pytest.mark.parametrize("year", [2019, 2031])
def test_draft_for_a_year_outside_the_plan_is_refused(world, officer, year):
    with pytest.raises(Invalid):
        actions.build_draft(officer, plan_id=PLAN, year=year)


def test_words_saved_from_an_old_page_are_refused_and_change_nothing(draft, officer):
    first = actions.write_words(officer, report_id=draft.id, version=draft.version, words={"kho-khan": "Một."})

    with pytest.raises(Stale):
        actions.write_words(officer, report_id=draft.id, version=draft.version, words={"kho-khan": "Hai."})

    assert queries.report(officer, draft.id).words["kho-khan"] == "Một."
    assert first.words["chi-dao"] == draft.words["chi-dao"]


def test_submit_with_an_empty_section_names_it(draft, officer):
    emptied = actions.write_words(officer, report_id=draft.id, version=draft.version, words={"kinh-phi": "  \n"})

    with pytest.raises(Invalid) as caught:
        actions.submit(officer, report_id=emptied.id, version=emptied.version)

    assert [problem.expression for problem in caught.value.problems] == ["kinh-phi"]


def test_submitted_report_is_locked_returned_with_reason_and_open_again(draft, officer, leader):
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)
    with pytest.raises(Conflict):
        actions.write_words(officer, report_id=draft.id, version=handed.version, words={"kho-khan": "x"})
    with pytest.raises(Invalid):
        actions.send_back(leader, report_id=draft.id, version=handed.version, reason=" ")

    returned = actions.send_back(leader, report_id=draft.id, version=handed.version, reason="Bổ sung kinh phí")

    assert returned.state == "draft"
    assert returned.steps[-1].reason == "Bổ sung kinh phí"
    assert returned.steps[-1].who
    assert [entry.step for entry in returned.steps] == ["create", "submit", "return"]


def test_officer_may_not_approve_and_leader_may_not_write(draft, officer, leader):
    with pytest.raises(Refused):
        actions.write_words(leader, report_id=draft.id, version=draft.version, words={})
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)
    with pytest.raises(Refused):
        actions.approve(officer, report_id=draft.id, version=handed.version)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"number": None}, ["number"]), ({"day": None}, ["day"]), ({"number": None, "day": None}, ["number", "day"])],
)
def test_report_without_number_or_day_is_not_approved_and_stays_submitted(draft, officer, leader, changes, fields):
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)

    with pytest.raises(Invalid) as caught:
        actions.approve(leader, report_id=handed.id, version=handed.version, header=issued(handed, **changes))

    assert [problem.expression for problem in caught.value.problems] == fields
    assert queries.report(officer, draft.id) == handed


def test_head_that_the_officer_filled_is_enough_to_approve(draft, officer, leader):
    written = actions.write_words(officer, report_id=draft.id, version=draft.version, words={}, header=issued(draft))
    handed = actions.submit(officer, report_id=draft.id, version=written.version)

    approved = actions.approve(leader, report_id=handed.id, version=handed.version)

    assert (approved.header.number, approved.header.day) == (12, date(2025, 12, 9))


def test_approved_report_is_final_and_nothing_edits_it(approved, officer, system):
    stored = system.read("Composition", approved.id)

    assert stored["status"] == "final"
    assert stored["attester"][0]["mode"] == "official"
    for step in (actions.submit, actions.refresh):
        with pytest.raises(Conflict):
            step(officer, report_id=approved.id, version=approved.version)
    with pytest.raises(Conflict):
        actions.write_words(officer, report_id=approved.id, version=approved.version, words={"kho-khan": "x"})


def test_amended_report_replaces_the_old_one_when_it_is_approved(approved, officer, leader):
    second = actions.amend(officer, report_id=approved.id, version=approved.version, reason="Sửa số cơ sở")
    assert (second.edition, second.state, second.replaces) == (2, "draft", approved.id)
    assert queries.report(officer, approved.id).state == "approved"
    with pytest.raises(Conflict):
        actions.amend(officer, report_id=approved.id, version=approved.version, reason="Lần nữa")

    handed = actions.submit(officer, report_id=second.id, version=second.version)
    actions.approve(leader, report_id=second.id, version=handed.version, header=issued(handed))

    assert queries.report(officer, approved.id).state == "replaced"
    assert queries.report(officer, second.id).reason == "Sửa số cơ sở"


def test_report_of_another_place_is_not_found(draft, lan):
    with pytest.raises((NotFound, Refused)):
        queries.report(lan, draft.id)


def test_write_report_makes_both_files_and_twice_the_same_bytes(world, tmp_path):
    first = actions.write_report(system_context(), plan="ninh-binh", year=2025, folder=tmp_path / "a")
    second = actions.write_report(system_context(), plan="ninh-binh", year=2025, folder=tmp_path / "b")

    assert [path.name for path in first] == [f"bao-cao-ninh-binh-2025.{kind}" for kind in ("docx", "pdf", "xlsx")]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    texts = [line.text for line in docx.Document(str(first[0])).paragraphs]
    assert any("năm 2025" in text for text in texts)
    book = openpyxl.load_workbook(first[2])
    staff = [[cell.value for cell in row] for row in book["Nhân lực 2020"].iter_rows()]
    assert any(row[0] and "Tam Điệp" in str(row[0]) and 44 in row for row in staff)


def test_write_report_recomputed_lists_changes_of_an_approved_report(approved, system, world, tmp_path):
    change_something(system, world)

    paths = actions.write_report(system_context(), plan="ninh-binh", year=2025, folder=tmp_path, recompute=True)

    assert paths[-1].name == "bao-cao-ninh-binh-2025-thay-doi.csv"
    assert "stays-open" in paths[-1].read_text(encoding="utf-8-sig")


def test_both_provinces_have_a_report_with_their_own_targets(world, tmp_path):
    actions.write_report(system_context(), plan="dak-nong", year=2025, folder=tmp_path)
    summary = queries.latest(system_context(), "dak-nong-2021-2030", 2025)

    found = queries.report(system_context(), summary.id)

    targets = {
        goal.figure.measure_id: {due: str(value) for due, value in goal.targets.items()}
        for goal in found.snapshot.goals
    }
    assert targets["facilities-primary-care-ready"] == {"2025": "70", "2030": "100"}
    assert found.snapshot.facts["place"] == "Lâm Đồng"
    assert len(found.snapshot.facilities) == 5


def test_unknown_plan_is_refused_with_the_names_of_the_known(world, tmp_path):
    with pytest.raises(NotFound, match="ninh-binh-2021-2030"):
        actions.write_report(system_context(), plan="ha-giang", year=2025, folder=tmp_path)


def test_position_of_the_report_is_the_head_when_it_was_drafted(world, officer):
    before = journal.position()

    made = actions.build_draft(officer, plan_id=PLAN, year=2024)

    assert made.snapshot.position == before
    assert connection.vendor in ("sqlite", "postgresql")
