"""Lines of the care log as FHIR: what goes in comes out, in the words of the form."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.rounds import resources
from ansinh.clinical.rounds.forms import words_of
from ansinh.clinical.rounds.resources import LogPlace
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.fhir.validation import responses

FORM = read_questionnaire(settings.DEFINITIONS / "questionnaires" / "care-log.yaml")
PLACE = LogPlace("p1", "e1", "2026-11-20", "night")
CHOICES = {item["linkId"]: item for item in FORM["item"] if item["type"] == "choice"}


def a_line(answers, before=None):
    return resources.log_resource(
        FORM, PLACE, answers, authored="2026-11-20T23:00:00+07:00", author={"display": "Lan"}, before=before
    )


def problems(answers):
    return [responses.link_of(one) for one in responses.validate(FORM, a_line(answers), complete=True)]


@st.composite
def answers(draw):
    """What may stand in a line: any of the choices, words, and a fall with how it was."""
    chosen = {
        link: draw(st.sampled_from(item["answerOption"]))["valueCoding"]["code"] for link, item in CHOICES.items()
    }
    words = draw(st.text(alphabet="aăâbcdđeê 0123", min_size=1, max_size=40).filter(str.strip).map(str.strip))
    fallen = {"fall": "true", "fall-note": words} if draw(st.booleans()) else {}
    return chosen | {"note": words} | fallen


@given(answers())
def test_answers_come_out_as_they_went_in_and_the_form_allows_them(given_answers):
    assert resources.answers_of(a_line(given_answers)) == given_answers
    assert problems(given_answers) == []


def test_line_says_whose_shift_it_is_and_by_which_form():
    body = a_line({"intake": "intake-all"})

    assert body["questionnaire"] == "https://ansinh.vn/fhir/Questionnaire/care-log|1.0.0"
    assert [one.get("valueCode", one.get("valueDate")) for one in body["extension"]] == ["night", "2026-11-20"]
    assert body["item"][0]["answer"][0]["valueCoding"]["display"] == "Ăn hết"
    assert (body["status"], a_line({}, before=body)["status"]) == ("completed", "amended")


def test_one_person_has_one_line_in_a_shift():
    assert PLACE.id == LogPlace("p1", "another", "2026-11-20", "night").id
    assert (
        len({PLACE.id, LogPlace("p2", "", "2026-11-20", "night").id, LogPlace("p1", "", "2026-11-21", "night").id}) == 3
    )


@pytest.mark.parametrize(
    ("answers", "links"),
    [
        ({"restraint": "true"}, ["restraint-reason", "restraint-review"]),
        ({"restraint": "true", "restraint-reason": "Đánh người"}, ["restraint-review"]),
        ({"fall": "true"}, ["fall-note"]),
        ({"restraint-reason": "Đánh người"}, ["restraint-reason"]),
        ({}, []),
    ],
)
def test_restraint_and_fall_ask_for_their_words(answers, links):
    assert problems(answers) == links


def test_every_question_and_answer_speaks_english():
    for item in resources.items(FORM):
        assert words_of(item, "text", "en") != item["text"]
        for option in item.get("answerOption", ()):
            assert words_of(option["valueCoding"], "display", "en") != option["valueCoding"]["display"]
    assert words_of({"text": "Ngã"}, "text", "en") == "Ngã"
