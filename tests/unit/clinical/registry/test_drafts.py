"""The registration form as a whole: all problems at once, each under its field."""

from dataclasses import replace
from datetime import date

import pytest

from ansinh.clinical.registry.drafts import (
    DisabilityEntry,
    GroupEntry,
    Guardian,
    Insurance,
    PersonDraft,
    checked,
    doubts,
)
from ansinh.kernel.errors import Invalid

TODAY = date(2026, 3, 15)
FULL = PersonDraft(
    full_name="Nguyễn Văn An",
    gender="male",
    birth_date="1950-05-12",
    citizen_number="036 050 000 001",
    phone="+84 912 345 678",
    groups=(GroupEntry("merit-g", "1975"), GroupEntry("poor", "2020-01-01", "2022-12-31")),
    disabilities=(DisabilityEntry("1", "severe", "0123/GXN", "2019"),),
    guardian=Guardian("Nguyễn Thị Bình", "con gái", "0912.345.679"),
    insurance=Insurance("bt2370123456789", "37001", "2026-01-01", "2026-12-31"),
)


def problems(draft: PersonDraft) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        checked(draft, TODAY)
    return [(problem.expression, problem.key) for problem in refusal.value.problems]


def test_checked_brings_every_value_to_its_stored_form():
    draft = checked(FULL, TODAY)

    assert draft.citizen_number == "036050000001"
    assert draft.phone == "0912345678"
    assert draft.guardian == Guardian("Nguyễn Thị Bình", "con gái", "0912345679")
    assert draft.insurance
    assert draft.insurance.card == "BT2370123456789"


def test_checked_twice_changes_nothing():
    once = checked(FULL, TODAY)

    assert checked(once, TODAY) == once


@pytest.mark.parametrize("name", ["Y Bhin", "H'Ly"])
def test_checked_person_with_nothing_but_a_name_is_fine(name):
    assert checked(PersonDraft(name), TODAY).full_name == name


def test_checked_tells_all_problems_at_once():
    draft = replace(FULL, full_name="", citizen_number="123", birth_date="2027-01-01", phone="1", gender="x")

    assert problems(draft) == [
        ("full_name", "name-required"),
        ("gender", "gender-unknown"),
        ("birth_date", "birth-future"),
        ("citizen_number", "cccd-length"),
        ("phone", "phone-shape"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"groups": (GroupEntry("poor", "2022", "2021"),)}, ("group_end", "period-order")),
        ({"groups": (GroupEntry("poor", "2027"),)}, ("group_start", "date-future")),
        ({"groups": (GroupEntry("poor", "2022-13"),)}, ("group_start", "date-impossible")),
        ({"groups": (GroupEntry("poor"), GroupEntry("poor", "2020"))}, ("group_code", "group-twice")),
        ({"disabilities": (DisabilityEntry("1", ""),)}, ("disability_level", "disability-level")),
        ({"disabilities": (DisabilityEntry("1", "mild", start="2026-04"),)}, ("disability_start", "date-future")),
        ({"guardian": Guardian("", "", "0912345678")}, ("guardian_name", "name-required")),
        ({"guardian": Guardian("Bình", "", "12")}, ("guardian_phone", "phone-shape")),
        ({"insurance": Insurance("12")}, ("insurance_card", "bhyt-shape")),
        ({"insurance": Insurance("0123456789", "", "2026-02", "2026-01")}, ("insurance_end", "period-order")),
        ({"old_citizen_number": "1"}, ("old_citizen_number", "cmnd-length")),
    ],
)
def test_checked_names_the_field_of_each_problem(change, expected):
    assert problems(replace(FULL, **change)) == [expected]


def test_checked_group_left_and_joined_again_is_fine():
    draft = replace(FULL, groups=(GroupEntry("poor", "2018", "2020"), GroupEntry("poor", "2022")))

    assert checked(draft, TODAY).groups == draft.groups


def test_checked_drops_a_guardian_and_a_card_left_empty():
    draft = checked(replace(FULL, guardian=Guardian(" ", "con", ""), insurance=Insurance("")), TODAY)

    assert draft.guardian is None
    assert draft.insurance is None


def test_doubts_compare_the_number_with_the_form():
    assert doubts(checked(FULL, TODAY)) == []
    assert [doubt.key for doubt in doubts(replace(FULL, citizen_number="036150000001"))] == ["cccd-sex"]
    assert doubts(PersonDraft("Y Bhin")) == []


def test_identity_carries_what_duplicates_are_found_by():
    identity = checked(FULL, TODAY).identity()

    assert (identity.citizen_number, identity.insurance_card) == ("036050000001", "BT2370123456789")
    assert PersonDraft("H'Ly").identity().insurance_card == ""
