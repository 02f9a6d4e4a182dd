"""What `$export` understands, before any database is asked."""

import pytest

from ansinh.fhir.bulk import asking
from ansinh.fhir.model.definitions import definitions
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Malformed, Refused

NURSE = Context(actor="Practitioner/1", role="nurse", may={"Patient": frozenset({"search"})}, login="1")


def read(*params, context=None, **how):
    return asking.read(context or system_context(), params, **how)


def test_nothing_asked_is_everything_that_may_be_searched():
    assert read(context=NURSE).types == ("Patient",)
    assert {"Patient", "Organization", "AuditEvent"} <= set(read().types)


def test_patient_level_without_types_is_the_compartment():
    assert set(read(level="patient").types) == {"Patient", *definitions().compartment("Patient")}


def test_types_come_once_in_the_order_asked():
    assert read(("_type", "Patient, Observation"), ("_type", "Patient")).types == ("Patient", "Observation")


FILTERS = (
    (("Patient?gender=male",), ("Patient?gender=male",)),
    (("Patient?gender=male,female",), ("Patient?gender=male,female",)),
    (("Patient?gender=male,Observation?code=a,b",), ("Patient?gender=male", "Observation?code=a,b")),
    (("Patient?gender=male", "Patient?gender=female"), ("Patient?gender=male", "Patient?gender=female")),
)


@pytest.mark.parametrize(("texts", "filters"), FILTERS)
def test_filters_are_told_apart_at_types_not_at_commas(texts, filters):
    params = [("_type", "Patient,Observation"), *(("_typeFilter", text) for text in texts)]

    assert read(*params).filters == filters


SINCE = (
    ("1970-01-01T00:00:01Z", 1_000_000),
    ("1970-01-01T07:00:01+07:00", 1_000_000),
    ("1970-01-01T07:00:01 07:00", 1_000_000),  # a plus sign that nobody escaped
    ("1970-01-01T00:00:00.250Z", 250_000),
)


@pytest.mark.parametrize(("text", "microseconds"), SINCE)
def test_since_is_an_instant(text, microseconds):
    assert read(("_since", text)).since == microseconds


@pytest.mark.parametrize("text", ["2026", "2026-01-01", "2026-01-01T08:00:00", "2026-13-01T08:00:00Z", "yesterday"])
def test_since_without_time_and_zone_is_refused(text):
    with pytest.raises(Malformed, match="_since"):
        read(("_since", text))


def test_lenient_reading_passes_over_with_notes_what_strict_reading_refuses():
    params = [("_type", "Patient,Organization"), ("organizeOutputBy", "Patient"), ("x", "1")]

    found = read(*params, level="patient", strict=False)

    assert found.types == ("Patient",)
    assert len(found.notes) == 3
    with pytest.raises(Malformed):
        read(*params, level="patient")
    with pytest.raises(Refused):
        read(params[0], level="patient")


def test_wanted_comes_back_from_json_as_it_was():
    params = [("_type", "Patient"), ("_since", "2026-01-01T08:00:00Z"), ("_typeFilter", "Patient?gender=male")]
    found = read(*params, ("patient", "Patient/1"), level="group", group="g", request="http://x")

    assert asking.Wanted.from_json(found.to_json()) == found


ASSOCIATED = {
    "the latest": (["LatestProvenanceResources"], "latest"),
    "all": (["RelevantProvenanceResources"], "relevant"),
    "both, of which the wider holds": (["LatestProvenanceResources,RelevantProvenanceResources"], "relevant"),
    "both, one after the other": (["RelevantProvenanceResources", "LatestProvenanceResources"], "relevant"),
    "none": ([""], ""),
}


@pytest.mark.parametrize("case", ASSOCIATED)
def test_associated_provenance_is_the_last_of_the_types(case):
    texts, expected = ASSOCIATED[case]

    found = read(("_type", "Provenance,Patient"), *(("includeAssociatedData", text) for text in texts))

    assert found.associated == expected
    assert found.types == (("Patient", "Provenance") if expected else ("Provenance", "Patient"))
    assert asking.Wanted.from_json(found.to_json()) == found


def test_associated_data_that_nobody_here_knows_is_refused_or_told():
    params = [("_type", "Patient"), ("includeAssociatedData", "LatestProvenanceResources,_everything")]

    with pytest.raises(Malformed, match="includeAssociatedData"):
        read(*params)

    found = read(*params, strict=False)
    assert (found.associated, len(found.notes)) == ("latest", 1)


def test_associated_provenance_needs_the_right_to_search_it():
    with pytest.raises(Refused, match="Provenance"):
        read(("includeAssociatedData", "LatestProvenanceResources"), context=NURSE)
