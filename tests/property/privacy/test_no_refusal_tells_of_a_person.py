"""A canary sings in every place where a person's words can stand; no refusal of the engine may repeat its song.

Name, number and words of the canary are put into random places of resources, answers, patches, searches and cards that
are wrong in some way. Whatever the engine says of them (message, expression, field, every problem) is read: what is
wrong and where, never who.
"""

import copy
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.clinical.registry import rules
from ansinh.clinical.registry.cards import parse_card
from ansinh.fhir.model import json
from ansinh.fhir.path import evaluate
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.reference import run
from ansinh.fhir.transactions import fhirpath_patch, json_patch
from ansinh.fhir.validation import responses, validate
from ansinh.kernel.errors import UserError
from ansinh.kernel.text import fold
from tests.support.spoiling import places, spoiled

NAME, NUMBER, WORDS = "Quàng Thị Bồng Lai", "037150998877", "chóng mặt khi leo thang gác"
SONG = (NAME, fold(NAME), NUMBER, WORDS, fold(WORDS))
canaries = st.sampled_from(
    [NAME, NUMBER, WORDS, f"{NAME} {NUMBER}", NAME.upper(), f"<b>{NAME}</b>", f"{NUMBER}\n{WORDS}"]
)

PERSON: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"system": "https://ansinh.vn/fhir/id/cccd", "value": NUMBER}],
    "name": [{"use": "official", "text": NAME, "family": "Quàng", "given": ["Thị", "Bồng Lai"]}],
    "telecom": [{"system": "phone", "value": "0977123987"}],
    "gender": "female",
    "birthDate": "1950-05-17",
    "address": [{"text": "Xóm Mây Ngàn", "line": ["Xóm Mây Ngàn"]}],
    "contact": [{"name": {"text": NAME}, "relationship": [{"text": "con"}]}],
    "deceasedBoolean": False,
}
NOTE: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": WORDS}], "text": WORDS},
    "subject": {"reference": "Patient/p", "display": NAME},
    "effectiveDateTime": "2026-01-01T08:00:00+07:00",
    "valueQuantity": {"value": 150, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
    "note": [{"text": f"{NAME}: {WORDS}"}],
}
VISIT: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "subject": {"reference": "Patient/p", "display": NAME},
    "reasonCode": [{"text": WORDS}],
    "period": {"start": "2026-01-01T08:00:00+07:00"},
}
records = st.sampled_from([PERSON, NOTE, VISIT])


def told(error: UserError) -> str:
    """Everything that a refusal says."""
    parts = [error.message, error.field or "", error.code]
    parts += [part for one in error.problems for part in (one.message, one.expression, one.key, one.code)]
    return " ".join(parts)


def sings(text: str) -> list[str]:
    return [song for song in SONG if song in text or song in fold(text)]


def refusal(act, *args: Any, **more: Any) -> str:
    """What is said when it is refused; "" when it is not."""
    try:
        act(*args, **more)
    except UserError as error:
        return told(error)
    return ""


@st.composite
def wrong_records(draw) -> Any:
    """A record with the canary where something else should be, or as the name of an element."""
    record = draw(records)
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from([one for one in places(record) if one]))
        canary = draw(canaries)
        how = draw(st.sampled_from(["value", "list", "object", "key"]))
        if how == "key":
            holder_way = draw(st.sampled_from([one for one in places(record) if isinstance(at(record, one), dict)]))
            record = copy.deepcopy(record)
            at(record, holder_way)[canary] = draw(st.sampled_from(["x", 1, {}]))
        else:
            what = {"value": canary, "list": [canary], "object": {"text": canary, canary: 1}}[how]
            record = spoiled(record, way, what, "replace")
        if not isinstance(record, dict):
            return record
    return record


def at(record: Any, way: tuple) -> Any:
    for key in way:
        record = record[key]
    return record


@given(wrong_records())
@settings(max_examples=250)
def test_problems_of_a_record_say_what_and_where_and_never_who(record):
    found = validate(record)

    said = " ".join(f"{one.message} {one.expression} {one.key}" for one in found)
    assert sings(said) == []
    assert all(one.message.strip() for one in found)


@given(wrong_records(), st.integers(0, 400))
def test_bytes_that_cannot_be_read_are_refused_without_being_repeated(record, cut):
    body = json.dumps(record)

    assert sings(refusal(json.loads, body[:cut])) == []
    assert sings(refusal(json.loads, body + b"}")) == []
    assert sings(refusal(json.loads, body.replace(b'"', b"'", 3))) == []


@given(st.lists(canaries, min_size=1, max_size=3), records)
def test_patch_that_does_not_apply_is_refused_without_its_values(song, record):
    steps = [
        [{"op": "test", "path": "/gender", "value": song[0]}],
        [{"op": "replace", "path": f"/name/{song[0]}", "value": song[-1]}],
        [{"op": "add", "path": f"/{song[0]}/x", "value": song[-1]}],
        [{"op": song[0], "path": "/gender", "value": 1}],
        [{"op": "move", "from": f"/{song[0]}", "path": "/gender"}],
        song,
    ]
    operations = [
        {"name": "operation", "part": [{"name": "type", "valueCode": song[0]}]},
        {
            "name": "operation",
            "part": [
                {"name": "type", "valueCode": "replace"},
                {"name": "path", "valueString": f"Patient.name.where(text = '{song[0]}').nothing"},
                {"name": "value", "valueString": song[-1]},
            ],
        },
    ]

    assert [sings(refusal(json_patch.apply, record, one)) for one in steps] == [[]] * len(steps)
    for one in operations:
        assert sings(refusal(fhirpath_patch.apply, record, {"resourceType": "Parameters", "parameter": [one]})) == []


codes = st.sampled_from(
    ["birthdate", "name", "identifier", "gender", "_lastUpdated", "_count", "_sort", "general-practitioner"]
)
shapes = st.sampled_from(["{0}", "gt{0}", "{0}|{0}|{0}|{0}", "{0}$", ",", "{0},{0}", "\\{0}", "x:{0}"])


@given(st.lists(st.tuples(codes, shapes, canaries), min_size=1, max_size=3))
@settings(max_examples=200)
def test_search_that_cannot_be_read_names_its_parameter_and_not_its_value(asked):
    params = [(code, shape.format(canary)) for code, shape, canary in asked]

    assert sings(refusal(lambda: run(parse("Patient", params), [PERSON]))) == []


@given(canaries, st.sampled_from(["integer", "date", "decimal", "choice", "boolean", "time", "quantity", "reference"]))
def test_wrong_answer_is_named_by_its_question(song, kind):
    question = {"linkId": "1", "type": kind, "text": "Câu hỏi", "answerOption": [{"valueString": "có"}]}
    form = {"resourceType": "Questionnaire", "status": "active", "item": [question]}
    answers = [
        {"linkId": "1", "answer": [{"valueString": song}]},
        {"linkId": "1", "answer": [{"valueCoding": {"code": song, "display": song}}]},
        {"linkId": "1", "answer": [{song: song}]},
        {"linkId": "2", "text": song, "answer": [{"valueString": song}]},
    ]

    for answer in answers:
        response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [answer]}
        found = responses.validate(form, response)
        assert sings(" ".join(f"{one.message} {one.expression}" for one in found)) == []


READERS = (
    rules.full_name,
    rules.citizen_number,
    rules.old_citizen_number,
    rules.insurance_card,
    rules.phone,
    lambda text: rules.birth_date(text, date(2026, 1, 1)),
    lambda text: parse_card(text, date(2026, 1, 1)),
    lambda text: parse_card(f"{text}|{text}|{text}|{text}|{text}|{text}|{text}", date(2026, 1, 1)),
    lambda text: parse_card(f"{text}|{text}|{text}|{text}|{text}|{text}|{text}|{text}|{text}|$", date(2026, 1, 1)),
)


@given(canaries, st.sampled_from(READERS), st.text(max_size=4))
def test_what_was_typed_wrongly_is_not_read_out_again(song, reader, more):
    assert sings(refusal(reader, f"{song}{more}")) == []


EXPRESSIONS = st.sampled_from(
    ["name.single().given.single()", "name.text + 1", "birthDate + 1", "name.given.toInteger() + 'x'", "name.text > 1",
     "identifier.value.matches('(')", "name.text.substring('a')", "name.text & 1.power('x')",
     "contact.name.text.as(Coding)"]
)  # fmt: skip


@given(EXPRESSIONS)
def test_expression_that_fails_on_a_record_tells_of_itself_only(expression):
    assert sings(refusal(evaluate, expression, PERSON)) == []
