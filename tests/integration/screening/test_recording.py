"""Recording a screening: what is written together, what is refused, and who may see it."""

from datetime import UTC, datetime

import pytest

from ansinh.clinical.screening import actions, queries
from ansinh.clinical.screening.loading import load_questionnaires
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db

POSITIVE = [3, 3, 3, 3, 0, 0, 0, 0, 1]
NEGATIVE = [0] * 9
MORNING = datetime(2025, 12, 1, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning():
    with clock.frozen(MORNING):
        yield


def count(context, view):
    return tables.rows(context, f"SELECT COUNT(*) AS n FROM view_{view} v WHERE {{reach:v}}")[0]["n"]


def test_positive_screening_writes_everything_together(lan, hoa, world, response_of):
    recorded = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
    )

    repository = Repository(lan)
    response = repository.read("QuestionnaireResponse", recorded.response_id)
    visit = repository.read("Encounter", recorded.encounter_id)
    tasks = [repository.read("Task", task_id) for task_id in recorded.task_ids]
    assert recorded.assessment.score.value == 13
    assert response["questionnaire"].endswith("phq-9|1.0.0")
    assert response["author"]["reference"] == lan.actor
    assert visit["type"][0]["coding"][0]["code"] == "screening"
    assert visit["serviceProvider"]["reference"] == f"Organization/{world.a}"
    assert [task["priority"] for task in tasks] == ["routine", "urgent"]
    assert {task["owner"]["reference"] for task in tasks} == {f"Organization/{world.a}"}
    scores = tables.rows(lan, "SELECT * FROM view_score s WHERE {reach:s}")
    assert [(row["patient_id"], row["code"], row["value"], row["band"]) for row in scores] == [
        (hoa, "44261-6", 13, "Vừa")
    ]
    assert count(lan, "observation") == 2


def test_negative_screening_makes_no_task(lan, hoa, response_of):
    recorded = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", NEGATIVE)
    )

    assert recorded.task_ids == ()
    assert count(lan, "task") == 0
    assert queries.screening_history(lan, hoa)[0].band == "Không có hoặc rất nhẹ"


def test_full_score_is_written_out(lan, hoa, response_of):
    full = response_of("barthel", [10, 5, 5, 10, 10, 10, 10, 15, 15, 10])

    actions.record_screening(context=lan, patient_id=hoa, questionnaire="barthel", response=full)

    assert str(queries.screening_history(lan, hoa)[0].value) == "100"


def test_threshold_follows_the_gender_of_the_person(lan, cuc, hoa, tam, response_of):
    three = response_of("audit-c", [3, 0, 0])

    woman = actions.record_screening(context=lan, patient_id=hoa, questionnaire="audit-c", response=three)
    man = actions.record_screening(context=cuc, patient_id=tam, questionnaire="audit-c", response=three)

    assert len(woman.task_ids) == 1
    assert man.task_ids == ()


def test_screening_may_belong_to_a_visit_of_the_same_person(lan, hoa, response_of):
    first = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", NEGATIVE)
    )

    second = actions.record_screening(
        context=lan,
        patient_id=hoa,
        questionnaire="gad-7",
        response=response_of("gad-7", [0] * 7),
        encounter_id=first.encounter_id,
    )

    assert second.encounter_id == first.encounter_id
    assert count(lan, "encounter") == 1


def test_visit_of_somebody_else_is_not_found(lan, hoa, system, world, response_of):
    other = {"resourceType": "Patient", "managingOrganization": {"reference": f"Organization/{world.a}"}}
    other_id = system.create(other).resource["id"]
    visit = actions.record_screening(
        context=lan, patient_id=other_id, questionnaire="gad-7", response=response_of("gad-7", [0] * 7)
    ).encounter_id
    before = journal.position()

    with pytest.raises(NotFound):
        actions.record_screening(
            context=lan,
            patient_id=hoa,
            questionnaire="gad-7",
            response=response_of("gad-7", [0] * 7),
            encounter_id=visit,
        )

    assert journal.position() == before


def test_form_sent_twice_is_stored_once(lan, hoa, response_of):
    key = new_id()
    sent = {"context": lan, "patient_id": hoa, "questionnaire": "phq-9", "response": response_of("phq-9", POSITIVE)}

    first = actions.record_screening(**sent, key=key)
    before = journal.position()
    again = actions.record_screening(**sent, key=key)

    assert again.response_id == first.response_id == key
    assert again.encounter_id == first.encounter_id
    assert journal.position() == before


def without(response, link):
    group = response["item"][0]
    group["item"] = [item for item in group["item"] if item["linkId"] != link]
    return response


def scored_by_the_sender(response):
    response["item"][0]["item"][0]["answer"][0]["valueCoding"]["code"] = "LA9999-9"
    return response


def of_another_version(response):
    return {**response, "questionnaire": "https://ansinh.vn/fhir/Questionnaire/phq-9|0.9.0"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda response: without(response, "phq9.4"), "response-invalid"),
        (scored_by_the_sender, "response-invalid"),
        (lambda response: {**response, "item": "chữ"}, "response-invalid"),
        (lambda response: {**response, "resourceType": "Patient"}, "response-shape"),
        (lambda response: [response], "response-shape"),
        (of_another_version, "questionnaire-version"),
    ],
)
def test_response_that_is_not_valid_changes_nothing(lan, hoa, response_of, change, code):
    before = journal.position()

    with pytest.raises(Invalid) as refused:
        actions.record_screening(
            context=lan, patient_id=hoa, questionnaire="phq-9", response=change(response_of("phq-9", POSITIVE))
        )

    assert refused.value.code == code
    assert journal.position() == before


def test_unknown_tool_is_not_found(lan, hoa, response_of):
    with pytest.raises(NotFound):
        actions.record_screening(
            context=lan, patient_id=hoa, questionnaire="phq-99", response=response_of("phq-9", NEGATIVE)
        )


def test_nurse_of_another_facility_finds_nobody_and_no_task(lan, cuc, hoa, response_of):
    recorded = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
    )

    with pytest.raises(NotFound):
        actions.record_screening(
            context=cuc, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", NEGATIVE)
        )
    with pytest.raises(NotFound):
        actions.take_task(context=cuc, task_id=recorded.task_ids[0], version=1)
    assert queries.open_tasks(cuc) == []
    assert queries.screening_history(cuc, hoa) == []
    assert queries.tasks_of(cuc, hoa) == []


@pytest.mark.parametrize("reader", ["officer", "leader"])
def test_who_steers_the_programme_does_not_record(request, hoa, response_of, reader):
    with pytest.raises((Refused, NotFound)):
        actions.record_screening(
            context=request.getfixturevalue(reader),
            patient_id=hoa,
            questionnaire="phq-9",
            response=response_of("phq-9", NEGATIVE),
        )


def test_questionnaires_loaded_again_change_nothing(system, settings):
    before = journal.position()

    assert load_questionnaires(system, settings.DEFINITIONS / "questionnaires") == len(
        list((settings.DEFINITIONS / "questionnaires").glob("*.yaml"))
    )
    assert journal.position() == before


def test_bad_questionnaire_file_stops_the_load_and_changes_nothing(system, settings, tmp_path):
    good = (settings.DEFINITIONS / "questionnaires/phq-9.yaml").read_text()
    (tmp_path / "a.yaml").write_text(good.replace('version: "1.0.0"', 'version: "2.0.0"'))
    (tmp_path / "b.yaml").write_text(good.replace("%score >= 10", "%score >="))
    before = journal.position()

    with pytest.raises(Invalid) as refused:
        load_questionnaires(system, tmp_path)

    assert "b.yaml" in refused.value.message
    assert journal.position() == before


def test_old_response_is_read_with_the_version_it_was_filled_with(lan, system, hoa, response_of):
    recorded = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="gad-7", response=response_of("gad-7", [0] * 7)
    )
    newer = {**system.read("Questionnaire", "gad-7"), "version": "2.0.0", "title": "GAD-7 bản mới"}
    system.save(newer)

    response = Repository(lan).read("QuestionnaireResponse", recorded.response_id)

    assert queries.questionnaire_of(response)["version"] == "1.0.0"
    assert queries.questionnaire("gad-7")["version"] == "2.0.0"


def test_tools_are_those_in_force_today(lan, system):
    closed = {**system.read("Questionnaire", "gad-7"), "effectivePeriod": {"start": "2024", "end": "2025-11-30"}}
    system.save(closed)

    found = [tool.id for tool in queries.tools(lan)]

    assert "gad-7" not in found


@pytest.fixture
def followed(lan, hoa, response_of):
    """The two tasks of a positive screening: routine, urgent."""
    return actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
    ).task_ids


def test_urgent_task_is_first_and_lists_follow_their_filters(lan, binh, followed):
    routine, urgent = followed

    assert [line.id for line in queries.open_tasks(lan)] == [urgent, routine]
    assert [line.id for line in queries.tasks(lan, "urgent").lines] == [urgent]
    assert queries.tasks(binh, "mine").lines == []
    assert queries.task_count(lan) == (2, 1)
    assert queries.open_tasks(lan)[0].patient_name == "Nguyễn Thị Hoa"

    actions.take_task(context=binh, task_id=urgent, version=1)
    assert [line.id for line in queries.tasks(binh, "mine").lines] == [urgent]
    actions.complete_task(context=binh, task_id=urgent, version=2, note="Đã gặp, không có ý định tự sát.")
    assert [line.id for line in queries.open_tasks(lan)] == [routine]
    assert {line.id for line in queries.tasks(lan, "all").lines} == {routine, urgent}


def test_pages_of_tasks_join_without_gap_or_repeat(lan, hoa, response_of):
    for _ in range(3):
        actions.record_screening(
            context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
        )

    whole = [line.id for line in queries.tasks(lan, "open").lines]
    seen, after = [], ""
    while True:
        page = queries.tasks(lan, "open", after=after, limit=2)
        seen += [line.id for line in page.lines]
        after = page.after
        if not after:
            break

    assert seen == whole
    assert len(whole) == 6


@pytest.mark.parametrize("cursor", ["", "lạ", "1~x", "9~2025~x", "'; DROP TABLE resource;--"])
def test_cursor_that_is_none_starts_at_the_beginning(lan, followed, cursor):
    assert len(queries.tasks(lan, "open", after=cursor).lines) == 2


def test_task_is_late_after_its_day(lan, followed):
    with clock.frozen(datetime(2025, 12, 5, tzinfo=UTC)):
        late = {line.id: line.late for line in queries.open_tasks(lan)}

    assert late == {followed[0]: False, followed[1]: True}


def test_task_taken_by_someone_else_is_refused(lan, binh, followed):
    actions.take_task(context=binh, task_id=followed[0], version=1)

    with pytest.raises(Stale):
        actions.take_task(context=lan, task_id=followed[0], version=1)
    with pytest.raises(Conflict) as refused:
        actions.take_task(context=lan, task_id=followed[0], version=2)
    assert "đã có người nhận" in refused.value.message


@pytest.mark.parametrize("words", ["", "   "])
def test_ending_a_task_needs_words(lan, followed, words):
    with pytest.raises(Invalid):
        actions.complete_task(context=lan, task_id=followed[0], version=1, note=words)
    with pytest.raises(Invalid):
        actions.cancel_task(context=lan, task_id=followed[0], version=1, reason=words)
    assert Repository(lan).read("Task", followed[0])["status"] == "requested"


def test_cancelled_task_says_why_and_cannot_be_done(lan, followed):
    cancelled = actions.cancel_task(context=lan, task_id=followed[0], version=1, reason="Điền nhầm người")

    assert cancelled["statusReason"]["text"] == "Điền nhầm người"
    with pytest.raises(Conflict):
        actions.complete_task(context=lan, task_id=followed[0], version=2, note="x")
