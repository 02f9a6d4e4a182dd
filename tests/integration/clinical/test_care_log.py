"""The care log of a shift and its handover sheet: lines kept together, reasons asked, nobody overwritten."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from ansinh.clinical.registry import actions as registry_actions
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.rounds import actions, queries, resources
from ansinh.clinical.rounds.actions import LogEntry
from ansinh.clinical.rounds.rules import RowEntry
from ansinh.clinical.wards import actions as wards
from ansinh.clinical.wards import queries as ward_queries
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # nine in the morning in Vietnam
DAY = date(2026, 11, 20)
CALM = {"intake": "intake-all", "behaviour": "behaviour-usual"}
TIED = CALM | {"restraint": "true", "restraint-reason": "Đánh người", "restraint-review": "10h, đã tháo"}


@pytest.fixture(autouse=True)
def _in_the_morning():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def people(lan, mai) -> list[str]:
    """Two residents of Khoa A."""
    wards.add_room(mai, facility=mai.unit, ward="", ward_name="Khoa A", name="Phòng 101", beds=2)
    beds = ward_queries.places(lan, lan.unit).wards[0].rooms[0].beds
    made = []
    for name, bed in zip(("Bùi Văn Một", "Lê Thị Hai"), beds, strict=True):
        draft = PersonDraft(name, "male", "1950")
        person = registry_actions.register_person(lan, draft=draft, admission=Admission("inpatient", "2026-01-05"))
        wards.assign_place(lan, person_id=person, place=bed.id, moment=NOW - timedelta(days=30))
        made.append(person)
    return made


def shift(code="morning"):
    return next(one for one in queries.shifts() if one.code == code)


def line(context, person, answers, version=0):
    return LogEntry(person, registry.person(context, person).stay.id, answers, version)


def written(context, *lines, day=DAY, code="morning"):
    return actions.record_log(context, day=day, shift=shift(code), entries=lines)


def log_of(context, person):
    return queries.logs(context, [person], DAY, shift()).get(person)


def rows(context):
    sql = "SELECT l.* FROM view_care_log l WHERE {reach:l} ORDER BY l.patient_id"
    return tables.rows(context, sql)


def posted(people, **lines):
    """The grid as a browser sends it: lines by number of the person."""
    data = {}
    for number, answers in lines.items():
        person = people[int(number[1:])]
        data |= {f"a-{person}-{link}": value for link, value in answers.items()} | {f"ver-{person}": "0"}
    return data


def test_lines_of_a_shift_are_kept_with_their_day_and_can_be_counted(lan, people):
    result = written(lan, line(lan, people[0], TIED), line(lan, people[1], CALM))

    found = {row["patient_id"]: row for row in rows(lan)}
    assert sorted(result.saved) == sorted(people)
    assert (found[people[0]]["restraint"], found[people[0]]["intake"]) == (True, "intake-all")
    assert (found[people[1]]["restraint"], found[people[1]]["shift"]) == (None, "morning")
    assert found[people[0]]["day"] == "2026-11-20"


def test_log_is_no_screening_and_is_not_offered_as_one(lan, people, client_of):
    written(lan, line(lan, people[0], CALM))

    assert tables.rows(lan, "SELECT r.id FROM view_questionnaire_response r WHERE {reach:r}") == []
    page = client_of("lan").get(reverse("screening_choose", args=[people[0]])).content.decode()
    assert "Sổ chăm sóc theo ca" not in page


def test_restraint_without_reason_or_review_is_not_written_and_the_other_lines_are(lan, people):
    result = written(
        lan,
        line(lan, people[0], CALM | {"restraint": "true", "restraint-reason": "Đánh người"}),
        line(lan, people[1], CALM),
    )

    assert result.saved == [people[1]]
    assert result.problems[people[0]]
    assert log_of(lan, people[0]) is None


def test_reason_without_a_restraint_is_asked_about(lan, people):
    result = written(lan, line(lan, people[0], CALM | {"restraint-reason": "Đánh người"}))

    assert (result.saved, list(result.problems)) == ([], [people[0]])


def test_line_changed_later_is_amended_and_an_unchanged_one_makes_no_version(lan, people):
    written(lan, line(lan, people[0], CALM))

    assert written(lan, line(lan, people[0], CALM, 1)).saved == []
    assert written(lan, line(lan, people[0], CALM | {"note": "Đau đầu"}, 1)).saved == [people[0]]
    body = log_of(lan, people[0])
    assert (body["status"], body["meta"]["versionId"]) == ("amended", "2")
    assert resources.answers_of(body)["note"] == "Đau đầu"


def test_line_that_somebody_else_wrote_meanwhile_is_not_overwritten(lan, binh, people):
    written(binh, line(binh, people[0], CALM))

    result = written(lan, line(lan, people[0], {"intake": "intake-none"}), line(lan, people[1], CALM))

    assert (result.saved, list(result.problems)) == ([people[1]], [people[0]])
    assert resources.answers_of(log_of(lan, people[0])) == CALM


def test_shift_that_has_not_begun_is_refused(lan, people):
    with pytest.raises(Invalid):
        written(lan, line(lan, people[0], CALM), code="afternoon")

    assert rows(lan) == []


def test_empty_lines_write_nothing(lan, people):
    assert written(lan, line(lan, people[0], {"intake": "", "note": ""})).saved == []


def test_answer_that_the_form_does_not_have_is_refused(lan, people):
    assert list(written(lan, line(lan, people[0], {"intake": "intake-stolen"})).problems) == [people[0]]


@pytest.mark.parametrize(
    ("day", "code", "expected"),
    [
        ("2026-11-19", "night", (date(2026, 11, 19), "night")),
        ("2026-11-20", "night", (DAY, "morning")),  # not begun: the present one
        ("2026-11-21", "morning", (DAY, "morning")),
        ("nonsense", "morning", (DAY, "morning")),
        ("2026-11-19", "nonsense", (DAY, "morning")),
    ],
)
def test_address_of_a_shift_is_obeyed_only_as_far_as_time_has_come(day, code, expected):
    found, named = queries.shift_named(day, code)

    assert (found, named.code) == expected


def test_span_of_the_night_ends_the_next_morning():
    assert queries.span(DAY, shift("night")) == ("2026-11-20T22:00:00+07:00", "2026-11-21T06:00:00+07:00")
    assert queries.span(DAY, shift()) == ("2026-11-20T06:00:00+07:00", "2026-11-20T14:00:00+07:00")


def test_page_saves_the_grid_and_shows_it_again(lan, people, client_of):
    client, address = client_of("lan"), reverse("care_log")

    assert client.post(address, posted(people, p0=TIED)).status_code == 302
    page = client.get(address).content.decode()

    assert 'value="Đánh người"' in page
    assert f'name="ver-{people[0]}" value="1"' in page


def test_page_keeps_every_line_when_one_is_refused_and_sends_it_again_without_a_clash(lan, people, client_of):
    client, address = client_of("lan"), reverse("care_log")
    data = posted(people, p0=CALM | {"fall": "true", "note": "Ngã cạnh giường"}, p1=CALM)

    refused = client.post(address, data)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="Ngã cạnh giường"' in page
    assert f'name="ver-{people[1]}" value="1"' in page  # that line is saved

    mended = data | {f"a-{people[0]}-fall-note": "Trượt chân, đã băng", f"ver-{people[1]}": "1"}
    assert client.post(address, mended).status_code == 302
    assert {row["patient_id"]: row["fall"] for row in rows(lan)} == {people[0]: True, people[1]: None}


def test_handover_says_what_the_next_shift_must_know(lan, people, client_of):
    written(lan, line(lan, people[0], TIED | {"sleep": "sleep-well", "wound": "Loét cùng cụt"}))
    stay = registry.person(lan, people[0]).stay.id
    entry = RowEntry(people[0], stay, "1950", {"systolic": 150, "diastolic": 90})
    actions.record_round(lan, facility=lan.unit, round_id="r", moment=NOW, entries=[entry])
    wards.start_leave(lan, person_id=people[1], moment=NOW, due=None, reason="Về nhà")

    page = client_of("binh").get(reverse("handover")).content.decode()

    for words in ("Cố định", "Lý do cố định: Đánh người", "Vết thương, vết loét: Loét cùng cụt", "Ngủ: Ngủ tốt",
                  "Huyết áp 150/90", "1 người có mặt, 1 người đi vắng, 1 người cần chú ý."):  # fmt: skip
        assert words in page
    assert "Người nhận" in page


def test_handover_of_another_shift_does_not_show_this_one(lan, people, client_of):
    written(lan, line(lan, people[0], TIED))

    page = client_of("lan").get(reverse("handover") + "?ngay=2026-11-19&ca=night").content.decode()

    assert "Đánh người" not in page


def test_log_speaks_english_to_those_who_do(lan, people, client_of):
    client = client_of("lan")
    client.cookies["django_language"] = "en"

    page = client.get(reverse("care_log")).content.decode()

    assert "Reason for restraint" in page
    assert "Ate half" in page


def test_people_of_another_facility_cannot_be_written_or_seen(lan, cuc, people, client_of):
    assert people[0] not in client_of("cuc").get(reverse("care_log")).content.decode()
    client_of("cuc").post(reverse("care_log"), posted(people, p0=CALM))
    assert rows(lan) == []
    with pytest.raises(NotFound):
        Repository(cuc).read("QuestionnaireResponse", resources.LogPlace(people[0], "", "2026-11-20", "morning").id)
