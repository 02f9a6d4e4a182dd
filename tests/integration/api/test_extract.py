"""QuestionnaireResponse/$extract as SDC 3 has it, three ways; what comes out is posted to our own door."""

import pytest

pytestmark = pytest.mark.django_db

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
LOINC = "http://loinc.org"
PATIENT = "http://hl7.org/fhir/StructureDefinition/Patient"
OBSERVATION = "http://hl7.org/fhir/StructureDefinition/Observation"
SURVEY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}]}
PERSON = {"resourceType": "Patient", "id": "t"}
NO_TEMPLATE = {"valueReference": {"reference": "#none"}}
UCUM = "http://unitsofmeasure.org"


def ext(name: str, **value) -> dict:
    parts = value.pop("parts", None)
    listed = {"extension": [{"url": url, **one} for url, one in parts]} if parts else {}
    return {"url": f"{SDC}{name}", **listed, **value}


def item(link: str, kind: str, *extensions, **more) -> dict:
    made = {"linkId": link, "text": f"Câu {link}", "type": kind, **more}
    return made | ({"extension": list(extensions)} if extensions else {})


def form(*items, extension=(), **more) -> dict:
    head = {"resourceType": "Questionnaire", "url": "http://example.org/form", "status": "active"}
    return head | ({"extension": list(extension)} if extension else {}) | {"item": list(items)} | more


def said(link: str, *values, **more) -> dict:
    keys = {str: "valueString", bool: "valueBoolean", int: "valueInteger", float: "valueDecimal"}
    answers = [value if isinstance(value, dict) else {keys[type(value)]: value} for value in values]
    return {"linkId": link, **({"answer": answers} if answers else {}), **more}


@pytest.fixture
def response(stored):
    """A response of the person with the given items."""

    def make(*items, **more) -> dict:
        head = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": "http://example.org/form",
            "status": "completed",
            "subject": {"reference": f"Patient/{stored['id']}"},
            "authored": "2026-11-20T08:30:00+07:00",
        }
        return head | ({"item": list(items)} if items else {}) | more

    return make


@pytest.fixture
def extract(node):
    """(the transaction, issues) of a form and a response."""

    def call(questionnaire, answers):
        listed = [
            {"name": "questionnaire-response", "resource": answers},
            {"name": "questionnaire", "resource": questionnaire},
        ]
        answer = node.post("/QuestionnaireResponse/$extract", {"resourceType": "Parameters", "parameter": listed})
        assert answer.status_code == 200, answer.text
        found = {one["name"]: one["resource"] for one in answer.json["parameter"]}
        return found["return"], [one["details"]["text"] for one in found.get("issues", {}).get("issue", [])]

    return call


@pytest.fixture
def post(node):
    """Stores a transaction through the door; the resources as they are stored, by type."""

    def call(bundle) -> dict[str, list[dict]]:
        answer = node.post("", bundle)
        assert answer.status_code == 200, answer.text
        stored: dict[str, list[dict]] = {}
        for entry in answer.json["entry"]:
            place = entry["response"]["location"].partition("/_history")[0].removeprefix("http://testserver/fhir")
            one = node.get(f"/{place.lstrip('/')}").json
            stored.setdefault(one["resourceType"], []).append(one)
        return stored

    return call


def resources(bundle, kind: str) -> list[dict]:
    return [one["resource"] for one in bundle.get("entry", []) if one["resource"]["resourceType"] == kind]


def code(value: str) -> list[dict]:
    return [{"system": LOINC, "code": value}]


def test_extract_observations_of_coded_questions_that_ask_for_it(extract, post, response, stored):
    unit = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"}
    unit |= {"valueCoding": {"system": UCUM, "code": "kg", "display": "kg"}}
    questionnaire = form(
        item(
            "group",
            "group",
            ext("observationExtract", valueBoolean=True),
            ext("observation-extract-category", valueCodeableConcept=SURVEY),
            item=[
                item("score", "integer", code=code("96761-2")),
                item("weight", "decimal", unit, code=code("29463-7")),
                item("yes", "boolean", code=code("11111-1")),
                item("day", "date", code=code("22222-2")),
                item("choice", "choice", code=code("33333-3"), repeats=True),
                item("left", "string", ext("observationExtract", valueBoolean=False), code=code("44444-4")),
                item("uncoded", "string"),
                item("file", "attachment", code=code("55555-5")),
            ],
        ),
        item("outside", "string", code=code("66666-6")),
    )
    choices = [{"valueCoding": {"system": "s", "code": one}} for one in "ab"]
    bundle, issues = extract(
        questionnaire,
        response(
            said(
                "group",
                item=[
                    said("score", 85),
                    said("weight", 61.5),
                    said("yes", False),
                    said("day", {"valueDate": "2026-01-02"}),
                    said("choice", *choices),
                    said("left", "x"),
                    said("uncoded", "y"),
                    said("file", {"valueAttachment": {"title": "z"}}),
                ],
            ),
            said("outside", "z"),
            id="r1",
        ),
    )

    found = resources(bundle, "Observation")
    by_code = {}
    for one in found:
        by_code.setdefault(one["code"]["coding"][0]["code"], []).append(one)
    assert {key: len(rows) for key, rows in by_code.items()} == {
        "96761-2": 1, "29463-7": 1, "11111-1": 1, "22222-2": 1, "33333-3": 2,
    }  # fmt: skip
    assert by_code["96761-2"][0]["valueInteger"] == 85
    assert by_code["29463-7"][0]["valueQuantity"] == {"value": 61.5, "unit": "kg", "system": UCUM, "code": "kg"}
    assert by_code["11111-1"][0]["valueBoolean"] is False
    assert by_code["22222-2"][0]["valueDateTime"] == "2026-01-02"
    assert [one["valueCodeableConcept"]["coding"][0]["code"] for one in by_code["33333-3"]] == ["a", "b"]
    assert {str(one["category"]) for one in found} == {str([SURVEY])}
    assert {one["effectiveDateTime"] for one in found} == {"2026-11-20T08:30:00+07:00"}
    assert {one["derivedFrom"][0]["reference"] for one in found} == {"QuestionnaireResponse/r1"}
    assert len(issues) == 1
    for one in found:
        del one["derivedFrom"]
    kept = post(bundle)["Observation"]
    assert {one["subject"]["reference"] for one in kept} == {f"Patient/{stored['id']}"}
    assert len(kept) == 6


def defined(path: str, of: str = PATIENT) -> dict:
    return {"definition": f"{of}#{path}"}


def value(path: str, of: str = PATIENT, by: str = "", **fixed) -> dict:
    expression = {"valueExpression": {"language": "text/fhirpath", "expression": by}}
    part = ("expression", expression) if by else ("fixed-value", fixed)
    return ext("definitionExtractValue", parts=[("definition", {"valueUri": f"{of}#{path}"}), part])


def asks(canonical: str, *parts) -> dict:
    return ext("definitionExtract", parts=[("definition", {"valueCanonical": canonical}), *parts])


def contact(link: str, kind: str) -> dict:
    fixed = value(f"Patient.telecom:{link}.system", valueCode=kind)
    return item(link, "string", fixed, **defined(f"Patient.telecom:{link}.value"))


def register(weight: str) -> dict:
    """A form of a person and their weights; `weight`: the element that a weight is."""
    kin = item(
        "kin",
        "group",
        repeats=True,
        **defined("Patient.contact"),
        item=[
            item("kin-name", "string", **defined("Patient.contact.name.text")),
            item("kin-role", "choice", **defined("Patient.contact.relationship")),
        ],
    )
    measure = item(
        "measure",
        "group",
        asks(OBSERVATION),
        value("Observation.status", OBSERVATION, valueCode="final"),
        value("Observation.code", OBSERVATION, valueCodeableConcept={"coding": code("29463-7")}),
        value("Observation.subject.reference", OBSERVATION, by="%NewPatient"),
        value("Observation.effective[x]", OBSERVATION, by="%resource.authored"),
        repeats=True,
        item=[item("weight", "decimal", **defined(weight, OBSERVATION))],
    )
    return form(
        item("family", "string", **defined("Patient.name.family")),
        item("given", "string", repeats=True, **defined("Patient.name.given")),
        item("sex", "choice", **defined("Patient.gender")),
        item("born", "date", **defined("Patient.birthDate")),
        contact("phone", "phone"),
        contact("mail", "email"),
        kin,
        measure,
        extension=[
            ext("extractAllocateId", valueString="NewPatient"),
            asks(PATIENT, ("fullUrl", {"valueString": "%NewPatient"})),
            value("Patient.active", valueBoolean=True),
        ],
    )


def registered(response, *weights, **more) -> dict:
    gender = {"valueCoding": {"system": "http://hl7.org/fhir/administrative-gender", "code": "female", "display": "Nữ"}}
    role = {"valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N"}}
    return response(
        said("family", "Trần"),
        said("given", "Thị", "Sáu"),
        said("sex", gender),
        said("born", {"valueDate": "1948-03-05"}),
        said("phone", "0912345678"),
        said("mail", "sau@example.org"),
        said("kin", item=[said("kin-name", "Lê Văn Bảy"), said("kin-role", role)]),
        said("kin", item=[said("kin-name", "Lê Thị Tám")]),
        *(said("measure", item=[said("weight", one)]) for one in weights),
        **more,
    )


def test_extract_by_definition_builds_the_resources_that_questions_name(extract, response):
    bundle, issues = extract(register("Observation.valueQuantity.value"), registered(response, 61.5, 60.0))

    person = resources(bundle, "Patient")[0]
    assert person == {
        "resourceType": "Patient",
        "active": True,
        "name": [{"family": "Trần", "given": ["Thị", "Sáu"]}],
        "gender": "female",
        "birthDate": "1948-03-05",
        "telecom": [
            {"system": "phone", "value": "0912345678"},
            {"system": "email", "value": "sau@example.org"},
        ],
        "contact": [
            {
                "name": {"text": "Lê Văn Bảy"},
                "relationship": [
                    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0131", "code": "N"}]}
                ],
            },
            {"name": {"text": "Lê Thị Tám"}},
        ],
    }
    assert [float(one["valueQuantity"]["value"]) for one in resources(bundle, "Observation")] == [61.5, 60.0]
    assert issues == []


def test_extract_by_definition_links_resources_and_is_stored_whole(extract, post, response):
    bundle, issues = extract(register("Observation.value[x]"), registered(response, 61.5, id="r1"))

    first = bundle["entry"][0]
    assert issues == []
    assert (first["request"], first["fullUrl"][:9]) == ({"method": "POST", "url": "Patient"}, "urn:uuid:")
    assert bundle["entry"][1]["resource"]["subject"]["reference"] == first["fullUrl"]
    assert bundle["entry"][1]["resource"]["valueQuantity"]["value"] == 61.5
    kept = post(bundle)
    assert kept["Observation"][0]["subject"]["reference"] == f"Patient/{kept['Patient'][0]['id']}"
    assert kept["Patient"][0]["gender"] == "female"


def test_extract_by_definition_of_an_id_updates(extract, response, stored):
    questionnaire = form(
        item("born", "date", **defined("Patient.birthDate")),
        extension=[asks(PATIENT, ("ifMatch", {"valueString": "'W/\"1\"'"})), value("Patient.id", by="%patient.id")],
    )
    bundle, issues = extract(questionnaire, response(said("born", {"valueDate": "1950-02-03"})))

    entry = bundle["entry"][0]
    assert issues == []
    assert entry["request"] == {"method": "PUT", "url": f"Patient/{stored['id']}", "ifMatch": 'W/"1"'}
    assert entry["resource"] == {"resourceType": "Patient", "birthDate": "1950-02-03", "id": stored["id"]}


@pytest.mark.parametrize(
    "questionnaire",
    [
        form(item("q", "string", **defined("Patient.birthday")), extension=[asks(PATIENT)]),
        form(item("q", "string", **defined("Patient.active")), extension=[asks(PATIENT)]),
        form(item("q", "string", asks("http://example.org/None"))),
        form(item("q", "string", value("Patient.active", valueBoolean=True))),
        form(item("q", "string", ext("templateExtract", parts=[("template", NO_TEMPLATE)]))),
        form(item("q", "string"), extension=[ext("templateExtractBundle", **NO_TEMPLATE)]),
    ],
)
def test_extract_what_cannot_be_done_is_told_and_the_rest_goes_on(extract, response, questionnaire):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    bundle, issues = extract(
        questionnaire | {"item": [*questionnaire["item"], coded]}, response(said("q", "x"), said("n", 1))
    )

    assert len(resources(bundle, "Observation")) == 1
    assert len(issues) == 1


def told(text: str) -> dict:
    return {"extension": [ext("templateExtractValue", valueString=text)]}


TEMPLATE = {
    "resourceType": "Patient",
    "id": "person",
    "active": True,
    "name": [
        {
            "extension": [ext("templateExtractContext", valueString="item.where(linkId = 'name')")],
            "use": "official",
            "_text": told("item.where(linkId = 'given').answer.value.first() + ' ' + answer.value.first()"),
            "_family": told("answer.value"),
        }
    ],
    "telecom": [
        {
            "extension": [ext("templateExtractContext", valueString="item.where(linkId = 'phone').answer.value")],
            "system": "phone",
            "_value": told("$this"),
        }
    ],
    "_gender": told("item.where(linkId = 'sex').answer.value.code"),
    "_birthDate": told("item.where(linkId = 'born').answer.value"),
    "maritalStatus": {"coding": [{**told("item.where(linkId = 'married').answer.value")}]},
}
OBSERVED = {
    "resourceType": "Observation",
    "id": "measured",
    "status": "final",
    "code": {"coding": code("29463-7")},
    "subject": {"_reference": told("%NewPatient")},
    "_effectiveDateTime": told("%resource.authored"),
    "valueQuantity": {"_value": told("answer.value"), "unit": "kg", "system": UCUM, "code": "kg"},
}
TEMPLATED = form(
    item("name", "string"),
    item("phone", "string", repeats=True),
    item("sex", "choice"),
    item("born", "date"),
    item("married", "choice"),
    item(
        "weight",
        "decimal",
        ext("templateExtract", parts=[("template", {"valueReference": {"reference": "#measured"}})]),
    ),
    contained=[TEMPLATE, OBSERVED],
    extension=[
        ext("extractAllocateId", valueString="NewPatient"),
        ext(
            "templateExtract",
            parts=[
                ("template", {"valueReference": {"reference": "#person"}}),
                ("fullUrl", {"valueString": "%NewPatient"}),
                ("ifNoneExist", {"valueString": "'phone=' + item.where(linkId = 'phone').answer.value.first()"}),
            ],
        ),
    ],
)


def test_extract_by_template_fills_what_was_answered_and_leaves_out_the_rest(extract, response):
    sex = {"valueCoding": {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"}}
    bundle, issues = extract(
        TEMPLATED,
        response(
            said("name", "Trần"), said("phone", "0912000001", "0912000002"), said("sex", sex), said("weight", 61.5)
        ),
    )

    person, observed = (one["resource"] for one in bundle["entry"])
    assert person == {
        "resourceType": "Patient",
        "active": True,
        "name": [{"use": "official", "family": "Trần"}],
        "telecom": [{"system": "phone", "value": "0912000001"}, {"system": "phone", "value": "0912000002"}],
        "gender": "male",
    }
    assert observed["valueQuantity"] == {"value": 61.5, "unit": "kg", "system": UCUM, "code": "kg"}
    assert observed["effectiveDateTime"] == "2026-11-20T08:30:00+07:00"
    assert bundle["entry"][0]["request"] == {"method": "POST", "url": "Patient", "ifNoneExist": "phone=0912000001"}
    assert issues == []


def test_extract_by_template_is_stored_whole_and_once(extract, post, response):
    answers = response(said("name", "Trần"), said("phone", "0912000001"), said("weight", 61.5))
    kept = post(extract(TEMPLATED, answers)[0])
    again = post(extract(TEMPLATED, answers)[0])

    assert kept["Observation"][0]["subject"]["reference"] == f"Patient/{kept['Patient'][0]['id']}"
    assert again["Patient"][0]["id"] == kept["Patient"][0]["id"]


def test_extract_bundle_template_gives_its_entries(extract, post, response):
    whole = {
        "resourceType": "Bundle",
        "id": "all",
        "type": "transaction",
        "entry": [
            {
                "_fullUrl": told("%NewPatient"),
                "resource": {
                    "resourceType": "Patient",
                    "name": [{"_text": told("item.where(linkId = 'name').answer.value")}],
                },
                "request": {"method": "POST", "url": "Patient"},
            },
            {
                "extension": [ext("templateExtractContext", valueString="item.where(linkId = 'phone')")],
                "resource": {"resourceType": "Basic", "code": {"text": "điện thoại"}},
                "request": {"method": "POST", "url": "Basic"},
            },
        ],
    }
    questionnaire = form(
        item("name", "string"),
        item("phone", "string"),
        contained=[whole],
        extension=[
            ext("extractAllocateId", valueString="%NewPatient"),
            ext("templateExtractBundle", valueReference={"reference": "#all"}),
        ],
    )
    bundle, issues = extract(questionnaire, response(said("name", "Trần")))

    assert [one["resource"]["resourceType"] for one in bundle["entry"]] == ["Patient"]
    assert issues == []
    assert post(bundle)["Patient"][0]["name"] == [{"text": "Trần"}]


def test_extract_template_that_grows_without_end_stops_at_a_limit(extract, response):
    every = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10)"
    nested: dict = {"url": "leaf", "valueInteger": 1}
    for depth in range(5):
        grown = ext("templateExtractContext", valueString=every)
        nested = {"url": f"level{depth}", "extension": [grown, nested]}
    template = {"resourceType": "Basic", "id": "basic", "code": {"text": "x"}, "extension": [nested]}
    rule = ext("templateExtract", parts=[("template", {"valueReference": {"reference": "#basic"}})])

    bundle, issues = extract(form(item("q", "string"), contained=[template], extension=[rule]), response())

    assert str(bundle).count("leaf") <= 5000
    assert [text for text in issues if "5000" in text]


def test_extract_variables_and_resource_ids_of_templates(extract, response, stored):
    template = {"resourceType": "Patient", "id": "t", "_birthDate": told("%born"), "_gender": told("%patient.gender")}
    rule = [("template", {"valueReference": {"reference": "#t"}}), ("resourceId", {"valueString": "%patient.id"})]
    variable = {
        "url": "http://hl7.org/fhir/StructureDefinition/variable",
        "valueExpression": {"name": "born", "language": "text/fhirpath", "expression": "item.answer.value"},
    }
    questionnaire = form(
        item("born", "date"), contained=[template], extension=[variable, ext("templateExtract", parts=rule)]
    )

    bundle, issues = extract(questionnaire, response(said("born", {"valueDate": "1950-02-03"})))

    assert bundle["entry"][0]["request"] == {"method": "PUT", "url": f"Patient/{stored['id']}"}
    assert bundle["entry"][0]["resource"] == {
        "resourceType": "Patient", "id": stored["id"], "birthDate": "1950-02-03", "gender": "male",
    }  # fmt: skip
    assert issues == []


@pytest.mark.parametrize(
    ("element", "kept"),
    [
        ({"_birthDate": told("%patient")}, {}),
        ({"_birthDate": told("((")}, {}),
        ({"_birthDate": {"extension": [{"url": "http://example.org/other", "valueString": "x"}]}}, "as it is"),
        ({"name": [{"text": "A"}, {"_text": told("{}")}]}, {"name": [{"text": "A"}]}),
        ({"contact": [{"name": told("%patient.name.first()")}]}, "complex"),
        ({"active": True, "contact": [{"gender": "male", "_gender": told("{}")}]}, {"active": True}),
    ],
)
def test_extract_template_elements_one_by_one(extract, response, element, kept):
    rule = ext("templateExtract", parts=[("template", {"valueReference": {"reference": "#t"}})])
    bundle, _ = extract(form(item("q", "string"), contained=[PERSON | element], extension=[rule]), response())

    made = {key: one for key, one in bundle["entry"][0]["resource"].items() if key != "resourceType"}
    if kept == "complex":
        assert made["contact"][0]["name"]["text"] == "Nguyễn Văn Mẫu"
    else:
        assert made == (element if kept == "as it is" else kept)


def test_extract_response_amended_by_a_person_says_so(extract, response):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    author = {"reference": "Practitioner/1"}
    bundle, _ = extract(form(coded), response(said("n", 1), status="amended", author=author))

    observed = resources(bundle, "Observation")[0]
    assert (observed["status"], observed["performer"]) == ("amended", [author])


def test_extract_definitions_of_profiles_name_the_profile(extract, response):
    vital = "http://hl7.org/fhir/StructureDefinition/vitalsigns"
    questionnaire = form(
        item("w", "quantity", **defined("Observation.value[x]", vital)),
        extension=[asks(vital), value("Observation.status", vital, valueCode="final")],
    )
    bundle, issues = extract(questionnaire, response(said("w", {"valueQuantity": {"value": 60, "unit": "kg"}})))

    assert bundle["entry"][0]["resource"] == {
        "resourceType": "Observation",
        "meta": {"profile": [vital]},
        "status": "final",
        "valueQuantity": {"value": 60, "unit": "kg"},
    }
    assert issues == []


def test_extract_of_a_stored_response_finds_its_form(node, doctor, stranger, system, response):
    coded = item("n", "integer", ext("observationExtract", valueBoolean=True), code=code("96761-2"))
    system.create(form(coded))
    identity = system.create(response(said("n", 7))).resource["id"]
    path = f"/QuestionnaireResponse/{identity}/$extract"

    bundle = doctor.get(path).json["parameter"][0]["resource"]
    assert resources(bundle, "Observation")[0]["valueInteger"] == 7
    assert resources(bundle, "Observation")[0]["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{identity}"}]
    assert stranger.get(path).status_code == 404
    assert doctor.post("", bundle).status_code == 200


def test_extract_form_that_asks_for_nothing_gives_an_empty_transaction(extract, response):
    assert extract(form(item("q", "string")), response(said("q", "x"))) == (
        {"resourceType": "Bundle", "type": "transaction"},
        [],
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"resourceType": "Parameters"}, 400),
        ({"resourceType": "Patient"}, 400),
        ({"resourceType": "QuestionnaireResponse", "status": "completed"}, 400),
        ({"resourceType": "QuestionnaireResponse", "questionnaire": "http://example.org/none"}, 404),
    ],
)
def test_extract_without_what_it_needs_is_refused(doctor, body, status):
    assert doctor.post("/QuestionnaireResponse/$extract", body).status_code == status
