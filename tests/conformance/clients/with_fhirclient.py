"""fhirclient (SMART on FHIR's Python client) against a node: `python with_fhirclient.py ADDRESS TOKEN`.

Every resource goes through the library's own classes, which are strict: what the node answers must fit them.
"""

import sys
from uuid import uuid4

import pytest
import requests
from fhirclient import client
from fhirclient.models import bundle, fhirdatetime, humanname, identifier, observation, operationoutcome, patient

CITY = f"https://example.org/fhirclient/{uuid4()}"


def connected(address: str, token: str):
    """A client that sends the bearer token with each request of its session."""
    smart = client.FHIRClient(settings={"app_id": "conformance", "api_base": address})
    smart.server.session.headers["Authorization"] = f"Bearer {token}"
    return smart


def statement(smart):
    smart.prepare()
    told = smart.server.capabilityStatement
    assert told.fhirVersion == "4.0.1"
    kinds = {one.type: one for one in told.rest[0].resource}
    assert {"create", "read", "vread", "update", "patch", "delete"} <= {
        one.code for one in kinds["Patient"].interaction
    }


def a_person(number: int):
    made = patient.Patient({"name": [{"text": f"Người thứ {number}"}], "birthDate": f"19{50 + number}"})
    made.identifier = [identifier.Identifier({"system": CITY, "value": str(number)})]
    return made


def create_read_update(server):
    made = patient.Patient({"gender": "female", "birthDate": "1961-02-03"})
    made.name = [humanname.HumanName({"family": "Hoàng", "given": ["Thị", "Lan"]})]
    answer = made.create(server)
    found = patient.Patient.read(answer["id"], server)
    assert found.name[0].given == ["Thị", "Lan"]
    assert found.birthDate.isostring == "1961-02-03"
    assert found.meta.versionId == "1"

    found.gender = "other"
    found.deceasedDateTime = fhirdatetime.FHIRDateTime("2024-05-06T07:08:09+07:00")
    assert found.update(server)["meta"]["versionId"] == "2"
    assert patient.Patient.read_from(f"Patient/{found.id}/_history/1", server).gender == "female"
    return found


def stale_version(server, found):
    headers = {"If-Match": 'W/"1"', "Content-Type": "application/fhir+json"}
    answer = server.session.put(f"{server.base_uri}Patient/{found.id}", json=found.as_json(), headers=headers)
    assert answer.status_code == 412
    assert operationoutcome.OperationOutcome(answer.json()).issue[0].code == "conflict"


def search_with_paging(server):
    for number in range(1, 8):
        a_person(number).create(server)
    searched = patient.Patient.where({"identifier": f"{CITY}|", "_count": "3", "_sort": "birthdate"})
    pages = list(searched.perform_iter(server))
    assert [len(page.entry) for page in pages] == [3, 3, 1]
    assert [one.identifier[0].value for one in searched.perform_resources_iter(server)] == list("1234567")
    assert len(patient.Patient.where({"identifier": f"{CITY}|", "birthdate": "gt1954"}).perform_resources(server)) == 3


def history(server, found):
    versions = bundle.Bundle.read_from(f"Patient/{found.id}/_history", server)
    assert (versions.type, versions.total) == ("history", 2)
    assert [entry.request.method for entry in versions.entry] == ["PUT", "POST"]


def patch(server, found):
    document = [{"op": "replace", "path": "/gender", "value": "male"}]
    headers = {"Content-Type": "application/json-patch+json"}
    answer = server.session.patch(f"{server.base_uri}Patient/{found.id}", json=document, headers=headers)
    assert patient.Patient(answer.json()).gender == "male"


def transaction(server):
    name = f"urn:uuid:{uuid4()}"
    weight = observation.Observation(
        {
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            "subject": {"reference": name},
            "valueQuantity": {"value": 51.5, "unit": "kg"},
        }
    )
    sent = bundle.Bundle({"type": "transaction"})
    sent.entry = [
        bundle.BundleEntry({"request": {"method": "POST", "url": one.resource_type}}) for one in (weight, a_person(20))
    ]
    sent.entry[0].resource, sent.entry[1].resource, sent.entry[1].fullUrl = weight, a_person(20), name
    answer = bundle.Bundle(server.post_json("", sent.as_json()).json())
    assert [entry.response.status[:3] for entry in answer.entry] == ["201", "201"]
    search = observation.Observation.where({"subject:Patient.identifier": f"{CITY}|20"}).include("subject")
    weighed, person = search.perform_resources(server)
    assert weighed.subject.reference == person.relativePath()
    assert weighed.valueQuantity.value == 51.5


def errors(server):
    with pytest.raises(requests.HTTPError) as refusal:
        patient.Patient({"birthDate": "1961-02-03", "gender": "unknown to FHIR"}).create(server)
    answer = refusal.value.response
    assert answer.status_code == 422
    assert operationoutcome.OperationOutcome(answer.json()).issue[0].expression == ["Patient.gender"]


def delete(server, found):
    found.delete(server)
    answer = server.session.get(f"{server.base_uri}Patient/{found.id}")
    assert answer.status_code == 410
    assert operationoutcome.OperationOutcome(answer.json()).issue[0].code == "deleted"


def main(address: str, token: str):
    smart = connected(address, token)
    statement(smart)
    found = create_read_update(smart.server)
    stale_version(smart.server, found)
    search_with_paging(smart.server)
    history(smart.server, found)
    patch(smart.server, found)
    transaction(smart.server)
    errors(smart.server)
    delete(smart.server, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
