"""QuestionnaireResponse/$extract: who may ask, of what, and what is refused."""

import pytest

from tests.support.questionnaires import code, ext, form, item, resources, said

pytestmark = pytest.mark.django_db


def test_extract_of_a_stored_response_finds_its_form(node, doctor, stranger, system, response):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    system.create(form(coded))
    identity = system.create(response(said("n", 7))).resource["id"]
    path = f"/QuestionnaireResponse/{identity}/$extract"

    bundle = doctor.get(path).json["parameter"][0]["resource"]
    assert resources(bundle, "Observation")[0]["valueInteger"] == 7
    assert resources(bundle, "Observation")[0]["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{identity}"}]
    assert stranger.get(path).status_code == 404
    assert doctor.post("", bundle).status_code == 200


def test_extract_form_that_asks_for_nothing_gives_an_empty_transaction(extract, response):
    assert extract(form(item("q", "string")), response(said("q", "x"))) == (
        {"resourceType": "Bundle", "type": "transaction"},
        [],
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"resourceType": "Parameters"}, 400),
        ({"resourceType": "Patient"}, 400),
        ({"resourceType": "QuestionnaireResponse", "status": "completed"}, 400),
        ({"resourceType": "QuestionnaireResponse", "questionnaire": "http://example.org/none"}, 404),
    ],
)
def test_extract_without_what_it_needs_is_refused(doctor, body, status):
    assert doctor.post("/QuestionnaireResponse/$extract", body).status_code == status
