"""What the work list of a facility shows, for whom, in which order, and that it remembers its filters."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import Insurance, PersonDraft
from ansinh.clinical.wards import actions as wards
from ansinh.clinical.wards import queries as ward_queries
from ansinh.clinical.worklist import queries
from ansinh.clinical.worklist.queries import Filters
from ansinh.fhir.store import Repository
from ansinh.kernel import clock

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_friday():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def an(lan) -> str:
    """Nguyễn Văn An, in stay since 05/01/2026: never checked, so due since 05/07/2026."""
    return a_resident(lan, "Nguyễn Văn An", "2026-01-05")


@pytest.fixture
def rooms(mai) -> list[ward_queries.Ward]:
    """Two wards with one room of two beds each."""
    for ward, room in (("Khoa A", "Phòng 10"), ("Khoa B", "Phòng 2")):
        wards.add_room(mai, facility=mai.unit, ward="", ward_name=ward, name=room, beds=2)
    return list(ward_queries.places(mai, mai.unit).wards)


def a_resident(context, name, start, kind="inpatient", **more):
    draft = PersonDraft(name, "male", "1950", **more)
    return registry_actions.register_person(context, draft=draft, admission=Admission(kind, start), confirmed_new=True)


def due(context, **filters):
    page = queries.work(context, context.unit, Filters(**filters))
    return [(one.source.id, one.name, one.due, one.tone) for one in page.works]


def checks(context, **filters):
    return [line for line in due(context, **filters) if line[0] == "periodic-check"]


def test_check_never_done_is_due_six_months_after_coming_and_late_after(lan, an):
    assert checks(lan) == [("periodic-check", "Nguyễn Văn An", date(2026, 7, 5), "warn")]


def test_check_done_moves_the_day_and_leaves_the_list_until_two_weeks_before(lan, binh, an):
    notes = care.Notes(NOW - timedelta(days=100), {"pulse": Decimal(70)}, note="Ổn định")
    care.record_check(binh, person_id=an, notes=notes)

    assert checks(lan) == []
    with clock.frozen(datetime(2027, 2, 1, 2, tzinfo=UTC)):
        assert checks(lan) == [("periodic-check", "Nguyễn Văn An", date(2027, 2, 12), "")]


def test_check_missed_for_a_year_is_pressing(lan):
    a_resident(lan, "Trần Văn Cũ", "2020-01-05")

    assert [line[3] for line in checks(lan)] == ["bad"]


def test_what_is_pressing_stands_first_and_what_is_due_earlier_before_the_rest(lan, an):
    a_resident(lan, "Trần Văn Cũ", "2020-01-05")
    a_resident(lan, "Lê Văn Mới", "2026-05-25")

    assert [line[1] for line in checks(lan)] == ["Trần Văn Cũ", "Nguyễn Văn An", "Lê Văn Mới"]


def test_emergency_protection_ends_after_three_months(lan):
    a_resident(lan, "Phạm Thị Cứu", "2026-08-25", kind="emergency")

    assert ("emergency-limit", "Phạm Thị Cứu", date(2026, 11, 25), "") in due(lan)


def test_insurance_card_that_ends_within_thirty_days_is_shown(lan):
    card = Insurance("DN4373712345678", "37001", "2026-01-01", "2026-12-15")
    a_resident(lan, "Võ Văn Thẻ", "2026-10-01", insurance=card)

    assert ("insurance-ending", "Võ Văn Thẻ", date(2026, 12, 15), "") in due(lan)


def test_nobody_waits_for_a_bed_where_there_are_no_rooms_and_everybody_else_does(lan, an, request):
    assert "bed-none" not in [line[0] for line in due(lan)]
    rooms = request.getfixturevalue("rooms")
    assert "bed-none" in [line[0] for line in due(lan)]

    wards.assign_place(lan, person_id=an, place=rooms[0].rooms[0].beds[0].id, moment=NOW)
    assert "bed-none" not in [line[0] for line in due(lan)]


def test_leave_past_its_day_is_pressing_until_the_return(lan, an, rooms):
    wards.assign_place(lan, person_id=an, place=rooms[0].rooms[0].beds[0].id, moment=NOW - timedelta(days=9))
    wards.start_leave(lan, person_id=an, moment=NOW - timedelta(days=8), due=date(2026, 11, 19), reason="Về nhà")

    assert ("leave-overdue", "Nguyễn Văn An", date(2026, 11, 19), "bad") in due(lan)
    wards.end_leave(lan, person_id=an, moment=NOW)
    assert "leave-overdue" not in [line[0] for line in due(lan)]


def test_task_has_its_own_words_and_its_own_address(lan, an, client_of):
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": {"text": "Xem lại điểm PHQ-9"},
        "for": {"reference": f"Patient/{an}"},
        "owner": {"reference": f"Organization/{lan.unit}"},
        "authoredOn": "2026-11-18T08:00:00+07:00",
    }
    made = Repository(lan).create(task).resource["id"]

    page = client_of("lan").get("/").content.decode()

    assert ("task", "Nguyễn Văn An", date(2026, 11, 18), "bad") in due(lan)
    assert "Xem lại điểm PHQ-9" in page
    assert reverse("task", args=[made]) in page


def test_ward_narrows_and_orders_by_room_and_bed(lan, rooms):
    places = [rooms[0].rooms[0].beds[1], rooms[0].rooms[0].beds[0], rooms[1].rooms[0].beds[0]]
    for name, start, bed in zip(("Bùi Một", "Bùi Hai", "Bùi Ba"), ("01", "02", "03"), places, strict=True):
        person = a_resident(lan, name, f"2026-{start}-05")
        wards.assign_place(lan, person_id=person, place=bed.id, moment=NOW)

    assert [line[1] for line in checks(lan, ward=rooms[0].id)] == ["Bùi Hai", "Bùi Một"]
    assert [line[1] for line in checks(lan, ward=rooms[1].id)] == ["Bùi Ba"]
    assert [line[1] for line in checks(lan)] == ["Bùi Một", "Bùi Hai", "Bùi Ba"]


def test_people_of_another_facility_never_appear(lan, cuc, an):
    assert checks(cuc) == []
    assert queries.work(cuc, lan.unit, Filters()).works == []


def test_each_shipped_kind_obeys_reach_by_itself(lan, an):
    for source in queries.offered(lan):
        assert isinstance(queries._due(lan, lan.unit, [source], {}), list)


def test_kinds_that_the_role_may_not_do_are_not_shown(lan, leader):
    assert {source.id for source in queries.offered(leader)} == set()
    assert "periodic-check" in {source.id for source in queries.offered(lan)}


def test_home_has_one_tap_to_the_action_and_counts_by_kind(an, client_of):
    page = client_of("lan").get("/").content.decode()

    assert reverse("check_new", args=[an]) in page
    assert 'id="viec"' in page
    assert "Khám định kỳ" in page


def test_home_keeps_its_filters_for_the_account(an, rooms, client_of):
    client = client_of("lan")
    client.get(f"/?khoa={rooms[0].id}&viec=periodic-check")

    again = client.get("/").content.decode()

    assert "Không có việc nào đến hạn" in again  # An has no bed in that ward
    assert "Không có việc nào đến hạn" not in client.get("/?khoa=&viec=").content.decode()
    assert reverse("check_new", args=[an]) in client_of("mai").get("/").content.decode()


def test_home_forgives_a_ward_that_is_no_more_and_a_page_that_never_was(an, rooms, client_of):
    for query in ("?khoa=gone&viec=", "?khoa=&viec=nothing", "?trang=0", "?trang=99", "?trang=x"):
        assert client_of("lan").get(f"/{query}").status_code == 200
    assert reverse("check_new", args=[an]) in client_of("lan").get("/?khoa=gone&viec=").content.decode()
