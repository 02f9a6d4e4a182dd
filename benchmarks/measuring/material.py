"""Synthetic people, observations, and the requests that are measured with them."""

import json
from pathlib import Path
from typing import Any

from measuring.load import Request

_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Bùi", "Đinh", "Vũ")
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Ngọc", "Phúc", "Quý")
_CODES = ("8867-4", "9279-1", "8310-5", "2708-6", "29463-7")
_FOLDED = str.maketrans("ễầêạàùũìâáọúýĐ", "eaeaauuiaaouyD")


def person(identity: str, number: int, unit: str) -> dict[str, Any]:
    """One Patient."""
    family, given = _FAMILIES[number % 8], f"{_GIVEN[number % 12]} {_GIVEN[number // 12 % 12]} {number}"
    return {
        "resourceType": "Patient",
        "id": identity,
        "name": [{"text": f"{family} {given}", "family": family, "given": given.split()}],
        "gender": ("male", "female")[number % 2],
        "birthDate": f"{1930 + number % 70}-0{1 + number % 9}-15",
        "managingOrganization": {"reference": f"Organization/{unit}"},
    }


def pulse(someone: str, number: int) -> dict[str, Any]:
    """One Observation about a person, without an id."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    unit = {"unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": _CODES[number // 1000 % 5]}]},
        "subject": {"reference": f"Patient/{someone}"},
        "effectiveDateTime": f"20{10 + number % 15}-0{1 + number % 9}-1{number % 10}T08:00:00+07:00",
        "valueQuantity": {"value": 60 + number % 40, **unit},
    }


def reads(people: list[str], prefix: str = "/fhir") -> list[Request]:
    """Read people by id."""
    return [("GET", f"{prefix}/Patient/{one}", b"") for one in chosen(people)]


def searches(people: list[str]) -> dict[str, list[Request]]:
    """The two searches that must stay fast however many observations there are."""
    names = [f"{_FAMILIES[n % 8]}%20{_GIVEN[n % 12]}%20{_GIVEN[n // 12 % 12]}%20{n}" for n in range(0, len(people), 3)]
    code = "code=http://loinc.org|8867-4"
    return {
        "search by code": [("GET", f"/fhir/Observation?patient={one}&{code}", b"") for one in chosen(people)],
        "search by name": [("GET", f"/fhir/Patient?name={name.translate(_FOLDED)}", b"") for name in names],
    }


def requests(people: list[str], unit: str) -> dict[str, list[Request]]:
    """Name of the figure → its requests."""
    numbers = {one: number for number, one in enumerate(people)}
    some = chosen(people)
    return {
        "read": reads(people),
        **searches(people),
        "create": [("POST", "/fhir/Observation", _json(pulse(one, 1))) for one in some],
        "update": [("PUT", f"/fhir/Patient/{one}", _json(person(one, numbers[one], unit))) for one in some],
        "transaction": [("POST", "/fhir", _json(_bundle(one))) for one in some],
    }


def bundles(folder: Path) -> tuple[list[Request], int]:
    """(one transaction for each file of Synthea, how many resources they hold)."""
    found: list[Request] = []
    resources = 0
    for path in sorted(folder.glob("*.json")):
        found.append(("POST", "/fhir", path.read_bytes()))
        resources += len(json.loads(found[-1][2])["entry"])
    return found, resources


def chosen(people: list[str]) -> list[str]:
    """Some 500 of them, from the first to the last."""
    return people[:: max(1, len(people) // 500)]


def _bundle(someone: str) -> dict[str, Any]:
    post = {"method": "POST", "url": "Observation"}
    entries = [{"request": post, "resource": pulse(someone, number)} for number in range(20)]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
