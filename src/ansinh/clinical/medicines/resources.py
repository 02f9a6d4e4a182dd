"""Medication, MedicationRequest, MedicationAdministration, MedicationDispense, AllergyIntolerance … as FHIR. Pure."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ansinh.clinical.medicines.rules import times
from ansinh.clinical.medicines.rules.checks import Drug, Finding, Weighing
from ansinh.clinical.medicines.rules.lists import Item
from ansinh.clinical.medicines.rules.times import Course
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, EXT, UCUM

Resource = dict[str, Any]

MEDICINE = f"{BASE}/id/thuoc"
PRESCRIPTION = f"{BASE}/id/don-thuoc"
BARCODE = f"{BASE}/id/ma-vach"
KNOWLEDGE = f"{BASE}/id/kien-thuc-thuoc"
FACILITY, CONTROLLED, UNIT, SLOT = EXT("facility"), EXT("controlled-medicine"), EXT("unit"), EXT("dose-hour")
WEIGHING, LOT, EXPIRY = EXT("dose-by-weight"), EXT("lot"), EXT("expiry")
ROUTE = CS("medicine-route")
_FUNCTION = "http://terminology.hl7.org/CodeSystem/med-admin-perform-function"
_CERTAINTY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_ALLERGY_STATUS = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_LIBRARY = "http://terminology.hl7.org/CodeSystem/library-type"
_ISSUE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
# kind of a finding → (HL7 v3 ActCode, words)
_ISSUES = {
    "allergy": ("ALGY", "Dị ứng"),
    "class": ("ALGY", "Dị ứng cùng nhóm"),
    "duplicate": ("DUPTHPY", "Trùng hoạt chất"),
    "interaction": ("DRG", "Tương tác thuốc"),
    "dose": ("DOSEH", "Quá liều"),
}


def medicine_id(facility: str, code: str) -> str:
    """The id of a medicine of a facility's list."""
    return stable_id("medicine", facility, code)


def medication_resource(facility: str, item: Item, *, active: bool = True) -> Resource:
    """A medicine of a facility's list."""
    words = " ".join(filter(None, (item.name, item.strength if item.strength not in item.name else "")))
    extension = [
        {"url": FACILITY, "valueReference": {"reference": f"Organization/{facility}"}},
        {"url": UNIT, "valueString": item.unit},
        *([{"url": CONTROLLED, "valueCode": item.controlled}] if item.controlled else []),
    ]
    body: Resource = {
        "resourceType": "Medication",
        "id": medicine_id(facility, item.code),
        "extension": extension,
        "code": {"coding": [{"system": MEDICINE, "code": item.code, "display": words}], "text": words},
        "status": "active" if active else "inactive",
        "ingredient": [{"itemCodeableConcept": {"text": one}} for one in item.substances],
    }
    if item.barcode:
        body["identifier"] = [{"system": BARCODE, "value": item.barcode}]
    return body | ({"form": {"text": item.form}} if item.form else {})


@dataclass(frozen=True, slots=True)
class Regimen:
    """How a medicine is taken. amount: pieces or ml of one dose; hours: `08:00`; start, end: FHIR dateTime, date."""

    amount: Decimal
    unit: str
    hours: tuple[str, ...] = ()
    as_needed: bool = False
    start: str = ""
    end: str = ""
    route: str = ""
    route_words: str = ""
    note: str = ""
    quantity: Decimal | None = None

    def words(self) -> str:
        """«1 viên lúc 08:00, 20:00, uống»."""
        hours = "lúc " + ", ".join(self.hours) if self.hours else ""
        when = " ".join(filter(None, ("khi cần" if self.as_needed else "", hours)))
        return ", ".join(
            filter(None, (f"{plain(self.amount)} {self.unit} {when}", self.route_words.lower(), self.note))
        )


def plain(value: Decimal) -> str:
    """«0,5», «2»: as people write amounts."""
    return f"{value.normalize() + 0:f}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Ordered:
    """Where an order belongs. author: reference with a name; prescription: code of what is taken home, "" for none."""

    id: str
    patient: str
    facility: str
    at: str
    author: Resource
    prescription: str = ""
    reason: str = ""


def request_resource(ordered: Ordered, code: str, name: str, regimen: Regimen, weighing: Weighing | None) -> Resource:
    """The order. Its Timing lists the hours of a day; `asNeeded` where there are none."""
    place = {"reference": f"Organization/{ordered.facility}"}
    extension: list[Resource] = [{"url": FACILITY, "valueReference": place}]
    if weighing:
        extension.append({"url": WEIGHING, "extension": list(_weighed(weighing))})
    body: Resource = {
        "resourceType": "MedicationRequest",
        "id": ordered.id,
        "extension": extension,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": MEDICINE, "code": code, "display": name}], "text": name},
        "subject": {"reference": f"Patient/{ordered.patient}"},
        "authoredOn": ordered.at,
        "dosageInstruction": [_dosage(regimen)],
    }
    if ordered.author:
        body["requester"] = ordered.author
    if ordered.reason:
        body["reasonCode"] = [{"text": ordered.reason}]
    if ordered.prescription:
        body["groupIdentifier"] = {"system": PRESCRIPTION, "value": ordered.prescription}
    if regimen.quantity:
        body["dispenseRequest"] = {"quantity": {"value": regimen.quantity, "unit": regimen.unit}}
    return body


def _dosage(regimen: Regimen) -> Resource:
    bounds = {key: value for key, value in (("start", regimen.start), ("end", regimen.end)) if value}
    repeat: Resource = {"boundsPeriod": bounds} if bounds else {}
    if regimen.hours:
        repeat |= {"frequency": len(regimen.hours), "period": 1, "periodUnit": "d",
                   "timeOfDay": [f"{hour}:00" for hour in regimen.hours]}  # fmt: skip
    dosage: Resource = {"text": regimen.words()} | ({"timing": {"repeat": repeat}} if repeat else {})
    if regimen.as_needed:
        dosage["asNeededBoolean"] = True
    if regimen.route:
        coding = {"system": ROUTE, "code": regimen.route, "display": regimen.route_words}
        dosage["route"] = {"coding": [coding], "text": regimen.route_words}
    dosage["doseAndRate"] = [{"doseQuantity": {"value": regimen.amount, "unit": regimen.unit}}]
    return dosage


def _weighed(weighing: Weighing) -> Iterator[Resource]:
    yield {"url": "weight", "valueQuantity": {"value": weighing.weight, "unit": "kg", "system": UCUM, "code": "kg"}}
    yield {"url": "per-kg", "valueQuantity": {"value": weighing.per_kg, "unit": f"{weighing.unit}/kg"}}
    yield {"url": "dose", "valueQuantity": {"value": weighing.dose, "unit": weighing.unit}}


def stopped(request: Resource, at: str, reason: str) -> Resource:
    """The order ended now, with its reason."""
    return (
        request
        | {"status": "stopped", "statusReason": {"text": reason}}
        | {"note": [*request.get("note", []), {"time": at, "text": reason}]}
    )


def issue_resource(
    request: Resource, number: int, finding: Finding, *, at: str, author: Resource, why: str
) -> Resource:
    """What stood against an order, and why it was given all the same."""
    code, words = _ISSUES[finding.kind]
    body: Resource = {
        "resourceType": "DetectedIssue",
        "id": stable_id("medicine-issue", request["id"], str(number)),
        "status": "final",
        "code": {"coding": [{"system": _ISSUE, "code": code}], "text": words},
        "severity": "high" if finding.stops else "moderate",
        "patient": request["subject"],
        "identifiedDateTime": at,
        "detail": str(finding.message),
        "implicated": [{"reference": f"MedicationRequest/{request['id']}"}],
        "mitigation": [{"action": {"text": why}, "date": at} | ({"author": author} if author else {})],
    }
    if finding.source and finding.source.startswith(("http://", "https://")):
        body["reference"] = finding.source
    return body


def course_of(row: Mapping[str, Any]) -> Course:
    """A row of view_medication_request as an order that runs."""
    hours = tuple(hour[:5] for hour in (row["hours"] or "").split(",") if hour)
    return Course(
        id=row["id"],
        person=row["patient_id"],
        medicine=row["medicine"] or "",
        name=row["name"] or "",
        dose=row["dose_words"] or "",
        hours=hours,
        start=row["start_date"] or "",
        end=row["end_date"] or "",
        as_needed=bool(row["as_needed"]),
        weekdays=tuple(filter(None, (row["weekdays"] or "").split(","))),
        every=times.days_between(row["period"] or "", row["period_unit"] or ""),
    )


def course_of_request(request: Resource) -> Course:
    """An order as it is read from the store, with what says when it is taken."""
    dosage = request["dosageInstruction"][0]
    repeat = dosage.get("timing", {}).get("repeat", {})
    bounds = repeat.get("boundsPeriod", {})
    return Course(
        id=request["id"],
        person="",
        medicine="",
        name="",
        dose="",
        hours=tuple(hour[:5] for hour in repeat.get("timeOfDay", ())),
        start=bounds.get("start", ""),
        end=bounds.get("end", ""),
        as_needed=bool(dosage.get("asNeededBoolean")),
        weekdays=tuple(repeat.get("dayOfWeek", ())),
        every=times.days_between(str(repeat.get("period", "")), repeat.get("periodUnit", "")),
    )


# --- doses ---------------------------------------------------------------------------------------------------


def dose_id(request: str, slot: str) -> str:
    """The id of a dose: two taps, or two nurses, cannot make two."""
    return stable_id("dose", request, slot)


def dose_resource(request: Resource, slot: str, *, outcome: str, at: str, author: Resource, witness: Resource | None,
                  reason: Resource | None, note: str = "", key: str = "") -> Resource:  # fmt: skip
    """A dose of an order. outcome: `given`, `refused` or `held`; witness: the second signature; key: of the slot."""
    performers = [{"actor": author}] if author else []
    if witness:
        function = {"coding": [{"system": _FUNCTION, "code": "witness"}], "text": "Người ký thứ hai"}
        performers.append({"function": function, "actor": witness})
    body: Resource = {
        "resourceType": "MedicationAdministration",
        "id": dose_id(request["id"], key or slot),
        "extension": [{"url": SLOT, "valueDateTime": slot}],
        "status": "completed" if outcome == "given" else "not-done" if outcome == "refused" else "on-hold",
        "medicationCodeableConcept": request["medicationCodeableConcept"],
        "subject": request["subject"],
        "effectiveDateTime": at,
        "request": {"reference": f"MedicationRequest/{request['id']}"},
    }
    if reason:
        body["statusReason"] = [reason]
    if performers:
        body["performer"] = performers
    if outcome == "given":
        dosage = request["dosageInstruction"][0]
        quantity = dosage.get("doseAndRate", [{}])[0].get("doseQuantity")
        body["dosage"] = (
            {"text": dosage.get("text", "")}
            | ({"dose": quantity} if quantity else {})
            | ({"route": dosage["route"]} if "route" in dosage else {})
        )
    return body | ({"note": [{"text": note}]} if note else {})


def reason_concept(code: str, display: str) -> Resource:
    """Why a dose was not given."""
    return {"coding": [{"system": CS("dose-reason"), "code": code, "display": display}], "text": display}


# --- allergies, handing out ----------------------------------------------------------------------------------


def allergy_resource(allergy_id: str, patient: str, substance: str, *, severe: bool, reaction: str, onset: str,
                     at: str, author: Resource) -> Resource:  # fmt: skip
    """An allergy or intolerance to a substance, a class or a medicine, in words."""
    body: Resource = {
        "resourceType": "AllergyIntolerance",
        "id": allergy_id,
        "clinicalStatus": {"coding": [{"system": _ALLERGY_STATUS, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": _CERTAINTY, "code": "confirmed"}]},
        "category": ["medication"],
        "criticality": "high" if severe else "low",
        "code": {"text": substance},
        "patient": {"reference": f"Patient/{patient}"},
        "recordedDate": at,
    }
    if author:
        body["recorder"] = author
    if onset:
        body["onsetDateTime"] = onset
    return body | ({"reaction": [{"manifestation": [{"text": reaction}]}]} if reaction else {})


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed out of which lot. expiry: ISO day."""

    id: str
    lot: str
    expiry: str
    quantity: Decimal
    unit: str


def dispense_resource(
    request: Resource, handed: Handed, *, at: str, author: Resource, witness: Resource | None
) -> Resource:
    """Medicine of an order handed out from the stock."""
    performers = [{"actor": one} for one in (author, witness) if one]
    return {
        "resourceType": "MedicationDispense",
        "id": handed.id,
        "extension": [{"url": LOT, "valueString": handed.lot}, {"url": EXPIRY, "valueDate": handed.expiry}],
        "status": "completed",
        "medicationCodeableConcept": request["medicationCodeableConcept"],
        "subject": request["subject"],
        **({"performer": performers} if performers else {}),
        "authorizingPrescription": [{"reference": f"MedicationRequest/{request['id']}"}],
        "quantity": {"value": handed.quantity, "unit": handed.unit},
        "whenHandedOver": at,
    }


# --- knowledge -----------------------------------------------------------------------------------------------


def knowledge_resource(document: Mapping[str, Any], data: bytes) -> Resource:
    """An installed file of knowledge, whole."""
    return {
        "resourceType": "Library",
        "id": stable_id("medicine-knowledge", document["id"]),
        "identifier": [{"system": KNOWLEDGE, "value": document["id"]}],
        "version": str(document["version"]),
        "title": document["title"],
        "status": "active",
        "type": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/library-type", "code": "asset-collection"}]
        },
        "description": document["source"],
        **({"copyright": document["licence"]} if document.get("licence") else {}),
        "content": [{"contentType": "application/yaml", "data": base64.b64encode(data).decode("ascii")}],
    }


def knowledge_bytes(library: Mapping[str, Any]) -> bytes:
    """The file as it was installed."""
    return base64.b64decode(library["content"][0]["data"])


def drug_of(row: Mapping[str, Any]) -> Drug:
    """A row of view_medication as the checks take it."""
    return Drug(row["code"] or "", row["name"] or "", substances_of(row["substances"] or ""))


def substances_of(joined: str) -> tuple[str, ...]:
    """Names of substances as the view keeps them."""
    return tuple(filter(None, joined.split("|")))


def findings_said(findings: Sequence[Finding]) -> str:
    """All findings in one text."""
    return " ".join(str(finding.message) for finding in findings)
