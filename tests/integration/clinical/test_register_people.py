"""Registering, finding, correcting, admitting and discharging people, on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansinh.clinical.registry import actions, queries
from ansinh.clinical.registry.actions import Admission, LikelyDuplicates
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft
from ansinh.clinical.registry.duplicates import likely_duplicates
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale

pytestmark = pytest.mark.django_db

AN = PersonDraft(
    full_name="Nguyễn Văn An",
    gender="male",
    birth_date="1950-05-12",
    citizen_number="037050000001",
    phone="0912345678",
    address="Thôn 1",
    groups=(GroupEntry("merit-g", "1975"),),
    disabilities=(DisabilityEntry("1", "severe", "0123/GXN", "2019"),),
    guardian=Guardian("Nguyễn Thị Bình", "con gái", "0912345679"),
    insurance=Insurance("CK2370123456789", "37001", "2026-01-01", "2026-12-31"),
)


def register(context, **changes) -> str:
    return actions.register_person(context, draft=replace(AN, **changes), admission=None)


def test_registered_person_is_read_back_as_typed(lan):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("merit-residential", "2026-01-05"))

    card = queries.person(lan, person_id)

    assert card.draft == replace(AN, facility=lan.unit, record_number=card.draft.record_number)
    assert card.draft.record_number
    assert card.facility
    assert card.stay
    assert (card.stay.start, card.stay.kind, card.stay.facility_id) == (
        "2026-01-05",
        "Nuôi dưỡng người có công",
        lan.unit,
    )


@pytest.mark.parametrize("name", ["Y Bhin", "H'Ly", "Đạo"])
def test_person_without_papers_gets_a_record_number(lan, name):
    person_id = actions.register_person(lan, draft=PersonDraft(name))

    assert queries.person(lan, person_id).draft.record_number


@pytest.mark.parametrize(
    "text",
    ["Nguyễn Văn An", "nguyen van an", "NGUYEN AN", "an nguyễn", "Nguyễn Văn An".encode().decode(), "văn an", "ng v a"],
)
def test_person_is_found_by_name_in_any_form(lan, text):
    person_id = register(lan)

    assert [row.id for row in queries.find_people(lan, text).rows] == [person_id]


@pytest.mark.parametrize("text", ["H'Ly", "h'ly", "H’LY", "hʼly"])
def test_person_with_an_apostrophe_is_found_however_it_is_typed(lan, text):
    person_id = actions.register_person(lan, draft=PersonDraft("H'Ly Êban"))

    assert [row.id for row in queries.find_people(lan, text).rows] == [person_id]


@pytest.mark.parametrize(
    "text", ["037050000001", "0001", "037 050 000 001", "ck2370123456789", "456789", "50000001", "01", "1"]
)
def test_person_is_found_by_a_number_or_its_end(lan, text):
    person_id = register(lan)

    assert [row.id for row in queries.find_people(lan, text).rows] == [person_id]


def test_number_is_found_through_the_index_of_endings_however_few_digits_are_typed(lan):
    register(lan)

    with CaptureQueriesContext(connection) as seen:
        queries.find_people(lan, "001")
        queries.find_people(lan, "01")

    asked = [one["sql"] for one in seen.captured_queries if "view_patient_identifier" in one["sql"]]
    assert [".ending" in one for one in asked] == [True, True]


@pytest.mark.parametrize("text", ["Trần", "nguyen binh", "999", "%", "an, an", "_", "|", "' OR 1=1 --"])
def test_search_for_somebody_else_finds_nobody(lan, text):
    register(lan)

    assert queries.find_people(lan, text).rows == ()


def test_list_shows_groups_and_stay_and_is_narrowed_by_them(lan):
    inside = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    outside = actions.register_person(lan, draft=PersonDraft("Trần Thị Bình", "female"))

    page = queries.find_people(lan)

    assert [row.name for row in page.rows] == ["Nguyễn Văn An", "Trần Thị Bình"]
    assert page.rows[0].groups == ("Thương binh, người hưởng chính sách như thương binh",)
    assert (page.rows[0].stay, page.rows[1].stay) == ("Điều trị nội trú", "")
    assert [row.id for row in queries.find_people(lan, stay="in").rows] == [inside]
    assert [row.id for row in queries.find_people(lan, stay="out").rows] == [outside]
    assert [row.id for row in queries.find_people(lan, group="merit").rows] == [inside]
    assert queries.find_people(lan, group="nd20").rows == ()
    assert queries.find_people(lan, "an", stay="out").rows == ()


def test_list_is_in_the_order_of_vietnamese_names(lan):
    for name in ("Lê Văn Ánh", "Trần Văn An", "Nguyễn Thị Bình", "Y Đạo", "Phạm Văn An"):
        actions.register_person(lan, draft=PersonDraft(name), confirmed_new=True)

    names = [row.name for row in queries.find_people(lan).rows]

    assert names == ["Phạm Văn An", "Trần Văn An", "Lê Văn Ánh", "Nguyễn Thị Bình", "Y Đạo"]


def test_list_pages_keep_their_size_and_go_no_further_than_the_end(lan):
    for number in range(queries.PAGE + 3):
        actions.register_person(
            lan, draft=PersonDraft(f"Đinh {'ABCDEGHIKLMNOPQRSTUVXYABCDEGHIKLMNO'[number]}{'x' * number}")
        )

    first, last = queries.find_people(lan), queries.find_people(lan, page=99)

    assert (len(first.rows), first.total, first.pages) == (queries.PAGE, queries.PAGE + 3, 2)
    assert (len(last.rows), last.page) == (3, 2)
    assert not {row.id for row in first.rows} & {row.id for row in last.rows}


def test_person_of_another_facility_is_not_found(lan, cuc):
    person_id = register(lan)

    assert queries.find_people(cuc).rows == ()
    assert queries.find_people(cuc, "0001").rows == ()
    with pytest.raises(NotFound):
        queries.person(cuc, person_id)
    with pytest.raises(NotFound):
        actions.correct_person(cuc, person_id=person_id, draft=AN, version=1)
    with pytest.raises(NotFound):
        actions.admit(cuc, person_id=person_id, admission=Admission("inpatient", "2026-01-05"))


def test_registering_at_another_facility_is_refused(lan, world):
    with pytest.raises(Invalid) as refusal:
        register(lan, facility=world.b)

    assert refusal.value.field == "facility"


def test_registering_with_bad_codes_names_each_field(lan):
    draft = replace(AN, groups=(GroupEntry("no-such"),), ethnicity="99", commune="00000")

    with pytest.raises(Invalid) as refusal:
        actions.register_person(lan, draft=draft)

    assert [problem.expression for problem in refusal.value.problems] == ["group_code", "ethnicity", "commune"]
    assert queries.find_people(lan).rows == ()


def test_refused_admission_leaves_no_person_behind(lan):
    with pytest.raises(Invalid):
        actions.register_person(lan, draft=AN, admission=Admission("no-such", "2026-01-05"))

    assert queries.find_people(lan).rows == ()


def test_equal_number_is_the_same_person_and_cannot_be_confirmed_as_new(lan):
    person_id = register(lan)
    other = replace(AN, full_name="Trần Thị Khác", gender="female", birth_date="1990", insurance=None)

    for confirmed in (False, True):
        with pytest.raises(LikelyDuplicates) as refusal:
            actions.register_person(lan, draft=other, confirmed_new=confirmed)
        assert refusal.value.proven

    (candidate,) = likely_duplicates(lan, other)
    assert candidate.row.id == person_id
    assert candidate.likeness.reasons == ("Trùng số căn cước",)


@pytest.mark.parametrize(
    "draft",
    [
        PersonDraft("Nguyen Van An", "male", "1950"),
        PersonDraft("Nguyễn Vân An", "male", "1950-05-12"),
        PersonDraft("Nguyễn Văn An"),
        PersonDraft("Văn An Nguyễn", "male", "1950-12-05"),
    ],
)
def test_likely_duplicate_is_shown_and_can_be_confirmed_as_new(lan, draft):
    person_id = register(lan)

    with pytest.raises(LikelyDuplicates) as refusal:
        actions.register_person(lan, draft=draft)
    assert [one.row.id for one in refusal.value.candidates] == [person_id]
    assert not refusal.value.proven

    assert actions.register_person(lan, draft=draft, confirmed_new=True) != person_id


def test_duplicate_of_another_facility_is_not_told(lan, cuc):
    register(lan)

    assert likely_duplicates(cuc, AN) == []


def test_same_form_sent_twice_makes_one_record(lan):
    first = actions.register_person(lan, draft=AN, person_id="018f0000-0000-7000-8000-000000000001")

    with pytest.raises(LikelyDuplicates) as refusal:
        actions.register_person(lan, draft=AN, person_id=first)

    assert [one.row.id for one in refusal.value.candidates] == [first]
    assert queries.find_people(lan).total == 1


def test_correction_makes_a_version_and_keeps_stay_and_number(lan):
    person_id = register(lan)
    before = queries.person(lan, person_id)

    draft = replace(before.draft, birth_date="1951", insurance=Insurance("CK2370123456789", "37001", "2026-01-01", ""))
    version = actions.correct_person(lan, person_id=person_id, draft=draft, version=before.version)

    after = queries.person(lan, person_id)
    assert (after.version, after.draft.birth_date) == (version, "1951")
    assert after.draft.record_number == before.draft.record_number
    assert after.draft.insurance == draft.insurance
    assert [one.version for one in Repository(lan).history("Patient", person_id)] == [2, 1]


def test_correction_without_a_card_cancels_it_and_a_new_one_is_added(lan):
    person_id = register(lan)
    card = queries.person(lan, person_id)

    version = actions.correct_person(
        lan, person_id=person_id, draft=replace(card.draft, insurance=None), version=card.version
    )
    assert queries.person(lan, person_id).draft.insurance is None

    draft = replace(card.draft, insurance=Insurance("0999999999"))
    actions.correct_person(lan, person_id=person_id, draft=draft, version=version)
    assert queries.person(lan, person_id).draft.insurance == Insurance("0999999999")


def test_stale_correction_is_refused_and_changes_nothing(lan, binh):
    person_id = register(lan)
    card = queries.person(lan, person_id)
    actions.correct_person(
        binh, person_id=person_id, draft=replace(card.draft, phone="0987654321"), version=card.version
    )

    with pytest.raises(Stale):
        actions.correct_person(
            lan, person_id=person_id, draft=replace(card.draft, full_name="Sai"), version=card.version
        )

    assert queries.person(lan, person_id).name == "Nguyễn Văn An"


def test_correction_to_somebody_elses_number_is_refused(lan):
    register(lan)
    other = actions.register_person(lan, draft=PersonDraft("Trần Thị Bình", "female", "1960"))
    card = queries.person(lan, other)

    with pytest.raises(LikelyDuplicates):
        actions.correct_person(
            lan, person_id=other, draft=replace(card.draft, citizen_number=AN.citizen_number), version=card.version
        )


def test_groups_are_added_and_ended_with_their_dates(lan):
    person_id = register(lan)

    version = actions.add_group(lan, person_id=person_id, group=GroupEntry("merit-h", "2000"), version=1)
    actions.end_group(lan, person_id=person_id, code="merit-g", end="2020-12-31", version=version)

    groups = queries.person(lan, person_id).draft.groups
    assert groups == (GroupEntry("merit-g", "1975", "2020-12-31"), GroupEntry("merit-h", "2000"))
    with pytest.raises(NotFound):
        actions.end_group(lan, person_id=person_id, code="merit-g", end="2021", version=3)


def test_second_open_stay_is_refused_and_says_where(lan):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    facility = queries.person(lan, person_id).facility

    with pytest.raises(Conflict, match="05/01/2026") as refusal:
        actions.admit(lan, person_id=person_id, admission=Admission("inpatient", "2026-02-01"))

    assert facility in refusal.value.message
    assert "Nguyễn" not in refusal.value.message


def test_of_two_who_admit_at_once_one_is_refused(lan, binh, monkeypatch):
    person_id = register(lan)
    seen = queries.person(lan, person_id)
    actions.admit(binh, person_id=person_id, admission=Admission("inpatient", "2026-02-01"))
    monkeypatch.setattr(queries, "person", lambda context, person: seen)

    with pytest.raises(Conflict) as refusal:
        actions.admit(lan, person_id=person_id, admission=Admission("outpatient", "2026-02-02"))

    assert refusal.value.code == "stay-raced"


def test_person_may_come_back_on_the_day_of_discharge(lan):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    stay = queries.person(lan, person_id).stay
    values = {"end": "2026-01-05", "reason": "recovered", "version": stay.version}
    actions.discharge(lan, person_id=person_id, stay_id=stay.id, **values)

    actions.admit(lan, person_id=person_id, admission=Admission("inpatient", "2026-01-05"))

    assert len(queries.person(lan, person_id).stays) == 2


def test_discharge_ends_the_stay_and_opens_the_way_for_another(lan):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    stay = queries.person(lan, person_id).stay

    actions.discharge(
        lan, person_id=person_id, stay_id=stay.id, end="2026-01-20", reason="recovered", version=stay.version
    )

    (ended,) = queries.person(lan, person_id).stays
    assert (ended.status, ended.end, ended.reason) == ("finished", "2026-01-20", "Khỏi, đỡ, ra viện")
    assert actions.admit(lan, person_id=person_id, admission=Admission("inpatient", "2026-02-01"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": "2026-01-04"}, "end"),
        ({"end": "2026-01"}, "end"),
        ({"end": "2999-01-01"}, "end"),
        ({"reason": "x"}, "reason"),
    ],
)
def test_impossible_discharge_is_refused_at_its_field(lan, change, field):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    stay = queries.person(lan, person_id).stay
    values = {"end": "2026-01-20", "reason": "recovered", **change}

    with pytest.raises(Invalid) as refusal:
        actions.discharge(lan, person_id=person_id, stay_id=stay.id, version=stay.version, **values)

    assert refusal.value.field == field
    assert queries.person(lan, person_id).stay


def test_discharge_twice_stale_or_of_somebody_else_is_refused(lan):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    other = actions.register_person(lan, draft=PersonDraft("Trần Thị Bình"))
    stay = queries.person(lan, person_id).stay
    values = {"stay_id": stay.id, "end": "2026-01-20", "reason": "recovered"}

    with pytest.raises(NotFound):
        actions.discharge(lan, person_id=other, version=stay.version, **values)
    with pytest.raises(Stale):
        actions.discharge(lan, person_id=person_id, version=stay.version + 1, **values)
    actions.discharge(lan, person_id=person_id, version=stay.version, **values)
    with pytest.raises(Conflict):
        actions.discharge(lan, person_id=person_id, version=stay.version + 1, **values)


def test_discharge_by_death_is_written_to_the_person(lan):
    person_id = actions.register_person(lan, draft=AN, admission=Admission("inpatient", "2026-01-05"))
    stay = queries.person(lan, person_id).stay

    actions.discharge(lan, person_id=person_id, stay_id=stay.id, end="2026-01-20", reason="died", version=stay.version)

    assert queries.person(lan, person_id).deceased == "2026-01-20"
    with pytest.raises(Invalid):
        actions.admit(lan, person_id=person_id, admission=Admission("inpatient", "2026-02-01"))


def test_admission_in_the_future_or_before_birth_is_refused(lan):
    person_id = register(lan)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    for start in (tomorrow, "1950-05-11", "không rõ"):
        with pytest.raises(Invalid) as refusal:
            actions.admit(lan, person_id=person_id, admission=Admission("inpatient", start))
        assert refusal.value.field == "start"


def test_role_without_people_may_not_read_them(officer, lan):
    person_id = register(lan)

    with pytest.raises((Refused, NotFound)):
        queries.person(officer, person_id)
