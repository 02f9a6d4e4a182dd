"""fhirclient logs in by SMART App Launch: `python with_fhirclient_smart.py ADDRESS TOKEN`.

The token is an administrator's and registers the app; everything after that the library does itself, with a person who
logs in by form and says yes in the middle.
"""

import re
import sys
from urllib.parse import urljoin

import pytest
import requests
from fhirclient import client
from fhirclient.models import patient
from fhirclient.server import FHIRNotFoundException

REDIRECT = "http://localhost:9/ve"
NAME, PASSWORD = "machine", "chỉ để kiểm thử 1942"


def registered(address: str, token: str) -> str:
    """The id of a public app."""
    told = {"client_name": "fhirclient", "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none",
            "scope": "launch/patient offline_access patient/*.rs"}  # fmt: skip
    place = requests.get(f"{address}/.well-known/smart-configuration", timeout=10).json()["registration_endpoint"]
    answer = requests.post(place, json=told, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()["client_id"]


def said_yes(authorize: str, person: str) -> str:
    """What a browser does: log in, choose the person, allow; the address that it is sent to."""
    browser = requests.Session()
    page = browser.get(authorize, timeout=10)
    page = browser.post(page.url, _form(page.text, username=NAME, password=PASSWORD), timeout=10)
    assert "Cho phép" in page.text, (page.status_code, page.text[:600])
    page = browser.post(page.url, _form(page.text, q="Khúc"), timeout=10)
    assert person in page.text
    answer = browser.post(page.url, _form(page.text, person=person, answer="yes"), timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text[:2000]
    return urljoin(REDIRECT, answer.headers["Location"])


def _form(page: str, **typed: str) -> dict[str, str]:
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {name: value.replace("&amp;", "&").replace("&#x27;", "'") for name, value in hidden.items()} | typed


def main(address: str, token: str):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
    ids = [
        requests.post(f"{address}/Patient", json={"resourceType": "Patient", "name": [{"text": name}]},
                      headers=headers, timeout=10).json()["id"]
        for name in ("Khúc Thị Một", "Khúc Thị Hai")
    ]  # fmt: skip
    smart = client.FHIRClient(
        settings={"app_id": registered(address, token), "api_base": address, "redirect_uri": REDIRECT,
                  "scope": "launch/patient offline_access patient/*.rs"}
    )  # fmt: skip
    assert smart.prepare() is False

    smart.handle_callback(said_yes(smart.authorize_url, ids[0]))

    assert smart.ready
    assert smart.patient_id == ids[0]
    assert smart.patient.name[0].text == "Khúc Thị Một"
    assert [one.id for one in patient.Patient.where({}).perform_resources(smart.server)] == [ids[0]]
    assert smart.reauthorize()
    assert patient.Patient.read(ids[0], smart.server).id == ids[0]
    with pytest.raises(FHIRNotFoundException):
        patient.Patient.read(ids[1], smart.server)


if __name__ == "__main__":
    main(*sys.argv[1:])
