"""Reports of single lines name the file, the line and the place, never a value."""

from ansinh.fhir.bulk import reporting
from ansinh.fhir.bulk.sources import Source
from ansinh.fhir.model import json
from ansinh.fhir.validation import validate
from ansinh.kernel.errors import Problem


def test_refusal_holds_every_problem_with_file_line_and_path():
    problems = [Problem("value", "Sai.", "Patient.birthDate"), Problem("required", "Thiếu.")]

    outcome = json.loads(reporting.refusal(Source("/x/Patient.ndjson", "Patient.ndjson", 1), 7, problems))

    assert [(one["code"], one["diagnostics"], one.get("expression")) for one in outcome["issue"]] == [
        ("value", "Patient.ndjson:7", ["Patient.birthDate"]),
        ("required", "Patient.ndjson:7", None),
    ]
    assert "/x/" not in str(outcome)


def test_reports_are_resources_that_the_standard_accepts():
    refusal = reporting.refusal(Source("", "Patient.ndjson", 1), 7, [Problem("value", "Sai.", "Patient.birthDate")])
    warning = reporting.warning({"file": "a.ndjson", "line": 3, "type": "Encounter", "id": "e"})

    assert [validate(json.loads(each)) for each in (refusal, warning)] == [[], []]
    assert json.loads(warning)["issue"][0]["severity"] == "warning"
