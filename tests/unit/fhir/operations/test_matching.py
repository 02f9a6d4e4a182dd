import copy
from pathlib import Path

import pytest

from ansinh.fhir.operations.matching import people
from ansinh.fhir.operations.matching.weights import patient_weights, weights_of
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid

WEIGHTS = patient_weights()
SHIPPED = yaml.read(Path(__file__).resolve().parents[4] / "definitions" / "matching" / "patient.yaml")


@pytest.mark.parametrize("text", ["0912345678", "+84912345678", "+84 912-345-678", "0084912345678", "(0912) 345.678"])
def test_phone_in_any_form_is_one_number(text):
    assert people.phone(text, WEIGHTS) == "0912345678"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ({"text": "Nguyễn  Văn Đạo"}, "nguyen van dao"),
        ({"family": "Nguyễn", "given": ["Văn", "Đạo"]}, "nguyen van dao"),
        ({"text": "  ", "family": "Nguyễn"}, "nguyen"),
        ({"text": "H’Ly Niê"}, "h'ly nie"),
        ({"given": [None, 3, "Y"]}, "y"),
    ],
)
def test_read_name_is_folded_family_first(name, folded):
    assert people.read({"name": [name]}, WEIGHTS).names == (folded,)


@pytest.mark.parametrize(
    "patient",
    [
        {"name": "Sáu"},
        {"name": [None, 3, {"text": ""}], "birthDate": "hôm qua", "telecom": {"value": "1"}},
        {"identifier": [{"value": ""}, {"value": None}, "x"], "address": [None], "gender": ["male"]},
    ],
)
def test_read_odd_shapes_are_passed_over(patient):
    found = people.read(patient, WEIGHTS)

    assert found == people.Person()
    assert not found.can_be_sought


@pytest.mark.parametrize(
    "change",
    [
        {"name_points": {"same": 45}},
        {"grades": {"certain": 95, "probable": "70", "possible": 45}},
        {"identifiers": {"system": "x"}},
        {"identifiers": [{"system": "x", "sames": 1}]},
        {"birth_points": None},
        {"without_proof": True},
        {"gender_points": {"same": 5, "different": -2500}},
    ],
)
def test_weights_file_that_is_wrong_is_refused_with_its_place(change):
    with pytest.raises(Invalid) as raised:
        weights_of(copy.deepcopy(SHIPPED) | change)

    assert raised.value.field in change or raised.value.field == "identifiers, without_proof"


def test_weights_of_nothing_are_refused():
    with pytest.raises(Invalid):
        weights_of(None)
