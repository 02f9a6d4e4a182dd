"""FHIRPath Patch: each operation at lists, choices, nested elements and truth values; and what must be refused."""

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.transactions.fhirpath_patch import apply
from ansinh.kernel.errors import Invalid, Malformed, UserError

PERSON = {
    "resourceType": "Patient",
    "id": "p",
    "active": True,
    "gender": "male",
    "birthDate": "1948",
    "_birthDate": {"id": "x"},
    "name": [{"use": "official", "family": "Lê", "given": ["Văn", "An"]}, {"use": "usual", "text": "Tư"}],
    "deceasedBoolean": False,
    "contact": [{"name": {"text": "Con"}}],
}


def operation(kind: str, path: str, **parts) -> dict:
    made = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        if name == "name":
            made.append({"name": "name", "valueString": value})
        elif isinstance(value, int) and not isinstance(value, bool) and name != "value":
            made.append({"name": name, "valueInteger": value})
        else:
            made.append({"name": name, **value})
    return {"name": "operation", "part": made}


def patched(*operations: dict) -> dict:
    return apply(PERSON, {"resourceType": "Parameters", "parameter": list(operations)})


@pytest.mark.parametrize(
    ("one", "key", "expected"),
    [
        (operation("replace", "Patient.gender", value={"valueCode": "female"}), "gender", "female"),
        (operation("replace", "Patient.active", value={"valueBoolean": False}), "active", False),
        (operation("replace", "Patient.birthDate", value={"valueDate": "1950"}), "birthDate", "1950"),
        (
            operation("replace", "Patient.name[0].given[1]", value={"valueString": "Bình"}),
            "name",
            [{"use": "official", "family": "Lê", "given": ["Văn", "Bình"]}, PERSON["name"][1]],
        ),
        (operation("delete", "Patient.name.where(use = 'usual')"), "name", [PERSON["name"][0]]),
        (operation("delete", "Patient.contact[0]"), "contact", None),
        (operation("delete", "Patient.telecom"), "telecom", None),
        (
            operation("insert", "Patient.name[0].given", index=0, value={"valueString": "Thị"}),
            "name",
            [{"use": "official", "family": "Lê", "given": ["Thị", "Văn", "An"]}, PERSON["name"][1]],
        ),
        (
            operation("move", "Patient.name", source=1, destination=0),
            "name",
            [PERSON["name"][1], PERSON["name"][0]],
        ),
        (
            operation("add", "Patient", name="maritalStatus", value={"valueCodeableConcept": {"text": "M"}}),
            "maritalStatus",
            {"text": "M"},
        ),
        (
            operation("add", "Patient", name="name", value={"valueHumanName": {"text": "Mới"}}),
            "name",
            [*PERSON["name"], {"text": "Mới"}],
        ),
        (
            operation(
                "add",
                "Patient",
                name="contact",
                value={"part": [{"name": "name", "valueHumanName": {"text": "Cháu"}}]},
            ),
            "contact",
            [{"name": {"text": "Con"}}, {"name": {"text": "Cháu"}}],
        ),
    ],
)
def test_operation_gives_what_the_specification_says(one, key, expected):
    assert patched(one).get(key) == expected


def test_choice_changes_its_key_with_its_type_and_keeps_its_place():
    done = patched(operation("replace", "Patient.deceased", value={"valueDateTime": "2020"}))

    assert done["deceasedDateTime"] == "2020"
    assert "deceasedBoolean" not in done
    assert list(done)[-2:] == ["deceasedDateTime", "contact"]


def test_choice_is_added_under_the_key_of_its_type():
    person = {"resourceType": "Patient"}
    document = {
        "resourceType": "Parameters",
        "parameter": [operation("add", "Patient", name="deceased", value={"valueBoolean": True})],
    }

    assert apply(person, document) == {"resourceType": "Patient", "deceasedBoolean": True}


def test_deleting_a_primitive_takes_its_companion_with_it():
    assert not {"birthDate", "_birthDate"} & patched(operation("delete", "Patient.birthDate")).keys()


@pytest.mark.parametrize(
    ("one", "error"),
    [
        (operation("replace", "Patient.name", value={"valueString": "x"}), Invalid),
        (operation("delete", "Patient.name"), Invalid),
        (operation("replace", "Patient.telecom", value={"valueString": "x"}), Invalid),
        (operation("add", "Patient", name="nothing", value={"valueString": "x"}), Invalid),
        (operation("add", "Patient", name="gender", value={"valueCode": "male"}), Invalid),
        (operation("insert", "Patient.name", index=9, value={"valueHumanName": {}}), Invalid),
        (operation("move", "Patient.name", source=0, destination=5), Invalid),
        (operation("grow", "Patient.name"), Malformed),
        (operation("replace", "Patient.(((", value={"valueString": "x"}), Malformed),
        (operation("replace", "Patient.gender"), Malformed),
        ({"name": "operation"}, Malformed),
        ({"name": "other", "part": []}, Malformed),
    ],
)
def test_operation_that_makes_no_sense_is_refused_with_its_place(one, error):
    with pytest.raises(error) as found:
        patched(one)

    assert found.value.problems[0].expression == "Parameters.parameter[0]"


@pytest.mark.parametrize("document", [None, {}, {"parameter": []}, {"parameter": 1}])
def test_what_is_no_fhirpath_patch_is_refused(document):
    with pytest.raises(UserError):
        apply(PERSON, document)


def test_numbers_beside_the_patched_one_are_written_as_before():
    observation = json.loads('{"resourceType":"Observation","extension":[{"valueDecimal":1e2},{"valueDecimal":-0}]}')
    steps = {"parameter": [operation("replace", "Observation.extension[1].value", value={"valueDecimal": 7})]}

    assert b'[{"valueDecimal":1e2},{"valueDecimal":7}]' in json.dumps(apply(observation, steps))
