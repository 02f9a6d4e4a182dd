"""Search parameters of the project's own: read from files, refused by name when wrong."""

import json

import pytest

from ansinh.fhir.index import custom, extract, forget, marks
from ansinh.fhir.index.numbers import TYPES
from ansinh.fhir.index.parameters import parameters
from ansinh.kernel.errors import Invalid

GOOD = {
    "resourceType": "SearchParameter",
    "url": "https://x.vn/SearchParameter/hair",
    "name": "Hair",
    "code": "hair",
    "base": ["Patient"],
    "type": "token",
    "expression": "Patient.extension.where(url = 'https://x.vn/hair').value.ofType(code)",
}


@pytest.fixture
def folder(tmp_path, settings):
    settings.DEFINITIONS = tmp_path
    (tmp_path / "searchparameters").mkdir()
    forget()
    yield tmp_path / "searchparameters"
    forget()


def written(folder, **changes):
    (folder / "hair.json").write_text(json.dumps(GOOD | changes), encoding="utf-8")
    forget()


def test_a_parameter_of_ones_own_is_indexed_like_the_others(folder):
    written(folder)
    person = {"resourceType": "Patient", "extension": [{"url": "https://x.vn/hair", "valueCode": "black"}]}

    number = parameters("Patient")["hair"].number

    assert [values for values in extract(person).tables["ix_token"] if values[0] == number]
    assert "hair" not in parameters("Observation")


def test_a_parameter_of_every_resource_belongs_to_every_type(folder):
    written(folder, base=["Resource"], expression="Resource.language")

    assert all("hair" in parameters(kind) for kind in ("Patient", "Observation", "Bundle"))


def test_a_path_without_its_type_is_evaluated_all_the_same(folder):
    written(folder, expression="extension.where(url = 'https://x.vn/hair').value.ofType(code)")
    person = {"resourceType": "Patient", "extension": [{"url": "https://x.vn/hair", "valueCode": "black"}]}

    number = parameters("Patient")["hair"].number

    assert any(values[0] == number for values in extract(person).tables["ix_token"])


def test_yaml_is_read_as_well(folder):
    text = "\n".join(f"{key}: {json.dumps(value)}" for key, value in GOOD.items())
    (folder / "hair.yaml").write_text(text, encoding="utf-8")
    forget()

    assert parameters("Patient")["hair"].type == "token"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"resourceType": "Patient"}, "SearchParameter"),
        ({"code": ""}, "thiếu code"),
        ({"type": "special"}, "special"),
        ({"base": ["Cat"]}, "Cat"),
        ({"code": "gender"}, "gender"),
        ({"expression": "Patient.where("}, "biểu thức"),
        ({"type": "composite"}, "hai hoặc ba phần"),
    ],
)
def test_a_wrong_file_is_refused_by_name(folder, changes, said):
    written(folder, **changes)

    with pytest.raises(Invalid) as refused:
        custom.parameters_of("Patient")

    assert "hair.json" in refused.value.message
    assert said in refused.value.message


def test_what_cannot_be_read_is_refused(folder):
    (folder / "bad.yaml").write_text("a: [", encoding="utf-8")
    forget()

    with pytest.raises(Invalid, match=r"bad\.yaml"):
        parameters("Patient")


def test_the_same_code_twice_is_refused(folder):
    written(folder)
    (folder / "other.json").write_text(json.dumps(GOOD), encoding="utf-8")
    forget()

    with pytest.raises(Invalid, match="hai tham số"):
        custom.parameters_of("Patient")


def test_the_mark_of_a_type_changes_with_its_parameters_only(folder):
    before = {kind: marks.of_type(kind) for kind in TYPES}

    written(folder)

    assert {kind for kind in TYPES if marks.of_type(kind) != before[kind]} == {"Patient"}


def test_those_shipped_find_the_people_they_are_about():
    base = "https://ansinh.vn/fhir/StructureDefinition"
    group = {"url": "code", "valueCoding": {"system": "s", "code": "thuong-binh"}}
    level = {"url": "level", "valueCoding": {"system": "s", "code": "nang"}}
    person = {
        "resourceType": "Patient",
        "extension": [
            {"url": f"{base}/beneficiary-group", "extension": [group]},
            {"url": f"{base}/disability", "extension": [level]},
            {"url": f"{base}/ethnicity", "valueCoding": {"system": "s", "code": "01"}},
        ],
    }
    known = parameters("Patient")

    assert [one["code"] for one in known["beneficiary-group"].evaluate(person)] == ["thuong-binh"]
    assert [one["code"] for one in known["disability-level"].evaluate(person)] == ["nang"]
    assert known["disability-kind"].evaluate(person) == []
    assert [one["code"] for one in known["ethnicity"].evaluate(person)] == ["01"]
