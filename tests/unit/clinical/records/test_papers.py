"""Documents as FHIR, and the shipped forms: each is whole, translated, and says what was not verified."""

import pytest
from django.conf import settings

from ansinh.clinical.records import queries, resources
from ansinh.clinical.records.rules import Grouped
from ansinh.clinical.screening.loading import read_questionnaire
from ansinh.kernel import yaml

FORMS = [one["id"] for one in yaml.read(settings.DEFINITIONS / "catalogues" / "record-forms.yaml")["forms"]]
CONCEPTS = yaml.read(settings.DEFINITIONS / "codesystems" / "record-form.yaml")["concepts"]


def questionnaire(name):
    return read_questionnaire(settings.DEFINITIONS / "questionnaires" / f"record-{name}.yaml")


def leaves(name):
    return [item for group in questionnaire(name)["item"] for item in group["item"]]


def test_forms_and_concepts_are_the_same():
    assert [one["code"] for one in CONCEPTS] == FORMS


@pytest.mark.parametrize("name", FORMS)
def test_form_is_of_the_record_and_says_what_is_not_verified(name):
    found = questionnaire(name)
    title = next(one["display"] for one in CONCEPTS if one["code"] == name)

    assert found["title"] == title
    assert found["useContext"][0]["valueCodeableConcept"]["coding"][0]["code"] == "record"
    assert "chưa đối chiếu" in found["copyright"]


@pytest.mark.parametrize("name", FORMS)
def test_form_names_each_question_once_and_in_both_languages(name):
    items = leaves(name)
    links = [item["linkId"] for item in items]

    assert len(set(links)) == len(links)
    assert all(item["text"] and item["_text"]["extension"] for item in items)
    assert any(item.get("required") for item in items)
    assert all(item["type"] in ("text", "string", "date", "dateTime", "choice") for item in items)


@pytest.mark.parametrize("name", FORMS)
def test_form_has_a_limit_for_each_text(name):
    texts = [item for item in leaves(name) if item["type"] in ("text", "string")]

    assert [item["linkId"] for item in texts if "maxLength" not in item] == []


def test_form_of_reads_only_our_forms():
    ours = {"type": {"coding": [{"system": "http://loinc.org", "code": "x"}, {"system": _SYSTEM, "code": "general"}]}}

    assert resources.form_of(ours) == "general"
    assert resources.form_of({"type": {"coding": [{"system": "http://loinc.org", "code": "general"}]}}) == ""
    assert resources.form_of({}) == ""


_SYSTEM = "https://ansinh.vn/fhir/CodeSystem/record-form"


def test_response_of_is_the_one_that_a_document_shows():
    section = [{"entry": [{"reference": "Observation/1"}, {"reference": "QuestionnaireResponse/2"}]}]

    assert resources.response_of({"section": section}) == "2"
    assert resources.response_of({}) == ""


def test_composition_id_follows_from_the_response():
    assert resources.composition_id("a") == resources.composition_id("a") != resources.composition_id("b")


def whole(*groups):
    return resources.whole_composition(
        id="1", person="p", at="2026-11-22T08:00:00+07:00", author={"display": "B"}, custodian="bv", groups=groups
    )


def test_whole_composition_says_which_groups_are_empty():
    made = whole(Grouped("A", "Nhóm <A>", ({"resourceType": "Patient", "id": "p"},)), Grouped("B", "Nhóm B"))
    full, empty = made["section"]

    assert full["entry"] == [{"reference": "Patient/p"}]
    assert "emptyReason" not in full
    assert "Nhóm &lt;A&gt;: 1 mục" in full["text"]["div"]
    assert empty["emptyReason"]["coding"][0]["code"] == "unavailable"
    assert "entry" not in empty


def test_bundle_keeps_order_and_names_each_resource():
    held = [{"resourceType": "Composition", "id": "1"}, {"resourceType": "Patient", "id": "p"}]
    made = resources.bundle("1", "2026-11-22T08:00:00+07:00", held)

    assert [one["fullUrl"].rpartition("/fhir/")[2] for one in made["entry"]] == ["Composition/1", "Patient/p"]
    assert made["type"] == "document"


def test_groups_of_the_guide_say_that_they_are_second_hand():
    assert "365/TTYQG" in queries.groups_source()
    assert "thứ cấp" in queries.groups_source()
