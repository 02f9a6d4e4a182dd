"""fhirpy against a node: `python with_fhirpy.py ADDRESS TOKEN`. Uses the library as its readers are told to.

Synchronous first, then the same conversation once more by its asynchronous client.
"""

import asyncio
import sys
from uuid import uuid4

import pytest
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

CITY = f"https://example.org/fhirpy/{uuid4()}"


def refusal(act) -> dict:
    """The OperationOutcome of what must be refused."""
    with pytest.raises(OperationOutcome) as refused:
        act()
    return refused.value.resource


def create_read_update(client: SyncFHIRClient):
    patient = client.resource("Patient", name=[{"text": "Hoàng Thị Lan"}], gender="female", birthDate="1961-02-03")
    patient.identifier = [{"system": CITY, "value": "1"}]
    patient.save()
    assert patient.id
    assert patient.meta.versionId == "1"

    again = client.reference("Patient", patient.id).to_resource()
    assert again.serialize() == patient.serialize()

    again["name"][0]["text"] = "Hoàng Thị Lan Anh"
    again.save()
    assert again.meta.versionId == "2"
    patient.refresh()
    assert patient["name"][0]["text"] == "Hoàng Thị Lan Anh"
    return patient


def patch(client: SyncFHIRClient, patient):
    patient.patch(active=True)
    assert patient.active is True
    patient["gender"] = "other"
    patient.save(fields=["gender"])
    assert client.get("Patient", patient.id).gender == "other"


def search(client: SyncFHIRClient):
    for number in range(2, 8):
        client.resource(
            "Patient", name=[{"text": f"Người thứ {number}"}], identifier=[{"system": CITY, "value": str(number)}]
        ).create()
    mine = client.resources("Patient").search(identifier=f"{CITY}|")
    assert mine.count() == 7
    assert len(mine.limit(3).fetch()) == 3
    assert sorted(int(one["identifier"][0]["value"]) for one in mine.limit(3).fetch_all()) == list(range(1, 8))
    assert mine.search(name="nguoi thu 5").get()["name"][0]["text"] == "Người thứ 5"
    assert mine.sort("-birthdate").first()["birthDate"] == "1961-02-03"
    assert mine.elements("birthDate").search(birthdate__gt="1960").get().birthDate == "1961-02-03"
    assert client.resources("Patient").search(identifier=f"{CITY}|none").first() is None


def conditional(client: SyncFHIRClient):
    again = client.resource("Patient", name=[{"text": "Người thứ 9"}], identifier=[{"system": CITY, "value": "9"}])
    found, created = client.resources("Patient").search(identifier=f"{CITY}|9").get_or_create(again)
    assert created
    same, created = client.resources("Patient").search(identifier=f"{CITY}|9").get_or_create(again)
    assert (same.id, created) == (found.id, False)
    changed, created = (
        client.resources("Patient")
        .search(identifier=f"{CITY}|9")
        .update(client.resource("Patient", gender="male", identifier=[{"system": CITY, "value": "9"}]))
    )
    assert (changed.id, changed.gender, created) == (found.id, "male", False)
    assert client.resources("Patient").search(identifier=f"{CITY}|9").patch(active=False).active is False
    with pytest.raises(MultipleResourcesFound):
        client.resources("Patient").search(identifier=f"{CITY}|").patch(active=False)
    client.resources("Patient").search(identifier=f"{CITY}|9").delete()
    assert client.resources("Patient").search(identifier=f"{CITY}|9").first() is None


def transaction_and_includes(client: SyncFHIRClient):
    bundle = client.resource(
        "Bundle",
        type="transaction",
        entry=[
            {
                "fullUrl": "urn:uuid:6f3f2f1e-0000-4000-8000-000000000001",
                "resource": {"resourceType": "Patient", "identifier": [{"system": CITY, "value": "20"}]},
                "request": {"method": "POST", "url": "Patient"},
            },
            {
                "resource": {
                    "resourceType": "Observation",
                    "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                    "subject": {"reference": "urn:uuid:6f3f2f1e-0000-4000-8000-000000000001"},
                    "valueQuantity": {"value": 51.50, "unit": "kg"},
                },
                "request": {"method": "POST", "url": "Observation"},
            },
        ],
    )
    answer = client.execute("", method="post", data=bundle.serialize())
    assert [entry["response"]["status"][:3] for entry in answer["entry"]] == ["201", "201"]
    observations = client.resources("Observation").search(patient__identifier=f"{CITY}|20")
    found = client.resources("Observation").search(**{"subject:Patient.identifier": f"{CITY}|20"}).first()
    assert observations is not None
    assert found["subject"]["reference"].startswith("Patient/")
    raw = client.resources("Observation").search(_id=found.id).include("Observation", "subject").fetch_raw()
    assert [entry["resource"]["resourceType"] for entry in raw["entry"]] == ["Observation", "Patient"]
    person = client.resources("Patient").search(_id=found.subject.id).revinclude("Observation", "subject").fetch_raw()
    assert {entry["search"]["mode"] for entry in person["entry"]} == {"match", "include"}


def validation_and_errors(client: SyncFHIRClient, patient):
    assert client.resource("Patient", birthDate="1961-02-03").is_valid()
    assert not client.resource("Patient", birthDate="1961-02-30").is_valid()
    outcome = refusal(lambda: client.resource("Patient", birthDate="1961-02-30").create())
    assert outcome["issue"][0]["expression"] == ["Patient.birthDate"]
    assert refusal(lambda: client.resources("Patient").search(birthdate="soon").fetch())["issue"]
    patient.delete()
    with pytest.raises(ResourceNotFound):
        client.get("Patient", patient.id)
    history = client.execute(f"Patient/{patient.id}/_history", method="get")
    assert history["entry"][0]["request"]["method"] == "DELETE"


async def asynchronous(address: str, token: str):
    client = AsyncFHIRClient(address, authorization=f"Bearer {token}")
    made = await client.resource("Patient", identifier=[{"system": CITY, "value": "30"}]).save()
    people = client.resources("Patient").search(identifier=f"{CITY}|").limit(2)
    assert made.id in [one.id async for one in people]
    await made.delete()


def main(address: str, token: str):
    client = SyncFHIRClient(address, authorization=f"Bearer {token}")
    patient = create_read_update(client)
    patch(client, patient)
    search(client)
    conditional(client)
    transaction_and_includes(client)
    validation_and_errors(client, patient)
    asyncio.run(asynchronous(address, token))


if __name__ == "__main__":
    main(*sys.argv[1:])
