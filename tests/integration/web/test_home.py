"""The first page of each role, the help page and the gallery, as real accounts see them."""

import pytest
from django.urls import reverse
from django.utils import translation

from ansinh.programme.reports import actions as reports

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_vietnamese():
    """Whatever language an earlier page left behind; what a page here chooses ends with its test."""
    with translation.override("vi"):
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages are read here, not served: no hashed files needed."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def page_of(client_of, name: str, url: str = "/") -> str:
    response = client_of(name).get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["lan", "binh"])
def test_home_of_care_staff_has_search_work_and_people(client_of, name):
    html = page_of(client_of, name)

    assert 'id="find"' in html
    assert reverse("person_new") in html
    assert 'id="viec"' in html
    assert 'id="home-people"' in html


@pytest.mark.parametrize("name", ["officer", "leader"])
def test_home_of_the_programme_shows_each_goal_of_the_plan(client_of, name):
    html = page_of(client_of, name)

    assert reverse("plan", args=["ninh-binh-2021-2030"]) in html
    assert html.count("as-progress__drawing") >= 5
    assert 'id="home-people"' not in html


def test_home_of_the_leader_counts_the_reports_that_wait(client_of, officer, leader):
    assert "Chưa có báo cáo nào chờ duyệt" in page_of(client_of, "leader")
    draft = reports.build_draft(officer, plan_id="ninh-binh-2021-2030", year=2025)
    assert "Chưa có báo cáo nào chờ duyệt" in page_of(client_of, "leader")

    reports.submit(officer, report_id=draft.id, version=draft.version)

    assert "1 báo cáo đang chờ duyệt" in page_of(client_of, "leader")
    assert "chờ duyệt" not in page_of(client_of, "officer")


def test_home_of_the_administrator_has_no_people(client_of):
    html = page_of(client_of, "admin")

    assert 'role="search"' not in html
    assert 'id="home-people"' not in html


def test_home_names_the_unit_and_the_role(client_of):
    html = page_of(client_of, "lan")

    assert "Bệnh viện Chỉnh hình" in html
    assert "Điều dưỡng" in html


def test_home_lists_a_person_after_their_visit_and_not_to_another_facility(client_of, lan, world):
    from ansinh.fhir.store import Repository

    repository = Repository(lan)
    person = repository.create(
        {
            "resourceType": "Patient",
            "name": [{"text": "Lò Thị Mẩy"}],
            "gender": "female",
            "managingOrganization": {"reference": f"Organization/{world.a}"},
        }
    ).resource
    repository.create(
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": f"Patient/{person['id']}"},
            "serviceProvider": {"reference": f"Organization/{world.a}"},
            "period": {"start": "2025-12-15T08:30:00+07:00"},
        }
    )

    assert "Lò Thị Mẩy" in page_of(client_of, "lan")
    assert "Lò Thị Mẩy" not in page_of(client_of, "cuc")


def test_home_asks_nobody_in(client_of):
    response = client_of("").get("/")

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('login')}?next=%2F"


def test_home_in_english_says_so(client_of):
    client = client_of("lan")
    client.cookies["django_language"] = "en"

    assert '<html lang="en"' in client.get("/").content.decode()


def test_home_needs_the_same_queries_however_many_people(client_of, django_assert_max_num_queries):
    client = client_of("lan")
    client.get("/")

    with django_assert_max_num_queries(16):
        client.get("/")


@pytest.mark.parametrize("name", ["", "lan", "officer"])
def test_help_is_open_to_everybody(client_of, name):
    assert "Đăng ký một người" in page_of(client_of, name, reverse("help"))


def test_gallery_shows_every_component(client_of):
    html = page_of(client_of, "admin", reverse("gallery"))

    for part in ("as-card", "as-callout--bad", "as-tag--warn", "as-timeline", "as-person", "as-changes", "as-chart",
                 "as-bars", "as-progress", "as-stat", "as-spark", "as-dialog", "as-filter", "as-pagination", "as-empty",
                 "nhsuk-error-summary", "nhsuk-summary-list", "ansinh-combobox", "as-download", "as-tabs"):  # fmt: skip
        assert part in html, part


def test_gallery_is_not_for_everybody(client_of):
    assert client_of("").get(reverse("gallery")).status_code == 302


@pytest.mark.parametrize(("typed", "codes"), [("tang huyet", ["I10"]), ("f", ["F20", "F32"]), ("", []), ("zzz", [])])
def test_sample_codes_are_found_without_marks(client_of, typed, codes):
    response = client_of("admin").get(reverse("gallery_codes"), {"q": typed})

    found = [entry["code"] for entry in response.json()["results"]]
    assert found[: len(codes)] == codes
    assert bool(found) == bool(codes)
