"""When each kind of entry happened, in which order a record is printed, and that no kind is left out of the groups."""

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from ansinh.clinical.records import queries, rules
from ansinh.clinical.records.rules import Group

AT, LATER = "2026-03-05T08:00:00+07:00", "2026-04-01T08:00:00+07:00"
ALL = Group("all", "Tất cả", lambda resource: True)

# What each kind carries, in FHIR's own names → when it happened.
MOMENTS = [
    ({"resourceType": "Observation", "effectiveDateTime": AT, "issued": LATER}, AT),
    ({"resourceType": "Observation", "effectiveInstant": AT, "issued": LATER}, AT),
    ({"resourceType": "Observation", "effectivePeriod": {"start": AT}, "issued": LATER}, AT),
    ({"resourceType": "Observation", "issued": AT}, AT),
    ({"resourceType": "DiagnosticReport", "effectivePeriod": {"start": AT, "end": LATER}, "issued": LATER}, AT),
    ({"resourceType": "Condition", "recordedDate": "2026-03"}, "2026-03"),
    ({"resourceType": "Procedure", "performedPeriod": {"start": AT, "end": LATER}}, AT),
    ({"resourceType": "Encounter", "period": {"start": AT, "end": LATER}}, AT),
    ({"resourceType": "MedicationAdministration", "effectivePeriod": {"start": AT}}, AT),
    ({"resourceType": "MedicationStatement", "effectivePeriod": {"start": AT}, "dateAsserted": LATER}, AT),
    ({"resourceType": "MedicationStatement", "dateAsserted": AT}, AT),
    ({"resourceType": "MedicationDispense", "whenPrepared": AT, "whenHandedOver": LATER}, LATER),
    ({"resourceType": "MedicationDispense", "whenPrepared": AT}, AT),
    ({"resourceType": "MedicationRequest", "authoredOn": AT}, AT),
    ({"resourceType": "QuestionnaireResponse", "authored": AT}, AT),
    ({"resourceType": "Composition", "date": AT}, AT),
    ({"resourceType": "ClinicalImpression", "effectivePeriod": {"start": AT}, "date": LATER}, AT),
    ({"resourceType": "Immunization", "occurrenceDateTime": AT}, AT),
    ({"resourceType": "CarePlan", "period": {"start": "2026-03-05"}, "created": "2026-03-01"}, "2026-03-05"),
    ({"resourceType": "Goal", "startDate": "2026-03-05", "statusDate": "2026-04-01"}, "2026-03-05"),
    ({"resourceType": "Goal", "statusDate": "2026-04-01"}, "2026-04-01"),
    ({"resourceType": "DeviceUseStatement", "timingPeriod": {"start": AT}, "recordedOn": LATER}, AT),
    ({"resourceType": "DeviceUseStatement", "recordedOn": AT}, AT),
    ({"resourceType": "Coverage", "period": {"start": "2026-01-01"}}, "2026-01-01"),
    ({"resourceType": "Coverage", "period": {"end": "2026-12-31"}}, ""),
    ({"resourceType": "Patient", "birthDate": "1950-01-01"}, ""),
]


@pytest.mark.parametrize(("entry", "moment"), MOMENTS)
def test_entry_happened_when_it_says_by_the_names_of_its_kind(entry, moment):
    assert rules.moment_of(entry) == moment


def in_order(*moments: str) -> list[str]:
    entries = [{"resourceType": "Observation", "effectiveDateTime": at} for at in moments]
    (group,) = rules.grouped([ALL], ["all"], entries)
    return [one["effectiveDateTime"] for one in group.resources]


@pytest.mark.parametrize(
    "right",
    [
        ["2026-03-05T23:00:00+07:00", "2026-03-05T20:00:00Z"],  # 03:00 of the next day in Vietnam
        ["2026-03-04T20:00:00Z", "2026-03-05T08:00:00+07:00"],
        ["2026-03-05T08:00:00+07:00", "2026-03-05T10:30:00+09:00", "2026-03-05T02:00:00Z"],
        ["2026", "2026-03", "2026-03-05", "2026-03-05T00:00:00+07:00", "2026-03-06"],
        ["2026-03-04", "2026-03-04T18:00:00Z"],
        ["2026-12-31T23:59:59+07:00", "2026-12-31T17:00:00Z"],
        ["2026-03-05T08:00:00.100+07:00", "2026-03-05T08:00:00.200+07:00"],
    ],
)
def test_entries_stand_in_the_order_of_time_whatever_zone_was_written(right):
    assert in_order(*right) == right
    assert in_order(*reversed(right)) == right


def test_entries_of_one_moment_keep_the_order_in_which_they_were_found():
    entries = [{"resourceType": "Observation", "id": str(number), "effectiveDateTime": AT} for number in range(5)]
    (group,) = rules.grouped([ALL], ["all"], entries)

    assert [one["id"] for one in group.resources] == ["0", "1", "2", "3", "4"]


def test_entry_without_a_time_stands_before_those_with_one():
    (group,) = rules.grouped([ALL], ["all"], [{"id": "2", "date": AT}, {"id": "1"}])

    assert [one["id"] for one in group.resources] == ["1", "2"]


_CLASSES = ({}, {"class": {"code": "AMB"}}, {"class": {"code": "EMER"}}, {"category": [{"coding": [{"code": "RAD"}]}]})


@pytest.mark.parametrize("kind", ["Patient", *queries.TYPES])
@pytest.mark.parametrize("more", _CLASSES)
def test_no_kind_of_entry_that_is_read_is_left_out_of_the_groups(kind, more):
    entry = {"resourceType": kind, "id": "1", **more}
    found = rules.grouped(queries.groups(), queries.group_order(), [entry])

    assert [list(group.resources) for group in found if group.resources] == [[entry]]


@given(st.lists(st.sampled_from(queries.TYPES), max_size=30), st.randoms(use_true_random=False))
@tries(max_examples=12)
def test_every_entry_stands_in_just_one_group(kinds, chance):
    entries = [
        {"resourceType": kind, "id": str(number), "date": f"2026-01-{chance.randint(1, 28):02d}"}
        for number, kind in enumerate(kinds)
    ]
    found = [
        one for group in rules.grouped(queries.groups(), queries.group_order(), entries) for one in group.resources
    ]

    assert sorted(found, key=lambda one: int(one["id"])) == entries
