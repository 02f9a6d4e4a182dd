"""How many FHIRPath evaluations one core does in a second, by shape of expression.

    python benchmarks/path.py            a table; exit code 1 when a search shape stays below the bar
    python benchmarks/path.py --json     one JSON object, for the ledger of results

The best of several rounds is taken: on a shared machine the others measure the neighbours.
"""

import json
import sys
from decimal import Decimal
from time import perf_counter

from ansinh.fhir.path import compile_path
from ansinh.fhir.views.reference import compile_view

BAR = 500_000
ROUNDS = 7
TURNS = 20_000

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1948-03",
    "name": [{"use": "official", "text": "Nguyễn Văn An", "family": "Nguyễn", "given": ["Văn", "An"]}],
    "telecom": [{"system": "phone", "value": "0912"}, {"system": "email", "value": "a@example.org"}],
    "identifier": [{"system": "https://ansinh.vn/fhir/id/cccd", "value": "0"}],
    "managingOrganization": {"reference": "Organization/o1"},
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "category": [{"coding": [{"system": "http://c", "code": "vital-signs"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2025-07-01T08:00:00+07:00",
    "valueQuantity": {"value": Decimal("61.5"), "unit": "kg", "code": "kg"},
}
SEARCH = {
    "member chain": ("Patient.name.family", PATIENT),
    "single member": ("Patient.birthDate", PATIENT),
    "filter": ("Patient.telecom.where(system='phone')", PATIENT),
    "reference of a type": ("Observation.subject.where(resolve() is Patient)", OBSERVATION),
    "choice": ("Observation.effective", OBSERVATION),
    "choice of a type": ("Observation.value.ofType(Quantity)", OBSERVATION),
    "union": ("(Observation.value as Quantity) | (Observation.value as SampledData)", OBSERVATION),
    "deep member": ("Observation.category.coding.code", OBSERVATION),
}
FULL = {
    "invariant": ("dataAbsentReason.empty() or value.empty()", OBSERVATION),
    "calculation": ("Observation.value.value * 2 > 100", OBSERVATION),
    "date": ("Patient.birthDate.lowBoundary() < @1950", PATIENT),
}
VIEW = {
    "resource": "Observation",
    "select": [
        {
            "column": [
                {"name": "id", "path": "getResourceKey()"},
                {"name": "patient_id", "path": "subject.getReferenceKey(Patient)"},
                {"name": "code", "path": "code.coding.where(system = 'http://loinc.org').code.first()"},
                {"name": "effective", "path": "effective.ofType(dateTime)"},
                {"name": "value", "path": "value.ofType(Quantity).value"},
            ]
        }
    ],
}


def per_second(call, argument) -> int:
    """Calls per second in the best round."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(TURNS):
            call(argument)
        best = min(best, perf_counter() - start)
    return int(TURNS / best)


def main() -> int:
    """Measure, print, and say by the exit code whether the bar holds."""
    search = {name: per_second(compile_path(text), resource) for name, (text, resource) in SEARCH.items()}
    full = {name: per_second(compile_path(text), resource) for name, (text, resource) in FULL.items()}
    view = {"view row of five columns": per_second(compile_view(VIEW).rows, OBSERVATION)}
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"search": search, "full": full, "view": view}, indent=1) + "\n")
    else:
        for name, value in (search | full | view).items():
            sys.stdout.write(f"{name:28}{value:>12,}/s\n")
    return 0 if min(search.values()) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
