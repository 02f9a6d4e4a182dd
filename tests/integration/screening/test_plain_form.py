"""Screening in a browser without JavaScript: the page's own fields, sent as a browser sends them."""

import pytest
from django.urls import reverse

from ansinh.fhir.store import Repository
from ansinh.kernel.ids import new_id
from tests.support.page_forms import fields_of, lost

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(client_of):
    return client_of("lan")


def address(person, tool="phq-9"):
    return reverse("screening_new", args=[person, tool])


def filled(page, *points, **more):
    """The fields of the page with an option chosen for each question in turn."""
    names = [f"q-phq9.{number}" for number in range(1, 10)]
    return {**fields_of(page.content.decode()), **dict(zip(names, map(str, points), strict=False)), **more}


def test_plain_form_is_on_the_page_for_browsers_that_draw_no_component(nurse, hoa):
    page = nurse.get(address(hoa)).content.decode()
    plain = page.partition("<noscript>")[2].partition("</noscript>")[0]

    assert plain.count("<fieldset") == 10
    assert 'name="q-phq9.9"' in plain
    assert "Chỉ trả lời khi một trong các câu 1, 2" in plain
    assert page.count('type="submit"') >= 1


def test_plain_answers_are_stored_scored_and_shown(nurse, lan, hoa):
    data = filled(nurse.get(address(hoa)), 3, 3, 3, 3, 0, 0, 0, 0, 1, **{"q-difficulty": "0"})
    answered = nurse.post(address(hoa), data)
    stored = Repository(lan).read("QuestionnaireResponse", answered["Location"].rstrip("/").rpartition("/")[2])

    assert answered.status_code == 302
    assert "<strong>13</strong>" in nurse.get(answered["Location"]).content.decode()
    assert stored["status"] == "completed"


def test_plain_form_sent_twice_is_stored_once(nurse, hoa):
    data = filled(nurse.get(address(hoa)), *[0] * 9)

    assert nurse.post(address(hoa), data)["Location"] == nurse.post(address(hoa), data)["Location"]


def test_open_required_question_is_told_at_its_place_and_keeps_the_rest(nurse, hoa):
    data = filled(nurse.get(address(hoa)), 3, 2, 1)
    page = nurse.post(address(hoa), data)
    shown = page.content.decode()

    assert page.status_code == 422
    assert lost(shown, {name: value for name, value in data.items() if value and name.startswith(("q-", "key"))}) == {}
    assert 'href="#id_q-phq9.4_0"' in shown
    assert "Cần trả lời câu này." in shown


def test_answer_to_a_question_that_was_not_asked_is_refused_there(nurse, hoa):
    page = nurse.post(address(hoa), filled(nurse.get(address(hoa)), *[0] * 9, **{"q-difficulty": "0"}))

    assert page.status_code == 422
    assert "Câu này không được hỏi nên không được có câu trả lời." in page.content.decode()


def test_foreign_option_is_refused_and_nothing_is_written(nurse, lan, hoa):
    key = new_id()
    page = nurse.post(address(hoa), filled(nurse.get(address(hoa)), *[0] * 8, 99, key=key))

    assert page.status_code == 422
    assert not Repository(lan).exists("QuestionnaireResponse", key)


def test_component_response_goes_before_plain_fields(nurse, hoa):
    page = nurse.post(address(hoa), filled(nurse.get(address(hoa)), *[0] * 9, response='{"resourceType": "Patient"}'))

    assert page.status_code == 422
    assert "không phải là phiếu trả lời" in page.content.decode()


def test_person_of_another_facility_has_no_plain_form(nurse, tam):
    assert nurse.get(address(tam)).status_code == 404
    assert nurse.post(address(tam), {"plain": "1"}).status_code == 404
