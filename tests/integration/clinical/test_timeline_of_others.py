"""What other systems wrote about a person stands in the timeline too: in words, in order, each thing once."""

import pytest
from django.urls import reverse
from django.utils import translation

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters.actions import Notes
from ansinh.clinical.registry import actions, queries, timeline
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import Insurance, PersonDraft
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.naming import CS, ICD10, LOINC

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(lan) -> str:
    return actions.register_person(lan, draft=PersonDraft("Trần Thị Bình", "female", "1950"))


@pytest.fixture
def put():
    repository = Repository(system_context())

    def write(kind: str, person: str, owner: str = "subject", **body) -> str:
        resource = {"resourceType": kind, owner: {"reference": f"Patient/{person}"}, **body}
        return repository.create(resource).resource["id"]

    return write


def coded(system: str, code: str, display: str = "") -> dict:
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


@pytest.fixture
def written(put, person) -> dict[str, str]:
    """Type → id of something of each type that no contact of ours holds, a day apart."""
    return {
        "Condition": put("Condition", person, code=coded(ICD10, "I10", "Tăng huyết áp"), recordedDate="2026-01-01"),
        "Observation": put(
            "Observation", person, status="final", code=coded(LOINC, "8867-4"), effectiveDateTime="2026-01-02",
            valueQuantity={"value": 80},
        ),
        "Procedure": put(
            "Procedure", person, status="completed", code=coded(CS("technique"), "17.0046"),
            performedDateTime="2026-01-03",
        ),
        "QuestionnaireResponse": put(
            "QuestionnaireResponse", person, status="completed", authored="2026-01-04",
            questionnaire="https://example.org/Questionnaire/moca|1",
        ),
        "Task": put(
            "Task", person, "for", status="requested", intent="order", authoredOn="2026-01-05",
            code=coded(CS("task-type"), "screening-followup"),
        ),
        "Coverage": put(
            "Coverage", person, "beneficiary", status="active", payor=[{"display": "BHXH"}],
            period={"start": "2026-01-06"}, identifier=[{"system": "x", "value": "DN4370123456789"}],
            subscriberId="DN4370123456789",
        ),
    }  # fmt: skip


def test_everything_without_a_contact_is_an_entry_of_its_own_newest_first(lan, person, written):
    entries = timeline.timeline(lan, person).entries

    assert [entry.type for entry in entries] == list(written)[::-1]
    assert {entry.type: entry.id for entry in entries} == written
    assert {entry.type: entry.kind for entry in entries} == {
        "Condition": "other", "Observation": "other", "Procedure": "other", "QuestionnaireResponse": "screening",
        "Task": "task", "Coverage": "insurance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", {
            "Condition": ("Chẩn đoán", ("I10 – Tăng huyết áp",)),
            "Observation": ("Chỉ số", ("Mạch",)),
            "QuestionnaireResponse": ("Phiếu sàng lọc", ("MOCA",)),
            "Coverage": ("Thẻ bảo hiểm y tế", ("DN4370123456789",)),
        }),
        ("en", {
            "Condition": ("Diagnosis", ("I10 – Essential (primary) hypertension",)),
            "QuestionnaireResponse": ("Screening questionnaire", ("MOCA",)),
            "Coverage": ("Health-insurance card", ("DN4370123456789",)),
        }),
    ],
)  # fmt: skip
def test_entries_are_said_in_the_language_of_the_reader(lan, person, written, language, said):
    with translation.override(language):
        found = {one.type: (one.title, one.lines) for one in timeline.timeline(lan, person, language=language).entries}

    assert {kind: found[kind] for kind in said} == said
    assert found["Task"][0]
    assert "17.0046" not in found["Procedure"][1]  # the words of the technique, not its code


@pytest.mark.parametrize("kind", [*timeline.KINDS, "", "khong-co"])
def test_filter_shows_one_kind_and_an_unknown_one_everything(lan, person, written, kind):
    entries = timeline.timeline(lan, person, kind=kind).entries

    expected = {entry.kind for entry in entries} if kind in timeline.KINDS else None
    assert expected is None or expected <= {kind}
    assert kind in timeline.KINDS or len(entries) == len(written)


def test_every_entry_opens_to_its_source(client_of, lan, person, written):
    client = client_of("lan")

    for kind, one in written.items():
        page = client.get(reverse("person_versions", args=[person]), {"loai": kind, "id": one})
        assert page.status_code == 200, kind


def test_part_of_another_persons_record_is_not_found_here(client_of, lan, person, written):
    other = actions.register_person(lan, draft=PersonDraft("Y Bhin"))
    client = client_of("lan")

    for kind, one in written.items():
        assert client.get(reverse("person_versions", args=[other]), {"loai": kind, "id": one}).status_code == 404


def test_pages_of_things_that_happened_at_one_moment_lose_and_repeat_nothing(lan, person, put, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE", 3)
    ids = {
        put("Observation", person, status="final", code={"text": "x"}, effectiveDateTime="2026-01-02T08:00:00Z")
        for _ in range(10)
    }

    seen, after = [], ""
    while True:
        page = timeline.timeline(lan, person, after=after)
        seen += [entry.id for entry in page.entries]
        after = page.after
        if not after:
            break

    assert (len(seen), set(seen)) == (10, ids)


@pytest.mark.parametrize("after", ["x", "~~~", "a~b", "2026~x", "'; DROP TABLE view_encounter--"])
def test_broken_cursor_begins_at_the_start(lan, person, written, after):
    assert len(timeline.timeline(lan, person, after=after).entries) == len(written)


def test_stay_of_one_day_has_its_end_before_its_beginning_in_the_list(lan, person):
    stay = actions.admit(lan, person_id=person, admission=Admission("inpatient", "2026-01-05"))
    actions.discharge(lan, person_id=person, stay_id=stay, end="2026-01-05", reason="recovered", version=1)

    titles = [entry.title for entry in timeline.timeline(lan, person).entries]

    assert titles == ["Ra khỏi cơ sở", "Vào cơ sở"]


def test_person_page_shows_five_of_many_and_the_timeline_all(client_of, lan, person, written):
    client = client_of("lan")

    recent = client.get(reverse("person", args=[person])).context["recent"]
    every = client.get(reverse("person_timeline", args=[person])).context["entries"]

    assert [one["url"] for one in every][:5] == [one["url"] for one in recent]
    assert len(every) == len(written)


# Stale and repeated forms


def test_discharge_from_a_page_that_somebody_overtook_says_so_and_keeps_what_was_typed(client_of, lan, an):
    client, url = client_of("lan"), reverse("stay_discharge", args=[an])
    stay = queries.person(lan, an).stay
    repository = Repository(lan)
    repository.update(repository.read("EpisodeOfCare", stay.id) | {"period": {"start": "2026-01-06"}})

    answer = client.post(url, {"stay": stay.id, "version": stay.version, "end": "20/01/2026", "reason": "recovered"})

    assert answer.status_code == 422
    assert "vừa được người khác sửa" in answer.content.decode()
    assert 'value="20/01/2026"' in answer.content.decode()
    assert queries.person(lan, an).stay


def test_visit_sent_twice_leads_to_the_person_and_says_that_it_was_saved(client_of, lan, an):
    client, url = client_of("lan"), reverse("visit_new", args=[an])
    entry = client.get(url).context["form"]["entry_id"].value()
    data = {"entry_id": entry, "moment": "10/03/2026 08:30", "complaint": "Ho"}

    client.post(url, data)
    again = client.post(url, data, follow=True)

    assert "đã được lưu từ lần gửi trước" in again.content.decode()
    assert [one.id for one in timeline.timeline(lan, an, kind="visit").entries] == [entry]


def test_contact_of_others_without_our_kind_is_shown_and_cannot_be_taken_back(client_of, lan, person, put):
    contact = put("Encounter", person, status="finished", period={"start": "2026-01-01"}, **{"class": {"code": "AMB"}})

    page = client_of("lan").get(reverse("person_versions", args=[person]), {"loai": "Encounter", "id": contact})
    asked = client_of("lan").get(reverse("entry_retract", args=[person, contact]))

    assert reverse("entry_retract", args=[person, contact]) not in page.content.decode()
    assert asked.status_code == 403


def test_card_that_is_taken_away_is_cancelled_and_the_timeline_keeps_it(lan, person):
    card = queries.person(lan, person)
    with_card = PersonDraft("Trần Thị Bình", "female", "1950", insurance=Insurance("0123456789", start="2026-01-01"))
    version = actions.correct_person(lan, person_id=person, draft=with_card, version=card.version)

    actions.correct_person(lan, person_id=person, draft=PersonDraft("Trần Thị Bình", "female", "1950"), version=version)

    assert queries.person(lan, person).draft.insurance is None
    (entry,) = timeline.timeline(lan, person, kind="insurance").entries
    assert Repository(lan).read("Coverage", entry.id)["status"] == "cancelled"


def test_moment_of_care_is_the_day_in_vietnam_just_after_midnight(lan, an):
    """20:00 UTC is three in the morning of the next day: the check is due from that day on."""
    moment = clock.now().replace(2026, 3, 9, 20, 0, 0, 0)

    contact = care.record_check(lan, person_id=an, notes=Notes(moment, note="Ổn"))

    stored = Repository(lan).read("Encounter", contact)
    (said,) = timeline.timeline(lan, an, kind="periodic-check").entries
    assert stored["period"]["start"] == said.at == "2026-03-10T03:00:00+07:00"
