"""Pages of the indicators, as each role sees them."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansinh.fhir.terminology import concepts

pytestmark = pytest.mark.django_db
MANAGED = "/chi-tieu/people-managed-electronically/"


def html(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_list_names_every_measure(world, client_of):
    page = html(client_of("officer").get("/chi-tieu/"))

    assert "Đối tượng được quản lý, theo dõi sức khỏe điện tử" in page
    assert MANAGED in page


def test_measure_says_its_definition_and_keeps_the_choice(world, client_of):
    page = html(client_of("officer").get(MANAGED, {"don-vi": world.b, "ky": "2025-H1"}))

    assert "dấu hiệu sinh tồn" in page
    assert "Thông tư 33/2017/TT-BLĐTBXH" in page
    assert f'value="{world.b}" selected' in page
    assert 'value="2025-H1" selected' in page
    assert "30/06/2025" in page


def test_measure_shows_the_figure_and_the_way_to_people_where_it_is_allowed(world, client_of, person_at):
    for _ in range(5):
        person_at(world.a, checked="2025-06-01")
    person_at(world.a)

    manager = html(client_of("mai").get(MANAGED, {"don-vi": world.a, "ky": "2025"}))
    officer = html(client_of("officer").get(MANAGED, {"don-vi": world.a, "ky": "2025"}))

    assert "83,3%" in manager
    assert "5/6 người" in manager
    assert f"/co-so/{world.a}/nguoi/" in manager
    assert f"/co-so/{world.a}/nguoi/" not in officer


def test_measure_without_anybody_says_why_not_zero(world, client_of):
    page = html(client_of("officer").get(MANAGED, {"ky": "2025"}))

    assert "Chưa có người nào đang ở các cơ sở" in page
    assert "0,0%" not in page


def test_facility_page_is_the_same_figure_for_one_facility(world, client_of, person_at):
    for _ in range(6):
        person_at(world.a)

    page = html(client_of("officer").get(f"/chi-tieu/stays-open/co-so/{world.a}/", {"ky": "2025"}))

    assert "6 người" in page


def test_people_page_names_who_is_missing_what(world, client_of, person_at):
    patient = person_at(world.a, name="H'Ly")

    page = html(client_of("mai").get(f"{MANAGED}co-so/{world.a}/nguoi/", {"ky": "2025", "phan": "chua-dat"}))

    assert "H&#x27;Ly" in page
    assert patient in page
    assert "Chưa có lần khám định kỳ" in page


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("leader", 403), ("lan", 403)])
def test_people_page_is_refused_to_who_may_not_see_names(world, client_of, who, status):
    assert client_of(who).get(f"{MANAGED}co-so/{world.a}/nguoi/").status_code == status


def test_people_page_of_another_facility_is_not_found(world, client_of):
    assert client_of("mai").get(f"{MANAGED}co-so/{world.b}/nguoi/").status_code == 404


def test_pages_ask_a_stranger_to_log_in(world, client_of):
    for address in ("/chi-tieu/", MANAGED, f"{MANAGED}csv/"):
        assert client_of("").get(address).status_code == 302


def test_csv_carries_figure_period_version_and_position(world, client_of, person_at):
    for _ in range(6):
        person_at(world.a)

    response = client_of("officer").get("/chi-tieu/stays-open/csv/", {"don-vi": world.province, "ky": "2025"})

    rows = list(csv.reader(io.StringIO(html(response).removeprefix("\ufeff"))))
    assert response["Content-Disposition"] == 'attachment; filename="stays-open-2025.csv"'
    assert rows[1][1] == "6"
    assert rows[1][4:6] == ["2025", "stays-open|1.0.0"]
    assert int(rows[1][6]) > 0
    assert len(rows) == 2 + 6


def test_period_that_cannot_be_read_is_told_in_words(world, client_of):
    response = client_of("officer").get(MANAGED, {"ky": "2025-13"})

    assert "2025-Q3" in html(response, 422)


def test_unknown_measure_is_not_found(world, client_of):
    assert client_of("officer").get("/chi-tieu/khong-co/").status_code == 404


def test_measure_page_asks_the_same_number_of_queries_with_more_people(world, client_of, person_at, monkeypatch):
    # Terminology asks every few seconds whether code lists changed: here never again after the first time.
    monkeypatch.setattr(concepts, "_FRESH_SECONDS", 3600)
    client = client_of("mai")
    address = f"{MANAGED}co-so/{world.a}/nguoi/?ky=2025"

    def queries():
        with CaptureQueriesContext(connection) as captured:
            html(client.get(address))
        return len(captured)

    person_at(world.a)
    queries()
    person_at(world.a)
    few = queries()
    for _ in range(12):
        person_at(world.a)

    assert queries() == few
