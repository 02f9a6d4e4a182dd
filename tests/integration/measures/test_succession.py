"""Figures when units are renamed, merged, handed over or end: each person and visit in its year, none twice or lost.

What each test expects was counted by hand from the few rows it writes.
"""

from datetime import date

import pytest

from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.network.facilities import actions, queries
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures import rules

pytestmark = pytest.mark.django_db
ENDED = {"start": "2025-01-10", "end": "2025-06-15"}
NODE = system_context()
PROVINCE = organization_id("ubnd-ninh-binh")
NHO_QUAN = organization_id("tt-dieu-duong-nho-quan")
MERIT = organization_id("tt-dieu-duong-ncc-ninh-binh")
DAK_NONG, LAM_DONG = organization_id("ubnd-dak-nong"), organization_id("ubnd-lam-dong")
DAK_NONG_CENTRE = organization_id("tt-bao-tro-dak-nong")


def counted(measure: str, unit: str, period: str) -> int:
    return measures.result(NODE, measure, unit, rules.parse_period(period)).numerator


def at(measure: str, unit: str, period: str) -> dict[str, int]:
    """The figure of each facility that has one, by name."""
    found = measures.result(NODE, measure, unit, rules.parse_period(period)).by_unit
    return {each.name: each.numerator for each in found if each.numerator}


@pytest.fixture
def visit(world, system, person_at):
    """A visit of a new person at a facility on a day; the person's id."""

    def make(facility, day, person=""):
        person = person or person_at(facility)
        system.create(
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "type": [{"coding": [{"system": "https://ansinh.vn/fhir/CodeSystem/encounter-type", "code": "visit"}]}],
                "subject": {"reference": f"Patient/{person}"},
                "serviceProvider": {"reference": f"Organization/{facility}"},
                "period": {"start": f"{day}T08:00:00+07:00"},
            }
        )
        return person

    return make


def renamed(unit=NHO_QUAN, start=date(2025, 7, 1)) -> str:
    return actions.rename_unit(NODE, unit=unit, code="tt-moi", name="Trung tâm Nho Quan mới", start=start)


def test_year_of_a_renaming_counts_what_was_done_under_both_names(visit):
    visit(NHO_QUAN, "2025-03-01")
    new = renamed()
    visit(new, "2025-09-01")

    assert counted("visits", PROVINCE, "2025") == 2
    assert at("visits", PROVINCE, "2025") == {
        "Trung tâm Điều dưỡng Thương binh Nho Quan": 1,
        "Trung tâm Nho Quan mới": 1,
    }
    assert counted("visits", new, "2025") == 2


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2025-H1", 1), ("2025-Q2", 0), ("2025-H2", 1), ("2025-Q1", 1), ("2024", 1), ("2026", 0)],
)
def test_parts_of_the_year_add_up_to_the_year(visit, period, expected):
    visit(NHO_QUAN, "2024-12-31")
    visit(NHO_QUAN, "2025-03-31")
    visit(renamed(), "2025-07-01")

    assert counted("visits", PROVINCE, period) == expected


def test_person_who_stayed_through_a_renaming_is_there_once(world, person_at):
    person_at(NHO_QUAN, since="2024-05-01")
    before = counted("stays-open", PROVINCE, "2024"), counted("people-served", PROVINCE, "2024")
    new = renamed()

    assert before == (1, 1)
    for unit in (PROVINCE, new):
        assert (counted("stays-open", unit, "2025"), counted("people-served", unit, "2025")) == (1, 1)


def test_person_seen_at_the_old_and_at_the_new_unit_is_one_person(visit):
    person = visit(NHO_QUAN, "2025-03-01")
    visit(renamed(), "2025-09-01", person)

    assert counted("people-served", PROVINCE, "2025") == 1
    assert counted("visits", PROVINCE, "2025") == 2


def test_heir_of_a_merger_carries_the_year_of_both(visit):
    visit(NHO_QUAN, "2025-03-01")
    visit(MERIT, "2025-03-01")
    actions.merge_unit(NODE, unit=NHO_QUAN, heir=MERIT, start=date(2025, 7, 1))
    visit(MERIT, "2025-08-01")

    assert counted("visits", MERIT, "2025") == 3
    assert counted("visits", PROVINCE, "2025") == 3
    assert counted("visits", MERIT, "2024") == 0
    assert counted("visits", MERIT, "2025-H1") == 1  # on 30/06 the other centre still stood beside it
    assert counted("visits", NHO_QUAN, "2025-H1") == 1


def test_two_renamings_in_one_year_lose_nothing(visit):
    visit(NHO_QUAN, "2025-01-15")
    first = renamed(start=date(2025, 4, 1))
    visit(first, "2025-04-01")
    second = actions.rename_unit(NODE, unit=first, code="tt-moi-2", name="Trung tâm thứ ba", start=date(2025, 7, 1))
    visit(second, "2025-10-01")

    assert counted("visits", PROVINCE, "2025") == counted("visits", second, "2025") == 3


def test_renamed_facility_is_one_facility_not_two(world):
    before = measures.result(NODE, "facilities-primary-care-ready", PROVINCE, rules.year(2025)).denominator

    renamed()

    assert measures.result(NODE, "facilities-primary-care-ready", PROVINCE, rules.year(2025)).denominator == before


def test_merged_facility_is_one_facility_fewer(world):
    before = measures.result(NODE, "facilities-primary-care-ready", PROVINCE, rules.year(2025)).denominator

    actions.merge_unit(NODE, unit=NHO_QUAN, heir=MERIT, start=date(2025, 7, 1))

    assert measures.result(NODE, "facilities-primary-care-ready", PROVINCE, rules.year(2025)).denominator == before - 1
    assert measures.result(NODE, "facilities-primary-care-ready", PROVINCE, rules.year(2024)).denominator == before


# The reorganisation of 2025: departments ended on 28/02, Đắk Nông joined Lâm Đồng on 01/07


@pytest.mark.parametrize(
    ("unit", "period", "expected"),
    [
        (DAK_NONG, "2024", 1),
        (DAK_NONG, "2025-H1", 1),
        (DAK_NONG, "2025", 2),  # its plan goes on: the facilities that stood under it on its last day
        (DAK_NONG, "2026", 0),
        (LAM_DONG, "2024", 0),
        (LAM_DONG, "2025-H1", 0),  # on 30/06 the centre stood under Đắk Nông
        (LAM_DONG, "2025", 2),
        (organization_id("so-ldtbxh-dak-nong"), "2024", 1),
        (organization_id("so-ldtbxh-dak-nong"), "2025", 2),  # asked about a department that ended in February
        (organization_id("so-y-te-dak-nong"), "2024", 0),  # the centre came to it on 01/03/2025
        (organization_id("so-y-te-dak-nong"), "2025-06", 0),
        (organization_id("so-y-te-dak-nong"), "2025-H1", 1),
        (organization_id("so-y-te-lam-dong"), "2025-H2", 1),
        (DAK_NONG_CENTRE, "2024", 1),
        (DAK_NONG_CENTRE, "2025", 2),
    ],
)
def test_visits_follow_the_tree_of_the_last_day_of_the_period(visit, unit, period, expected):
    visit(DAK_NONG_CENTRE, "2024-06-01")
    visit(DAK_NONG_CENTRE, "2025-02-01")
    visit(DAK_NONG_CENTRE, "2025-09-01")

    assert counted("visits", unit, period) == expected


def test_no_visit_of_a_year_is_in_two_provinces_that_stand_at_its_end(visit):
    visit(DAK_NONG_CENTRE, "2025-02-01")
    visit(NHO_QUAN, "2025-02-01")
    standing = [unit for unit in queries.register(NODE).units if unit.kind == "province-committee"]
    standing = [unit for unit in standing if unit.exists_on(date(2025, 12, 31))]

    assert sum(counted("visits", unit.id, "2025") for unit in standing) == 2


def test_facility_handed_from_one_department_to_another_leaves_the_first_for_good(visit):
    """The labour department was split on 01/03/2025: the hospital went to health, the centre to home affairs."""
    visit(NHO_QUAN, "2025-09-01")
    visit(organization_id("bv-chinh-hinh-tam-diep"), "2025-09-01")

    assert at("visits", organization_id("so-noi-vu-ninh-binh"), "2025") == {
        "Trung tâm Điều dưỡng Thương binh Nho Quan": 1
    }
    assert at("visits", organization_id("so-y-te-ninh-binh"), "2025") == {
        "Bệnh viện Chỉnh hình - Phục hồi chức năng Tam Điệp": 1
    }


def test_transferred_facility_takes_its_whole_year_along(visit):
    visit(NHO_QUAN, "2025-03-05")
    health, home = organization_id("so-y-te-ninh-binh"), organization_id("so-noi-vu-ninh-binh")
    actions.transfer_unit(NODE, unit=NHO_QUAN, authority=health, start=date(2025, 10, 1))

    assert (counted("visits", home, "2025"), counted("visits", health, "2025")) == (0, 1)
    assert (counted("visits", home, "2025-H1"), counted("visits", health, "2025-H1")) == (1, 0)


def test_closed_facility_leaves_the_facilities_on_the_day_after(world):
    actions.close_unit(NODE, unit=NHO_QUAN, last_day=date(2025, 6, 30))

    names = {unit.code for unit in queries.facilities_under(NODE, PROVINCE, date(2025, 6, 30))}
    later = {unit.code for unit in queries.facilities_under(NODE, PROVINCE, date(2025, 7, 1))}
    assert names - later == {"tt-dieu-duong-nho-quan"}


def test_year_in_which_a_facility_closed_counts_what_it_did(visit, system):
    person = visit(NHO_QUAN, "2025-03-01")
    (stay,) = [
        row["id"]
        for row in tables.rows(
            NODE, "SELECT e.id FROM view_episode e WHERE {reach:e} AND e.patient_id = :id", {"id": person}
        )
    ]
    system.save(system.read("EpisodeOfCare", stay) | {"status": "finished", "period": ENDED})
    actions.close_unit(NODE, unit=NHO_QUAN, last_day=date(2025, 6, 30))
    home = organization_id("so-noi-vu-ninh-binh")

    for unit in (PROVINCE, home, NHO_QUAN):
        assert counted("visits", unit, "2025") == 1
        assert counted("people-served", unit, "2025") == 1
        assert counted("stays-open", unit, "2025") == 0
    assert at("visits", PROVINCE, "2025") == {"Trung tâm Điều dưỡng Thương binh Nho Quan": 1}
    assert counted("visits", PROVINCE, "2026") == 0
    after = measures.result(NODE, "visits", PROVINCE, rules.year(2026)).by_unit
    assert NHO_QUAN not in {each.facility_id for each in after}
    assert counted("visits", organization_id("so-y-te-ninh-binh"), "2025") == 0
