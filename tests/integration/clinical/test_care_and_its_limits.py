"""Care of people who died, of visits that were taken back, and in long lists: refused in words or counted right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters.actions import Notes
from ansinh.clinical.registry import actions, queries
from ansinh.clinical.registry.drafts import GroupEntry, PersonDraft
from ansinh.clinical.rehab import actions as rehab
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.clinical.screening import actions as screening
from ansinh.fhir.store import Repository, journal
from ansinh.kernel.errors import Conflict, Invalid
from tests.support.whole_person import answers

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
NOTES = Notes(DAY, {"pulse": Decimal(80)}, note="Ổn định")
SESSION = Session(DAY, 45, (Technique("17.0046", ""),), "good", 3)


@pytest.fixture
def died(binh, an) -> str:
    """An died on 10/03/2026, as the end of the stay says."""
    stay = queries.person(binh, an).stay
    actions.discharge(binh, person_id=an, stay_id=stay.id, end="2026-03-10", reason="died", version=stay.version)
    return an


@pytest.mark.parametrize("hours", [-24, 0, 15])  # 15: still that day in Vietnam
def test_what_was_done_up_to_the_day_of_a_death_may_be_written_afterwards(binh, died, hours):
    moment = DAY + timedelta(hours=hours)

    assert care.record_visit(binh, person_id=died, notes=replace(NOTES, moment=moment))
    assert rehab.record_session(binh, person_id=died, session=replace(SESSION, moment=moment))


@pytest.mark.parametrize("hours", [16, 24 * 3])
def test_care_after_the_day_of_a_death_is_refused_and_writes_nothing(binh, died, hours):
    moment, before = DAY + timedelta(hours=hours), journal.position()

    for act, values in (
        (care.record_visit, {"notes": replace(NOTES, moment=moment)}),
        (care.record_check, {"notes": replace(NOTES, moment=moment)}),
        (rehab.record_session, {"session": replace(SESSION, moment=moment)}),
    ):
        with pytest.raises(Invalid) as refusal:
            act(binh, person_id=died, **values)
        assert [(one.key, one.expression) for one in refusal.value.problems] == [("care-after-death", "moment")]

    assert journal.position() == before


@pytest.mark.parametrize(
    ("death", "accepted"),
    [("2026", True), ("2025", False), ("2026-02", False), ("2026-03", True), ("2026-03-09T23:00:00+07:00", False)],
)
def test_death_is_compared_as_far_as_it_is_known(binh, an, death, accepted):
    repository = Repository(binh)
    repository.update(repository.read("Patient", an) | {"deceasedDateTime": death})

    if accepted:
        assert care.record_visit(binh, person_id=an, notes=NOTES)
    else:
        with pytest.raises(Invalid, match="sau ngày mất"):
            care.record_visit(binh, person_id=an, notes=NOTES)


def test_death_without_a_day_says_nothing_about_when_care_was(binh, an):
    repository = Repository(binh)
    repository.update(repository.read("Patient", an) | {"deceasedBoolean": True})

    assert care.record_visit(binh, person_id=an, notes=NOTES)


def test_page_of_a_visit_after_a_death_says_so_at_its_field(client_of, died):
    client, url = client_of("binh"), reverse("visit_new", args=[died])
    entry = client.get(url).context["form"]["entry_id"].value()

    answer = client.post(url, {"entry_id": entry, "moment": "12/03/2026 08:00", "complaint": "Ho"})

    assert answer.status_code == 422
    assert "Ngày này ở sau ngày mất." in answer.content.decode()
    assert 'href="#id_moment' in answer.content.decode()


def test_nobody_is_screened_after_their_death(binh, died):
    before = journal.position()

    with pytest.raises(Invalid, match="đã mất"):
        screening.record_screening(context=binh, patient_id=died, questionnaire="phq-9", response=answers("phq-9", -1))

    assert journal.position() == before


def test_nothing_is_screened_within_a_visit_that_was_taken_back(lan, an):
    visit = care.record_visit(lan, person_id=an, notes=NOTES)
    care.retract(lan, person_id=an, contact_id=visit, reason="Ghi nhầm người")
    before = journal.position()

    with pytest.raises(Conflict, match="ghi nhầm"):
        screening.record_screening(
            context=lan, patient_id=an, questionnaire="phq-9", response=answers("phq-9", -1), encounter_id=visit
        )

    assert journal.position() == before


def test_banner_offers_no_care_for_somebody_who_died(client_of, died):
    offered = {one["url"] for one in client_of("binh").get(reverse("person", args=[died])).context["actions"]}

    assert offered == {reverse("person_edit", args=[died])}


# Long lists

NAMES = ("An", "Bình", "Cúc", "Dung", "Đào", "Em", "Giang")


@pytest.fixture
def many(lan) -> list[str]:
    return [actions.register_person(lan, draft=PersonDraft(f"Trần {name}")) for name in NAMES]


def pages(context, **wanted) -> list[list[str]]:
    first = queries.find_people(context, **wanted)
    return [[row.id for row in queries.find_people(context, page=n, **wanted).rows] for n in range(1, first.pages + 1)]


@pytest.mark.parametrize("sortable", [2000, 7, 6, 3, 1])
def test_pages_of_a_list_hold_everybody_once_however_long_it_is(lan, many, monkeypatch, sortable):
    monkeypatch.setattr(queries, "SORTABLE", sortable)
    monkeypatch.setattr(queries, "PAGE", 2)

    found = pages(lan)

    assert [len(page) for page in found] == [2, 2, 2, 1]
    everybody = [one for page in found for one in page]
    assert sorted(everybody) == sorted(many)
    assert queries.find_people(lan).by_name == (sortable >= len(many))
    if sortable < len(many):
        assert everybody == sorted(many, reverse=True)  # the newest first


@pytest.mark.parametrize(("asked", "shown"), [(0, 1), (-5, 1), (99, 4), (4, 4)])
def test_page_beyond_the_list_is_its_nearest_one(lan, many, monkeypatch, asked, shown):
    monkeypatch.setattr(queries, "PAGE", 2)

    assert queries.find_people(lan, page=asked).page == shown


def test_search_that_finds_too_many_says_that_it_was_cut(lan, many, monkeypatch):
    monkeypatch.setattr(queries, "MATCHES", 3)

    cut, whole = queries.find_people(lan, "tran"), queries.find_people(lan, "cuc")

    assert (cut.cut, len(cut.rows)) == (True, 3)
    assert (whole.cut, [row.name for row in whole.rows]) == (False, ["Trần Cúc"])


def test_wide_group_finds_the_members_of_every_group_below_it_and_no_former_ones(lan):
    draft = PersonDraft("Có công")
    now = actions.register_person(lan, draft=replace(draft, groups=(GroupEntry("merit-g", "1975"),)))
    actions.register_person(lan, draft=PersonDraft("Đã thôi", groups=(GroupEntry("merit-g", "1975", "2020"),)))
    actions.register_person(lan, draft=PersonDraft("Không nhóm"))

    assert [row.id for row in queries.find_people(lan, group="merit-g").rows] == [now]
    assert now in [row.id for row in queries.find_people(lan, group="merit").rows]
    assert len(queries.find_people(lan, group="merit").rows) == 1
    assert queries.find_people(lan, group="khong-co").rows == ()


@pytest.mark.parametrize("text", ["0", "x", "1e3", "-1", "٣", "9" * 40, ""])
def test_page_number_that_is_none_is_the_first_page(client_of, many, text):
    answer = client_of("lan").get(reverse("people"), {"page": text})

    assert answer.status_code == 200
    assert answer.context["page"].page == 1
