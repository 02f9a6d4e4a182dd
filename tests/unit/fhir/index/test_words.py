"""Which words of a resource are found by `_text` and `_content`."""

from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.index import extract, numbers, words
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.index.values import WORDS
from ansinh.kernel.text import fold


def narrated(text: str) -> dict:
    return {"resourceType": "Patient", "id": "p", "text": {"status": "generated", "div": text}}


def test_a_narrative_is_read_without_its_markup():
    resource = narrated('<div xmlns="http://x"><p class="big">Đau&nbsp;lưng</p><br/>10&#160;năm</div>')

    assert words.of_narrative(resource) == ["dau", "lung", "10", "nam"]


def test_a_resource_without_narrative_has_no_words_of_it():
    assert words.of_narrative({"resourceType": "Patient"}) == []
    assert words.of_narrative({"resourceType": "Patient", "text": "x"}) == []
    assert words.of_narrative({"resourceType": "Patient", "text": {"div": 1}}) == []


def test_texts_are_found_wherever_a_person_wrote_them():
    resource = {
        "resourceType": "Observation",
        "id": "secret-id",
        "status": "final",
        "code": {"text": "Mạch", "coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart"}]},
        "subject": {"reference": "Patient/1", "display": "Ông Ba"},
        "valueQuantity": {"value": 1, "unit": "lần"},
        "note": [{"authorString": "Lan", "text": "Nghe rõ"}],
        "contained": [{"resourceType": "Patient", "name": [{"text": "Bảy"}]}],
        "extension": [{"url": "http://x", "valueString": "thêm"}],
        "_status": {"extension": [{"url": "http://x", "valueString": "ẩn"}]},
    }

    assert set(words.of_texts(resource)) == {"lan", "nghe", "ro", "bay", "them"}


def test_an_ordinary_observation_costs_no_rows_of_words():
    resource = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
        "subject": {"reference": "Patient/1"},
        "valueQuantity": {"value": 60, "unit": "/min"},
    }

    rows = extract(resource).tables["ix_token"]

    assert not any(number in parameters("Observation")["_content"].sources for number, _ in rows)


def test_each_word_has_one_row_and_no_name_in_the_dictionary():
    rows = extract(narrated("<div>một hai một</div>"))
    number = parameters("Patient")["_text"].number

    found = {tok for param, tok in rows.tables["ix_token"] if param == number}

    assert found == {numbers.token(WORDS, "mot"), numbers.token(WORDS, "hai")}
    assert not found & rows.tokens.keys()


def test_a_very_long_text_has_bounded_rows():
    resource = {"resourceType": "Patient", "name": [{"text": " ".join(f"w{number}" for number in range(9000))}]}

    assert len(words.of_texts(resource)) == words.MOST
    assert all(len(word) <= 60 for word in words.split("x" * 5000))


@given(st.text())
def test_words_are_folded_and_different(text):
    found = words.split(text)

    assert len(found) == len(set(found))
    assert all(fold(word) == word and " " not in word for word in found)
