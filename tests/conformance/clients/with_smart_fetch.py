"""smart-fetch (SMART on FHIR's bulk exporter) against a node: `python with_smart_fetch.py ADDRESS TOKEN`.

People and their observations are fetched by the command line, once by Bulk Data export and once by searching.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import requests

CITY = f"https://example.org/smart-fetch/{uuid4()}"
PEOPLE = 5


def people_to_fetch(address: str, token: str) -> str:
    """A Group of people, each with two observations; its id."""
    entries = []
    for number in range(PEOPLE):
        name = f"urn:uuid:{uuid4()}"
        person = {"resourceType": "Patient", "identifier": [{"system": CITY, "value": str(number)}]}
        entries.append({"fullUrl": name, "resource": person, "request": {"method": "POST", "url": "Patient"}})
        for value in (1.50, 2):
            seen = {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                "subject": {"reference": name},
                "valueQuantity": {"value": value, "unit": "kg"},
            }
            entries.append({"resource": seen, "request": {"method": "POST", "url": "Observation"}})
    names = [entry["fullUrl"] for entry in entries if "fullUrl" in entry]
    group = {"resourceType": "Group", "type": "person", "actual": True}
    group["member"] = [{"entity": {"reference": name}} for name in names]
    entries.append({"resource": group, "request": {"method": "POST", "url": "Group"}})
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = requests.post(address, json=bundle, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    answer.raise_for_status()
    return answer.json()["entry"][-1]["response"]["location"].split("/")[1]


def fetched(address: str, token_file: Path, group: str, mode: str, folder: Path) -> dict[str, list[dict]]:
    """What the command brings, by type."""
    command = [
        str(Path(sys.executable).with_name("smart-fetch")), "export", str(folder), "--fhir-url", address,
        "--bearer-token", str(token_file), "--group", group, "--type", "Patient,Observation",
        "--export-mode", mode, "--hydration-tasks", "none", "--no-compression", "--no-default-filters",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, f"{mode}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    found: dict[str, list[dict]] = {"Patient": [], "Observation": []}
    for path in folder.rglob("[A-Z]*.ndjson"):
        if path.is_symlink():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            resource = json.loads(line)
            found[resource["resourceType"]].append(resource)
    return found


def main(address: str, token: str):
    group = people_to_fetch(address, token)
    with tempfile.TemporaryDirectory() as name:
        token_file = Path(name, "token")
        token_file.write_text(token, encoding="utf-8")
        for mode in ("bulk", "crawl"):
            found = fetched(address, token_file, group, mode, Path(name, mode))
            people = {one["id"] for one in found["Patient"]}
            assert sorted(one["identifier"][0]["value"] for one in found["Patient"]) == list("01234"), mode
            assert len(found["Observation"]) == 2 * PEOPLE, mode
            assert {one["subject"]["reference"].split("/")[1] for one in found["Observation"]} == people, mode


if __name__ == "__main__":
    main(*sys.argv[1:])
