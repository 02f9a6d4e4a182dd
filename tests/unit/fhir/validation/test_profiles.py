"""Profiles: blood pressure and vital signs of the standard, and small ones made here."""

import pytest

from ansinh.fhir.model.definitions import Binding, Constraint, Element, Slicing, Structure, TypeRef, definitions
from ansinh.fhir.validation import validate

BP = "http://hl7.org/fhir/StructureDefinition/bp"


def profile(url, elements, kind="Patient"):
    """Register a small profile whose snapshot holds only these elements."""
    root = Element(path=kind, id=kind, min=0, max=None)
    structure = Structure(
        url=url, name=url.rpartition("/")[2], type=kind, kind="resource", abstract=False, derivation="constraint",
        base=f"http://hl7.org/fhir/StructureDefinition/{kind}", version="1", title="", context=(),
        elements=(root, *elements),
    )  # fmt: skip
    definitions().add_structures([structure])
    return url


def element(path, *, id="", low=0, high=None, types=(), base="", **more):
    return Element(
        path=path, id=id or path, min=low, max=high, types=tuple(TypeRef(code) for code in types),
        base_path=base or path, **more,
    )  # fmt: skip


def test_sound_blood_pressure_fits_its_profile(samples, errors_of):
    assert errors_of(samples.OBSERVATION, profiles=[BP]) == set()


@pytest.mark.parametrize(
    ("break_it", "key"),
    [
        (lambda ob: ob.update(category=[{"text": "khác"}]), "slice-min"),
        (lambda ob: ob["code"]["coding"][0].update(code="8867-4"), "slice-min"),
        (lambda ob: ob["component"].pop(), "profile-min"),
        (lambda ob: ob["component"][0]["code"]["coding"][0].update(code="9999-9"), "slice-min"),
        (lambda ob: ob["component"].append(ob["component"][0]), "slice-max"),
        (lambda ob: ob["component"][0]["valueQuantity"].update(code="kPa"), "profile-fixed"),
        (lambda ob: ob.pop("subject"), "profile-min"),
        (lambda ob: ob.update(valueString="130/80"), "profile-value-type"),
    ],
)
def test_broken_blood_pressure_is_refused_by_its_profile(samples, errors_of, break_it, key):
    observation = samples.copy_of(samples.OBSERVATION)
    break_it(observation)

    keys = {found for found, _ in errors_of(observation, profiles=[BP])}

    assert errors_of(observation) == set()
    assert keys & {key, "slice-max", "slice-closed", "profile-max"}


def test_profile_named_in_meta_is_checked(samples, errors_of):
    broken = samples.copy_of(samples.OBSERVATION, meta={"profile": [BP]}, component=..., valueInteger=1)

    assert errors_of(broken)


def test_unknown_profile_warns_when_claimed_and_refuses_when_asked(samples):
    claimed = validate(samples.copy_of(samples.PATIENT, meta={"profile": ["http://example.org/p"]}))
    asked = validate(samples.PATIENT, profiles=["http://example.org/p"])

    assert [problem.severity for problem in claimed] == ["warning"]
    assert [problem.severity for problem in asked] == ["error"]


def test_profile_of_another_type_is_refused(samples, errors_of):
    assert errors_of(samples.PATIENT, profiles=[BP]) == {("profile-type", "Patient.meta.profile")}


def test_number_of_values(samples, errors_of):
    url = profile(
        "http://example.org/counts",
        [element("Patient.name", low=2, types=["HumanName"]), element("Patient.photo", high=0, types=["Attachment"])],
    )

    assert errors_of(samples.PATIENT, profiles=[url]) == {("profile-min", "Patient.name")}
    more = samples.copy_of(samples.PATIENT, name=[{"text": "A"}, {"text": "B"}], photo=[{"title": "x"}])
    assert errors_of(more, profiles=[url]) == {("profile-max", "Patient.photo")}


def test_fixed_value_pattern_and_length(samples, errors_of):
    url = profile(
        "http://example.org/values",
        [
            element("Patient.gender", types=["code"], fixed="male", high=1),
            element("Patient.identifier", types=["Identifier"], pattern={"system": "http://example.org/a"}),
            element("Patient.name", types=["HumanName"]),
            element("Patient.name.text", types=["string"], high=1, max_length=3),
        ],
    )

    assert errors_of(samples.PATIENT, profiles=[url]) == {
        ("profile-fixed", "Patient.gender"),
        ("profile-pattern", "Patient.identifier[0]"),
        ("profile-length", "Patient.name[0].text"),
    }


def test_narrower_choice_binding_and_rule(samples, errors_of):
    required = Binding("required", "http://hl7.org/fhir/ValueSet/name-use")
    url = profile(
        "http://example.org/narrower",
        [
            element("Patient.multipleBirth[x]", types=["boolean"], high=1),
            element("Patient.language", types=["code"], high=1, binding=required),
            element(
                "Patient.name", types=["HumanName"],
                constraints=(Constraint("x-1", "error", "no family", "family.empty()"),),
            ),
        ],
    )  # fmt: skip
    patient = samples.copy_of(samples.PATIENT, language="vi")

    assert errors_of(patient, profiles=[url]) == {
        ("profile-value-type", "Patient.multipleBirth"),
        ("binding-required", "Patient.language"),
        ("x-1", "Patient.name[0]"),
    }


def slices(rules="open", low=1):
    return [
        element("Patient.identifier", types=["Identifier"], slicing=Slicing((("value", "system"),), rules, False)),
        element("Patient.identifier", id="Patient.identifier:a", low=low, high=1, types=["Identifier"], slice_name="a"),
        element(
            "Patient.identifier.system", id="Patient.identifier:a.system", low=1, high=1, types=["uri"],
            fixed="http://example.org/a", base="Identifier.system",
        ),
        element(
            "Patient.identifier.value", id="Patient.identifier:a.value", low=1, high=1, types=["string"],
            base="Identifier.value",
        ),
    ]  # fmt: skip


def test_slices_by_value(samples, errors_of):
    url = profile("http://example.org/slices", slices())

    def errors(*identifiers):
        return errors_of(samples.copy_of(samples.PATIENT, identifier=list(identifiers)), profiles=[url])

    a, b = {"system": "http://example.org/a", "value": "1"}, {"system": "http://example.org/b", "value": "1"}
    assert errors(a) == errors(a, b) == errors(b, a) == set()
    assert errors(b) == {("slice-min", "Patient.identifier")}
    assert errors(a, a) == {("slice-max", "Patient.identifier")}
    assert errors({"system": "http://example.org/a"}) == {("profile-min", "Patient.identifier[0].value")}


def test_closed_slicing_takes_nothing_else(samples, errors_of):
    url = profile("http://example.org/closed", slices("closed", 0))

    assert errors_of(samples.PATIENT, profiles=[url]) == {("slice-closed", "Patient.identifier[0]")}


def test_slicing_that_needs_another_resource_is_left_alone(samples, errors_of):
    url = profile(
        "http://example.org/undecided",
        [
            element(
                "Patient.generalPractitioner", types=["Reference"],
                slicing=Slicing((("profile", "resolve()"),), "closed", False),
            ),
            element(
                "Patient.generalPractitioner", id="Patient.generalPractitioner:a", low=1, types=["Reference"],
                slice_name="a",
            ),
        ],
    )  # fmt: skip

    assert errors_of(samples.PATIENT, profiles=[url]) == set()


def test_slices_by_presence(samples, errors_of):
    url = profile(
        "http://example.org/presence",
        [
            element("Patient.name", types=["HumanName"], slicing=Slicing((("exists", "family"),), "open", False)),
            element("Patient.name", id="Patient.name:full", low=1, types=["HumanName"], slice_name="full"),
            element("Patient.name.family", id="Patient.name:full.family", low=1, high=1, types=["string"]),
        ],
    )

    assert errors_of(samples.PATIENT, profiles=[url]) == set()
    nameless = samples.copy_of(samples.PATIENT, name=[{"text": "Y Bhin"}])
    assert errors_of(nameless, profiles=[url]) == {("slice-min", "Patient.name")}


def test_simple_quantity_has_no_comparator(samples, errors_of):
    low = {"value": 1, "comparator": "<"}
    broken = samples.copy_of(samples.OBSERVATION, referenceRange=[{"low": low}])

    assert errors_of(broken)


def value_slices(*pieces):
    """`Observation.value[x]` sliced by type."""
    return [
        element(
            "Observation.value[x]", types=["Quantity", "string"], slicing=Slicing((("type", "$this"),), "closed", False)
        ),
        *pieces,
    ]


def test_slices_by_type_of_a_choice(samples, errors_of):
    text = element(
        "Observation.value[x]", id="Observation.value[x]:valueString", low=1, high=1, types=["string"],
        slice_name="valueString", max_length=3,
    )  # fmt: skip
    url = profile("http://example.org/by-type", value_slices(text), kind="Observation")

    def errors(**value):
        return errors_of(samples.copy_of(samples.OBSERVATION, component=..., **value), profiles=[url])

    assert errors(valueString="abc") == set()
    assert errors(valueString="abcd") == {("profile-length", "Observation.value")}
    assert errors(valueQuantity={"value": 1}) == {
        ("slice-min", "Observation.value"),
        ("slice-closed", "Observation.value"),
    }


def extension_definition(url):
    """Register an extension whose value is a code of at most three letters."""
    root = Element(path="Extension", id="Extension", min=0, max=None)
    parts = (
        root,
        element("Extension.url", low=1, high=1, types=["uri"], fixed=url),
        element("Extension.value[x]", low=1, high=1, types=["code"], max_length=3),
    )
    definitions().add_structures([
        Structure(
            url=url, name="x", type="Extension", kind="complex-type", abstract=False, derivation="constraint",
            base="http://hl7.org/fhir/StructureDefinition/Extension", version="1", title="", context=(),
            elements=parts,
        )
    ])  # fmt: skip
    return url


def test_slices_of_extensions_follow_the_definition_of_each(samples, errors_of):
    extension = extension_definition("http://example.org/ethnicity")
    url = profile(
        "http://example.org/with-extension",
        [
            element("Patient.extension", types=["Extension"], slicing=Slicing((("value", "url"),), "open", False)),
            Element(
                path="Patient.extension", id="Patient.extension:e", min=1, max=1, slice_name="e",
                types=(TypeRef("Extension", profiles=(extension,)),), base_path="DomainResource.extension",
            ),
        ],
    )  # fmt: skip

    def errors(*extensions):
        return errors_of(samples.copy_of(samples.PATIENT, extension=list(extensions)), profiles=[url])

    assert errors({"url": extension, "valueCode": "01"}) == set()
    assert errors({"url": extension, "valueCode": "0001"}) == {("profile-length", "Patient.extension[0].value")}
    assert errors({"url": extension, "valueString": "x"}) == {("profile-value-type", "Patient.extension[0].value")}
    assert errors({"url": "http://example.org/other", "valueCode": "01"}) == {("slice-min", "Patient.extension")}


def test_slices_by_pattern_and_by_binding(samples, errors_of):
    pattern = {"coding": [{"system": "http://example.org", "code": "a"}]}
    bound = Binding("required", "http://hl7.org/fhir/ValueSet/observation-category")
    kind = {"types": ["CodeableConcept"], "base": "Observation.category"}
    by_pattern = profile(
        "http://example.org/by-pattern",
        [
            element("Observation.category", slicing=Slicing((("pattern", "$this"),), "open", False), **kind),
            element(
                "Observation.category", id="Observation.category:a", low=1, slice_name="a", pattern=pattern, **kind
            ),
        ],
        kind="Observation",
    )
    by_binding = profile(
        "http://example.org/by-binding",
        [
            element("Observation.category", slicing=Slicing((("value", "$this"),), "open", False), **kind),
            element("Observation.category", id="Observation.category:b", high=1, slice_name="b", binding=bound, **kind),
        ],
        kind="Observation",
    )
    ours = {"coding": [{"system": "http://example.org", "code": "a", "display": "A"}]}
    theirs = samples.OBSERVATION["category"][0]

    def errors(url, *categories):
        return errors_of(samples.copy_of(samples.OBSERVATION, category=list(categories)), profiles=[url])

    assert errors(by_pattern, theirs, ours) == set()
    assert errors(by_pattern, theirs) == {("slice-min", "Observation.category")}
    assert errors(by_binding, theirs, ours) == set()
    assert errors(by_binding, theirs, theirs) == {("slice-max", "Observation.category")}


def test_smallest_and_largest_number(samples, errors_of):
    url = profile(
        "http://example.org/limits",
        [element("Patient.multipleBirth[x]", types=["integer", "boolean"], high=1, minimum=2, maximum=5)],
    )

    def errors(number):
        return {
            key for key, _ in errors_of(samples.copy_of(samples.PATIENT, multipleBirthInteger=number), profiles=[url])
        }

    assert (errors(1), errors(2), errors(5), errors(6)) == ({"profile-minimum"}, set(), set(), {"profile-maximum"})


def test_narrower_reference_target(samples, errors_of):
    narrow = TypeRef("Reference", targets=("http://hl7.org/fhir/StructureDefinition/Organization",))
    url = profile(
        "http://example.org/targets",
        [
            Element(
                path="Patient.generalPractitioner", id="Patient.generalPractitioner", min=0, max=None,
                types=(narrow,), base_path="Patient.generalPractitioner",
            )
        ],
    )  # fmt: skip
    patient = samples.copy_of(samples.PATIENT, generalPractitioner=[{"reference": "Practitioner/x"}])

    assert errors_of(patient) == set()
    assert errors_of(patient, profiles=[url]) == {("ref-target", "Patient.generalPractitioner[0].reference")}


@pytest.mark.parametrize(
    ("value", "fixed", "verdict"),
    [
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": [1], "b": 2}, {"a": [1]}, False),
        ([1, 2], [1], False),
        (True, 1, False),
        (1, True, False),
        ("1", 1, False),
        (None, "x", False),
        (1.0, 1, True),
    ],
)
def test_fixed_values_agree_exactly(value, fixed, verdict):
    from ansinh.fhir.validation.parts import same

    assert same(value, fixed) is verdict


@pytest.mark.parametrize(
    ("value", "pattern", "verdict"),
    [
        ({"a": [1, 2], "b": 2}, {"a": [2]}, True),
        ({"a": [1]}, {"a": [2]}, False),
        ([], {"a": 1}, False),
        ({"a": 1}, [1], False),
    ],
)
def test_patterns_agree_when_included(value, pattern, verdict):
    from ansinh.fhir.validation.parts import includes

    assert includes(value, pattern) is verdict


ORGANIZATION = "http://hl7.org/fhir/StructureDefinition/Organization"
PRACTITIONER = "http://hl7.org/fhir/StructureDefinition/Practitioner"


def doctors(kind, path, targets, name):
    """A Patient's doctors sliced by what they are; the slice `a` is wanted once."""
    discriminator = Slicing(((kind, path),), "open", False)
    pointing = (TypeRef("Reference", targets=targets),)
    return profile(
        f"http://example.org/{name}",
        [
            element("Patient.generalPractitioner", types=["Reference"], slicing=discriminator),
            Element(
                path="Patient.generalPractitioner", id="Patient.generalPractitioner:a", min=1, max=1, slice_name="a",
                types=pointing, base_path="Patient.generalPractitioner",
            ),
        ],
    )  # fmt: skip


def cared_for(*references, contained=()):
    held = {"contained": list(contained)} if contained else {}
    return {"resourceType": "Patient", **held, "generalPractitioner": [{"reference": one} for one in references]}


def test_slices_by_the_type_of_what_a_reference_names(errors_of):
    url = doctors("type", "resolve()", (ORGANIZATION,), "by-target-type")
    missing = {("slice-min", "Patient.generalPractitioner")}
    inner = {"resourceType": "Organization", "id": "o", "name": "Cơ sở"}

    assert errors_of(cared_for("Practitioner/a", "Organization/b"), profiles=[url]) == set()
    assert errors_of(cared_for("#o", contained=[inner]), profiles=[url]) == set()
    assert errors_of(cared_for("Practitioner/a"), profiles=[url]) == missing
    assert errors_of(cared_for("Organization/a", "Organization/b"), profiles=[url]) == {
        ("slice-max", "Patient.generalPractitioner")
    }
    # A urn says no type: nothing is known of where it belongs.
    assert errors_of(cared_for("urn:uuid:0d6a7d3c-0000-4000-8000-000000000001"), profiles=[url]) == set()


def test_slices_by_the_profile_of_what_a_reference_names(errors_of):
    named = profile(
        "http://example.org/named", [element("Organization.alias", low=1, types=["string"])], kind="Organization"
    )
    url = doctors("profile", "resolve()", (named,), "by-target-profile")
    plain = {"resourceType": "Organization", "id": "o", "name": "Cơ sở"}

    assert errors_of(cared_for("#o", contained=[plain | {"alias": ["CS"]}]), profiles=[url]) == set()
    assert errors_of(cared_for("#o", contained=[plain]), profiles=[url]) == {
        ("slice-min", "Patient.generalPractitioner")
    }
    assert errors_of(cared_for("Practitioner/a"), profiles=[url]) == {("slice-min", "Patient.generalPractitioner")}
    # What is not here could have the profile or not.
    assert errors_of(cared_for("Organization/a"), profiles=[url]) == set()


def test_slices_by_the_profile_of_a_value(errors_of):
    simple = "http://hl7.org/fhir/StructureDefinition/SimpleQuantity"
    by_profile = Slicing((("profile", "$this"),), "closed", False)
    whole = profile(
        "http://example.org/by-quantity-profile",
        [
            element("Observation.value[x]", types=["Quantity"], slicing=by_profile),
            Element(
                path="Observation.value[x]", id="Observation.value[x]:simple", min=0, max=1, slice_name="simple",
                types=(TypeRef("Quantity", profiles=(simple,)),), base_path="Observation.value[x]",
            ),
        ],
        kind="Observation",
    )  # fmt: skip

    def errors(**quantity):
        plain = {"resourceType": "Observation", "status": "final", "code": {"text": "A"}}
        return errors_of(plain | {"valueQuantity": quantity}, profiles=[whole])

    assert errors(value=1) == set()
    assert errors(value=1, comparator="<") == {("slice-closed", "Observation.value")}


def test_slices_by_the_type_of_an_element_below(errors_of):
    by_type, part = Slicing((("type", "value"),), "open", False), {"types": ["BackboneElement"]}
    url = profile(
        "http://example.org/by-inner-type",
        [
            element("Observation.component", slicing=by_type, **part),
            element("Observation.component", id="Observation.component:text", low=1, slice_name="text", **part),
            element("Observation.component.value[x]", id="Observation.component:text.value[x]", types=["string"]),
        ],
        kind="Observation",
    )  # fmt: skip

    def errors(**value):
        part = {"code": {"text": "B"}} | value
        return errors_of(
            {"resourceType": "Observation", "status": "final", "code": {"text": "A"}, "component": [part]},
            profiles=[url],
        )

    assert errors(valueString="x") == set()
    assert errors(valueQuantity={"value": 1}) == {("slice-min", "Observation.component")}
