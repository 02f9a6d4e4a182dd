"""Plain people and events → FHIR resources, through the same `resources` modules that the pages use."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.clinical.encounters import resources as encounters
from ansinh.clinical.encounters.rules import Vital, bmi, next_check
from ansinh.clinical.registry import resources as registry
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft
from ansinh.clinical.registry.rules import record_number
from ansinh.clinical.rehab import resources as rehab
from ansinh.clinical.rehab.rules import Session, Technique
from ansinh.fhir.terminology import concepts
from ansinh.kernel import yaml
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, ICD10, SYNTHETIC
from sample_data import screenings
from sample_data.care import Event
from sample_data.people import Person, Stay

Resource = dict[str, Any]
LONG_TERM = ("I10", "E11", "M17", "F20", "F31", "F32", "G80", "G40", "F72", "F03", "I69", "S14", "Z89", "F11", "F15")
LABELS = {"visit": "Khám bệnh", "periodic-check": "Khám sức khỏe định kỳ", "rehab-session": "Buổi phục hồi chức năng"}


def build(person: Person, events: Iterable[Event]) -> Iterator[Resource]:
    """Patient first, then coverage, stays and each event's resources, all tagged synthetic and with stable ids."""
    patient = registry.patient_resource(_draft(person)) | {"id": person.id}
    yield _tagged(patient)
    if person.bhyt:
        yield _tagged(_coverage(person))
    stays = {stay: _stay(person, number, stay) for number, stay in enumerate(person.stays)}
    yield from map(_tagged, stays.values())
    known: set[str] = set()
    for number, event in enumerate(events):
        care = _care(person, number, event, stays)
        yield from map(_tagged, BUILDERS[event.kind](person, care, event, known))


def _draft(person: Person) -> PersonDraft:
    return PersonDraft(
        full_name=person.name,
        gender=person.sex,
        birth_date=person.birth,
        citizen_number=person.cccd,
        record_number=record_number(person.id, person.stays[0].start.year),
        phone=person.phone,
        address=f"{person.commune[1]}, {person.place.province}",
        commune=person.commune[0],
        province=person.place.province_code,
        ethnicity=_ethnicities().get(person.ethnicity, ""),
        groups=tuple(GroupEntry(code, start.isoformat()) for code, start in person.groups),
        disabilities=_disabilities(person),
        guardian=Guardian(person.guardian[0], phone=person.guardian[1]) if person.guardian else None,
        insurance=Insurance(person.bhyt) if person.bhyt else None,
        facility=person.place.id,
    )


def _disabilities(person: Person) -> tuple[DisabilityEntry, ...]:
    if person.disability is None:
        return ()
    kind, level, start = person.disability
    return (DisabilityEntry(kind, level, start=start.isoformat()),)


@cache
def _ethnicities() -> dict[str, str]:
    path = Path(settings.DEFINITIONS) / "codesystems" / "ethnicity.yaml"
    return {c["display"]: c["code"] for c in yaml.read(path)["concepts"]}


def _coverage(person: Person) -> Resource:
    start = person.bhyt_from.isoformat() if person.bhyt_from else ""
    card = Insurance(person.bhyt, start=start, end="2026-12-31" if start else "")
    return registry.coverage_resource(person.id, card) | {"id": stable_id("coverage", person.id)}


def _stay(person: Person, number: int, stay: Stay) -> Resource:
    resource = registry.stay_resource(person.id, person.place.id, stay.kind, stay.start.isoformat())
    if stay.end:
        resource = registry.ended_stay(resource, stay.end.isoformat(), stay.reason)
    return resource | {"id": stable_id("stay", person.id, str(number))}


def _care(person: Person, number: int, event: Event, stays: dict[Stay, Resource]) -> encounters.Care:
    day = event.at.date()
    stay = next(s for s in stays if s.start <= day and (s.end is None or day <= s.end))
    return encounters.Care(
        id=stable_id("event", person.id, str(number), event.at.isoformat()),
        patient=person.id,
        facility=person.place.id,
        moment=event.at.isoformat(timespec="seconds"),
        stay=stays[stay]["id"],
        inpatient=stay.kind not in ("outpatient", "community", "day-care"),
    )


def _contact(person: Person, care: encounters.Care, event: Event, known: set[str]) -> list[Resource]:
    codes = [code for code in event.diagnoses if code not in known]
    known.update(code for code in codes if code.startswith(LONG_TERM))
    check = event.kind == "periodic-check"
    findings = encounters.Findings(
        measures=_measures(event),
        complaint=event.complaint,
        diagnoses=tuple(encounters.Diagnosis(code, _name(code), code.startswith(LONG_TERM)) for code in codes),
        note=event.note,
        advice=event.advice,
        next_due=next_check(event.at.date(), 6).isoformat() if check else "",
        next_source="Thông tư 33/2017/TT-BLĐTBXH, Điều 8 khoản 1" if check else "",
    )
    return encounters.all_resources(care, event.kind, LABELS[event.kind], findings, _vitals())


def _measures(event: Event) -> dict[str, Decimal]:
    measures = {name: Decimal(str(value)) for name, value in event.vitals.items()}
    index = bmi(measures.get("weight"), measures.get("height"))
    return measures | ({"bmi": index} if index else {})


@cache
def _vitals() -> dict[str, Vital]:
    path = Path(settings.DEFINITIONS) / "catalogues" / "vital-ranges.yaml"
    entries: list[dict[str, Any]] = yaml.read(path)["vitals"]
    return {e["name"]: Vital(**e | {"min": Decimal(str(e["min"])), "max": Decimal(str(e["max"]))}) for e in entries}


@cache
def _name(code: str) -> str:
    return concepts.display(ICD10, code)


@cache
def _technique(code: str) -> Technique:
    return Technique(code, concepts.display(CS("technique"), code), minutes=20)


def _session(person: Person, care: encounters.Care, event: Event, known: set[str]) -> list[Resource]:
    session = Session(event.at, 20 * len(event.techniques), tuple(map(_technique, event.techniques)), tolerance="good")
    return rehab.all_resources(care, session, LABELS[event.kind])


def _screening(person: Person, care: encounters.Care, event: Event, known: set[str]) -> list[Resource]:
    return screenings.resources(person, care, event, late=event.at + timedelta(days=5))


BUILDERS: dict[str, Callable[[Person, encounters.Care, Event, set[str]], list[Resource]]] = {
    "visit": _contact,
    "periodic-check": _contact,
    "rehab-session": _session,
    "screening": _screening,
}


def _tagged(resource: Resource) -> Resource:
    return {**resource, "meta": {**resource.get("meta", {}), "tag": [SYNTHETIC]}}
