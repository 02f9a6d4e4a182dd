"""Elements, how many, lists and objects, choices, companions of primitives, contained resources."""

import pytest

from ansinh.fhir.validation import validate


def test_sound_resources_have_no_problem(samples):
    assert [validate(resource) for resource in samples.ALL] == [[], [], [], []]


@pytest.mark.parametrize("value", [None, [], "Patient", {}, {"resourceType": "Person1"}, {"resourceType": ["Patient"]}])
def test_what_is_no_resource_is_refused(errors_of, value):
    assert errors_of(value) == {("resource-type", "resourceType")}


@pytest.mark.parametrize(
    ("change", "key", "place"),
    [
        ({"gendre": "female"}, "unknown-element", "Patient.gendre"),
        ({"name": []}, "empty-list", "Patient.name"),
        ({"name": {"text": "A"}}, "not-list", "Patient.name"),
        ({"name": [{}]}, "empty-object", "Patient.name[0]"),
        ({"name": ["A"]}, "not-object", "Patient.name[0]"),
        ({"name": None}, "not-list", "Patient.name"),
        ({"gender": ["female"]}, "type-code", "Patient.gender"),
        ({"gender": None}, "type-code", "Patient.gender"),
        ({"active": "true"}, "type-boolean", "Patient.active"),
        ({"birthDate": "1948-02-30"}, "type-date", "Patient.birthDate"),
        ({"birthDate": ""}, "type-date", "Patient.birthDate"),
        ({"id": "p 1"}, "type-id", "Patient.id"),
        ({"multipleBirthBoolean": True}, "choice-twice", "Patient.multipleBirth"),
        ({"managingOrganization": [{"display": "x"}]}, "not-single", "Patient.managingOrganization"),
        ({"name": [{"family": 7}]}, "type-string", "Patient.name[0].family"),
        ({"name": [{"given": ["A", None]}]}, "type-string", "Patient.name[0].given[1]"),
        ({"text": {"status": "generated", "div": "chữ"}}, "type-xhtml", "Patient.text.div"),
        ({"text": {"div": "<div>x</div>"}}, "required", "Patient.text.status"),
        ({"_gender": {"id": "a"}, "gender": ...}, "ele-1", "Patient.gender"),
        ({"_gender": {}}, "empty-object", "Patient.gender"),
        ({"extension": [{"url": "http://example.org/x"}]}, "ext-1", "Patient.extension[0]"),
        ({"extension": [{"valueString": "x"}]}, "required", "Patient.extension[0].url"),
        ({"contact": [{"gender": "female"}]}, "pat-1", "Patient.contact[0]"),
    ],
)
def test_one_mistake_is_named_with_its_place(samples, errors_of, change, key, place):
    assert (key, place) in errors_of(samples.copy_of(samples.PATIENT, **change))


def test_required_element_may_be_an_extension_instead(samples, errors_of):
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }

    assert errors_of(samples.copy_of(samples.OBSERVATION, status=...)) == {("required", "Observation.status")}
    assert errors_of(samples.copy_of(samples.OBSERVATION, status=..., _status=absent)) == set()


def test_list_of_primitives_lines_up_with_its_companions(samples, errors_of):
    extension = {"extension": [{"url": "http://example.org/x", "valueString": "y"}]}

    def with_given(given, companions):
        return errors_of(samples.copy_of(samples.PATIENT, name=[{"given": given, "_given": companions}]))

    assert with_given([None, "A"], [extension, None]) == set()
    assert with_given(["A"], [None, extension]) == {("companion-length", "Patient.name[0].given")}
    assert with_given([None, "A"], [None, extension]) == {("type-string", "Patient.name[0].given[0]")}
    assert ("companion-length", "Patient.name[0].given") in with_given(["A"], [None])
    assert with_given(["A"], extension) == {("not-list", "Patient.name[0].given")}


def test_choice_takes_only_the_types_of_the_standard(samples, errors_of):
    wrong = samples.copy_of(samples.OBSERVATION, component=..., valueAddress={"text": "x"})

    assert errors_of(wrong) == {("unknown-element", "Observation.valueAddress")}


def test_unknown_element_with_a_strange_name_is_not_repeated_to_the_reader(samples):
    (problem,) = validate(samples.copy_of(samples.PATIENT, **{"<script>Nguyễn Văn A": 1}))

    assert problem.expression == "Patient"
    assert "script" not in problem.message
    assert "Nguyễn" not in problem.message


def test_problems_do_not_repeat_values(samples):
    broken = samples.copy_of(samples.PATIENT, gender="NGUYỄN VĂN A", birthDate="NGUYỄN VĂN A", active="NGUYỄN VĂN A")

    assert "NGUYỄN" not in "".join(problem.message for problem in validate(broken))


@pytest.mark.parametrize(
    ("contained", "key"),
    [
        ([{"resourceType": "Patient", "gender": "male"}], "contained-id"),
        ([{"resourceType": "Patient", "id": "inside"}, {"resourceType": "Group", "id": "inside"}], "contained-twice"),
        ([{"resourceType": "Patient", "id": "inside", "contained": []}], "dom-2"),
        ([{"resourceType": "Patient", "id": "inside", "meta": {"versionId": "1"}}], "dom-4"),
        ([{"resourceType": "Patient", "id": "inside", "meta": {"security": [{"code": "R"}]}}], "dom-5"),
        ([{"resourceType": "Patient", "id": "other"}], "dom-3"),
        ([{"resourceType": "Patient", "id": "other"}], "ref-contained"),
        ([{"resourceType": "Practitioner", "id": "inside"}], "ref-target"),
        ([{"id": "inside"}], "resource-type"),
        (["x"], "resource-type"),
    ],
)
def test_contained_resources_obey_their_rules(samples, errors_of, contained, key):
    assert key in {found for found, _ in errors_of(samples.copy_of(samples.ENCOUNTER, contained=contained))}


def test_resources_in_a_bundle_are_checked_each_in_its_own_world(samples, errors_of):
    broken = samples.copy_of(samples.OBSERVATION, status=...)
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": samples.ENCOUNTER}, {"resource": broken}],
    }

    assert errors_of(bundle) == {("required", "Bundle.entry[1].resource.status")}


def test_nesting_beyond_sense_is_refused_without_a_crash(errors_of):
    item = {"linkId": "x"}
    for _ in range(5000):
        item = {"linkId": "x", "item": [item]}

    found = errors_of({"resourceType": "QuestionnaireResponse", "status": "completed", "item": [item]})

    assert found == {("too-deep", "QuestionnaireResponse")}


def test_number_of_problems_told_is_limited(samples):
    broken = samples.copy_of(samples.PATIENT, name=[{"x": 1}] * 5000)

    assert len(validate(broken)) == 200


def test_recursive_elements_are_checked_at_every_depth(samples, errors_of):
    item = {"linkId": "1", "type": "integer", "colour": "red"}
    group = {"linkId": "a", "type": "group", "item": [{"linkId": "b", "type": "group", "item": [item]}]}

    found = errors_of(samples.copy_of(samples.QUESTIONNAIRE, item=[group]))

    assert found == {("unknown-element", "Questionnaire.item[0].item[0].item[0].colour")}


def test_number_of_problems_told_is_limited_across_a_bundle(samples):
    broken = samples.copy_of(samples.PATIENT, name=[{"x": 1}] * 150)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": broken}] * 3}

    assert len(validate(bundle)) == 200
