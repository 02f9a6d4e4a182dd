"""History of a type and of the node: order, paging by journal position, times, and who may see what."""

from datetime import timedelta

import pytest

from ansinh.kernel import clock

pytestmark = pytest.mark.django_db


def tags(bundle: dict) -> list[str]:
    return [entry["fullUrl"].rpartition("/")[2] + entry["response"]["etag"] for entry in bundle.get("entry", [])]


def follow(caller, bundle: dict) -> dict | None:
    url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    return caller.get(url.removeprefix("http://testserver/fhir")).json if url else None


@pytest.fixture
def versions(doctor, patient) -> list[dict]:
    """Two people with three versions each, written in turns."""
    people = [doctor.post("/Patient", patient).json for _ in range(2)]
    for gender in ("other", "female"):
        for one in people:
            doctor.put(f"/Patient/{one['id']}", patient | {"id": one["id"], "gender": gender})
    return people


def test_history_of_a_type_is_the_journal_backwards(doctor, versions):
    one, two = (person["id"] for person in versions)

    bundle = doctor.get("/Patient/_history").json

    newest = [f'{two}W/"3"', f'{one}W/"3"', f'{two}W/"2"', f'{one}W/"2"', f'{two}W/"1"', f'{one}W/"1"']
    assert tags(bundle) == newest
    assert bundle["entry"][0]["request"] == {"method": "PUT", "url": f"Patient/{two}"}


def test_history_pages_stay_stable_while_others_write(doctor, versions, patient):
    whole = tags(doctor.get("/Patient/_history").json)
    page = doctor.get("/Patient/_history?_count=2").json
    seen = tags(page)
    while page := follow(doctor, page):
        doctor.post("/Patient", patient)
        seen += tags(page)

    assert seen == whole


def test_history_of_the_node_holds_every_type(node, versions):
    kinds = {entry["fullUrl"].split("/")[-2] for entry in node.get("/_history?_count=500").json["entry"]}

    assert {"Patient", "Organization"} <= kinds


def test_since_leaves_out_what_is_older(doctor, versions):
    newest = doctor.get("/Patient/_history?_count=1").json["entry"][0]["response"]["lastModified"]
    later = doctor.get("/Patient/_history?_since=2999-01-01").json

    assert tags(later) == []
    assert len(tags(doctor.get(f"/Patient/_history?_since={newest.replace('+', '%2B')}").json)) >= 1
    assert len(tags(doctor.get("/Patient/_history?_since=2000").json)) == 6


def test_at_gives_what_was_current_then(doctor, patient):
    start = clock.now()
    person = doctor.post("/Patient", patient).json
    path = f"/Patient/{person['id']}"
    with clock.frozen(start + timedelta(minutes=30)):
        doctor.put(path, patient | {"id": person["id"], "gender": "female"})
    between = (start + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert tags(doctor.get(f"{path}/_history?_at={between}").json) == [f'{person["id"]}W/"1"']
    assert tags(doctor.get(f"{path}/_history?_at=2999").json) == [f'{person["id"]}W/"2"']
    assert tags(doctor.get(f"{path}/_history?_at=1999").json) == []
    assert doctor.get(f"{path}/_history?_at=1999").json["total"] == 0


def test_another_facility_sees_nothing_of_it(stranger, versions):
    assert tags(stranger.get("/Patient/_history").json) == []
    every = stranger.get("/_history?_count=500").json
    assert not [entry for entry in every.get("entry", []) if "/Patient/" in entry["fullUrl"]]


@pytest.mark.parametrize("query", ["_since=never", "_at=13", "_count=-1", "_cursor=forged"])
def test_history_that_makes_no_sense_is_refused(doctor, versions, query):
    assert doctor.get(f"/Patient/_history?{query}").status_code == 400


def test_cursor_of_another_history_is_refused(doctor, versions):
    url = doctor.get("/Patient/_history?_count=1").json["link"][1]["url"]
    cursor = url.partition("_cursor=")[2]

    assert doctor.get(f"/Observation/_history?_cursor={cursor}").status_code == 400


def test_history_of_an_unknown_type_is_not_found(doctor):
    assert doctor.get("/Persona/_history").status_code == 404


def test_history_gives_the_part_that_was_asked_for(doctor, versions):
    bundle = doctor.get("/Patient/_history?_elements=gender&_count=2").json
    whole = doctor.get("/Patient/_history?_summary=count").json

    for entry in bundle["entry"]:
        assert entry["resource"].keys() == {"resourceType", "id", "meta", "gender"}
        assert entry["resource"]["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert "_elements=gender" in bundle["link"][1]["url"]
    assert follow(doctor, bundle)["entry"][0]["resource"].keys() == {"resourceType", "id", "meta", "gender"}
    assert "entry" not in whole


def test_history_of_the_last_minutes_reads_no_more_than_those(node, patient):
    start = clock.now()
    with clock.frozen(start + timedelta(hours=2)):
        person = node.post("/Patient", patient).json
    since = (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    bundle = node.get(f"/_history?_since={since}").json

    assert tags(bundle) == [f'{person["id"]}W/"1"']
