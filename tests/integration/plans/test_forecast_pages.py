"""The goal's page says where the goal is heading and who lacks most, from records alone."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from ansinh.kernel import clock
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.plans import queries

pytestmark = pytest.mark.django_db
PLAN, GOAL = "ninh-binh-2021-2030", "quan-ly-suc-khoe-dien-tu"
A, B = organization_id("bv-chinh-hinh-tam-diep"), organization_id("tt-phcn-tam-than-ninh-binh")


@pytest.fixture
def stays(system, world):
    """People with an open stay since 2021 at a facility; the record of some is complete from a year on."""

    def make(facility, number, checked_each_year=()):
        for _ in range(number):
            patient = system.create(
                {
                    "resourceType": "Patient",
                    "name": [{"text": "Nguyễn Thị Thử"}],
                    "gender": "female",
                    "birthDate": "1948",
                    "managingOrganization": {"reference": f"Organization/{facility}"},
                }
            ).resource["id"]
            subject, unit = {"reference": f"Patient/{patient}"}, {"reference": f"Organization/{facility}"}
            stay = {"status": "active", "patient": subject, "managingOrganization": unit}
            system.create({"resourceType": "EpisodeOfCare", **stay, "period": {"start": "2020-06-01"}})
            for year in checked_each_year:
                system.create(check(subject, unit, f"{year}-06-01"))

    return make


def check(subject, unit, day):
    kind = {"system": "https://ansinh.vn/fhir/CodeSystem/encounter-type", "code": "periodic-check"}
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"coding": [kind]}],
        "subject": subject,
        "serviceProvider": unit,
        "period": {"start": f"{day}T08:00:00+07:00"},
    }


@pytest.fixture
def in_2026(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 5, 2, tzinfo=UTC))


def page(client_of):
    return client_of("officer").get(reverse("goal", args=[PLAN, GOAL])).content.decode()


def heading(officer):
    plan = queries.plan(officer, PLAN)
    figure = queries.goal(officer, plan, GOAL)
    trend = queries.trend(officer, plan, figure.goal)
    return figure, queries.forecasts(figure, trend)


def test_figures_that_rise_each_year_reach_the_target(stays, officer, in_2026):
    for first in (2021, 2022, 2023, 2024, 2025):
        stays(A, 2, range(first, 2026))

    _, (found,) = heading(officer)

    assert found.due.year == 2030
    assert found.linear == 100
    assert found.reached in (2026, 2027)


def test_one_year_of_figures_makes_no_line(stays, officer, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2021, 12, 31, 2, tzinfo=UTC))
    stays(A, 6)

    _, found = heading(officer)

    assert [(each.linear, each.reached) for each in found] == [(None, 0), (None, 0)]
    assert all(each.per_quarter > 0 for each in found)


def test_nobody_served_gives_no_forecast(world, officer, in_2026, client_of):
    assert heading(officer)[1] == []
    assert "Dự báo" not in page(client_of)


def test_page_says_heading_need_and_who_lacks_most(stays, in_2026, client_of):
    stays(A, 8, range(2021, 2026))
    stays(B, 6)

    text = page(client_of)

    assert "Dự báo" in text
    assert "Theo đà hiện nay" in text
    assert "Cần thêm mỗi quý" in text
    shown = text.split("thiếu nhiều trước")[1]
    assert shown.index("Trung tâm Phục hồi chức năng tâm thần") < shown.index("Nhiệm vụ phục vụ mục tiêu này")
    assert "6\u00a0người" in shown


def test_facility_of_a_few_people_is_not_among_those_who_lack(stays, officer, in_2026):
    stays(A, 8)
    stays(B, 3)

    figure, _ = heading(officer)

    assert B not in {each.facility_id for each in queries.lacking(figure)}
