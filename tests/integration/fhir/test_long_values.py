"""Texts longer than an index row can hold: they are kept whole, and found by the whole of them."""

import random

import pytest

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

# Of four thousand different signs, so that no database can squeeze it.
LONG = "".join(chr(random.Random(1942).randrange(0x4E00, 0x9FFF)) for _ in range(4000))
PARTS = [
    ({"identifier": [{"value": LONG, "system": "s"}]}, [("identifier", LONG), ("identifier", f"s|{LONG}")]),
    ({"name": [{"text": LONG}]}, [("name", LONG[:200]), ("name:exact", LONG), ("phonetic:missing", "true")]),
    ({"meta": {"source": f"https://x/{LONG}"}}, [("_source", f"https://x/{LONG}"), ("_source:below", "https://x/")]),
    ({"meta": {"tag": [{"system": LONG, "code": LONG}]}}, [("_tag", f"{LONG}|{LONG}"), ("_tag", f"{LONG}|")]),
    ({"telecom": [{"system": "phone", "value": LONG}]}, [("phone", LONG), ("_content", LONG)]),
]


@pytest.mark.parametrize(("part", "asked"), PARTS, ids=[next(iter(one[0])) for one in PARTS])
def test_a_very_long_value_is_kept_and_found(part, asked):
    repository = Repository(system_context(), validate=False)
    repository.save({"resourceType": "Patient", "id": "long", **part})

    for one in asked:
        assert [each["id"] for each in search(repository, "Patient", [one, ("_id", "long")]).resources] == ["long"]
    other = [(code, f"{value[:-1]}x") for code, value in asked[:1] if code != "name"]
    for one in other:
        assert search(repository, "Patient", [one, ("_id", "long")]).resources == []


def test_a_very_long_code_beside_a_very_long_text_is_found():
    repository = Repository(system_context(), validate=False)
    code = {"text": LONG, "coding": [{"system": "s", "code": LONG}]}
    note = {"resourceType": "Observation", "id": "long", "status": "final", "code": code, "valueString": LONG}
    repository.save(note)

    for asked in [("code", LONG), ("code-value-string", f"{LONG}${LONG[:50]}"), ("code:text", LONG[:50])]:
        assert search(repository, "Observation", [asked, ("_id", "long")]).resources, asked[0]
    assert repository.read("Observation", "long")["valueString"] == LONG
