"""The report and the tasks of a province that has ended: taken on by the body that carries the duty now."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ansinh.access import units
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import NotFound, Refused
from ansinh.network.facilities import actions as facilities
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.plans import actions as progress
from ansinh.programme.plans import queries as plans
from ansinh.programme.plans import resources as plan_resources
from ansinh.programme.reports import actions, queries, rules

pytestmark = pytest.mark.django_db

DAK_NONG = "dak-nong-2021-2030"


def at(context, code: str):
    """The same person working for another body, with the rights that the tree gives there."""
    unit = organization_id(code)
    return replace(context, unit=unit, reach=units.subtree(unit))


@pytest.fixture
def health(officer):
    """An officer of the health department that took the duty on."""
    return at(officer, "so-y-te-lam-dong")


def test_department_that_took_the_duty_on_writes_the_report_of_the_province_that_ended(health, leader):
    drafted = actions.build_draft(health, plan_id=DAK_NONG, year=2025)
    written = actions.write_words(
        health, report_id=drafted.id, version=drafted.version, words=dict.fromkeys(drafted.words, "Đã làm.")
    )
    handed = actions.submit(health, report_id=written.id, version=written.version)
    head = replace(handed.header, number=3, day=date(2025, 12, 10))
    approved = actions.approve(at(leader, "so-y-te-lam-dong"), report_id=handed.id, version=handed.version, header=head)

    assert approved.state == "approved"
    assert approved.snapshot.unit_id == organization_id("ubnd-dak-nong")
    assert approved.snapshot.facts["agency_id"] == health.unit
    assert [step.who for step in approved.steps[:3]] == [health.display] * 3
    assert approved.id in {each.id for each in queries.summaries(health)}


def test_author_of_a_report_is_who_wrote_it(health):
    drafted = actions.build_draft(health, plan_id=DAK_NONG, year=2025)

    assert Repository(system_context()).history("Composition", drafted.id)[-1].author == health.actor


@pytest.mark.parametrize("code", ["so-noi-vu-lam-dong", "so-tai-chinh-lam-dong"])
def test_another_department_of_the_province_does_not_write_it(officer, code):
    with pytest.raises(Refused, match="Sở Y tế"):
        actions.build_draft(at(officer, code), plan_id=DAK_NONG, year=2025)


def test_another_province_finds_neither_plan_nor_report(officer, health):
    drafted = actions.build_draft(health, plan_id=DAK_NONG, year=2025)
    stranger = at(officer, "ubnd-ninh-binh")

    with pytest.raises(NotFound):
        actions.build_draft(stranger, plan_id=DAK_NONG, year=2025)
    with pytest.raises(NotFound):
        queries.report(stranger, drafted.id)


def test_department_below_its_province_writes_the_report_of_a_province_that_stands(officer):
    drafted = actions.build_draft(at(officer, "so-y-te-ninh-binh"), plan_id="ninh-binh-2021-2030", year=2025)

    assert rules.allows(drafted.state, "submit")


def test_tasks_of_a_department_that_merges_later_go_to_its_heir_at_once(admin, officer):
    """Without loading the plans again: the administrator merges two departments today."""
    old, new = organization_id("so-y-te-lam-dong"), organization_id("so-noi-vu-lam-dong")
    task = plan_resources.task_id(DAK_NONG, "nv-1-a")

    facilities.merge_unit(admin, unit=old, heir=new, start=clock.today(), source="12/QĐ-UBND")
    heir = at(officer, "so-noi-vu-lam-dong")
    state = next(each for each in plans.tasks(heir, plans.plan(heir, DAK_NONG)) if each.task.id == "nv-1-a")
    version = int(Repository(heir).read("Task", task)["meta"]["versionId"])
    progress.update_progress(
        heir,
        plan=plans.plan(heir, DAK_NONG),
        task="nv-1-a",
        status="in-progress",
        progress=30,
        note="",
        version=version,
    )

    assert (state.owner_id, state.is_mine) == (new, True)
    assert actions.build_draft(heir, plan_id=DAK_NONG, year=2025).snapshot.facts["agency_id"] == new


def test_rights_over_what_an_ended_unit_kept_go_to_who_followed_it_from_that_day(admin):
    old, new = organization_id("so-y-te-lam-dong"), organization_id("so-noi-vu-lam-dong")
    before = units.subtree(new)

    facilities.merge_unit(admin, unit=old, heir=new, start=clock.today() + timedelta(days=3), source="12/QĐ-UBND")
    announced = units.subtree(new)
    with clock.frozen(clock.now() + timedelta(days=3)):
        then = units.subtree(new)

    assert old not in before | announced
    assert old in then
