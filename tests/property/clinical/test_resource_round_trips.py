"""What is written as FHIR is read back as it was, for any person and any visit."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.encounters import resources as care
from ansinh.clinical.encounters.resources import Care, Diagnosis, Findings
from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.registry import readable, resources
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft

WORDS = st.text("abcdeăâđêôơư ABCĐ'", min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
MAYBE = st.just("") | WORDS
DATES = st.sampled_from(["", "1948", "1948-03", "1948-03-05", "2020-02-29"])
CODES = st.sampled_from(["a", "b", "c"])
DRAFTS = st.builds(
    PersonDraft,
    full_name=WORDS,
    gender=st.sampled_from(["male", "female", "other", "unknown"]),
    birth_date=DATES,
    citizen_number=st.sampled_from(["", "036050000001"]),
    old_citizen_number=st.sampled_from(["", "164123456"]),
    record_number=MAYBE,
    phone=st.sampled_from(["", "0912345678"]),
    address=MAYBE,
    commune=st.sampled_from(["", "14428"]),
    province=st.sampled_from(["", "37"]),
    old_address=MAYBE,
    ethnicity=st.sampled_from(["", "06"]),
    groups=st.lists(st.builds(GroupEntry, CODES, DATES, DATES), max_size=3).map(tuple),
    disabilities=st.lists(st.builds(DisabilityEntry, CODES, CODES, MAYBE, DATES), max_size=3).map(tuple),
    guardian=st.none() | st.builds(Guardian, WORDS, MAYBE, st.sampled_from(["", "0912345678"])),
    insurance=st.none() | st.builds(Insurance, st.just("0123456789"), MAYBE, DATES, DATES),
    facility=st.sampled_from(["", "f1"]),
)


def empties(value: object) -> bool:
    """True when an element is present without content, which FHIR forbids."""
    if isinstance(value, dict):
        return not value or any(empties(one) for one in value.values())
    if isinstance(value, list):
        return not value or any(empties(one) for one in value)
    return value in ("", None)


@given(DRAFTS)
def test_any_person_is_read_back_as_written(draft):
    coverage = resources.coverage_resource("p1", draft.insurance) if draft.insurance else None

    assert resources.read_patient(resources.patient_resource(draft), coverage) == draft


@given(DRAFTS)
def test_any_person_is_written_without_empty_elements(draft):
    assert not empties(resources.patient_resource(draft))


@given(DRAFTS, DRAFTS)
def test_correction_says_the_new_draft_whatever_was_there(before, after):
    corrected = resources.patient_resource(after, resources.patient_resource(before))
    kept = after if after.facility else resources.read_patient(corrected)

    assert resources.read_patient(corrected).full_name == after.full_name
    assert resources.read_patient(corrected).groups == kept.groups == after.groups
    assert resources.read_patient(corrected).disabilities == after.disabilities
    assert resources.read_patient(corrected).address == after.address


@given(DRAFTS, DRAFTS)
def test_differences_are_none_exactly_for_equal_words(a, b):
    one, two = resources.patient_resource(a), resources.patient_resource(b)

    def display(_system: str, code: str) -> str:
        return code

    same = dict(readable.rows(one, display)) == dict(readable.rows(two, display))
    assert (readable.differences(one, two, display) == []) is same


VITALS = {
    name: Vital(name, name, name, "u", "u", Decimal(0), Decimal(500)) for name in ("systolic", "diastolic", "pulse")
}
MEASURES = st.dictionaries(st.sampled_from(["pulse", "bmi"]), st.decimals(1, 200, places=1))
FINDINGS = st.builds(
    Findings,
    measures=MEASURES,
    complaint=MAYBE,
    diagnoses=st.lists(st.builds(Diagnosis, CODES, WORDS, st.booleans()), unique_by=lambda one: one.code).map(tuple),
    note=MAYBE,
    advice=MAYBE,
)


@given(FINDINGS)
def test_everything_of_a_visit_has_an_id_of_its_own_and_points_to_it(findings):
    written = care.all_resources(Care("e1", "p1", "f1", "2026-03-15T08:00:00+07:00"), "visit", "x", findings, VITALS)

    assert len({(one["resourceType"], one["id"]) for one in written}) == len(written)
    assert all(one["encounter"] == {"reference": "Encounter/e1"} for one in written[1:])
    assert not any(empties(one) for one in written)
