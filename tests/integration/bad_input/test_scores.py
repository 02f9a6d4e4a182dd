"""Scores that were tampered with: the total is computed here, answers outside the choices are refused."""

import json
from typing import Any

import pytest
from django.urls import reverse

from ansinh.clinical.screening import queries
from ansinh.kernel.ids import new_id
from tests.support.whole_person import answers

pytestmark = pytest.mark.django_db
TOTALS = {"phq-9": 27, "gad-7": 21, "audit-c": 12}


def send(client: Any, person: str, tool: str, response: Any) -> Any:
    return client.post(
        reverse("screening_new", args=[person, tool]), {"response": json.dumps(response), "key": new_id()}
    )


def first_answer(response: Any) -> dict[str, Any]:
    """The first answer in the tree of a response."""
    items = response["item"]
    while "answer" not in items[0]:
        items = items[0]["item"]
    return items[0]


@pytest.mark.parametrize("tool", TOTALS)
def test_total_that_was_sent_is_not_believed(nurse, lan, an, tool):
    response = answers(tool, -1)
    score = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-response-score", "valueDecimal": 0}
    response |= {"extension": [score], "status": "completed"}

    assert send(nurse, an, tool, response).status_code == 302

    (result,) = queries.screening_history(lan, an)
    assert result.value == TOTALS[tool]


@pytest.mark.parametrize("tool", [*TOTALS, "barthel"])
@pytest.mark.parametrize(
    "answer",
    [
        {"valueCoding": {"system": "http://loinc.org", "code": "made-up"}},
        {"valueInteger": 99},
        {"valueDecimal": -1},
        {"valueString": "4"},
        {"valueCoding": {}},
        {},
    ],
)
def test_answer_outside_the_choices_is_refused_and_everything_comes_back(nurse, an, nothing_changes, tool, answer):
    response = answers(tool, 0)
    first_answer(response)["answer"] = [answer]

    with nothing_changes():
        refused = send(nurse, an, tool, response)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert first_answer(response)["linkId"] in page
    assert json.loads(page.split('<script type="application/json">')[2].split("</script>")[0]) == response


@pytest.mark.parametrize(
    "spoil",
    [
        lambda item: item.update(answer=item["answer"] * 2),
        lambda item: item.update(linkId="made-up"),
        lambda item: item.update(linkId=None),
        lambda item: item.update(answer="x"),
        lambda item: item.update(answer=[7]),
        lambda item: item.update(item=[{"linkId": "made-up"}]),
        lambda item: item.clear(),
    ],
)
def test_bent_response_is_refused(nurse, an, nothing_changes, spoil):
    response = answers("phq-9", 0)
    spoil(first_answer(response))

    with nothing_changes():
        assert send(nurse, an, "phq-9", response).status_code == 422


def test_response_about_somebody_else_is_recorded_for_the_person_of_the_page(nurse, lan, an):
    response = answers("gad-7", 0) | {"subject": {"reference": "Patient/somebody-else"}, "authored": "1900-01-01"}

    assert send(nurse, an, "gad-7", response).status_code == 302
    assert [result.authored[:4] != "1900" for result in queries.screening_history(lan, an)] == [True]
