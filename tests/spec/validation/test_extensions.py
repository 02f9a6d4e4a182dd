"""Extensions that FHIR defines: where they may stand, what they hold, and that unknown ones are left alone."""

import pytest

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.elements import Element, Structure
from ansinh.fhir.validation import validate

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def keys(resource):
    return sorted({problem.key for problem in validate(resource) if problem.severity == "error"})


def ext(name, **value):
    return [{"url": HL7 + name, **value}]


def patient(**more):
    return {"resourceType": "Patient", **more}


def questionnaire(item):
    return {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "string"} | item]}


PLACE = ext("patient-birthPlace", valueAddress={"city": "Ninh Bình"})
TIME = ext("patient-birthTime", valueDateTime="1950-02-28T07:00:00+07:00")
MAIDEN = ext("patient-mothersMaidenName", valueString="Trần")
OWN_NAME = ext("humanname-own-name", valueString="Nguyễn")
HIDDEN = ext("questionnaire-hidden", valueBoolean=True)
ABSENT = ext("data-absent-reason", valueCode="unknown")

# What is said, about which resource.
SPEC = {
    "a place of birth on a Patient": ([], patient(extension=PLACE)),
    "a place of birth on a name": (["ext-context"], patient(name=[{"text": "A", "extension": PLACE}])),
    "a place of birth on another resource": (
        ["ext-context"], {"resourceType": "Organization", "name": "A", "extension": PLACE},
    ),
    "a place of birth with a text": (["profile-value-type"], patient(extension=ext("patient-birthPlace",
        valueString="A"))),
    "a time of birth on the birth date": ([], patient(birthDate="1950-02-28", _birthDate={"extension": TIME})),
    "a time of birth on the Patient": (["ext-context"], patient(extension=TIME)),
    "a time of birth on a text": (
        ["ext-context"], patient(name=[{"family": "A", "_family": {"extension": TIME}}]),
    ),
    "a part of a family name on it": ([], patient(name=[{"family": "A", "_family": {"extension": OWN_NAME}}])),
    "the same on a contact's name": (
        [], patient(contact=[{"name": {"family": "A", "_family": {"extension": OWN_NAME}}}]),
    ),
    "the same on a given name": (
        ["ext-context"], patient(name=[{"given": ["A"], "_given": [{"extension": OWN_NAME}]}]),
    ),
    "one that may stand anywhere": ([], patient(birthDate="1950", _birthDate={"extension": ABSENT},
        name=[{"extension": ABSENT}])),
    "one that may stand anywhere with a code that is none": (
        ["binding-required"], patient(name=[{"extension": ext("data-absent-reason", valueCode="lost")}]),
    ),
    "hidden on an item": ([], questionnaire({"extension": HIDDEN})),
    "hidden on an item of an item": (
        [], questionnaire({"type": "group", "item": [{"linkId": "2", "type": "string", "extension": HIDDEN}]}),
    ),
    "hidden on the form": (["ext-context"], questionnaire({}) | {"extension": HIDDEN}),
    "in a contained resource, rightly": (
        [], patient(contained=[patient(id="c", extension=MAIDEN)], link=[{"other": {"reference": "#c"},
            "type": "seealso"}]),
    ),
    "in a contained resource, wrongly": (
        ["ext-context"],
        patient(
            contained=[{"resourceType": "Organization", "id": "c", "name": "A", "extension": MAIDEN}],
            managingOrganization={"reference": "#c"},
        ),
    ),
    "in an entry of a Bundle, rightly": (
        [], {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:x:1",
            "resource": patient(extension=MAIDEN)}]},
    ),
    "in an entry of a Bundle, wrongly": (
        ["ext-context"],
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": "urn:x:1", "resource": {"resourceType": "Basic", "code": {"text": "A"},
                "extension": MAIDEN}}],
        },
    ),
    "one that does not modify, among those that do": (["ext-modifier"], patient(modifierExtension=MAIDEN)),
    "a profile that is no extension": (["ext-definition"], patient(extension=ext("vitalsigns", valueString="A"))),
    "one that nobody here knows": ([], patient(extension=[{"url": "http://example.org/unknown", "valueString": "A"}])),
    "a complex one with a value of its own": (
        ["profile-max"], patient(extension=ext("patient-citizenship", valueString="VN")),
    ),
    "a complex one": (
        [], patient(extension=ext("patient-citizenship", extension=[{"url": "code",
            "valueCodeableConcept": {"text": "VN"}}])),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SPEC)
def test_extension_is_judged_by_its_definition(case):
    expected, resource = SPEC[case]

    assert keys(resource) == expected


# Contexts of an own extension, and where it is put: does it belong there?
CONTEXTS = {
    "an element that a FHIRPath selects": (("Patient.name.where(use = 'official')",), ("name", 0), True),
    "an element that it does not select": (("Patient.name.where(use = 'official')",), ("name", 1), False),
    "a primitive that a FHIRPath selects": (("Patient.name.first().family.where(true)",), ("name", 0, "_family"), True),
    "a primitive that it does not select": (("Patient.name[1].family",), ("name", 0, "_family"), False),
    "a FHIRPath that cannot be run": (("Patient.name.where(",), ("name", 0), True),
    "one of two contexts": (("Organization", "Patient.name[0]"), ("name", 0), True),
    "an extension named by its URL": (("http://example.org/outer",), ("extension", 0), True),
    "another extension": (("http://example.org/other",), ("extension", 0), False),
    "any extension": (("Extension",), ("extension", 0), True),
    "an element, within an extension": (("Patient",), ("extension", 0), False),
    "a part of a complex extension": (("http://example.org/outer#part",), ("extension", 0, "extension", 0), True),
    "another part of it": (("http://example.org/outer#other",), ("extension", 0, "extension", 0), False),
    "an extension's URL, on an element": (("http://example.org/outer",), ("name", 0), False),
    "anywhere": (("Element",), ("extension", 0, "extension", 0), True),
    "nowhere in particular": ((), ("name", 0), True),
}


def holder():
    part = {"url": "part", "extension": []}
    return patient(
        extension=[{"url": "http://example.org/outer", "extension": [part]}],
        name=[{"use": "official", "family": "A", "_family": {}}, {"use": "usual", "family": "B"}],
    )


@pytest.mark.parametrize("case", CONTEXTS)
def test_context_is_a_path_a_url_or_an_expression(case):
    contexts, steps, expected = CONTEXTS[case]
    url = "http://example.org/" + case.replace(" ", "-")
    root = Element(path="Extension", id="Extension", min=0, max=None)
    definitions().add_structures([
        Structure(
            url=url, name="Own", type="Extension", kind="complex-type", abstract=False, derivation="constraint",
            base="http://hl7.org/fhir/StructureDefinition/Extension", version="1", title="", context=contexts,
            elements=(root,),
        )
    ])  # fmt: skip
    resource = place = holder()
    for step in steps:
        place = place[step]
    place.setdefault("extension", []).append({"url": url, "valueBoolean": True})

    found = "ext-context" not in keys(resource)

    assert found == expected
    if steps[0] == "name":  # the same within a Bundle
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}
        assert ("ext-context" not in keys(bundle)) == expected


QUESTIONNAIRE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/questionnaire-"
# Of the standard: contextInvariant of an extension of a question, a question, does it hold there?
RULES = {
    "a unit, of a decimal": ("unit", {"valueCoding": {"code": "kg"}}, {"type": "decimal"}, True),
    "a unit, of a text": ("unit", {"valueCoding": {"code": "kg"}}, {"type": "string"}, False),
    "a unit option, of a quantity": ("unitOption", {"valueCoding": {"code": "kg"}}, {"type": "quantity"}, True),
    "a unit option, of a decimal": ("unitOption", {"valueCoding": {"code": "kg"}}, {"type": "decimal"}, False),
    "a kind of target, of a reference": ("referenceResource", {"valueCode": "Patient"}, {"type": "reference"}, True),
    "a kind of target, of a date": ("referenceResource", {"valueCode": "Patient"}, {"type": "date"}, False),
    "at least two, of what repeats": ("minOccurs", {"valueInteger": 2}, {"type": "date", "required": True}, True),
    "at least two, of what may be left": ("minOccurs", {"valueInteger": 2}, {"type": "date", "required": False}, False),
    "at least none, of what may be left": ("minOccurs", {"valueInteger": 0}, {"type": "date", "required": False}, True),
    "at least two, of what says nothing of it": ("minOccurs", {"valueInteger": 2}, {"type": "date"}, True),
    "at least none, of a display": ("minOccurs", {"valueInteger": 0}, {"type": "display"}, False),
}  # fmt: skip


@pytest.mark.parametrize("nested", [False, True], ids=["on an item", "on an item within an item"])
@pytest.mark.parametrize("case", RULES)
def test_rules_about_the_holder_are_asked_of_it(case, nested):
    name, value, question, expected = RULES[case]
    extension = {"url": f"{QUESTIONNAIRE_EXTENSION}{name}", **value}
    asked = {"linkId": "1", "text": "Câu", **question, "extension": [extension]}
    items = [{"linkId": "g", "type": "group", "item": [asked]}] if nested else [asked]
    form = {"resourceType": "Questionnaire", "status": "draft", "item": items}

    assert ("ext-invariant" not in keys(form)) == expected
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": form}]}
    assert ("ext-invariant" not in keys(bundle)) == expected


OWN_RULES = {
    "one that says no": ("family = 'B'", False),
    "one that says yes": ("family = 'A' and use.exists()", True),
    "one that says nothing": ("period.start > today()", True),
    "one that looks at the extension": ("%extension.valueBoolean", True),
    "one that looks at the extension, and says no": ("%extension.valueBoolean.not()", False),
    "one that looks at the resource": ("%resource.name.count() = 2", True),
    "one that looks at the resource, and says no": ("%resource.name.count() = 3", False),
    "one that cannot be read": ("family = (", True),
    "one that cannot be run": ("%resource.name.single().exists()", True),
}


@pytest.mark.parametrize("case", OWN_RULES)
def test_rule_that_cannot_say_no_is_not_held_against_anyone(case):
    rule, expected = OWN_RULES[case]
    url = "http://example.org/rule-" + case.replace(" ", "-").replace(",", "")
    root = Element(path="Extension", id="Extension", min=0, max=None)
    definitions().add_structures([
        Structure(
            url=url, name="Own", type="Extension", kind="complex-type", abstract=False, derivation="constraint",
            base="http://hl7.org/fhir/StructureDefinition/Extension", version="1", title="", context=("HumanName",),
            elements=(root,), context_rules=(rule,),
        )
    ])  # fmt: skip
    resource = holder()
    resource["name"][0]["extension"] = [{"url": url, "valueBoolean": True}]

    assert ("ext-invariant" not in keys(resource)) == expected
