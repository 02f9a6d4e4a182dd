"""The server's side of the table that the browser's form component runs as well."""

import json
from pathlib import Path

import pytest

from ansinh.fhir.validation.responses.enabling import Scope, is_enabled

CASES = json.loads((Path(__file__).parent / "enable_when.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_question_is_asked_as_the_table_says(case):
    item = {"linkId": "b", "type": "string", "enableWhen": case.get("when", [])}
    if "behavior" in case:
        item["enableBehavior"] = case["behavior"]
    scopes = [Scope(frozenset(level["defines"]), level["given"]) for level in case["scopes"]]

    assert is_enabled(item, scopes) is case["asked"]
