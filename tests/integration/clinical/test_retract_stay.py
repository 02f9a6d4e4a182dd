"""A person taken in by mistake: the stay is struck through and counts nowhere, what was recorded in it stays."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters.actions import Notes
from ansinh.clinical.registry import actions, contacts, endings, queries, record, timeline
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import live, tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.kernel.naming import EXT
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures.rules import Period
from tests.support.fhir_door import FhirClient

pytestmark = pytest.mark.django_db

NOTES = Notes(datetime(2026, 3, 10, 1, 30, tzinfo=UTC), {"pulse": Decimal(80)}, note="Ổn định")


@pytest.fixture
def stay(lan, an) -> str:
    return queries.person(lan, an).stay.id


def taken_back(context, person: str, stay: str, reason: str = "Ghi nhầm người") -> int:
    return actions.retract_stay(context, person_id=person, stay_id=stay, reason=reason)


def ended(context, person: str, stay: str, reason: str = "recovered") -> int:
    return actions.discharge(context, person_id=person, stay_id=stay, end="2026-02-01", reason=reason, version=1)


def everywhere(context, person: str) -> dict[str, int]:
    """What counts this person as staying: list, measure's view, facility."""
    inside = queries.find_people(context, stay="in")
    rows = tables.rows(
        context, "SELECT COUNT(*) AS n FROM view_episode e WHERE {reach:e} AND e.patient_id = :p", {"p": person}
    )
    return {"list": inside.total, "view": rows[0]["n"], "card": len(queries.person(context, person).stays)}


def test_retracted_stay_counts_nowhere_and_is_struck_through_in_the_timeline(lan, an, stay):
    before = everywhere(lan, an)

    version = taken_back(lan, an, stay)

    (struck,) = timeline.timeline(lan, an, kind="stay").entries
    assert (before, everywhere(lan, an)) == (dict.fromkeys(before, 1), dict.fromkeys(before, 0))
    assert version == 2
    assert (struck.type, struck.id, struck.at) == ("EpisodeOfCare", stay, "2026-01-05")
    assert (struck.retraction.reason, struck.retraction.actor_name) == ("Ghi nhầm người", lan.display)


def test_what_was_recorded_during_a_retracted_stay_stays(lan, an, stay):
    visit = care.record_visit(lan, person_id=an, notes=NOTES)
    assert queries.recorded_within(lan, an, stay) == 1

    taken_back(lan, an, stay)

    assert [trend.code for trend in record.trends(lan, an)] == ["8867-4"]
    assert [one.id for one in timeline.timeline(lan, an, kind="visit").entries] == [visit]
    assert Repository(lan).read("Encounter", visit)["episodeOfCare"] == [{"reference": f"EpisodeOfCare/{stay}"}]


def test_person_is_admitted_anew_after_a_retracted_stay(lan, an, stay):
    taken_back(lan, an, stay)

    again = actions.admit(lan, person_id=an, admission=Admission("outpatient", "2026-01-06"))

    assert again != stay
    assert queries.person(lan, an).stay.id == again


def test_person_is_admitted_anew_after_a_stay_was_deleted_by_another_system(lan, an, stay):
    ended(lan, an, stay)
    actions.admit(lan, person_id=an, admission=Admission("outpatient", "2026-02-06"))
    Repository(system_context()).delete("EpisodeOfCare", queries.person(lan, an).stay.id)

    assert actions.admit(lan, person_id=an, admission=Admission("outpatient", "2026-02-07"))


def test_retracted_stay_leaves_the_figures_of_today_but_not_those_of_an_earlier_position(officer, lan, an, stay, world):
    def staying(as_of: int | None = None) -> int:
        period = Period(date(2026, 1, 1), date(2026, 6, 30))
        return measures.result(officer, "stays-open", world.a, period, as_of).numerator

    before, frozen = staying(), journal.position()

    taken_back(lan, an, stay)

    assert (before, staying(), staying(frozen)) == (1, 0, 1)


def test_death_written_as_a_stay_ended_goes_with_it(binh, an, stay):
    ended(binh, an, stay, "died")
    assert queries.person(binh, an).deceased == "2026-02-01"

    taken_back(binh, an, stay)

    assert queries.person(binh, an).deceased == ""
    assert actions.admit(binh, person_id=an, admission=Admission("inpatient", "2026-02-02"))


def test_death_that_was_written_otherwise_stays(binh, an, stay):
    ended(binh, an, stay, "died")
    repository = Repository(binh)
    repository.update(repository.read("Patient", an) | {"deceasedDateTime": "2026-02-03"})

    taken_back(binh, an, stay)

    assert queries.person(binh, an).deceased == "2026-02-03"


def test_stay_that_is_over_keeps_its_end_when_it_is_taken_back(binh, an, stay):
    ended(binh, an, stay)

    taken_back(binh, an, stay)

    kept = Repository(binh).read("EpisodeOfCare", stay)
    assert kept["period"] == {"start": "2026-01-05", "end": "2026-02-01"}
    assert {one["url"] for one in kept["extension"]} == {EXT("discharge-reason"), EXT("retraction")}


@pytest.mark.parametrize(
    ("who", "refusal"), [("lan", None), ("binh", None), ("mai", None), ("cuc", NotFound), ("officer", Refused)]
)
def test_stay_is_retracted_by_who_opened_it_and_by_who_answers_for_it(who, refusal, an, stay, request):
    reader, before = request.getfixturevalue(who), journal.position()

    if refusal:
        with pytest.raises(refusal):
            taken_back(reader, an, stay)
        assert journal.position() == before
    else:
        assert taken_back(reader, an, stay) == 2


def test_nurse_does_not_retract_a_stay_that_another_opened_or_ended(lan, binh, an, stay):
    ended(binh, an, stay)
    other = actions.admit(binh, person_id=an, admission=Admission("outpatient", "2026-02-06"))

    for one in (stay, other):
        with pytest.raises(Refused):
            taken_back(lan, an, one)

    assert contacts.may_retract(binh, Repository(binh).read("EpisodeOfCare", stay))


def test_retraction_without_reason_of_anothers_stay_or_twice_changes_nothing(lan, an, stay):
    other = actions.register_person(lan, draft=PersonDraft("Y Bhin", "male", "1970"))
    before = journal.position()
    for person, reason, refusal in ((an, " \u00a0", Invalid), (other, "Ghi nhầm người", NotFound)):
        with pytest.raises(refusal):
            taken_back(lan, person, stay, reason)
    assert journal.position() == before
    taken_back(lan, an, stay)
    before = journal.position()

    with pytest.raises(Conflict, match="đã được đánh dấu ghi nhầm"):
        taken_back(lan, an, stay)
    with pytest.raises(Conflict, match="đã được đánh dấu ghi nhầm"):
        ended(lan, an, stay)

    assert journal.position() == before


# Pages


def test_just_opened_stay_offers_to_be_taken_back_and_leads_to_a_new_admission(client_of, lan):
    person = actions.register_person(lan, draft=PersonDraft("H'Ly", "female", "1985"))
    client = client_of("lan")

    saved = client.post(
        reverse("stay_admit", args=[person]), {"kind": "inpatient", "start": "05/01/2026"}, follow=True
    ).content.decode()
    stay = queries.person(lan, person).stay.id
    undo = reverse("stay_retract", args=[person, stay])
    asked = client.post(undo, {"why": "other"})
    done = client.post(undo, {"why": "figures", "words": "nhầm diện"})

    assert f'href="{undo}"' in saved
    assert (asked.status_code, "Hãy ghi lý do." in asked.content.decode()) == (422, True)
    assert (done.status_code, done["Location"]) == (302, reverse("stay_admit", args=[person]))
    seen = client.get(reverse("person_timeline", args=[person])).content.decode()
    assert "Ghi nhầm: Ghi sai nội dung, sẽ ghi lại: nhầm diện (Nhân viên Lan" in seen
    assert "Đang ở" not in client.get(reverse("person_papers", args=[person])).content.decode()


def test_page_of_retraction_says_what_stays_and_what_goes(client_of, binh, an, stay):
    care.record_visit(binh, person_id=an, notes=NOTES)
    ended(binh, an, stay, "died")

    page = client_of("binh").get(reverse("stay_retract", args=[an, stay])).content.decode()

    assert "Một lần chăm sóc đã ghi trong đợt này vẫn được giữ" in page
    assert "Ngày mất ghi khi kết thúc đợt này cũng được bỏ." in page
    assert "05/01/2026" in page


def test_retracted_stay_opens_to_its_source_and_is_not_offered_again(client_of, lan, an, stay):
    client, source = client_of("lan"), {"loai": "EpisodeOfCare", "id": stay}
    offer = reverse("stay_retract", args=[an, stay])
    offered = client.get(reverse("person_versions", args=[an]), source).content.decode()
    taken_back(lan, an, stay)

    struck = client.get(reverse("person_versions", args=[an]), source).content.decode()
    again = client.post(offer, {"why": "twice"})

    assert offer in offered
    assert offer not in struck
    assert "Ghi nhầm: Ghi nhầm người (Nhân viên Lan" in struck
    assert "đã được đánh dấu ghi nhầm" in client.get(offer).content.decode()
    assert again["Location"] == reverse("person_timeline", args=[an])


@pytest.mark.parametrize(("who", "read", "sent"), [("cuc", 404, 404), ("officer", 403, 403), ("", 302, 401)])
def test_page_of_retraction_is_for_those_who_care_for_the_person(who, read, sent, client_of, lan, an, stay):
    url, client = reverse("stay_retract", args=[an, stay]), client_of(who)

    answers = client.get(url).status_code, client.post(url, {"why": "twice"}).status_code

    assert answers == (read, sent)
    assert queries.person(lan, an).stay


def test_stay_of_another_person_is_not_found_on_this_persons_page(client_of, lan, an, stay):
    other = actions.register_person(lan, draft=PersonDraft("Y Bhin", "male", "1970"))
    client = client_of("lan")

    for url in (reverse("stay_retract", args=[other, stay]), reverse("stay_retract", args=[an, "khong-co"])):
        assert client.get(url).status_code == client.post(url, {"why": "twice"}).status_code == 404


# Every door


def told(answer) -> list[str]:
    return [issue["details"]["coding"][0]["code"] for issue in answer.json["issue"]]


@pytest.fixture
def door(account_of) -> FhirClient:
    return FhirClient(account_of("lan"))


def test_stay_marked_wrong_without_a_reason_is_refused_at_the_door(door, an, stay):
    held = door.call("GET", f"/EpisodeOfCare/{stay}").json

    answer = door.call("PUT", f"/EpisodeOfCare/{stay}", held | {"status": "entered-in-error"})

    assert (answer.status_code, told(answer)) == (422, ["retraction-reason"])
    assert door.call("GET", f"/EpisodeOfCare/{stay}").json == held


def test_stay_marked_wrong_with_a_reason_leaves_the_lists_as_one_of_the_page_does(door, lan, an, stay):
    held = door.call("GET", f"/EpisodeOfCare/{stay}").json
    why = [{"url": EXT("retraction"), "extension": [{"url": "reason", "valueString": "Ghi hai lần"}]}]
    wrong = {"status": "entered-in-error", "extension": why, "period": {"start": "2999-01-01"}}

    answer = door.call("PUT", f"/EpisodeOfCare/{stay}", held | wrong)

    assert answer.status_code == 200
    assert set(everywhere(lan, an).values()) == {0}
    assert timeline.timeline(lan, an).entries[0].retraction.reason == "Ghi hai lần"


def test_retracted_stay_is_not_revived_at_the_door(door, lan, an, stay):
    held = door.call("GET", f"/EpisodeOfCare/{stay}").json
    taken_back(lan, an, stay)

    answer = door.call("PUT", f"/EpisodeOfCare/{stay}", held)

    assert (answer.status_code, told(answer)) == (422, ["stay-retracted"])
    assert queries.person(lan, an).stay is None


def test_views_of_stays_built_anew_are_those_kept(lan, an, stay):
    taken_back(lan, an, stay)

    assert live.check("stay_retraction")
    assert live.check("episode")


def test_apps_that_follow_the_end_of_a_stay_hear_of_one_taken_back(lan, an, stay, monkeypatch):
    heard = []
    monkeypatch.setattr(endings, "_followers", [lambda repository, stay: heard.append((stay["id"], stay["status"]))])

    taken_back(lan, an, stay)

    assert heard == [(stay, "entered-in-error")]
