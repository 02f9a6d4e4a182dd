"""A person's rights: requests with their clock, restriction, consent, a copy, who looked."""

import pytest
from django.urls import reverse

from ansinh.access.consents import actions as consents
from ansinh.access.consents import queries as consent_queries
from ansinh.access.models import PersonRequest
from ansinh.access.rights import actions, queries
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import reads, trail
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from tests.support.fhir_door import FhirClient

pytestmark = pytest.mark.django_db

P1 = "11111111-0000-4000-8000-000000000001"
Q1 = "11111111-0000-4000-8000-000000000002"


@pytest.fixture(autouse=True)
def people(world):
    reads.forget()
    loader = Repository(system_context(), validate=False)
    for name, unit in ((P1, world.a), (Q1, world.b)):
        owner = {"reference": f"Organization/{unit}"}
        loader.update(
            {"resourceType": "Patient", "id": name, "managingOrganization": owner, "name": [{"text": "Lê Văn Năm"}]}
        )
        subject = {"reference": f"Patient/{name}"}
        loader.update(
            {"resourceType": "Condition", "id": f"c-{name}", "code": {"text": "đau lưng"}, "subject": subject}
        )
        loader.update(
            {"resourceType": "RelatedPerson", "id": f"r-{name}", "patient": subject, "name": [{"text": "Lê Thị Mẹ"}]}
        )
    return world


@pytest.fixture
def ask(mai, account_of):
    def take(**given) -> PersonRequest:
        usual = {"person": P1, "kind": "copy", "asker": "Lê Văn Năm"}
        return actions.take_down(mai, user=account_of("mai"), **{**usual, **given})

    return take


@pytest.fixture
def reply(mai, account_of):
    def answer(asked: PersonRequest, granted: bool = True, words: str = "Đã làm theo yêu cầu") -> None:
        actions.answer(mai, user=account_of("mai"), request=asked, granted=granted, words=words)

    return answer


# Requests


def test_request_is_taken_down_with_its_day(ask, people):
    asked = ask()

    assert asked.unit == people.a
    assert (asked.due - clock.today()).days >= 2
    assert asked.done is None


@pytest.mark.parametrize(
    ("given", "field"),
    [({"kind": "money"}, "kind"), ({"asker": "  "}, "asker"), ({"kind": "correction"}, "words")],
)
def test_request_that_lacks_something_is_not_taken_down(ask, given, field):
    with pytest.raises(Invalid) as told:
        ask(**given)

    assert told.value.field == field
    assert PersonRequest.objects.count() == 0


def test_person_of_another_facility_is_not_found(ask):
    with pytest.raises(NotFound):
        ask(person=Q1)


def test_request_is_answered_once_and_with_words(ask, reply):
    asked = ask()
    with pytest.raises(Invalid):
        reply(asked, words=" ")
    reply(asked)

    with pytest.raises(Conflict):
        reply(asked, granted=False)


def test_restriction_hides_the_record_at_once_and_lifting_it_brings_it_back(ask, reply, lan, mai):
    reply(ask(kind="restriction"))
    assert Repository(lan).find("Patient", P1) is None
    assert Repository(lan).find("Condition", f"c-{P1}") is None
    assert Repository(mai).read("Condition", f"c-{P1}")

    reply(ask(kind="no-restriction"))
    assert Repository(lan).find("Condition", f"c-{P1}") is not None
    assert "security" not in Repository(lan).read("Patient", P1)["meta"]


def test_refused_restriction_changes_nothing(ask, reply, lan):
    reply(ask(kind="restriction"), granted=False)

    assert Repository(lan).find("Patient", P1) is not None


def test_erasure_is_not_granted_while_the_law_keeps_the_record(ask, reply, mai):
    asked = ask(kind="erasure")
    with pytest.raises(Invalid) as told:
        reply(asked)
    assert told.value.field == "granted"
    reply(asked, granted=False)

    assert Repository(mai).read("Patient", P1)


def test_waiting_requests_are_those_of_ones_own_units(ask, mai, son):
    asked = ask()

    assert [one.pk for one in queries.waiting(mai)] == [asked.pk]
    assert queries.waiting(son) == []
    with pytest.raises(NotFound):
        queries.request(son, asked.pk)


# Consent


def test_consent_holds_from_the_moment_and_ends_at_the_moment(mai):
    assert consent_queries.permits(P1, "research") is False
    consents.record_consent(mai, person=P1, purpose="research", given=True, by="Lê Văn Năm")
    assert consent_queries.permits(P1, "research") is True
    assert consent_queries.permits(P1, "share") is False

    consents.record_consent(mai, person=P1, purpose="research", given=False, by="Lê Văn Năm")

    assert consent_queries.permits(P1, "research") is False
    assert consent_queries.permits(P1, "care") is True
    with pytest.raises(NotFound):
        consent_queries.permits(P1, "marketing")


def test_guardian_speaks_for_the_person_and_nobody_elses_does(mai):
    saved = consents.record_consent(mai, person=P1, purpose="share", given=True, by="Lê Thị Mẹ", related=f"r-{P1}")

    assert saved.resource["performer"][0]["reference"] == f"RelatedPerson/r-{P1}"
    with pytest.raises(Invalid) as told:
        consents.record_consent(mai, person=P1, purpose="share", given=True, by="Ai đó", related=f"r-{Q1}")
    assert told.value.field == "related"


@pytest.mark.parametrize(
    ("given", "field"), [({"purpose": "care"}, "purpose"), ({"purpose": "x"}, "purpose"), ({"by": ""}, "by")]
)
def test_consent_that_lacks_something_is_not_written(mai, given, field):
    with pytest.raises(Invalid) as told:
        consents.record_consent(mai, **{"person": P1, "purpose": "share", "given": True, "by": "A", **given})

    assert told.value.field == field


def test_what_was_said_when_stays_in_the_history(mai):
    for given in (True, False):
        saved = consents.record_consent(mai, person=P1, purpose="share", given=given, by="Lê Văn Năm")

    versions = Repository(mai).history("Consent", saved.resource["id"])
    assert [one.body["status"] for one in versions] == ["inactive", "active"]


def test_door_refuses_a_consent_without_a_person(account_of):
    body = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"text": "x"}],
        "policyRule": {"text": "x"},
    }

    answer = FhirClient(account_of("mai")).call("POST", "/Consent", body)

    assert answer.status_code == 422
    assert "người nào" in answer.text


# The copy


def test_copy_holds_the_record_and_is_an_export_in_the_persons_name(mai):
    bundle = json.loads(queries.copy(mai, P1))

    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds == {"Patient", "Condition", "RelatedPerson"}
    assert len({entry["fullUrl"] for entry in bundle["entry"]}) == len(bundle["entry"])
    (row, *_) = [row for row in trail.of_person(P1) if row.verb == "export"]
    assert (row.purpose, row.actor) == ("PATRQT", mai.actor)


def test_copy_is_whole_beyond_one_page(mai, monkeypatch):
    monkeypatch.setattr(queries, "_PAGE", "1")

    assert len(json.loads(queries.copy(mai, P1))["entry"]) == 3


# Pages


def test_page_tells_who_looked_and_takes_a_request_and_a_consent(client_of, lan):
    Repository(lan).read("Condition", f"c-{P1}")
    client = client_of("mai")
    page = reverse("rights", args=[P1])

    assert "Nhân viên Lan" in client.get(page).content.decode()
    asked = client.post(reverse("rights_ask", args=[P1]), {"kind": "who-looked", "asker": "Lê Văn Năm"})
    said = client.post(
        reverse("rights_consent", args=[P1]),
        {"purpose": "share", "given": "1", "by": "Lê Thị Mẹ", "related": f"r-{P1}"},
    )

    assert (asked.status_code, said.status_code) == (302, 302)
    text = client.get(page).content.decode()
    assert "Hỏi ai đã xem hồ sơ" in text
    assert "Lê Thị Mẹ" in text
    assert "Hỏi ai đã xem hồ sơ" in client.get(reverse("requests")).content.decode()


def test_wrong_form_keeps_what_was_typed(client_of):
    client = client_of("mai")

    asked = client.post(reverse("rights_ask", args=[P1]), {"kind": "correction", "asker": "Ông Năm"})
    said = client.post(reverse("rights_consent", args=[P1]), {"purpose": "share", "by": "Bà Sáu"})

    assert (asked.status_code, said.status_code) == (422, 422)
    assert "Ông Năm" in asked.content.decode()
    assert "Bà Sáu" in said.content.decode()


def test_answer_page_takes_the_answer(client_of, ask):
    asked, client = ask(kind="erasure"), client_of("mai")
    page = reverse("request_answer", args=[asked.pk])

    assert client.post(page, {"granted": "1", "words": "Đã xóa"}).status_code == 422
    assert client.post(page, {"granted": "0", "words": "Luật buộc giữ mười năm"}).status_code == 302
    assert "Luật buộc giữ mười năm" in client.get(page).content.decode()


def test_copy_comes_as_a_file_without_a_name_in_it(client_of):
    answer = client_of("mai").post(reverse("rights_copy", args=[P1]))

    assert answer["Content-Type"] == "application/fhir+json"
    assert "Năm" not in answer["Content-Disposition"]
    assert json.loads(answer.content)["type"] == "collection"


@pytest.mark.parametrize("name", ["rights", "rights_ask", "rights_consent", "rights_copy"])
def test_pages_of_another_facilitys_person_are_not_found(client_of, name):
    client = client_of("mai")
    address = reverse(name, args=[Q1])
    form = {"kind": "copy", "asker": "A", "purpose": "share", "given": "1", "by": "A"}

    assert (client.get(address) if name == "rights" else client.post(address, form)).status_code == 404


@pytest.mark.parametrize("who", ["lan", "binh", "officer", "admin"])
def test_only_who_looks_after_rights_opens_the_page(client_of, who):
    assert client_of(who).get(reverse("rights", args=[P1])).status_code == 403
