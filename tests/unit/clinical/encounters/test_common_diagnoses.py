"""The shipped choice of ICD-10: what a reader of English sees is the disease that the code means."""

import pytest
import yaml
from django.conf import settings

MEANING = {
    "I10": "Essential (primary) hypertension",
    "I11": "Hypertensive heart disease",
    "E11": "Non-insuline-dependent diabetes mellitus",
    "F20": "Schizophrenia",
    "G30": "Alzheimer's disease",
    "Q90": "Down's syndrome",
}


@pytest.fixture(scope="module")
def concepts() -> dict[str, dict]:
    path = settings.DEFINITIONS / "codesystems" / "icd10-chon-loc.yaml"
    return {one["code"]: one for one in yaml.safe_load(path.read_text(encoding="utf-8"))["concepts"]}


@pytest.mark.parametrize("code", MEANING)
def test_common_diagnosis_has_the_english_name_of_its_own_code(code, concepts):
    assert concepts[code]["english"] == MEANING[code]


def test_no_english_name_stands_for_two_codes(concepts):
    names = [one["english"] for one in concepts.values()]

    assert len(names) == len(set(names))
