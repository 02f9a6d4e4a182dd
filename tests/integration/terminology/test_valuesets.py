"""Whether a code is in a set: FHIR's own, the project's, and those nobody here can decide."""

from pathlib import Path

import pytest

from ansinh.fhir.terminology import concepts, loading, valuesets
from ansinh.kernel.naming import CS, LOINC, VS

DEFINITIONS = Path(__file__).resolve().parents[3] / "definitions"
HL7 = "http://hl7.org/fhir/ValueSet/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    concepts.clear_cache()
    loading.load_code_systems(DEFINITIONS)
    yield
    concepts.clear_cache()


@pytest.mark.parametrize(
    ("url", "system", "code", "verdict"),
    [
        (HL7 + "administrative-gender", "", "male", True),
        (HL7 + "administrative-gender", "", "nam", False),
        (HL7 + "administrative-gender|4.0.1", "", "female", True),
        (HL7 + "condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", True),
        (HL7 + "condition-clinical", "http://terminology.hl7.org/CodeSystem/condition-clinical", "alive", False),
        (HL7 + "condition-clinical", "http://example.org", "active", False),
        (HL7 + "observation-status", "", "final", True),
        (HL7 + "all-types", "", "Patient", True),
        (HL7 + "all-types", "", "Person1", False),
        (HL7 + "resource-types", "", "EpisodeOfCare", True),
        (HL7 + "mimetypes", "", "application/pdf", None),
        (HL7 + "observation-codes", LOINC, "8867-4", None),
        (HL7 + "no-such-set", "", "x", None),
    ],
)
def test_fhir_set_verdict(url, system, code, verdict):
    assert valuesets.contains(url, system, code) is verdict


def test_most_required_bindings_can_be_decided():
    from ansinh.fhir.model.definitions import definitions

    urls = set()
    for name in definitions().resource_types:
        for element in definitions().structure(name).elements:
            if element.binding and element.binding.strength == "required":
                urls.add(element.binding.value_set.partition("|")[0])
    open_sets = {url for url in urls if (found := valuesets.fhir_set(url)) is None or found.undecided}

    assert len(urls) > 150
    assert len(open_sets) <= 12, open_sets


@pytest.mark.parametrize(
    ("name", "system", "code", "verdict"),
    [
        ("care-facility-kind", "facility-kind", "hospital", True),
        ("care-facility-kind", "facility-kind", "department", False),
        ("care-facility-kind", "facility-kind", "care-facility", False),
        ("merit-group", "beneficiary-group", "merit-g", True),
        ("merit-group", "beneficiary-group", "nd20-6", False),
        ("social-assistance-group", "beneficiary-group", "nd20-1a", True),
        ("stay-kind", "stay-kind", "voluntary", True),
        ("stay-kind", "task-type", "voluntary", False),
        ("no-such-set", "stay-kind", "voluntary", None),
    ],
)
def test_project_set_verdict(loaded, name, system, code, verdict):
    assert valuesets.contains(VS(name), CS(system), code) is verdict


def test_loinc_set_of_the_project_is_listed(loaded):
    assert valuesets.contains(VS("vital-sign"), LOINC, "8867-4") is True
    assert valuesets.contains(VS("vital-sign"), LOINC, "0000-0") is False


def test_expand_filters_by_words_and_counts(loaded):
    everything = valuesets.expand(VS("care-facility-kind"))
    few = valuesets.expand(VS("care-facility-kind"), "tam than")

    assert len(everything) >= 10
    assert [concept.code for concept in few] == ["mental-rehab-centre"]
    assert len(valuesets.expand(VS("care-facility-kind"), count=2)) == 2


def test_expand_fhir_set_shows_displays():
    found = {concept.code: concept.display for concept in valuesets.expand(HL7 + "administrative-gender")}

    assert found["male"] == "Male"
    assert valuesets.expand(HL7 + "no-such-set") == []


def test_asking_a_project_set_again_costs_no_query(loaded, django_assert_num_queries):
    valuesets.contains(VS("merit-group"), CS("beneficiary-group"), "merit-g")

    with django_assert_num_queries(0):
        assert valuesets.contains(VS("merit-group"), CS("beneficiary-group"), "merit-a") is True
        assert valuesets.contains(VS("merit-group"), CS("beneficiary-group"), "nothing") is False
