"""What each shipped role may do, as one table: whoever changes a role file sees here what it opens.

done: it is. refused: the role may not (403). hidden: as if it did not exist (404). invalid: the writer cannot reach it.
"""

from collections.abc import Callable

import pytest

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db

ROLES = ("lan", "binh", "mai", "cuc", "officer", "leader", "admin")


@pytest.fixture
def record(world, system):
    """A person with an observation at A and one at B, and what a province writes about itself."""
    for name, unit in (("a", world.a), ("b", world.b)):
        owner = {"reference": f"Organization/{unit}"}
        system.update({"resourceType": "Patient", "id": f"p-{name}", "managingOrganization": owner})
        system.update(observation(f"o-{name}", f"p-{name}"))
    for name, unit in (("a", world.a), ("b", world.b), ("province", world.province)):
        system.update(report(f"r-{name}", unit))
    return world


def observation(fhir_id: str, person: str) -> dict:
    code = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}
    subject = {"reference": f"Patient/{person}"}
    return {"resourceType": "Observation", "id": fhir_id, "status": "final", "code": code, "subject": subject}


def report(fhir_id: str, unit: str) -> dict:
    owner = {"reference": f"Organization/{unit}"}
    return {
        "resourceType": "MeasureReport", "id": fhir_id, "status": "complete", "type": "summary",
        "measure": "https://ansinh.vn/fhir/Measure/visits", "subject": owner, "reporter": owner,
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
    }  # fmt: skip


def a_person(unit: str) -> dict:
    return {"resourceType": "Patient", "managingOrganization": {"reference": f"Organization/{unit}"}}


CODES = {"resourceType": "CodeSystem", "status": "draft", "content": "complete"}

# What is done: (repository, world) -> anything. The result is judged by the error alone.
DEEDS: dict[str, Callable] = {
    "read a person of A": lambda r, w: r.read("Patient", "p-a"),
    "read a person of B": lambda r, w: r.read("Patient", "p-b"),
    "read an observation of A": lambda r, w: r.read("Observation", "o-a"),
    "history of a person of A": lambda r, w: r.history("Patient", "p-a"),
    "register a person at A": lambda r, w: r.create(a_person(w.a)),
    "register a person at B": lambda r, w: r.create(a_person(w.b)),
    "correct a person of A": lambda r, w: r.update(a_person(w.a) | {"id": "p-a", "gender": "female"}),
    "take a person of A to B": lambda r, w: r.update(a_person(w.b) | {"id": "p-a"}),
    "take a person of B to A": lambda r, w: r.update(a_person(w.a) | {"id": "p-b"}),
    "delete a person of A": lambda r, w: r.delete("Patient", "p-a"),
    "observe a person of A": lambda r, w: r.create(observation("x", "p-a")),
    "observe a person of B": lambda r, w: r.create(observation("x", "p-b")),
    "change an organisation": lambda r, w: r.update({**r.read("Organization", w.b), "alias": ["x"]}),
    "read a code list": lambda r, w: search(r, "CodeSystem", [("_count", "1")]),
    "change a code list": lambda r, w: r.create(CODES),
    "read figures of A": lambda r, w: r.read("MeasureReport", "r-a"),
    "read figures of B": lambda r, w: r.read("MeasureReport", "r-b"),
    "read figures of the province": lambda r, w: r.read("MeasureReport", "r-province"),
    "settle figures of the province": lambda r, w: r.update(report("r-province", w.province)),
    "search people": lambda r, w: search(r, "Patient", []),
    "read the audit": lambda r, w: search(r, "AuditEvent", []),
}

D, R, H, V = "done", "refused", "hidden", "invalid"
TABLE = {
    #                                 nurse A  doctor A  manager A  nurse B  officer  leader  admin
    "read a person of A":             (D,      D,        D,         H,       R,       R,      R),
    "read a person of B":             (H,      H,        H,         D,       R,       R,      R),
    "read an observation of A":       (D,      D,        D,         H,       R,       R,      R),
    "history of a person of A":       (D,      D,        D,         H,       R,       R,      R),
    "register a person at A":         (D,      D,        D,         R,       R,       R,      R),
    "register a person at B":         (R,      R,        R,         D,       R,       R,      R),
    "correct a person of A":          (D,      D,        D,         H,       R,       R,      R),
    "take a person of A to B":        (R,      R,        R,         H,       R,       R,      R),
    "take a person of B to A":        (H,      H,        H,         R,       R,       R,      R),
    "delete a person of A":           (R,      R,        R,         R,       R,       R,      R),
    "observe a person of A":          (D,      D,        D,         V,       R,       R,      R),
    "observe a person of B":          (V,      V,        V,         D,       R,       R,      R),
    "change an organisation":         (R,      R,        R,         R,       R,       R,      D),
    "read a code list":               (D,      D,        D,         D,       D,       D,      D),
    "change a code list":             (R,      R,        R,         R,       R,       R,      D),
    "read figures of A":              (R,      R,        D,         R,       D,       D,      D),
    "read figures of B":              (R,      R,        H,         R,       D,       D,      D),
    "read figures of the province":   (R,      R,        H,         R,       D,       D,      D),
    "settle figures of the province": (R,      R,        R,         R,       D,       D,      R),
    "search people":                  (D,      D,        D,         D,       R,       R,      R),
    "read the audit":                 (R,      R,        D,         R,       R,       R,      R),
}  # fmt: skip


def outcome(deed: Callable, context: Context, world) -> str:
    try:
        deed(Repository(context), world)
    except Refused:
        return R
    except NotFound:
        return H
    except Invalid:
        return V
    return D


@pytest.mark.parametrize("deed", DEEDS)
def test_role_may_do_what_the_table_says(record, request, deed):
    contexts = [request.getfixturevalue(name) for name in ROLES]

    done = [outcome(DEEDS[deed], context, record) for context in contexts]

    assert dict(zip(ROLES, done, strict=True)) == dict(zip(ROLES, TABLE[deed], strict=True))


def test_table_speaks_of_every_deed():
    assert TABLE.keys() == DEEDS.keys()
