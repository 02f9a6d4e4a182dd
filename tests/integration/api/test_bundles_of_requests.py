"""Bundles whose entries ask what the door answers: histories, searches of every form, operations, descriptions."""

import base64

import pytest

from ansinh.fhir.transactions import processing

pytestmark = pytest.mark.django_db

HERE = "http://testserver/fhir"


def entry(method, url, resource=None, **request):
    return {"request": {"method": method, "url": url, **request}, **({"resource": resource} if resource else {})}


def bundle(kind, *entries):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def answers(answer):
    assert answer.status_code == 200, answer.text
    return answer.json["entry"]


def measured(stored):
    subject = {"reference": f"Patient/{stored['id']}"}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "Cân nặng"}, "subject": subject}


# what is asked (with the person's id) → the type of what is answered
ASKED = {
    "Patient/_history?_count=1": "Bundle",
    "_history?_count=1": "Bundle",
    "Patient/{id}/_history": "Bundle",
    "Patient?_id={id}&_elements=gender": "Bundle",
    "?_type=Patient&_count=1": "Bundle",
    "Patient/{id}/Observation": "Bundle",
    "Patient/{id}/*": "Bundle",
    "Patient/{id}/$everything?_count=5": "Bundle",
    "Patient/{id}/$validate": "OperationOutcome",
    "Patient/{id}?_elements=gender": "Patient",
    "metadata": "CapabilityStatement",
    HERE + "/Patient/{id}": "Patient",
    HERE + "/Patient/{id}/_history/1": "Patient",
    "CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=male": "Parameters",
}


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_whatever_the_door_reads_a_bundle_reads(doctor, stored, kind):
    urls = [url.format(id=stored["id"]) for url in ASKED]

    told = answers(doctor.post("", bundle(kind, *(entry("GET", url) for url in urls))))

    assert [one["response"]["status"] for one in told] == ["200 OK"] * len(ASKED)
    assert [one["resource"]["resourceType"] for one in told] == list(ASKED.values())
    assert told[3]["resource"]["entry"][0]["resource"].keys() == {"resourceType", "id", "meta", "gender"}
    assert told[9]["resource"].keys() == {"resourceType", "id", "meta", "gender"}


def test_pages_of_a_search_in_a_batch_link_to_the_next(doctor, patient, stored):
    doctor.post("/Patient", patient)

    told = answers(doctor.post("", bundle("batch", entry("GET", "Patient?_count=1"))))[0]["resource"]
    following = next(link["url"] for link in told["link"] if link["relation"] == "next")

    assert len(doctor.get(following.removeprefix(HERE)).json["entry"]) == 1


def test_operations_and_forms_are_posted_in_a_batch(doctor, stored, patient):
    wrong = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient | {"gender": "x"}}]}

    told = answers(
        doctor.post(
            "",
            bundle(
                "batch",
                entry("POST", "Patient/$validate", wrong),
                entry("POST", f"Patient/_search?_id={stored['id']}"),
                entry("POST", "Patient/$explode", wrong),
            ),
        )
    )

    assert told[0]["resource"]["issue"][0]["expression"] == ["Patient.gender"]
    assert [one["resource"]["id"] for one in told[1]["resource"]["entry"]] == [stored["id"]]
    assert told[2]["response"]["status"] == "404 Not Found"
    assert told[2]["response"]["outcome"]["resourceType"] == "OperationOutcome"


def test_operations_of_a_transaction_see_what_it_wrote(doctor, stored):
    asked = entry("GET", f"Observation?patient={stored['id']}")

    told = answers(doctor.post("", bundle("transaction", asked, entry("POST", "Observation", measured(stored)))))

    assert len(told[0]["resource"]["entry"]) == 1
    assert told[1]["response"]["status"] == "201 Created"


def test_refused_question_undoes_the_transaction_and_keeps_its_status(doctor, stored):
    wrong = bundle("transaction", entry("POST", "Observation", measured(stored)), entry("GET", "Patient/$explode"))

    answer = doctor.post("", wrong)

    assert answer.status_code == 404
    assert answer.json["issue"][0]["details"]["text"]
    assert "entry" not in doctor.get(f"/Observation?patient={stored['id']}").json


def test_strangers_ask_for_nothing_through_a_bundle(stranger, stored):
    urls = (f"Patient/{stored['id']}/_history", f"Patient/{stored['id']}/$everything", f"Patient?_id={stored['id']}")

    told = answers(stranger.post("", bundle("batch", *(entry("GET", url) for url in urls))))

    assert [one["response"]["status"] for one in told] == ["404 Not Found", "404 Not Found", "200 OK"]
    assert "entry" not in told[2]["resource"]


def test_what_runs_for_long_does_not_begin_in_a_bundle(doctor):
    told = answers(doctor.post("", bundle("batch", entry("GET", "Patient/$export")), Prefer="respond-async"))

    assert told[0]["response"]["status"] == "400 Bad Request"


def test_bundle_asks_only_so_often(doctor, stored, monkeypatch):
    monkeypatch.setattr(processing, "MOST_ASKED", 2)
    asked = [entry("GET", "Patient?_count=0")] * 3 + [entry("GET", f"Patient/{stored['id']}")]

    told = answers(doctor.post("", bundle("batch", *asked)))
    refused = doctor.post("", bundle("transaction", *asked))

    assert [one["response"]["status"][:3] for one in told] == ["200", "200", "400", "200"]
    assert refused.status_code == 400
    assert refused.json["issue"][0]["expression"] == ["Bundle.entry[2].request.url"]


def test_rows_of_a_view_come_as_a_binary(doctor, stored):
    view = {
        "resourceType": "ViewDefinition",
        "resource": "Patient",
        "status": "active",
        "select": [{"column": [{"name": "gender", "path": "gender"}]}],
    }
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "viewResource", "resource": view}, {"name": "_format", "valueCode": "csv"}],
    }

    told = answers(doctor.post("", bundle("batch", entry("POST", "ViewDefinition/$viewdefinition-run", asked))))

    assert base64.b64decode(told[0]["resource"]["data"]).split() == [b"gender", b"male"]


@pytest.mark.parametrize(
    "url", ["Nothing/1/2/3/4", "http://elsewhere.example/Patient/1", "Patient/Đức", "Patient/%00", "../metadata", "%"]
)
def test_address_that_means_nothing_is_refused_alone(doctor, stored, url):
    told = answers(doctor.post("", bundle("batch", entry("GET", url), entry("GET", f"Patient/{stored['id']}"))))

    assert told[0]["response"]["status"][:1] == "4"
    assert told[1]["response"]["status"] == "200 OK"


def test_conditional_reads_of_a_batch(doctor, stored):
    place, told_at = f"Patient/{stored['id']}", stored["meta"]["lastUpdated"]
    told = answers(
        doctor.post(
            "",
            bundle(
                "batch",
                entry("GET", place, ifModifiedSince="2090-01-01T00:00:00Z"),
                entry("GET", place, ifModifiedSince=told_at),
                entry("GET", place, ifModifiedSince="2000-01-01T00:00:00Z"),
                entry("GET", place, ifModifiedSince="2090-01-01T00:00:00Z", ifNoneMatch='W/"7"'),
                entry("GET", place, ifModifiedSince="yesterday"),
            ),
        )
    )

    assert [one["response"]["status"][:3] for one in told] == ["304", "304", "200", "200", "400"]


def test_bundle_answers_as_it_prefers(doctor, stored):
    asked = bundle("transaction", entry("PUT", f"Patient/{stored['id']}", stored | {"active": True}))

    plain = answers(doctor.post("", asked))[0]
    whole = answers(doctor.post("", asked, Prefer="return=representation"))[0]
    told = answers(doctor.post("", asked, Prefer="return=OperationOutcome"))[0]

    assert "resource" not in plain
    assert "outcome" not in plain["response"]
    assert whole["resource"]["active"] is True
    assert told["response"]["outcome"]["issue"][0]["severity"] == "information"


def test_conditional_create_that_finds_answers_with_what_it_found(doctor, stored, patient):
    asked = bundle("transaction", entry("POST", "Patient", patient, ifNoneExist=f"_id={stored['id']}"))

    told = answers(doctor.post("", asked, Prefer="return=representation"))[0]

    assert told["response"]["status"] == "200 OK"
    assert told["resource"]["id"] == stored["id"]


SENT = b"""{"resourceType": "Bundle", "type": "batch", "entry": [
 {"request": {"method": "POST", "url": "Patient/$validate"},
  "resource": {"resourceType": "Patient",
   "gender": "none"}},
 {"request": {"method": "POST", "url": "Patient/$validate"},
  "resource": {"resourceType": "Parameters", "parameter": [
   {"name": "mode", "valueCode": "create"},
   {"name": "resource", "resource": {"resourceType": "Patient",
     "birthDate": "1948-13-01"}}]}},
 {"request": {"method": "POST", "url": "Patient/$validate"}, "resource": {"resourceType": "Parameters"}}
]}"""


def test_validate_in_a_bundle_tells_the_lines_of_the_bundle(doctor):
    first, second, third = answers(doctor.post("", SENT))

    def places(entry):
        issues = entry["resource"]["issue"]
        return {one["expression"][0]: one["location"] for one in issues if one["severity"] == "error"}

    assert places(first) == {"Patient.gender": ["Line[4] Col[14]"]}
    assert places(second) == {"Patient.birthDate": ["Line[9] Col[19]"]}
    assert third["response"]["status"].startswith("400")


def test_validate_in_a_bundle_of_a_stored_record_tells_its_own_lines(doctor, stored):
    (told,) = answers(doctor.post("", bundle("batch", entry("GET", f"Patient/{stored['id']}/$validate"))))

    assert [one["severity"] for one in told["resource"]["issue"]] == ["information"]
