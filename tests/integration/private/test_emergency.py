"""Emergency access: a reason, an hour, one person, and somebody looks at it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ansinh.access.emergency import actions, contexts, queries, resources
from ansinh.access.models import EmergencyAccess
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import reads, trail
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.naming import CCCD

pytestmark = pytest.mark.django_db

REASON = "Người bệnh hôn mê, cần biết thuốc đang dùng và dị ứng"
P1, P2, Q1 = (f"{digit * 8}-0000-7000-8000-{digit * 12}" for digit in "123")
ICD = "http://hl7.org/fhir/sid/icd-10"


@pytest.fixture(autouse=True)
def people(world):
    """p1 at A with a finding of HIV, p2 at A, q1 at B with a citizen number."""
    reads.forget()
    loader = Repository(system_context(), validate=False)
    for name, unit in ((P1, world.a), (P2, world.a), (Q1, world.b)):
        loader.update(
            {
                "resourceType": "Patient",
                "id": name,
                "managingOrganization": {"reference": f"Organization/{unit}"},
                "name": [{"text": f"Người {name}"}],
                "identifier": [{"system": CCCD, "value": "037190000999" if name == Q1 else f"0011880000{name[:2]}"}],
            }
        )
        code = {"coding": [{"system": ICD, "code": "B20"}]}
        loader.update(
            {"resourceType": "Condition", "id": f"c-{name}", "code": code, "subject": {"reference": f"Patient/{name}"}}
        )
    return world


@pytest.fixture
def opened(lan, account_of):
    def make(**given) -> EmergencyAccess:
        return actions.open_emergency(lan, user=account_of("lan"), **{"reason": REASON, "person": P1, **given})

    return make


def test_one_person_is_seen_whole_and_nobody_else(opened, lan):
    under = Repository(contexts.of(lan, opened()))

    assert under.read("Condition", f"c-{P1}")["id"] == f"c-{P1}"
    assert {one["id"] for one in search(under, "Condition", []).resources} == {f"c-{P1}"}
    for kind, name in (("Patient", P2), ("Condition", f"c-{P2}"), ("Patient", Q1), ("Condition", f"c-{Q1}")):
        assert under.find(kind, name) is None, name


def test_person_of_another_facility_is_found_by_a_whole_number(opened, lan):
    access = opened(person="", number="037 190 000 999")

    under = Repository(contexts.of(lan, access))
    assert under.read("Patient", Q1)["id"] == Q1
    assert under.read("Condition", f"c-{Q1}")
    assert under.find("Patient", P1) is None


@pytest.mark.parametrize("number", ["", "0371", "000000000000", "037190000%", "*"])
def test_number_of_nobody_opens_nothing(opened, number):
    with pytest.raises(NotFound):
        opened(person="", number=number)

    assert EmergencyAccess.objects.count() == 0


def test_person_out_of_sight_is_not_opened_by_an_id(opened):
    with pytest.raises(NotFound):
        opened(person=Q1)


@pytest.mark.parametrize("reason", ["", "cấp cứu", "................................", "a b c d e f g"])
def test_reason_that_is_none_opens_nothing(opened, reason):
    with pytest.raises(Invalid) as told:
        opened(reason=reason)

    assert told.value.field == "reason"


def test_role_without_the_right_opens_nothing(officer, account_of):
    with pytest.raises(Refused):
        actions.open_emergency(officer, user=account_of("officer"), reason=REASON, person=P1)


def test_directors_of_both_facilities_get_a_task(opened, mai, son):
    access = opened(person="", number="037190000999")

    for context in (mai, son):
        task = Repository(context).read("Task", resources.task_id(access.pk, context.unit))
        assert task["code"]["coding"][0]["code"] == "emergency-review"
        assert REASON not in str(task)
        assert task["priority"] == "urgent"


def test_it_is_in_the_audit_before_anything_is_read(opened):
    opened()

    (row, *_) = trail.of_person(P1)
    assert (row.verb, row.purpose, row.role) == ("read", "BTG", "nurse")


@pytest.mark.parametrize(("minutes", "there"), [(0, True), (59, True), (61, False)])
def test_it_lasts_an_hour(opened, account_of, minutes, there):
    access = opened()

    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        assert (queries.in_force(account_of("lan"), access.pk) is not None) is there


def test_it_is_the_users_own_and_over_when_ended(opened, account_of):
    access = opened()

    assert queries.in_force(account_of("binh"), access.pk) is None
    actions.end_emergency(access=access)
    assert queries.in_force(account_of("lan"), access.pk) is None
    assert queries.in_force(account_of("lan"), "1 OR 1=1") is None


def test_review_closes_the_task_and_is_done_once(opened, mai, account_of):
    access = opened()

    actions.review(mai, access=access, reviewer=account_of("mai"), justified=True)

    assert Repository(mai).read("Task", resources.task_id(access.pk, mai.unit))["status"] == "completed"
    with pytest.raises(Conflict):
        actions.review(mai, access=access, reviewer=account_of("mai"), justified=False, note="x")


def test_nobody_reviews_their_own_and_a_no_needs_a_word(mai, account_of):
    own = actions.open_emergency(mai, user=account_of("mai"), reason=REASON, person=P1)
    with pytest.raises(Refused):
        actions.review(mai, access=own, reviewer=account_of("mai"), justified=True)
    with pytest.raises(Invalid):
        actions.review(mai, access=own, reviewer=account_of("son"), justified=False, note=" ")


def test_only_directors_concerned_see_it(opened, mai, son, lan):
    access = opened()

    assert [one.pk for one in queries.to_review(mai)] == [access.pk]
    assert queries.to_review(son) == []
    with pytest.raises(NotFound):
        queries.one(son, access.pk)


# Pages


def test_pages_open_show_and_end_it(client_of, lan):
    client = client_of("lan")
    person = reverse("person", args=[Q1])
    assert client.get(person).status_code == 404

    answer = client.post(reverse("emergency"), {"number": "037190000999", "reason": REASON})

    assert answer.status_code == 302
    assert "Đến " in client.get(reverse("emergency")).content.decode()
    assert client.get(person).status_code == 200
    assert client.get(reverse("person", args=[P1])).status_code == 404
    client.post(reverse("emergency_end"))
    assert client.get(person).status_code == 404
    assert client.get(reverse("person", args=[P1])).status_code == 200
    rows = [row for row in trail.of_person(Q1) if row.purpose == "BTG" and row.verb == "view"]
    assert rows[0].source.startswith("page")


def test_session_falls_back_when_the_hour_is_over(client_of, account_of):
    client = client_of("lan")
    client.post(reverse("emergency"), {"number": "037190000999", "reason": REASON})
    EmergencyAccess.objects.update(until=clock.now())

    assert client.get(reverse("person", args=[Q1])).status_code == 404
    assert "emergency" not in client.session


@pytest.mark.parametrize(
    "given", [{"number": "1", "reason": REASON}, {"number": "037190000999", "reason": "vội"}, {"number": ""}]
)
def test_form_that_is_wrong_keeps_what_was_typed_and_opens_nothing(client_of, given):
    answer = client_of("lan").post(reverse("emergency"), given)

    assert answer.status_code == 422
    assert given.get("reason", "") in answer.content.decode()
    assert EmergencyAccess.objects.count() == 0


def test_review_page_tells_what_was_looked_at_and_takes_the_conclusion(client_of, opened, mai):
    access = opened()
    director = client_of("mai")
    page = reverse("emergency_review", args=[access.pk])

    assert REASON in director.get(reverse("emergencies")).content.decode()
    assert "Mở xem: thông tin chung" in director.get(page).content.decode()
    assert director.post(page, {"justified": "0"}).status_code == 422
    assert director.post(page, {"justified": "1"}).status_code == 302
    assert "Chính đáng" in director.get(page).content.decode()
    assert client_of("son").get(page).status_code == 404


def test_number_and_reason_stand_in_no_address_and_no_log(client_of, caplog):
    answer = client_of("lan").post(reverse("emergency"), {"number": "037190000999", "reason": REASON})

    assert "037190000999" not in answer["Location"]
    assert "037190000999" not in caplog.text
    assert REASON not in caplog.text
