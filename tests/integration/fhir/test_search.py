"""Search around the matches: pages, totals, includes, reach, and refusals that say what is wrong."""

import pytest

from ansinh.fhir.search import find_one, search
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Malformed, Refused

pytestmark = pytest.mark.django_db

TAG = "https://ansinh.vn/fhir/CodeSystem/test|here"


def tagged(resource: dict) -> dict:
    system, code = TAG.split("|")
    return {**resource, "meta": {"tag": [{"system": system, "code": code}]}}


def person(fhir_id: str, unit: str = "a", **more) -> dict:
    return tagged(
        {
            "resourceType": "Patient",
            "id": fhir_id,
            "managingOrganization": {"reference": f"Organization/{unit}"},
            **more,
        }
    )


def note(fhir_id: str, patient: str, **more) -> dict:
    return tagged(
        {
            "resourceType": "Observation",
            "id": fhir_id,
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
            "subject": {"reference": f"Patient/{patient}"},
            **more,
        }
    )


@pytest.fixture
def system() -> Repository:
    repository = Repository(system_context(), validate=False)
    with repository.transaction():
        for unit in "ab":
            repository.save({"resourceType": "Organization", "id": unit, "name": f"Trung tâm {unit}"})
        for number in range(7):
            year = {"birthDate": str(1940 + number // 2)} if number < 6 else {}
            repository.save(person(f"p{number}", "a" if number < 4 else "b", **year))
            repository.save(note(f"n{number}", f"p{number}"))
    return repository


def of(unit: str, may: dict | None = None) -> Repository:
    verbs = frozenset({"*"})
    context = Context(actor="x", role="nurse", unit=unit, reach=frozenset({unit}), may=may or {"*": verbs})
    return Repository(context)


def ids(page) -> list[str]:
    return [one["id"] for one in page.resources]


def all_pages(repository: Repository, kind: str, params: list[tuple[str, str]]) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        page = search(repository, kind, [*params, *([("_cursor", cursor)] if cursor else [])])
        pages.append(ids(page))
        if not page.next:
            return pages
        cursor = page.next


@pytest.mark.parametrize("sort", ["", "birthdate", "-birthdate", "birthdate,-_id", "_lastUpdated", "-_id", "gender"])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_pages_together_are_the_whole_list_once(system, sort, count):
    params = [("_tag", TAG), *([("_sort", sort)] if sort else [])]
    whole = ids(search(system, "Patient", params))

    pages = all_pages(system, "Patient", [*params, ("_count", str(count))])

    assert [one for page in pages for one in page] == whole
    assert len(whole) == 7
    assert all(len(page) <= count for page in pages)


def test_a_page_continues_where_it_was_though_others_write_meanwhile(system):
    params = [("_tag", TAG), ("_count", "3")]
    first = search(system, "Patient", params)
    system.delete("Patient", "p0")
    system.save(person("new"))

    second = search(system, "Patient", [*params, ("_cursor", first.next or "")])

    assert ids(second) == ["p3", "p4", "p5"]


@pytest.mark.parametrize("cursor", ["x", "WzFd:abc", "ImEi"])
def test_a_cursor_that_is_not_ours_is_refused(system, cursor):
    with pytest.raises(Malformed):
        search(system, "Patient", [("_cursor", cursor)])


def test_a_cursor_of_another_search_is_refused(system):
    page = search(system, "Patient", [("_tag", TAG), ("_count", "2")])

    with pytest.raises(Malformed):
        search(system, "Patient", [("_count", "2"), ("_cursor", page.next or "")])


def test_the_total_is_counted_only_when_asked(system):
    assert search(system, "Patient", [("_tag", TAG)]).total is None
    assert search(system, "Patient", [("_tag", TAG), ("_total", "accurate"), ("_count", "2")]).total == 7
    counted = search(system, "Patient", [("_tag", TAG), ("_summary", "count")])
    assert (counted.total, counted.resources) == (7, [])
    assert search(of("a"), "Patient", [("_tag", TAG), ("_count", "0")]).total == 4


def test_includes_bring_what_is_pointed_at_once(system):
    page = search(
        system,
        "Observation",
        [("_tag", TAG), ("_include", "Observation:subject"), ("_include:iterate", "Patient:organization")],
    )

    found = [f"{one['resourceType']}/{one['id']}" for one in page.included]

    assert sorted(found) == sorted([*(f"Patient/p{number}" for number in range(7)), "Organization/a", "Organization/b"])


def test_an_include_of_one_type_brings_only_that_type(system):
    page = search(system, "Observation", [("_tag", TAG), ("_include", "Observation:subject:Group")])

    assert page.included == []


def test_reverse_includes_bring_what_points_here(system):
    page = search(system, "Patient", [("_id", "p1,p5"), ("_revinclude", "Observation:patient")])

    assert [one["id"] for one in page.included] == ["n1", "n5"]


def test_a_reader_finds_only_what_is_within_reach(system):
    assert ids(search(of("a"), "Patient", [("_tag", TAG)])) == ["p0", "p1", "p2", "p3"]
    assert ids(search(of("b"), "Patient", [("_tag", TAG), ("_sort", "-_id")])) == ["p6", "p5", "p4"]
    assert find_one(of("b"), "Patient", [("_id", "p0")]) is None


@pytest.mark.parametrize(
    ("kind", "params", "found"),
    [
        ("Organization", [("_id", "a,b"), ("_has:Patient:organization:birthdate", "1940")], []),
        ("Organization", [("_id", "a,b"), ("_has:Patient:organization:birthdate", "1942")], ["b"]),
        ("HealthcareService", [("organization.name", "trung")], ["s"]),
    ],
)
def test_chains_and_has_tell_nothing_about_records_out_of_reach(system, kind, params, found):
    system.save({"resourceType": "HealthcareService", "id": "s", "providedBy": {"reference": "Organization/a"}})

    assert ids(search(of("b"), kind, params)) == found


def test_includes_tell_nothing_about_records_out_of_reach(system):
    list_ = {"resourceType": "PractitionerRole", "id": "r", "organization": {"reference": "Organization/a"}}
    system.save(list_)
    task = tagged(
        {
            "resourceType": "Task",
            "id": "t",
            "status": "requested",
            "intent": "order",
            "for": {"reference": "Patient/p0"},
            "owner": {"reference": "Organization/b"},
        }
    )
    system.save(task)

    page = search(of("b"), "Task", [("_id", "t"), ("_include", "Task:patient"), ("_include", "Task:owner")])
    behind = search(of("b"), "Organization", [("_id", "a,b"), ("_revinclude", "Patient:organization")])

    assert [one["id"] for one in page.included] == ["b"]
    assert [one["id"] for one in behind.included] == ["p4", "p5", "p6"]


def test_a_role_searches_only_the_types_it_may_also_through_chains(system):
    limited = of("a", may={"Observation": frozenset({"search"})})

    assert len(search(limited, "Observation", [("_tag", TAG)]).resources) == 4
    with pytest.raises(Refused):
        search(limited, "Patient", [])
    with pytest.raises(Refused):
        search(limited, "Observation", [("patient.birthdate", "1940")])
    assert search(limited, "Observation", [("_tag", TAG), ("_include", "Observation:subject")]).included == []


def test_deleted_resources_are_not_found(system):
    system.delete("Patient", "p1")

    assert "p1" not in ids(search(system, "Patient", [("_tag", TAG)]))
    assert search(system, "Observation", [("patient.birthdate", "1940"), ("_tag", TAG)]).total is None
    assert ids(search(system, "Observation", [("patient.birthdate", "1940"), ("_tag", TAG)])) == ["n0"]


def test_an_update_leaves_the_old_value_behind(system):
    system.save(person("p0", birthDate="1999"))

    assert "p0" not in ids(search(system, "Patient", [("_tag", TAG), ("birthdate", "1940")]))
    assert ids(search(system, "Patient", [("_tag", TAG), ("birthdate", "1999")])) == ["p0"]


def test_a_search_within_a_batched_transaction_sees_its_writes(system):
    with system.transaction(batch=100):
        system.save(person("p9", birthDate="1900"))

        assert ids(search(system, "Patient", [("birthdate", "1900"), ("_tag", TAG)])) == ["p9"]


def test_unknown_parameters_are_refused_or_named_when_lenient(system):
    with pytest.raises(Malformed, match="favourite"):
        search(system, "Patient", [("favourite", "x")])

    page = search(system, "Patient", [("favourite", "x"), ("_tag", TAG)], strict=False)

    assert page.ignored == ("favourite",)
    assert len(page.resources) == 7


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("birthdate", "hôm qua"),
        ("birthdate", "2025-02-30"),
        ("birthdate:exact", "2025"),
        ("gender:exact", "male"),
        ("identifier:of-type", "x|y"),
        ("name:missing", "có"),
        ("organization:Thing", "1"),
        ("organization.nothing", "1"),
        ("gender.name", "1"),
        ("_has:Observation:nothing:code", "1"),
        ("_has:Observation", "1"),
        ("_sort", "nothing"),
        ("_sort", "_text"),
        ("_content", ", ,"),
        ("_text:exact", "an"),
        ("_content", "một " * 60 + "hai " * 3 + " ".join(f"từ{n}" for n in range(60))),
        ("organization:below", "x/y/z"),
        ("general-practitioner:below", "Practitioner/1"),
        ("_count", "-1"),
        ("_count", "²"),
        ("_total", "maybe"),
        ("_include", "Patient"),
        ("_include", "Patient:nothing"),
        ("_include:sometimes", "Patient:organization"),
        ("_lastUpdated", "x"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_refused_by_name(system, code, value):
    for strict in (True, False):
        with pytest.raises(Malformed) as refused:
            search(system, "Patient", [(code, value)], strict=strict)

        assert refused.value.field is not None
        assert refused.value.field.split(":")[0] == code.split(":")[0]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("value-quantity", "cao"),
        ("value-quantity", "1|2"),
        ("code-value-quantity", "8480-6"),
        ("value-quantity", "1e999"),
    ],
)
def test_a_quantity_that_cannot_be_read_is_refused_by_name(system, code, value):
    with pytest.raises(Malformed, match=code):
        search(system, "Observation", [(code, value)])


def test_queries_do_not_grow_with_the_page(system, django_assert_num_queries):
    params = [("_tag", TAG), ("_include", "Observation:subject"), ("_total", "accurate")]

    for count in ("1", "7"):
        with django_assert_num_queries(3):
            search(system, "Observation", [*params, ("_count", count)])
