import pytest

from ansinh.fhir.model.compilation import branches_for, compile_definitions
from ansinh.fhir.model.definitions import Definitions, definitions, is_current
from ansinh.kernel.errors import UserError

pytestmark = pytest.mark.skipif(not is_current(), reason="the FHIR definitions are not compiled yet")


def test_resource_types_are_the_146_concrete_ones_of_r4():
    types = definitions().resource_types

    assert {"Patient", "EpisodeOfCare", "MeasureReport"} <= types
    assert not {"Resource", "DomainResource", "HumanName"} & types
    assert len(types) == 146


def test_structure_by_name_url_and_versioned_url_is_the_same():
    url = "http://hl7.org/fhir/StructureDefinition/Patient"

    assert definitions().structure("Patient") is definitions().structure(url)
    assert definitions().structure(url + "|4.0.1").type == "Patient"
    assert definitions().structure("Nothing") is None


def test_structure_of_a_profile_keeps_slices_and_bindings():
    profile = definitions().structure("bp")
    systolic = profile.element("Observation.component:SystolicBP")

    assert profile.is_profile
    assert systolic.slice_name == "SystolicBP"
    assert profile.element("Observation.component").slicing.discriminators[0] == ("value", "code.coding.code")


def test_structure_of_an_extension_names_its_context():
    assert definitions().structure("patient-birthPlace").context == ("Patient",)


@pytest.mark.parametrize(
    ("type_name", "name", "path"),
    [
        ("Patient", "birthDate", "Patient.birthDate"),
        ("Patient", "id", "Patient.id"),
        ("Observation", "value", "Observation.value[x]"),
        ("Observation", "valueQuantity", "Observation.value[x]"),
        ("Patient", "contact.name", "Patient.contact.name"),
        ("Patient", "contact.name.family", "HumanName.family"),
        ("Patient.contact", "relationship", "Patient.contact.relationship"),
        ("Questionnaire.item", "item", "Questionnaire.item.item"),
        ("Questionnaire.item.item", "linkId", "Questionnaire.item.linkId"),
        ("Age", "unit", "Age.unit"),
    ],
)
def test_element_follows_choice_inheritance_and_content_reference(type_name, name, path):
    assert definitions().element(type_name, name).path == path


@pytest.mark.parametrize("name", ["valueFoo", "nothing", "valuequantity", "contact.nothing"])
def test_element_unknown_gives_none(name):
    assert definitions().element("Observation", name) is None


def test_json_element_of_a_choice_names_the_type_written():
    element, content = definitions().json_element("Observation", "valueQuantity")

    assert (element.name, content) == ("value", "Quantity")
    assert definitions().json_element("Observation", "value") is None
    assert definitions().json_element("Patient", "contact")[1] == "Patient.contact"


def test_parent_and_is_a_climb_to_the_root():
    known = definitions()

    assert known.is_a("Age", "Quantity")
    assert known.is_a("Patient", "Resource")
    assert known.is_a("code", "string")
    assert known.is_a("Patient.contact", "BackboneElement")
    assert not known.is_a("Patient", "Quantity")
    assert known.parent("Element") == ""


def test_binding_and_constraints_are_kept():
    gender = definitions().element("Patient", "gender")
    contact = definitions().element("Patient", "contact")

    assert (gender.binding.strength, gender.max) == ("required", 1)
    assert gender.binding.value_set.startswith("http://hl7.org/fhir/ValueSet/administrative-gender")
    assert "pat-1" in {rule.key for rule in contact.constraints}
    assert definitions().structure("date").element("date.value").types[0].regex


def test_search_parameters_hold_the_branches_of_their_type_and_the_shared_ones():
    found = {parameter.code: parameter for parameter in definitions().search_parameters("Observation")}

    assert found["code"].expression == "Observation.code"
    assert found["_lastUpdated"].type == "date"
    assert found["patient"].expression == "Observation.subject.where(resolve() is Patient)"
    assert {part.expression for part in found["code-value-quantity"].component} == {"code", "value.ofType(Quantity)"}


def test_compartment_names_the_parameters_that_lead_to_a_patient():
    compartment = definitions().compartment("Patient")

    assert "subject" in compartment["Observation"]
    assert "Organization" not in compartment
    assert definitions().compartment("Device") == {}


def test_value_set_and_code_system_are_found_by_url():
    genders = definitions().value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")
    system = definitions().code_system("http://hl7.org/fhir/administrative-gender")

    assert genders["compose"]["include"][0]["system"] == system["url"]
    assert [concept["code"] for concept in system["concept"]] == ["male", "female", "other", "unknown"]
    assert definitions().code_system("http://terminology.hl7.org/CodeSystem/v3-ActCode")["concept"]
    assert definitions().value_set("http://example.org/none") is None


def test_branches_for_keeps_unions_inside_brackets_and_quotes_together():
    expression = "Patient.name.where(use='a|b') | (Person.name | Person.alias) | Resource.id"

    assert branches_for(expression, "Patient") == "Patient.name.where(use='a|b') | Resource.id"
    assert branches_for(expression, "Person") == "(Person.name | Person.alias) | Resource.id"


def test_compile_definitions_without_package_says_where_it_looked(tmp_path):
    with pytest.raises(UserError) as raised:
        compile_definitions(tmp_path / "none", tmp_path / "out")

    assert "none" in raised.value.message
    assert not (tmp_path / "out").exists()


def test_definitions_without_artefact_says_what_to_do(tmp_path):
    with pytest.raises(UserError) as raised:
        Definitions(tmp_path)

    assert raised.value.code == "definitions-missing"
