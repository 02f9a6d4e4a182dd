"""The grid of a ward: what is right is saved together, what is not stays with its problem, nothing is written twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry import record
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.rounds import actions
from ansinh.clinical.rounds.rules import RowEntry
from ansinh.clinical.wards import actions as wards
from ansinh.clinical.wards import queries as ward_queries
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
NAMES = ("Bùi Văn Một", "Lê Thị Hai", "Trần Văn Ba", "Vũ Thị Tư")
WHOLE = {"systolic": "120", "diastolic": "80", "pulse": "72", "temperature": "36,6", "spo2": "98"}


@pytest.fixture
def people(lan, mai) -> list[str]:
    """Four residents of Khoa A, by bed."""
    wards.add_room(mai, facility=mai.unit, ward="", ward_name="Khoa A", name="Phòng 101", beds=4)
    beds = ward_queries.places(lan, lan.unit).wards[0].rooms[0].beds
    made = []
    for name, bed in zip(NAMES, beds, strict=True):
        draft = PersonDraft(name, "male", "1950")
        person = registry_actions.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))
        wards.assign_place(lan, person_id=person, place=bed.id, moment=MOMENT - timedelta(days=30))
        made.append(person)
    return made


def entry(context, person, **measures):
    stay = registry.person(context, person).stay
    return RowEntry(person, stay.id, "1950", {name: Decimal(value) for name, value in measures.items()})


def written(context, round_id, entries, moment=MOMENT):
    return actions.record_round(context, facility=context.unit, round_id=round_id, moment=moment, entries=entries)


def posted(people, **rows):
    """The form as a browser sends it: rows by number of the person."""
    now = clock.now().astimezone(clock.VIETNAM).strftime("%d/%m/%Y %H:%M")
    data = {"round_id": new_id(), "moment": now}
    for number, values in rows.items():
        data |= {f"v-{people[int(number[1:])]}-{name}": value for name, value in values.items()}
    return data


def last(context, person):
    return {trend.code: trend.points[-1][1] for trend in record.trends(context, person)}


def test_round_writes_each_row_as_a_contact_of_the_stay(lan, people):
    result = written(lan, "r1", [entry(lan, people[0], systolic=120, diastolic=80, pulse=72)])

    trends = {trend.code: trend for trend in record.trends(lan, people[0])}
    assert result.saved == [people[0]]
    assert (trends["85354-9"].points[0][1], trends["85354-9"].second) == (120, (80,))
    contact = Repository(lan).read("Encounter", actions.queries.entry_id("r1", people[0]))
    assert contact["type"][0]["coding"][0]["code"] == "vitals-round"
    assert contact["episodeOfCare"][0]["reference"].endswith(registry.person(lan, people[0]).stay.id)


def test_row_with_a_problem_is_not_written_and_the_others_are(lan, people):
    result = written(
        lan, "r1", [entry(lan, people[0], temperature=420), entry(lan, people[1], pulse=72), entry(lan, people[2])]
    )

    assert result.saved == [people[1]]
    assert [problem.key for problem in result.problems[people[0]]] == ["vital-range"]
    assert last(lan, people[0]) == {}


def test_round_sent_again_keeps_what_is_there_and_adds_what_was_mended(lan, people):
    written(lan, "r1", [entry(lan, people[0], temperature=420), entry(lan, people[1], pulse=72)])

    again = written(lan, "r1", [entry(lan, people[0], temperature=42), entry(lan, people[1], pulse=99)])

    assert (again.saved, again.before) == ([people[0]], [people[1]])
    assert last(lan, people[1])["8867-4"] == 72


def test_round_in_the_future_is_refused_whole(lan, people):
    with pytest.raises(Invalid):
        written(lan, "r1", [entry(lan, people[0], pulse=72)], clock.now() + timedelta(hours=1))

    assert last(lan, people[0]) == {}


def test_weight_of_an_adult_gives_the_index_with_the_last_height(lan, people):
    care.record_visit(lan, person_id=people[0], notes=care.Notes(MOMENT - timedelta(days=9), {"height": Decimal(160)}))

    written(lan, "r1", [entry(lan, people[0], weight=64)])

    assert last(lan, people[0])["39156-5"] == 25


def test_writing_thirty_rows_reads_no_more_than_writing_one(lan, people):
    counts = []
    for round_id, few in (("r1", people[:1]), ("r2", people)):
        with CaptureQueriesContext(connection) as captured:
            written(lan, round_id, [entry_of(person) for person in few])
        counts.append(sum(query["sql"].lstrip().upper().startswith("SELECT") for query in captured))
    assert counts[1] - counts[0] <= 3  # the write itself reads in portions


def entry_of(person):
    return RowEntry(person, "", "1950", {"weight": Decimal(60), "pulse": Decimal(70)})


def test_page_shows_everybody_by_bed_and_saves_the_whole_grid(lan, people, client_of):
    client, address = client_of("lan"), reverse("vitals_round")
    page = client.get(address).content.decode()
    assert [page.index(name) for name in NAMES] == sorted(page.index(name) for name in NAMES)

    answer = client.post(address, posted(people, p0=WHOLE, p3={"pulse": "66"}))

    assert answer.status_code == 302
    assert last(lan, people[0])["8310-5"] == Decimal("36.6")
    assert last(lan, people[3]) == {"8867-4": 66}
    assert "Đã lưu chỉ số của 2 người." in client.get(address).content.decode()


def test_page_keeps_what_was_typed_in_rows_that_could_not_be_saved(lan, people, client_of):
    client, address = client_of("lan"), reverse("vitals_round")
    data = posted(
        people, p0=WHOLE, p1={"systolic": "80", "diastolic": "120"}, p2={"temperature": "nóng", "pulse": "70"}
    )

    refused = client.post(address, data)
    page = refused.content.decode()

    assert refused.status_code == 422
    assert "Huyết áp tâm thu phải lớn hơn huyết áp tâm trương." in page
    assert "«Nhiệt độ» phải là số" in page
    assert 'value="nóng"' in page
    assert f'name="v-{people[0]}-pulse"' not in page  # saved: no longer typed in
    assert last(lan, people[0])["8867-4"] == 72

    mended = data | {
        f"v-{people[1]}-systolic": "120",
        f"v-{people[1]}-diastolic": "80",
        f"v-{people[2]}-temperature": "37",
    }
    assert client.post(address, mended).status_code == 302
    assert last(lan, people[2])["8310-5"] == 37


def test_page_of_a_bad_hour_says_so_and_writes_nothing(lan, people, client_of):
    data = posted(people, p0=WHOLE) | {"moment": "01/01/2999 08:00"}

    refused = client_of("lan").post(reverse("vitals_round"), data)

    assert refused.status_code == 422
    assert 'value="36,6"' in refused.content.decode()
    assert last(lan, people[0]) == {}


def test_somebody_away_is_not_on_the_grid(lan, people, client_of):
    wards.start_leave(lan, person_id=people[1], moment=MOMENT, due=None, reason="Về nhà")

    assert NAMES[1] not in client_of("lan").get(reverse("vitals_round")).content.decode()


def test_person_of_another_facility_cannot_be_slipped_into_the_grid(lan, people, cuc, client_of):
    address = reverse("vitals_round")

    assert client_of("cuc").post(address, posted(people, p0=WHOLE)).status_code == 302
    assert last(lan, people[0]) == {}


def test_round_can_be_taken_back_like_a_visit(lan, people):
    written(lan, "r1", [entry(lan, people[0], pulse=72)])

    care.retract(
        lan, person_id=people[0], contact_id=actions.queries.entry_id("r1", people[0]), reason="Ghi nhầm người"
    )

    assert last(lan, people[0]) == {}
