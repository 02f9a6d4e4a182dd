"""Forms of the record: each can be filled, by whom it may, and becomes answers with a document in a contact."""

import pytest

from ansinh.clinical.records import actions, queries, resources
from ansinh.clinical.signing import actions as signing
from ansinh.clinical.signing import queries as signed
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Invalid, NotFound, Refused, Stale

pytestmark = pytest.mark.django_db

FORMS = ("general", "rehabilitation", "psychiatric", "nursing", "outpatient", "discharge", "referral", "summary")


def test_forms_are_those_of_the_record():
    assert tuple(form.id for form in queries.forms()) == FORMS


@pytest.mark.parametrize("name", FORMS)
def test_write_form_stores_contact_answers_and_document(binh, an, fill, name):
    made = actions.write_form(binh, person_id=an, form=name, response=fill(name))
    document = Repository(binh).read("Composition", made)
    answers = Repository(binh).read("QuestionnaireResponse", resources.response_of(document))

    assert resources.form_of(document) == name
    assert document["title"] == queries.form(name).title
    assert document["subject"]["reference"] == f"Patient/{an}"
    assert document["author"][0]["reference"] == binh.actor
    assert answers["questionnaire"] == f"https://ansinh.vn/fhir/Questionnaire/record-{name}|1.0.0"
    assert {one["resourceType"] for one in signed.members(binh, document["encounter"]["reference"][10:])} == {
        "QuestionnaireResponse",
        "Composition",
    }


def test_write_form_twice_with_one_key_stores_it_once(binh, an, fill):
    key = "0194b1a0-0000-7000-8000-000000000001"
    first, second = (
        actions.write_form(binh, person_id=an, form="nursing", response=fill("nursing"), key=key) for _ in range(2)
    )

    assert first == second


def test_write_form_without_a_required_answer_says_which(binh, an):
    with pytest.raises(Invalid) as refusal:
        actions.write_form(
            binh,
            person_id=an,
            form="nursing",
            response={"resourceType": "QuestionnaireResponse", "status": "completed"},
        )

    assert refusal.value.problems


@pytest.mark.parametrize(
    ("who", "form", "may"), [("lan", "nursing", True), ("lan", "general", False), ("mai", "general", True)]
)
def test_write_form_obeys_the_role(request, an, fill, who, form, may):
    context = request.getfixturevalue(who)
    if may:
        assert actions.write_form(context, person_id=an, form=form, response=fill(form))
    else:
        with pytest.raises(Refused, match="không lập được giấy này"):
            actions.write_form(context, person_id=an, form=form, response=fill(form))


def test_write_form_for_another_facilitys_person_is_not_found(cuc, an, fill):
    with pytest.raises(NotFound):
        actions.write_form(cuc, person_id=an, form="nursing", response=fill("nursing"))


def test_write_form_of_no_such_name_is_not_found(binh, an):
    with pytest.raises(NotFound):
        actions.write_form(binh, person_id=an, form="x", response={})


def answers_of(context, document):
    found = Repository(context).read("Composition", document)
    return Repository(context).read("QuestionnaireResponse", resources.response_of(found))


def test_rewrite_form_before_signing_changes_it(binh, document, fill):
    other = fill("rehabilitation", conclusion_diagnosis={"valueString": "Đột quỵ"})
    actions.rewrite_form(binh, document_id=document, version=1, response=other)

    assert "Đột quỵ" in str(answers_of(binh, document))


def test_rewrite_form_of_somebody_else_before_signing_is_refused(mai, document, fill):
    other = fill("rehabilitation", conclusion_diagnosis={"valueString": "Đột quỵ"})

    with pytest.raises(Refused, match="chỉ người lập được sửa"):
        actions.rewrite_form(mai, document_id=document, version=1, response=other)


def test_rewrite_form_after_signing_needs_a_reason_and_keeps_what_was(binh, document, fill):
    encounter = Repository(binh).read("Composition", document)["encounter"]["reference"][10:]
    signing.sign_entry(binh, kind="Encounter", id=encounter)
    other = fill("rehabilitation", conclusion_diagnosis={"valueString": "Đột quỵ"})
    with pytest.raises(Invalid, match="lý do"):
        actions.rewrite_form(binh, document_id=document, version=1, response=other)
    actions.rewrite_form(binh, document_id=document, version=1, response=other, reason="Chẩn đoán lại")

    answers = answers_of(binh, document)
    entry = signed.entry(binh, "Encounter", encounter)
    assert answers["status"] == "amended"
    assert "Đột quỵ" in str(answers)
    assert "Đột quỵ" not in str(Repository(binh).vread("QuestionnaireResponse", answers["id"], 1))
    assert all(one.good for one in entry.signatures)


def test_rewrite_form_that_says_the_same_is_refused(binh, document, fill):
    with pytest.raises(Invalid, match="chưa thay đổi"):
        actions.rewrite_form(binh, document_id=document, version=1, response=fill("rehabilitation"))


def test_rewrite_form_on_a_stale_version_is_refused(binh, document, fill):
    other = fill("rehabilitation", conclusion_diagnosis={"valueString": "Đột quỵ"})

    with pytest.raises(Stale):
        actions.rewrite_form(binh, document_id=document, version=9, response=other)


def test_lines_show_documents_and_visits_with_their_state(binh, an, document, visit):
    signing.sign_entry(binh, kind="Encounter", id=visit)
    shown = {line.title: line for line in queries.lines(binh, an).lines}

    assert shown["Bệnh án phục hồi chức năng"].document == document
    assert shown["Bệnh án phục hồi chức năng"].state == "unsigned"
    assert shown["Khám bệnh"].state == "signed"


def test_lines_of_another_facilitys_person_are_empty(cuc, an, document):
    assert queries.lines(cuc, an).lines == ()


def test_retention_of_a_psychiatric_record_is_twenty_years_once_the_stay_ended(binh, an, visit, card_of):
    open_stay = queries.retention(binh, card_of(binh, an))

    assert (open_stay.kept_as.id, open_stay.kept_as.years, open_stay.until) == ("mental", 20, None)
