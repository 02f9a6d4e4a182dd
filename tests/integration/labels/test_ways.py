"""A sensitive record does not exist for who has no right to its label: by no way, in no count."""

import pytest

from ansinh.fhir.bulk import snapshot
from ansinh.fhir.bulk.narrowing import Narrowing
from ansinh.fhir.search import search, search_compartment, search_types
from ansinh.fhir.search.histories import history
from ansinh.fhir.search.labels import labels as labels_in_use
from ansinh.fhir.store import Repository, Wanted
from ansinh.fhir.views import tables
from ansinh.kernel.errors import NotFound
from tests.support.fhir_door import FhirClient

from .conftest import finding

pytestmark = pytest.mark.django_db


def ids(found) -> set[str]:
    return {one["id"] for one in found}


def listed(page) -> set[str]:
    return ids(page.resources) | ids(page.included)


# How somebody looks → what of {plain, hidden, p1} is told
WAYS = {
    "search": lambda r: listed(search(r, "Condition", [("patient", "p1")])),
    "search by its code": lambda r: listed(search(r, "Condition", [("code", "B20")])),
    "search by its label": lambda r: listed(search(r, "Condition", [("_security", "HIV")])),
    "search by its id": lambda r: listed(search(r, "Condition", [("_id", "hidden,plain")])),
    "search by not": lambda r: listed(search(r, "Condition", [("code:not", "I10")])),
    "search by missing": lambda r: listed(search(r, "Condition", [("onset-date:missing", "true")])),
    "search sorted": lambda r: listed(search(r, "Condition", [("_sort", "-_lastUpdated")])),
    "search types": lambda r: listed(search_types(r, [("_type", "Condition,Patient"), ("_id", "hidden")])),
    "compartment": lambda r: listed(search_compartment(r, "p1", "Condition", [])),
    "compartment of all": lambda r: listed(search_compartment(r, "p1", "*", [("_type", "Condition")])),
    "chain through it": lambda r: listed(search(r, "Encounter", [("reason-reference:Condition.code", "B20")])),
    "has": lambda r: listed(search(r, "Patient", [("_has:Condition:patient:code", "B20")])),
    "revinclude": lambda r: listed(search(r, "Patient", [("_id", "p1"), ("_revinclude", "Condition:patient")])),
    "include": lambda r: listed(search(r, "Encounter", [("_include", "Encounter:reason-reference")])),
    "total": lambda r: {str(search(r, "Condition", [("patient", "p1"), ("_total", "accurate")]).total)},
    "count": lambda r: {str(search(r, "Condition", [("patient", "p1"), ("_summary", "count")]).total)},
    "export": lambda r: _exported(r, snapshot.current),
    "export of what changed": lambda r: _exported(r, snapshot.changed),
    "several at once": lambda r: set(r.read_many("Condition", ["plain", "hidden"])),
    "find": lambda r: ids([one for one in (r.find("Condition", "hidden"),) if one]),
    "existence": lambda r: {str(r.exists("Condition", "hidden"))},
    "history of a type": lambda r: {one.id for one in history(r, Wanted("Condition"), []).events},
    "count of history": lambda r: {str(r.count_changes(Wanted("Condition")))},
    "labels in use": lambda r: {one["code"] for one in labels_in_use(r, "Condition").get("security", [])},
    "live view": lambda r: {
        row["id"] for row in tables.rows(r.context, "SELECT c.id FROM view_condition c WHERE {reach:c}")
    },
    "count of a live view": lambda r: {
        str(row["n"]) for row in tables.rows(r.context, "SELECT count(*) AS n FROM view_condition c WHERE {reach:c}")
    },
    "live view as it was": lambda r: {
        row["id"]
        for row in tables.rows(
            r.context,
            f"{tables.as_of(['condition'], _last())} SELECT c.id FROM condition c WHERE {{reach:c}}",
        )
    },
}


def _exported(repository: Repository, read) -> set[str]:
    page = read(repository.context, Narrowing("Condition"), until=_last(), after=0, limit=100)
    return {one for one, _ in page.records} if page else set()


def _last() -> int:
    from ansinh.fhir.store import journal

    return journal.position()


@pytest.fixture
def both(people, system):
    """A contact whose reason is the hidden finding."""
    system.update(
        {
            "resourceType": "Encounter",
            "id": "e1",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "reasonReference": [{"reference": "Condition/hidden"}],
        }
    )
    return people


@pytest.mark.parametrize("way", WAYS)
def test_by_no_way_a_sensitive_record_is_told_to_who_has_no_right(both, system, lan, binh, way):
    with_it, without = WAYS[way](Repository(binh)), WAYS[way](Repository(lan))
    system.delete("Condition", "hidden")
    never = WAYS[way](Repository(lan))

    assert with_it != without
    # What is told is what would be told were it not there: also no count gives it away.
    assert without == never


@pytest.mark.parametrize(
    "deed",
    [
        lambda r: r.read("Condition", "hidden"),
        lambda r: r.vread("Condition", "hidden", 1),
        lambda r: r.history("Condition", "hidden"),
        lambda r: r.update(finding("hidden", "I10")),
        lambda r: r.update({**finding("hidden", "I10"), "note": [{"text": "x"}]}, if_match=9),
    ],
    ids=["read", "version", "history", "update", "stale update"],
)
def test_sensitive_record_is_not_found_by_its_id(people, lan, deed):
    with pytest.raises(NotFound):
        deed(Repository(lan))


@pytest.mark.parametrize(
    "path",
    ["/Condition/hidden", "/Condition/hidden/_history", "/Condition/hidden/_history/1", "/Condition/hidden/$meta"],
)
def test_door_says_not_found(people, account_of, path):
    assert FhirClient(account_of("lan")).call("GET", path).status_code == 404
    assert FhirClient(account_of("binh")).call("GET", path).status_code == 200


def test_everything_and_history_of_the_node_leave_it_out(people, account_of):
    for path in ("/Patient/p1/$everything", "/_history?_count=500", "/Patient/p1/Condition"):
        without = FhirClient(account_of("lan")).call("GET", path).text
        assert "Condition/hidden" not in without, path
        assert "Condition/plain" in without, path
        assert "Condition/hidden" in FhirClient(account_of("binh")).call("GET", path).text, path
