"""Pages of screening and of tasks: one good way through each, and every refusal in words."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from ansinh.clinical.screening import actions, queries
from ansinh.fhir.store import Repository, journal
from ansinh.kernel import clock
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db

POSITIVE = [3, 3, 3, 3, 0, 0, 0, 0, 1]


@pytest.fixture(autouse=True)
def morning():
    with clock.frozen(datetime(2025, 12, 1, 1, 30, tzinfo=UTC)):
        yield


@pytest.fixture
def nurse(client_of):
    return client_of("lan")


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def scripts(response):
    """The JSON scripts of the form component: definition, and what came back."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', response.content.decode(), re.DOTALL)
    return [json.loads(each) for each in found]


def test_choose_offers_every_tool_and_what_was_found_before(nurse, lan, hoa, response_of):
    empty = nurse.get(reverse("screening_choose", args=[hoa]))
    actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
    )
    page = nurse.get(reverse("screening_choose", args=[hoa]))

    assert empty.status_code == 200
    assert "Chưa có lần sàng lọc nào." in text(empty)
    for name in ("phq-9", "gad-7", "audit-c", "barthel"):
        assert reverse("screening_new", args=[hoa, name]) in text(page)
    assert "Lần gần nhất: 01/12/2025, 13 điểm" in text(page)
    assert "Nguyễn Thị Hoa" in text(page)


def test_form_hands_over_the_definition_with_its_decimals(nurse, hoa):
    page = nurse.get(reverse("screening_new", args=[hoa, "phq-9"]))

    definition = scripts(page)[0]
    assert definition["url"].endswith("/phq-9")
    assert definition["item"][0]["item"][0]["answerOption"][1]["extension"][0]["valueDecimal"] == 1
    assert "bản dịch của dự án" in text(page)


def send(client, person, name, response, **more):
    data = {"response": json.dumps(response), "key": new_id(), **more}
    return client.post(reverse("screening_new", args=[person, name]), data)


def test_saving_leads_to_the_result(nurse, lan, hoa, response_of):
    answered = send(nurse, hoa, "phq-9", response_of("phq-9", POSITIVE))
    shown = nurse.get(answered["Location"])

    assert answered.status_code == 302
    assert "<strong>13</strong> trên 27 điểm" in text(shown)
    assert "Cần làm ngay" in text(shown)
    assert "Sàng lọc không phải là chẩn đoán" in text(shown)
    assert "Gần như mọi ngày" in text(shown)
    for line in queries.open_tasks(lan):
        assert reverse("task", args=[line.id]) in text(shown)
    assert "ansinh-draft-done" in text(shown)


def test_result_in_english_is_in_english(nurse, hoa, response_of):
    answered = send(nurse, hoa, "phq-9", response_of("phq-9", POSITIVE))
    nurse.cookies["django_language"] = "en"
    shown = nurse.get(answered["Location"])

    assert "Moderate" in text(shown)
    assert "Nearly every day" in text(shown)


def test_second_result_draws_the_history(nurse, hoa, response_of):
    send(nurse, hoa, "gad-7", response_of("gad-7", [1] * 7))
    with clock.frozen(datetime(2026, 1, 5, tzinfo=UTC)):
        shown = nurse.get(send(nurse, hoa, "gad-7", response_of("gad-7", [0] * 7))["Location"])

    assert "Điểm theo thời gian: GAD-7" in text(shown)
    assert "01/12/2025" in text(shown)


def test_refused_response_comes_back_with_its_answers(nurse, hoa, response_of):
    given = response_of("phq-9", POSITIVE)
    del given["item"][0]["item"][3]
    before = journal.position()

    answered = send(nurse, hoa, "phq-9", given)

    assert answered.status_code == 422
    _definition, back, problems = scripts(answered)
    assert back == given
    assert [problem["link"] for problem in problems] == ["phq9.4"]
    assert "cần trả lời câu này" in problems[0]["message"]
    assert journal.position() == before


@pytest.mark.parametrize("body", ["", "{", "[1]", '"chữ"', "null", '{"resourceType": "Patient"}'])
def test_body_that_is_no_response_is_refused_in_words(nurse, hoa, body):
    answered = nurse.post(reverse("screening_new", args=[hoa, "phq-9"]), {"response": body})

    assert answered.status_code == 422
    assert "Chưa lưu được" in text(answered)


def test_script_in_an_answer_stays_text(nurse, hoa, response_of):
    given = response_of("phq-9", POSITIVE)
    given["item"].append({"linkId": "lạ", "answer": [{"valueString": "</script><script>alert(1)</script>"}]})

    answered = send(nurse, hoa, "phq-9", given)

    assert b"<script>alert(1)" not in answered.content
    assert scripts(answered)[1] == given


def test_form_sent_twice_makes_one_record(nurse, lan, hoa, response_of):
    key = new_id()
    first = send(nurse, hoa, "phq-9", response_of("phq-9", POSITIVE), key=key)
    second = send(nurse, hoa, "phq-9", response_of("phq-9", POSITIVE), key=key)

    assert first["Location"] == second["Location"]
    assert len(queries.screening_history(lan, hoa)) == 1


@pytest.mark.parametrize("name", ["screening_choose", "screening_new"])
def test_nurse_of_another_facility_does_not_find_the_person(client_of, hoa, name):
    arguments = [hoa] if name == "screening_choose" else [hoa, "phq-9"]

    assert client_of("cuc").get(reverse(name, args=arguments)).status_code == 404


def test_result_of_another_person_is_not_found_under_this_one(nurse, lan, hoa, tam, response_of):
    done = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="gad-7", response=response_of("gad-7", [0] * 7)
    )

    assert nurse.get(reverse("screening_result", args=[tam, done.response_id])).status_code == 404
    assert nurse.get(reverse("screening_result", args=[hoa, new_id()])).status_code == 404
    assert nurse.get(reverse("screening_new", args=[hoa, "khong-co"])).status_code == 404


@pytest.mark.parametrize(("reader", "status"), [("officer", 403), ("leader", 403), ("", 302)])
def test_others_do_not_screen(client_of, hoa, reader, status):
    client = client_of(reader)

    assert client.get(reverse("screening_new", args=[hoa, "phq-9"])).status_code == status
    assert client.get(reverse("tasks")).status_code == status


@pytest.fixture
def followed(lan, hoa, response_of):
    done = actions.record_screening(
        context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
    )
    return done.task_ids


def test_list_shows_what_its_filter_says_and_keeps_it(nurse, followed):
    routine, urgent = followed

    opened = text(nurse.get(reverse("tasks")))
    only_urgent = text(nurse.get(reverse("tasks"), {"loc": "urgent"}))
    mine = text(nurse.get(reverse("tasks"), {"loc": "mine"}))
    unknown = text(nurse.get(reverse("tasks"), {"loc": "lạ", "sau": "hỏng"}))

    assert opened.index(urgent) < opened.index(routine)
    assert f"{reverse('task', args=[urgent])}?loc=urgent" in only_urgent
    assert routine not in only_urgent
    assert "Anh/chị chưa nhận việc nào." in mine
    assert routine in unknown


def step(client, task, name, version, which="open", **words):
    data = {"step": name, f"{name}-version": version, **{f"{name}-{key}": value for key, value in words.items()}}
    return client.post(f"{reverse('task', args=[task])}?loc={which}", data)


def test_task_is_taken_and_completed(nurse, lan, followed):
    urgent = followed[1]
    page = nurse.get(reverse("task", args=[urgent]))
    taken = step(nurse, urgent, "take", 1, "urgent")
    during = nurse.get(taken["Location"])
    done = step(nurse, urgent, "complete", 2, "urgent", note="Đã gặp và trao đổi.")

    assert "Câu 9 cho thấy" in text(page)
    assert "Xem phiếu sàng lọc" in text(page)
    assert taken["Location"] == f"{reverse('task', args=[urgent])}?loc=urgent"
    assert "Đang làm" in text(during)
    assert "Nhận việc này" not in text(during)
    assert done["Location"] == f"{reverse('tasks')}?loc=urgent"
    assert Repository(lan).read("Task", urgent)["status"] == "completed"
    assert "Đã gặp và trao đổi." in text(nurse.get(reverse("task", args=[urgent])))


def test_task_is_cancelled_with_a_reason(nurse, lan, followed):
    empty = step(nurse, followed[0], "cancel", 1, reason="")
    given = step(nurse, followed[0], "cancel", 1, reason="Điền nhầm người")

    assert empty.status_code == 422
    assert "Cần điền" in text(empty)
    assert given.status_code == 302
    assert "Điền nhầm người" in text(nurse.get(reverse("task", args=[followed[0]])))


def test_stale_step_shows_both_versions_and_keeps_what_was_typed(nurse, binh, lan, followed):
    actions.take_task(context=binh, task_id=followed[0], version=1)

    answered = step(nurse, followed[0], "complete", 1, note="Tôi đã gọi điện.")

    assert answered.status_code == 412
    assert "Có người vừa thay đổi việc này" in text(answered)
    assert "Chưa ai nhận" in text(answered)
    assert "Đang làm" in text(answered)
    assert "Nhân viên Binh" in text(answered)
    assert "Tôi đã gọi điện.</textarea>" in text(answered)
    assert Repository(lan).read("Task", followed[0])["status"] == "in-progress"
    again = step(nurse, followed[0], "complete", 2, note="Tôi đã gọi điện.")
    assert again.status_code == 302


def test_stale_step_that_is_no_longer_offered_still_shows_what_was_typed(nurse, binh, followed):
    actions.complete_task(context=binh, task_id=followed[0], version=1, note="Xong.")

    answered = step(nurse, followed[0], "cancel", 1, reason="Người bệnh đã về")

    assert answered.status_code == 412
    assert "Người bệnh đã về" in text(answered)
    assert "Đã xong" in text(answered)


def test_task_of_another_facility_or_of_nobody_is_not_found(client_of, nurse, followed):
    assert client_of("cuc").get(reverse("task", args=[followed[0]])).status_code == 404
    assert nurse.get(reverse("task", args=[new_id()])).status_code == 404
    assert step(nurse, followed[0], "lạ", 1).status_code == 404


def test_list_of_tasks_runs_the_same_number_of_queries_however_long(
    nurse, lan, hoa, response_of, followed, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    nurse.get(reverse("tasks"))
    with CaptureQueriesContext(connection) as short:
        nurse.get(reverse("tasks"))
    for _ in range(4):
        actions.record_screening(
            context=lan, patient_id=hoa, questionnaire="phq-9", response=response_of("phq-9", POSITIVE)
        )

    with django_assert_num_queries(len(short)):
        assert text(nurse.get(reverse("tasks"))).count("Nguyễn Thị Hoa") == 10
