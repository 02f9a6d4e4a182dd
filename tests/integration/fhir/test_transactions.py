"""Bundles: all or nothing, references within, conditions, order, and errors that name their entry."""

import pytest

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.transactions import process
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Invalid, Malformed, NotFound, Stale, UserError

pytestmark = pytest.mark.django_db

SYSTEM = "urn:example:number"
URN = "urn:uuid:0198c000-0000-7000-8000-000000000001"


@pytest.fixture
def system() -> Repository:
    return Repository(system_context())


@pytest.fixture
def at_a(system) -> Repository:
    for name in "ab":
        system.save({"resourceType": "Organization", "id": name, "name": name})
    reach = frozenset({"a"})
    return Repository(Context(actor="x", role="nurse", unit="a", reach=reach, may={"*": frozenset({"*"})}))


def bundle(*entries: dict, kind: str = "transaction") -> dict:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def entry(method: str, url: str, resource: dict | None = None, full_url: str = "", **request) -> dict:
    out: dict = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        out["resource"] = resource
    if full_url:
        out["fullUrl"] = full_url
    return out


def person(number: str = "1", **more) -> dict:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": number}],
        "managingOrganization": {"reference": "Organization/a"},
        **more,
    }


def weight(reference: str) -> dict:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Cân nặng"},
        "subject": {"reference": reference},
    }


def status(answer: dict) -> list[str]:
    return [one["response"]["status"].split(" ")[0] for one in answer["entry"]]


def test_a_urn_becomes_the_resource_whatever_the_order_of_entries(at_a):
    answer = process(
        at_a,
        bundle(entry("POST", "Observation", weight(URN)), entry("POST", "Patient", person(), full_url=URN)),
    )

    assert status(answer) == ["201", "201"]
    note, one = (at_a.read(*item["response"]["location"].split("/")[:2]) for item in answer["entry"])
    assert note["subject"]["reference"] == f"Patient/{one['id']}"
    assert answer["type"] == "transaction-response"


def test_when_one_entry_fails_nothing_happened_and_the_error_names_entry_and_path(at_a):
    before = journal.position()
    bad = {**weight("Patient/nobody"), "status": "xong"}

    with pytest.raises(UserError) as refused:
        process(at_a, bundle(entry("POST", "Patient", person()), entry("POST", "Observation", bad)))

    assert journal.position() == before
    assert search(at_a, "Patient", []).resources == []
    assert "Mục 2" in refused.value.message
    places = [problem.expression for problem in refused.value.problems]
    assert "Bundle.entry[1].resource.status" in places
    assert all(place.startswith("Bundle.entry[1]") for place in places)


def test_a_person_of_another_facility_cannot_be_written_about(at_a, system):
    theirs = system.create(
        {"resourceType": "Patient", "managingOrganization": {"reference": "Organization/b"}}
    ).resource["id"]

    with pytest.raises(UserError) as refused:
        process(at_a, bundle(entry("POST", "Observation", weight(f"Patient/{theirs}"))))

    assert refused.value.status in (404, 422)


def test_a_conditional_create_finds_what_is_there(system):
    ask = bundle(
        entry("POST", "Patient", person("7"), full_url=URN, ifNoneExist=f"identifier={SYSTEM}|7"),
        entry("POST", "Observation", weight(URN)),
    )

    first, second = process(system, ask), process(system, ask)

    assert status(first) == ["201", "201"]
    assert status(second) == ["200", "201"]
    assert first["entry"][0]["response"]["location"] == second["entry"][0]["response"]["location"]
    assert len(search(system, "Observation", [("patient.identifier", f"{SYSTEM}|7")]).resources) == 2


def test_a_condition_with_several_matches_is_refused(system):
    system.create(person("7"))
    system.create(person("7"))

    with pytest.raises(Stale, match="Mục 1"):
        process(system, bundle(entry("POST", "Patient", person("7"), ifNoneExist=f"identifier={SYSTEM}|7")))


def test_a_conditional_update_creates_then_updates(system):
    ask = bundle(entry("PUT", f"Patient?identifier={SYSTEM}|9", person("9", gender="female")))

    first, second = process(system, ask), process(system, ask)

    assert (status(first), status(second)) == (["201"], ["200"])
    assert second["entry"][0]["response"]["etag"] == 'W/"2"'


def test_a_conditional_reference_becomes_the_only_match(system):
    fhir_id = system.create(person("5")).resource["id"]

    answer = process(system, bundle(entry("POST", "Observation", weight(f"Patient?identifier={SYSTEM}|5"))))

    note = system.read("Observation", answer["entry"][0]["response"]["location"].split("/")[1])
    assert note["subject"]["reference"] == f"Patient/{fhir_id}"
    with pytest.raises(NotFound, match="Mục 1"):
        process(system, bundle(entry("POST", "Observation", weight(f"Patient?identifier={SYSTEM}|none"))))


def test_deletions_come_first_and_reads_last(system):
    old = system.create(person("1")).resource
    ask = bundle(
        entry("GET", f"Patient?identifier={SYSTEM}|1"),
        entry("POST", "Patient", person("1", gender="female"), ifNoneExist=f"identifier={SYSTEM}|other"),
        entry("DELETE", f"Patient/{old['id']}"),
    )

    answer = process(system, ask)

    assert status(answer) == ["200", "201", "204"]
    assert [one["resource"]["gender"] for one in answer["entry"][0]["resource"]["entry"]] == ["female"]


def test_if_match_of_another_version_refuses_all(system):
    saved = system.create(person("1")).resource
    ask = bundle(entry("POST", "Patient", person("2")), entry("PUT", f"Patient/{saved['id']}", saved, ifMatch='W/"4"'))

    with pytest.raises(Stale, match="Mục 2"):
        process(system, ask)

    assert search(system, "Patient", [("identifier", "2")]).resources == []


def test_a_batch_carries_out_what_it_can(system):
    answer = process(
        system,
        bundle(
            entry("POST", "Patient", person("1")),
            entry("POST", "Patient", {"resourceType": "Patient", "gender": "khác"}),
            entry("GET", "Patient/nobody"),
            entry("GET", "Patient"),
            {"nothing": True},
            kind="batch",
        ),
    )

    assert status(answer) == ["201", "422", "404", "200", "400"]
    assert answer["entry"][1]["response"]["outcome"]["issue"][0]["severity"] == "error"
    assert len(answer["entry"][3]["resource"]["entry"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Bundle", "type": "collection"},
        {"resourceType": "Bundle", "type": "transaction", "entry": "x"},
        bundle({}),
        bundle(entry("PATCH", "Patient/1")),
        bundle(entry("POST", "Human", {"resourceType": "Human"})),
        bundle(entry("POST", "Patient", {"resourceType": "Observation"})),
        bundle(entry("POST", "Patient/1", person())),
        bundle(entry("PUT", "Patient", person())),
        bundle(entry("PUT", "Patient/1", {**person(), "id": "2"})),
        bundle(entry("PUT", "Patient/1", {**person(), "id": "1"}, ifMatch="ba")),
        bundle(entry("PUT", "Patient/1", {**person(), "id": "1"}), entry("DELETE", "Patient/1")),
        bundle(entry("POST", "Patient", person(), URN), entry("POST", "Patient", person(), URN)),
        bundle(entry("GET", "../etc/passwd")),
    ],
)
def test_a_bundle_that_cannot_be_read_is_refused_before_anything_is_done(system, wrong):
    before = journal.position()

    with pytest.raises(Malformed):
        process(system, wrong)

    assert journal.position() == before


def test_an_invalid_resource_is_refused_with_all_its_problems(system):
    with pytest.raises(Invalid) as refused:
        process(system, bundle(entry("POST", "Patient", {"resourceType": "Patient", "gender": "x", "birthDate": "y"})))

    assert len(refused.value.problems) >= 2


def test_bundle_with_relative_references_and_narrative_links_is_linked(system):
    base = "https://his.example/fhir/"
    person = {"resourceType": "Patient", "id": "7", "name": [{"text": "Mẫu"}]}
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{base}Patient/7">Mẫu</a></div>'
    seen = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "A"},
        "subject": {"reference": "Patient/7"},
    }
    seen["text"] = {"status": "generated", "div": div}
    entries = [
        {"fullUrl": f"{base}Observation/9", "resource": seen, "request": {"method": "POST", "url": "Observation"}},
        {"fullUrl": f"{base}Patient/7", "resource": person, "request": {"method": "POST", "url": "Patient"}},
    ]

    answer = process(system, {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    places = [entry["response"]["location"].partition("/_history")[0] for entry in answer["entry"]]
    stored = system.read(*places[0].split("/"))

    assert places[1] != "Patient/7"
    assert stored["subject"] == {"reference": places[1]}
    assert f'href="{places[1]}"' in stored["text"]["div"]


@pytest.mark.parametrize(
    ("place", "reference", "is_linked"),
    [
        ("https://his.example/fhir/Patient/7", "Patient/7/_history/3", True),
        ("https://his.example/fhir/Patient/7", "https://his.example/fhir/Patient/7/_history/3", True),
        ("https://his.example/fhir/Patient/7", "https://his.example/fhir/Patient/7/_history/2", False),
        (URN, f"{URN}/_history/3", True),
    ],
)
def test_reference_to_the_version_of_an_entry_is_linked(system, place, reference, is_linked):
    someone = person(meta={"versionId": "3"})
    note = entry("POST", "Observation", weight(reference), full_url="https://his.example/fhir/Observation/9")
    system.save({"resourceType": "Organization", "id": "a", "name": "a"})

    answer = process(system, bundle(note, entry("POST", "Patient", someone, full_url=place)))
    places = [one["response"]["location"].partition("/_history")[0] for one in answer["entry"]]

    assert system.read(*places[0].split("/"))["subject"]["reference"] == (places[1] if is_linked else reference)


def test_reference_to_a_stored_version_of_what_is_updated_stays(system):
    system.save({"resourceType": "Organization", "id": "a", "name": "a"})
    system.save(person(id="7"))
    again = person(id="7", active=True, meta={"versionId": "1"})
    base = "https://his.example/fhir/"
    note = entry("POST", "Observation", weight("Patient/7/_history/1"), full_url=f"{base}Observation/9")

    answer = process(system, bundle(note, entry("PUT", "Patient/7", again, full_url=f"{base}Patient/7")))

    stored = system.read(*answer["entry"][0]["response"]["location"].split("/")[:2])
    assert stored["subject"]["reference"] == "Patient/7/_history/1"


def test_batch_read_of_what_the_client_holds_is_not_sent_again(system):
    system.create({"resourceType": "Patient"}, id="held")
    asked = [{"method": "GET", "url": "Patient/held", "ifNoneMatch": f'W/"{version}"'} for version in (1, 2)]
    entries = [{"request": one} for one in [*asked, {"method": "GET", "url": "Patient/held", "ifNoneMatch": "x"}]]

    answer = process(system, {"resourceType": "Bundle", "type": "batch", "entry": entries})["entry"]

    assert [entry["response"]["status"][:3] for entry in answer] == ["304", "200", "400"]
    assert "resource" not in answer[0]
