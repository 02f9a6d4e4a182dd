"""A response, what $extract makes of it, and what the door makes of that."""

import pytest


@pytest.fixture
def response(stored):
    """A response of the person with the given items."""

    def make(*items, **more) -> dict:
        head = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": "http://example.org/form",
            "status": "completed",
            "subject": {"reference": f"Patient/{stored['id']}"},
            "authored": "2026-11-20T08:30:00+07:00",
        }
        return head | ({"item": list(items)} if items else {}) | more

    return make


@pytest.fixture
def extract(node):
    """(the transaction, issues) of a form and a response."""

    def call(questionnaire, answers):
        listed = [
            {"name": "questionnaire-response", "resource": answers},
            {"name": "questionnaire", "resource": questionnaire},
        ]
        answer = node.post("/QuestionnaireResponse/$extract", {"resourceType": "Parameters", "parameter": listed})
        assert answer.status_code == 200, answer.text
        found = {one["name"]: one["resource"] for one in answer.json["parameter"]}
        return found["return"], [one["details"]["text"] for one in found.get("issues", {}).get("issue", [])]

    return call


@pytest.fixture
def post(node):
    """Stores a transaction through the door; the resources as they are stored, by type."""

    def call(bundle) -> dict[str, list[dict]]:
        answer = node.post("", bundle)
        assert answer.status_code == 200, answer.text
        stored: dict[str, list[dict]] = {}
        for entry in answer.json["entry"]:
            place = entry["response"]["location"].partition("/_history")[0].removeprefix("http://testserver/fhir")
            one = node.get(f"/{place.lstrip('/')}").json
            stored.setdefault(one["resourceType"], []).append(one)
        return stored

    return call
