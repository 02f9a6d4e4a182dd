"""Codes of the project's own lists in searches, and requests that must be refused instead of answered wrongly."""

from datetime import date

import pytest

from ansinh.fhir.search import codes, search
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.terminology.models import ConceptRow
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Malformed

pytestmark = pytest.mark.django_db

SYSTEM = "https://ansinh.vn/fhir/CodeSystem/thu-tim-kiem"
TREE = {"F00-F99": "", "F30-F39": "F00-F99", "F32": "F30-F39", "F32.1": "F32", "F40": "F00-F99"}


@pytest.fixture
def tree():
    """A small list of the project with parents; forgotten afterwards."""
    for position, (code, parent) in enumerate(TREE.items()):
        ConceptRow.objects.create(
            system=SYSTEM, code=code, code_key=concepts.code_key(code), display=code, folded=f" {code}",
            parent=parent, valid_from=date(2020, 1, 1), position=position, origin="test",
        )  # fmt: skip
    concepts.clear_cache()
    yield
    concepts.clear_cache()


@pytest.fixture
def ill(tree) -> Repository:
    repository = Repository(system_context(), validate=False)
    for code in TREE:
        repository.save(
            {
                "resourceType": "Condition",
                "id": f"c-{code.lower().replace('.', '-')}",
                "subject": {"reference": "Patient/x"},
                "code": {"coding": [{"system": SYSTEM, "code": code}]},
            }
        )
    return repository


def found(repository: Repository, *params: tuple[str, str]) -> set[str]:
    return {one["id"] for one in search(repository, "Condition", list(params)).resources}


def test_below_reaches_all_levels_and_above_goes_up(ill):
    assert found(ill, ("code:below", f"{SYSTEM}|F30-F39")) == {"c-f30-f39", "c-f32", "c-f32-1"}
    assert found(ill, ("code:above", f"{SYSTEM}|F32.1")) == {"c-f32-1", "c-f32", "c-f30-f39", "c-f00-f99"}


def test_in_means_the_codes_of_the_set(ill):
    url = SYSTEM.replace("CodeSystem", "ValueSet")

    assert found(ill, ("code:in", url)) == {f"c-{code.lower().replace('.', '-')}" for code in TREE}
    assert found(ill, ("code:not-in", url), ("code", f"{SYSTEM}|")) == set()


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("code:in", "http://hl7.org/fhir/ValueSet/condition-code"),
        ("code:in", "https://example.org/ValueSet/unknown"),
        ("code:below", "F32"),
        ("code", ",".join(str(number) for number in range(10_000))),
        ("_id", ",".join(str(number) for number in range(10_000))),
        ("_list", "$current-allergies"),
        ("_list", "$current-x"),
        ("_filter", "code eq x"),
        ("_contained", "true"),
        ("_query", "x"),
        ("_content:exact", "x"),
        ("_tag:text", "x"),
    ],
)
def test_search_that_cannot_be_answered_rightly_is_refused(ill, code, value):
    with pytest.raises(Malformed) as error:
        search(ill, "Condition", [(code, value)])

    assert error.value.field == code


def test_units_of_the_same_dimensions_are_known_with_their_factor():
    factors = dict(codes.units_like("g"))

    assert factors["g"] == 1
    assert factors["mg"] == 1000
    assert "mmol" not in factors
    assert dict(codes.units_like("no-unit")) == {"no-unit": 1}
