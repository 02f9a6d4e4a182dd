"""The official FHIRPath suite for R4, with a ledger of what is known to differ."""

from pathlib import Path

import yaml

from ansinh.fhir.model import json
from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.path.functions.conversion import to_string
from ansinh.fhir.path.nodes import system_value, type_of

LEDGER = Path(__file__).with_name("fhirpath_ledger.yaml")


def shown(item) -> tuple[str, str]:
    """(type, value) as the suite writes them; it marks dates with @ and times with @T."""
    value = system_value(item)
    text = to_string(value)
    name = type_of(item)[1]
    return name[:1].lower() + name[1:], (text if text is not None else str(value)).lstrip("@T")


def difference(case: dict, resource: dict) -> str:
    """What went otherwise than the suite says, "" when nothing did."""
    try:
        found = compile_path(case["expression"]).items(resource, strict=case["mode"] == "strict")
    except PathError as error:
        return "" if case["invalid"] else f"error: {error.message}"
    if case["invalid"]:
        return f"should be refused ({case['invalid']})"
    if case["predicate"]:
        found = [bool(found)]
    expected = case["outputs"] or []
    given = [shown(item) for item in found]
    same = len(given) == len(expected) and all(
        want["value"] in (None, "") or value == want["value"].lstrip("@T")
        for (_, value), want in zip(given, expected, strict=True)
    )
    typed = same and all(
        not want["type"] or kind == want["type"][:1].lower() + want["type"][1:]
        for (kind, _), want in zip(given, expected, strict=True)
    )
    return "" if typed else f"gave {given}, expected {expected}"


def test_fhirpath_official_suite_passes_except_for_the_ledger(official, score):
    suite = json.loads(official("fhirpath-r4/tests.json").read_bytes())
    ledger = {entry["name"] for entry in yaml.safe_load(LEDGER.read_text(encoding="utf-8"))}

    failures = {}
    for case in suite["tests"]:
        found = difference(case, suite["inputs"].get(case["input"], {}))
        if found:
            failures[case["name"]] = f"{case['expression']}: {found}"

    score("FHIRPath", len(suite["tests"]) - len(failures), len(suite["tests"]))
    assert len(suite["tests"]) == 935
    assert {name: why for name, why in failures.items() if name not in ledger} == {}
    assert ledger - failures.keys() == set(), "these pass now; take them out of the ledger"


def test_fhirpath_ledger_gives_a_reason_for_each_entry():
    entries = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))

    assert all(len(entry["reason"]) > 20 for entry in entries)
    assert len({entry["name"] for entry in entries}) == len(entries)
