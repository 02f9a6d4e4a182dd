"""Questionnaire/$populate as SDC 3 has it: contexts, variables, queries, observations, calculations, groups."""

from functools import partial

import pytest

from ansinh.fhir.operations.forms import populating
from ansinh.fhir.validation import validate
from tests.support import questionnaires
from tests.support.questionnaires import LOINC, SDC, item

pytestmark = pytest.mark.django_db

VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
form = partial(questionnaires.form, version="1")


def expression(kind: str, text: str, language: str = "text/fhirpath", **more) -> dict:
    url = VARIABLE if kind == "variable" else f"{SDC}{kind}"
    return {"url": url, "valueExpression": {"language": language, "expression": text, **more}}


def query(kind: str, text: str, **more) -> dict:
    return expression(kind, text, "application/x-fhir-query", **more)


def initial(link: str, kind: str, text: str, **more) -> dict:
    return item(link, kind, expression("initialExpression", text), **more)


@pytest.fixture
def ask(doctor, stored):
    """Populates a form for the person; answers by linkId, and the response and issues."""

    def call(questionnaire, *contexts, caller=doctor, **more):
        listed = [
            {"name": "questionnaire", "resource": questionnaire},
            {"name": "subject", "valueReference": {"reference": f"Patient/{stored['id']}"}},
            *contexts,
        ]
        answer = caller.post("/Questionnaire/$populate", {"resourceType": "Parameters", "parameter": listed})
        assert answer.status_code == 200, answer.text
        found = {one["name"]: one["resource"] for one in answer.json["parameter"]}
        assert [one for one in validate(found["response"]) if one.severity == "error"] == []
        return found

    return call


def answers(found: dict) -> dict:
    """linkId → the values answered; groups are looked into."""
    kept: dict = {}

    def walk(items):
        for one in items:
            for given in one.get("answer", []):
                value = next(value for key, value in given.items() if key.startswith("value"))
                kept.setdefault(one["linkId"], []).append(value)
                walk(given.get("item", []))
            walk(one.get("item", []))

    walk(found["response"].get("item", []))
    return kept


def issues(found: dict) -> list[str]:
    return [one["details"]["text"] for one in found.get("issues", {}).get("issue", [])]


@pytest.fixture
def pulse(system, stored):
    """Two pulses of the person, and one that was withdrawn."""
    for day, number, status in (
        ("2026-10-01", 70, "final"),
        ("2026-11-01", 82, "final"),
        ("2026-11-02", 99, "entered-in-error"),
    ):
        system.create(
            {
                "resourceType": "Observation",
                "status": status,
                "code": {"coding": [{"system": LOINC, "code": "8867-4"}]},
                "subject": {"reference": f"Patient/{stored['id']}"},
                "effectiveDateTime": day,
                "valueQuantity": {
                    "value": number,
                    "unit": "/min",
                    "system": "http://unitsofmeasure.org",
                    "code": "/min",
                },
            }
        )


@pytest.mark.parametrize(
    ("question", "values"),
    [
        (initial("q", "string", "%patient.name.first().text"), ["Nguyễn Văn Mẫu"]),
        (initial("q", "string", "%subject.id.exists()"), ["true"]),
        (initial("q", "integer", "%patient.birthDate.toString().toInteger() + 1"), [1951]),
        (initial("q", "date", "%patient.birthDate"), ["1950"]),
        (initial("q", "boolean", "%patient.gender = 'male'"), [True]),
        (initial("q", "string", "%patient.name.given", repeats=True), ["Văn", "Mẫu"]),
        (initial("q", "quantity", "12.5 'kg'"), [{"value": 12.5, "unit": "kg"}]),
        (initial("q", "reference", "%patient.managingOrganization"), "organization"),
        (initial("q", "reference", "%patient"), "patient"),
        (
            initial(
                "q", "choice", "%patient.gender", answerValueSet="http://hl7.org/fhir/ValueSet/administrative-gender"
            ),
            [{"system": "http://hl7.org/fhir/administrative-gender", "code": "male", "display": "Male"}],
        ),
        (
            initial("q", "choice", "'m'", answerOption=[{"valueCoding": {"code": "m", "display": "Nam"}}]),
            [{"code": "m", "display": "Nam"}],
        ),
        (initial("q", "open-choice", "'tự ghi'", answerOption=[{"valueCoding": {"code": "m"}}]), ["tự ghi"]),
        (item("q", "string", initial=[{"valueString": "có sẵn"}]), ["có sẵn"]),
        (initial("q", "string", "%patient.multipleBirth", initial=[{"valueString": "thay"}]), ["thay"]),
        (initial("q", "string", "%qitem.text"), ["Câu q"]),
        (initial("q", "string", "%questionnaire.url"), ["http://example.org/form"]),
        (initial("q", "string", "%resource.status"), ["in-progress"]),
        (
            initial("q", "boolean", "%patient.gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')"),
            [True],
        ),
        (item("q", "string"), None),
        (item("q", "display"), None),
        (initial("q", "string", "%patient.managingOrganization.resolve().name"), ["Cơ sở A"]),
    ],
)
def test_populate_initial_expression_fits_the_type_of_the_question(ask, stored, question, values):
    found = ask(form(question))

    got = answers(found).get("q")
    expected = {"patient": f"Patient/{stored['id']}", "organization": stored["managingOrganization"]["reference"]}
    if isinstance(values, str):
        assert [one["reference"] for one in got] == [expected[values]]
    elif values and isinstance(values[0], dict) and "value" in values[0]:
        assert float(got[0]["value"]) == values[0]["value"]
    else:
        assert got == values
    assert issues(found) == []


@pytest.mark.parametrize(
    "question",
    [
        initial("q", "integer", "'mười'"),
        initial("q", "choice", "'x'", answerOption=[{"valueCoding": {"code": "m"}}]),
        initial("q", "string", "%patient.name.given"),
        initial("q", "string", "%nobody.name"),
        initial("q", "string", "(("),
        item("q", "string", expression("initialExpression", "1", "text/cql")),
        item("q", "string", query("initialExpression", "Nothing?x=1")),
        item("q", "string", query("initialExpression", "Patient?unheard-of=1")),
        item("q", "string", {"url": f"{SDC}initialExpression", "valueExpression": {"language": "text/fhirpath"}}),
    ],
)
def test_populate_what_cannot_be_filled_is_told_and_the_rest_goes_on(ask, question):
    found = ask(form(question, initial("other", "string", "'còn đây'")))

    assert answers(found)["other"] == ["còn đây"]
    assert len(answers(found).get("q", [])) <= 1
    assert len(issues(found)) == 1
    assert "issue" in found["issues"]


def test_populate_head_of_the_response(ask, stored):
    response = ask(form(initial("q", "string", "'x'")))["response"]

    assert response["questionnaire"] == "http://example.org/form|1"
    assert response["status"] == "in-progress"
    assert response["subject"] == {"reference": f"Patient/{stored['id']}"}


def test_populate_variables_and_queries_build_on_each_other(ask, pulse):
    found = ask(
        form(
            item(
                "group",
                "group",
                expression("variable", "%old.entry.resource.value.value.max()", name="highest"),
                item=[initial("highest", "decimal", "%highest"), initial("count", "integer", "%old.entry.count()")],
            ),
            extension=[
                expression("variable", "%patient.id", name="who"),
                query(
                    "variable",
                    "Observation?patient={{%who}}&code=http://loinc.org|8867-4&status=final&_sort=-date",
                    name="old",
                ),
                query("variable", "Observation?patient={{%patient.multipleBirth}}", name="nothing"),
            ],
        )
    )

    assert answers(found) == {"highest": [82], "count": [2]}
    assert issues(found) == []


def test_populate_source_queries_are_named_by_their_batch(ask, pulse, stored):
    batch = {
        "resourceType": "Bundle",
        "id": "known",
        "type": "batch",
        "entry": [
            {"request": {"method": "GET", "url": "Observation?patient={{%patient.id}}&_sort=-date&status=final"}},
            {"request": {"method": "GET", "url": "Patient/{{%patient.id}}"}},
        ],
    }
    found = ask(
        form(
            initial("newest", "decimal", "%known.entry[0].resource.entry[0].resource.value.value"),
            initial("gender", "string", "%known.entry[1].resource.gender"),
            extension=[{"url": f"{SDC}sourceQueries", "valueReference": {"reference": "#known"}}],
            contained=[batch],
        )
    )

    assert answers(found) == {"newest": [82], "gender": ["male"]}


def test_populate_group_repeats_for_each_item_of_its_context(ask, pulse):
    group = item(
        "pulse",
        "group",
        query("itemPopulationContext", "Observation?patient={{%patient.id}}&status=final&_sort=date", name="all"),
        repeats=True,
        item=[initial("value", "decimal", "%one.value.value", repeats=False)],
    )
    one = item(
        "each",
        "group",
        expression("itemPopulationContext", "%found.entry.resource", name="one"),
        repeats=True,
        item=[initial("value", "decimal", "%one.value.value"), initial("day", "dateTime", "%one.effective")],
    )
    variable = query("variable", "Observation?patient={{%patient.id}}&status=final&_sort=date", name="found")

    found = ask(form(one, extension=[variable]))

    groups = found["response"]["item"]
    assert [len(group["item"]) for group in groups] == [2, 2]
    assert answers(found) == {"value": [70, 82], "day": ["2026-10-01", "2026-11-01"]}
    assert "item" not in ask(form(group))["response"]


def test_populate_observation_link_takes_the_newest_within_the_period(ask, pulse, monkeypatch):
    def linked(days):
        period = {"url": f"{SDC}observationLinkPeriod", "valueDuration": {"value": days, "code": "d"}}
        return item("p", "quantity", period, code=[{"system": LOINC, "code": "8867-4"}])

    assert answers(ask(form(linked(36500))))["p"][0]["value"] == 82
    assert "p" not in answers(ask(form(linked(0))))
    assert "p" not in answers(ask(form(item("p", "quantity", code=[{"system": LOINC, "code": "8867-4"}]))))


def test_populate_calculated_answers_settle_and_keep_the_order_of_the_form(ask):
    total = "%resource.item.where(linkId = 'a').answer.value + %resource.item.where(linkId = 'b').answer.value"
    doubled = "%resource.item.where(linkId = 'sum').answer.value * 2"
    found = ask(
        form(
            item("double", "integer", expression("calculatedExpression", doubled)),
            initial("a", "integer", "3"),
            item("sum", "integer", expression("calculatedExpression", total)),
            initial("b", "integer", "4"),
            item("group", "group", item=[item("in", "integer", expression("calculatedExpression", "2 + 2"))]),
        )
    )  # fmt: skip

    assert [one["linkId"] for one in found["response"]["item"]] == ["double", "a", "sum", "b", "group"]
    assert answers(found) == {"double": [14], "a": [3], "sum": [7], "b": [4], "in": [4]}


def test_populate_calculations_in_a_circle_end_and_are_told(ask):
    more = "%resource.item.where(linkId = 'q').answer.value.first() + 1"
    found = ask(form(item("q", "integer", expression("calculatedExpression", f"iif(({more}).exists(), {more}, 0)"))))

    assert any("vòng quanh" in one for one in issues(found))


def test_populate_groups_within_groups_end_at_a_limit(ask, monkeypatch):
    monkeypatch.setattr(populating, "_MOST_ITEMS", 200)
    every = [expression("itemPopulationContext", "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10)", name="n")]
    nested = initial("leaf", "integer", "%n")
    for depth in range(5):
        nested = item(f"group{depth}", "group", *every, repeats=True, item=[nested])

    found = ask(form(nested))

    assert len(answers(found)["leaf"]) <= 200
    assert [text for text in issues(found) if "200" in text]


def test_populate_asks_a_bounded_number_of_queries(ask):
    queries = [query("variable", "Patient?_count=1", name=f"q{number}") for number in range(40)]

    assert any("30 lần" in text for text in issues(ask(form(initial("q", "string", "'x'"), extension=queries))))


def launched(name: str) -> dict:
    parts = [{"url": "name", "valueCoding": {"code": name}}, {"url": "type", "valueCode": "Practitioner"}]
    return {"url": f"{SDC}launchContext", "extension": parts}


def test_populate_launch_contexts_that_nobody_gave_are_empty(ask):
    asked = form(
        initial("user", "string", "%user.name.text"),
        initial("none", "boolean", "%study.exists()"),
        extension=[launched("user"), launched("study")],
    )

    assert answers(ask(asked)) == {"none": [False]}


@pytest.mark.parametrize(
    "extension",
    [
        {"url": f"{SDC}sourceQueries", "valueReference": {"reference": "#none"}},
        {"url": VARIABLE, "valueExpression": {"name": "x", "language": "text/fhirpath", "expression": "(("}},
        {"url": VARIABLE, "valueExpression": {"name": "x", "language": "text/fhirpath"}},
        query("variable", "Observation?code={{((}}", name="x"),
    ],
)
def test_populate_broken_names_are_told_and_the_rest_goes_on(ask, extension):
    found = ask(form(initial("q", "string", "'x'"), extension=[extension]))

    assert answers(found) == {"q": ["x"]}
    assert len(issues(found)) == 1


def test_populate_repeats_a_group_a_hundred_times_at_most(ask):
    many = expression("itemPopulationContext", "'" + "x," * 130 + "x'.split(',')", name="n")
    found = ask(form(item("g", "group", many, repeats=True, item=[initial("q", "string", "%n")])))

    assert len(found["response"]["item"]) == 100
    assert any("100 lần" in text for text in issues(found))


def test_populate_group_that_does_not_repeat_has_all_of_its_context(ask):
    every = expression("itemPopulationContext", "1 | 2 | 3", name="n")
    found = ask(form(item("g", "group", every, item=[initial("q", "integer", "%n.count()")])))

    assert answers(found) == {"q": [3]}


def test_populate_questions_under_an_answer_follow_it(ask):
    under = initial("under", "string", "'dưới'")
    found = ask(
        form(
            initial("yes", "boolean", "true", item=[under]),
            initial("no", "string", "{}", item=[{**under, "linkId": "hidden"}]),
        )
    )

    assert answers(found) == {"yes": [True], "under": ["dưới"]}


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ({"value": 100, "code": "a"}, 1),
        ({"value": 100, "unit": "year"}, 1),
        ({"value": 1, "code": "parsec"}, 0),
    ],
)
def test_populate_observation_link_reads_periods_or_passes_over(ask, pulse, period, found):
    link = {"url": f"{SDC}observationLinkPeriod", "valueDuration": period}

    made = ask(form(item("p", "decimal", link, code=[{"system": LOINC, "code": "8867-4"}])))

    assert len(answers(made)) == found


def test_populate_contexts_of_the_caller_are_names(ask, doctor, system, stored):
    visit = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"},
        "subject": {"reference": f"Patient/{stored['id']}"},
    }
    identity = system.create(visit).resource["id"]

    def context(name, **content):
        parts = [{"name": "name", "valueString": name}, {"name": "content", **content}]
        return {"name": "context", "part": parts}

    found = ask(
        form(initial("class", "string", "%encounter.class.code"), initial("extra", "string", "%extra.language")),
        context("encounter", valueReference={"reference": f"Encounter/{identity}"}),
        context("extra", resource={"resourceType": "Basic", "id": "x", "code": {"text": "y"}, "language": "vi"}),
    )

    assert answers(found)["class"] == ["HH"]
    assert found["response"]["encounter"] == {"reference": f"Encounter/{identity}"}


def test_populate_stored_form_by_address_and_by_canonical(doctor, system, stored):
    identity = system.create(form(initial("q", "string", "%patient.gender"))).resource["id"]
    subject = f"subject=Patient/{stored['id']}"

    for path in (
        f"/Questionnaire/{identity}/$populate?{subject}",
        f"/Questionnaire/$populate?canonical=http://example.org/form&{subject}",
        f"/Questionnaire/$populate?canonical=http://example.org/form|1&{subject}",
        f"/Questionnaire/$populate?questionnaireRef=Questionnaire/{identity}&{subject}",
    ):
        found = {one["name"]: one["resource"] for one in doctor.get(path).json["parameter"]}
        assert answers(found) == {"q": ["male"]}


def test_populate_reaches_no_further_than_the_caller(stranger, doctor, system, stored, units, pulse):
    counting = form(
        initial("n", "integer", "%all.entry.count()"), extension=[query("variable", "Observation", name="all")]
    )
    identity = system.create(counting).resource["id"]
    person = {"resourceType": "Patient", "name": [{"text": "Người B"}]}
    owner = {"managingOrganization": {"reference": f"Organization/{units['b']}"}}
    other = system.create(person | owner).resource["id"]

    def counted(caller, who):
        answer = caller.get(f"/Questionnaire/{identity}/$populate?subject=Patient/{who}")
        return answers({one["name"]: one["resource"] for one in answer.json["parameter"]})["n"]

    assert counted(doctor, stored["id"]) == [3]
    assert counted(stranger, other) == [0]
    assert stranger.get(f"/Questionnaire/{identity}/$populate?subject=Patient/{stored['id']}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("canonical=http://example.org/none&subject=Patient/1", 404),
        ("subject=Patient/1", 400),
        ("canonical=http://example.org/none", 404),
        ("questionnaireRef=nothing&subject=Patient/1", 400),
    ],
)
def test_populate_without_what_it_needs_is_refused(doctor, path, status):
    assert doctor.get(f"/Questionnaire/$populate?{path}").status_code == status
