"""Patient, Coverage and EpisodeOfCare: built from drafts and read back. Pure; nothing else of a resource is touched.

What other systems put into a resource and the form does not know stays as it is: `patient_resource(draft, base)`
replaces only the parts that the form owns.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft
from ansinh.kernel.naming import BHYT, CCCD, CMND, CS, EXT, MRN
from ansinh.kernel.text import name_parts

Resource = dict[str, Any]

_OWN_SYSTEMS = (CCCD, CMND, BHYT, MRN)
_OWN_EXTENSIONS = (EXT("beneficiary-group"), EXT("disability"), EXT("ethnicity"))
_OWN_ADDRESS = (EXT("commune-code"), EXT("province-code"), EXT("old-address"))
GUARDIAN = {"system": CS("contact-relationship"), "code": "guardian"}
OPEN_STAY = ("planned", "waitlist", "active", "onhold")


def patient_resource(draft: PersonDraft, base: Resource | None = None) -> Resource:
    """Patient of a checked draft, on top of the resource it corrects."""
    patient: Resource = copy.deepcopy(base) if base else {"resourceType": "Patient", "active": True}
    _set(patient, "extension", [*_others(patient.get("extension"), _OWN_EXTENSIONS), *_extensions(draft)])
    _set(patient, "identifier", [*_identifiers(draft), *_foreign_identifiers(patient)])
    patient["name"] = [_name(draft.full_name), *patient.get("name", [])[1:]]
    _set(patient, "telecom", [*_phone(draft.phone), *_not_phone(patient.get("telecom", []))])
    patient["gender"] = draft.gender
    _set(patient, "birthDate", draft.birth_date)
    _set(patient, "address", [*_address(draft, patient), *patient.get("address", [])[1:]])
    _set(patient, "contact", [*_contact(draft.guardian), *_not_guardian(patient.get("contact", []))])
    if draft.facility:
        patient["managingOrganization"] = {"reference": f"Organization/{draft.facility}"}
    return patient


def _set(resource: Resource, key: str, value: Any) -> None:
    """FHIR has no empty values: an empty one means the element is absent."""
    if value:
        resource[key] = value
    else:
        resource.pop(key, None)


def _present(**values: Any) -> Resource:
    return {key: value for key, value in values.items() if value}


def _others(extensions: list[Resource] | None, own: Sequence[str]) -> list[Resource]:
    return [extension for extension in extensions or [] if extension.get("url") not in own]


def _name(full_name: str) -> Resource:
    family, middle, given = name_parts(full_name)
    return {"use": "official", "text": full_name, **_present(family=family), "given": [*middle.split(), given]}


def _identifiers(draft: PersonDraft) -> Iterator[Resource]:
    card = draft.insurance.card if draft.insurance else ""
    numbers = ((CCCD, draft.citizen_number), (CMND, draft.old_citizen_number), (BHYT, card), (MRN, draft.record_number))
    for system, value in numbers:
        if value:
            yield {"system": system, "value": value}


def _foreign_identifiers(patient: Resource) -> list[Resource]:
    return [one for one in patient.get("identifier", []) if one.get("system") not in _OWN_SYSTEMS]


def _phone(number: str) -> list[Resource]:
    return [{"system": "phone", "value": number}] if number else []


def _not_phone(telecom: list[Resource]) -> list[Resource]:
    """Everything but the first phone, which is the one that the form shows."""
    first = next((point for point in telecom if point.get("system") == "phone"), None)
    return [point for point in telecom if point is not first]


def _address(draft: PersonDraft, patient: Resource) -> list[Resource]:
    before = (patient.get("address") or [{}])[0]
    own = [
        *_coded(EXT("commune-code"), "valueCode", draft.commune),
        *_coded(EXT("province-code"), "valueCode", draft.province),
        *_coded(EXT("old-address"), "valueString", draft.old_address),
    ]
    extension = [*_others(before.get("extension"), _OWN_ADDRESS), *own]
    rest = {key: value for key, value in before.items() if key not in ("extension", "text", "line")}
    line = [draft.address] if draft.address else []
    address = {**_present(extension=extension), **rest, **_present(text=draft.address, line=line)}
    return [address] if address else []


def _coded(url: str, kind: str, value: Any) -> list[Resource]:
    return [{"url": url, kind: value}] if value else []


def _extensions(draft: PersonDraft) -> Iterator[Resource]:
    for group in draft.groups:
        code = [{"url": "code", "valueCoding": {"system": CS("beneficiary-group"), "code": group.code}}]
        yield {"url": EXT("beneficiary-group"), "extension": [*code, *_period(group.start, group.end)]}
    for entry in draft.disabilities:
        yield {"url": EXT("disability"), "extension": list(_disability(entry))}
    if draft.ethnicity:
        yield {"url": EXT("ethnicity"), "valueCoding": {"system": CS("ethnicity"), "code": draft.ethnicity}}


def _period(start: str, end: str = "") -> list[Resource]:
    return _coded("period", "valuePeriod", _present(start=start, end=end))


def _disability(entry: DisabilityEntry) -> Iterator[Resource]:
    yield {"url": "kind", "valueCoding": {"system": CS("disability-kind"), "code": entry.kind}}
    yield {"url": "level", "valueCoding": {"system": CS("disability-level"), "code": entry.level}}
    yield from _coded("certificate", "valueString", entry.certificate)
    yield from _period(entry.start)


def _contact(guardian: Guardian | None) -> list[Resource]:
    if guardian is None:
        return []
    relationship = {"coding": [GUARDIAN], **_present(text=guardian.relationship)}
    telecom = _phone(guardian.phone)
    return [{"relationship": [relationship], "name": {"text": guardian.name}, **_present(telecom=telecom)}]


def _is_guardian(contact: Resource) -> bool:
    return any(
        coding.get("code") == GUARDIAN["code"]
        for relation in contact.get("relationship", [])
        for coding in relation.get("coding", [])
    )


def _not_guardian(contacts: list[Resource]) -> list[Resource]:
    return [contact for contact in contacts if not _is_guardian(contact)]


def read_patient(patient: Resource, coverage: Resource | None = None) -> PersonDraft:
    """The draft behind a Patient (and the person's current Coverage): what the correction form shows."""
    numbers = {one.get("system"): one.get("value", "") for one in reversed(patient.get("identifier", []))}
    address = (patient.get("address") or [{}])[0]
    return PersonDraft(
        full_name=full_name(patient),
        gender=patient.get("gender", "unknown"),
        birth_date=patient.get("birthDate", ""),
        citizen_number=numbers.get(CCCD, ""),
        old_citizen_number=numbers.get(CMND, ""),
        record_number=numbers.get(MRN, ""),
        phone=_first_phone(patient),
        address=address.get("text", ""),
        commune=_extension(address, EXT("commune-code")).get("valueCode", ""),
        province=_extension(address, EXT("province-code")).get("valueCode", ""),
        old_address=_extension(address, EXT("old-address")).get("valueString", ""),
        ethnicity=_extension(patient, EXT("ethnicity")).get("valueCoding", {}).get("code", ""),
        groups=tuple(_read_groups(patient)),
        disabilities=tuple(_read_disabilities(patient)),
        guardian=_read_guardian(patient),
        insurance=read_coverage(coverage) if coverage else _bare_card(numbers.get(BHYT, "")),
        facility=reference_id(patient.get("managingOrganization")),
    )


def full_name(patient: Resource) -> str:
    """The name as typed, or put together in Vietnamese order when another system sent only its parts."""
    name = (patient.get("name") or [{}])[0]
    return name.get("text") or " ".join([*([name["family"]] if name.get("family") else []), *name.get("given", [])])


def reference_id(reference: Resource | None) -> str:
    """`Organization/x` → `x`, "" for none."""
    return (reference or {}).get("reference", "").rpartition("/")[2]


def _extension(element: Resource, url: str) -> Resource:
    return next((one for one in element.get("extension", []) if one.get("url") == url), {})


def _first_phone(element: Resource) -> str:
    return next((point.get("value", "") for point in element.get("telecom", []) if point.get("system") == "phone"), "")


def _read_groups(patient: Resource) -> Iterator[GroupEntry]:
    for extension in patient.get("extension", []):
        if extension.get("url") == EXT("beneficiary-group"):
            period = _extension(extension, "period").get("valuePeriod", {})
            code = _extension(extension, "code").get("valueCoding", {}).get("code", "")
            yield GroupEntry(code, period.get("start", ""), period.get("end", ""))


def _read_disabilities(patient: Resource) -> Iterator[DisabilityEntry]:
    for extension in patient.get("extension", []):
        if extension.get("url") == EXT("disability"):
            yield DisabilityEntry(
                _extension(extension, "kind").get("valueCoding", {}).get("code", ""),
                _extension(extension, "level").get("valueCoding", {}).get("code", ""),
                _extension(extension, "certificate").get("valueString", ""),
                _extension(extension, "period").get("valuePeriod", {}).get("start", ""),
            )


def _read_guardian(patient: Resource) -> Guardian | None:
    contact = next((one for one in patient.get("contact", []) if _is_guardian(one)), None)
    if contact is None:
        return None
    relationship = (contact.get("relationship") or [{}])[0].get("text", "")
    return Guardian(contact.get("name", {}).get("text", ""), relationship, _first_phone(contact))


def _bare_card(number: str) -> Insurance | None:
    return Insurance(number) if number else None


def coverage_resource(patient_id: str, insurance: Insurance, base: Resource | None = None) -> Resource:
    """Coverage of one health-insurance card."""
    coverage: Resource = copy.deepcopy(base) if base else {"resourceType": "Coverage", "status": "active"}
    coverage["subscriberId"] = insurance.card
    coverage["identifier"] = [{"system": BHYT, "value": insurance.card}]
    coverage["beneficiary"] = {"reference": f"Patient/{patient_id}"}
    coverage.setdefault("payor", [{"display": "Bảo hiểm xã hội Việt Nam"}])
    _set(coverage, "period", _present(start=insurance.start, end=insurance.end))
    place = _coded(EXT("insurance-place"), "valueString", insurance.place)
    _set(coverage, "extension", [*_others(coverage.get("extension"), [EXT("insurance-place")]), *place])
    return coverage


def read_coverage(coverage: Resource) -> Insurance:
    """The card behind a Coverage."""
    period = coverage.get("period", {})
    place = _extension(coverage, EXT("insurance-place")).get("valueString", "")
    return Insurance(coverage.get("subscriberId", ""), place, period.get("start", ""), period.get("end", ""))


def stay_resource(patient_id: str, facility: str, kind: str, start: str) -> Resource:
    """EpisodeOfCare of a person who is taken in, or followed from home, from the day `start`."""
    return {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "type": [{"coding": [{"system": CS("stay-kind"), "code": kind}]}],
        "patient": {"reference": f"Patient/{patient_id}"},
        "managingOrganization": {"reference": f"Organization/{facility}"},
        "period": {"start": start},
    }


def ended_stay(stay: Resource, end: str, reason: str) -> Resource:
    """The stay, finished on the day `end` for a reason of CodeSystem discharge-reason."""
    ended = copy.deepcopy(stay)
    ended["status"] = "finished"
    ended["period"] = {**ended.get("period", {}), "end": end}
    coding = {"system": CS("discharge-reason"), "code": reason}
    extension = _coded(EXT("discharge-reason"), "valueCoding", coding if reason else None)
    _set(ended, "extension", [*_others(ended.get("extension"), [EXT("discharge-reason")]), *extension])
    return ended


def stay_kind(stay: Resource) -> str:
    """Code of CodeSystem stay-kind, "" when another system left it out."""
    return next((coding["code"] for kind in stay.get("type", []) for coding in kind.get("coding", [])), "")


def discharge_reason(stay: Resource) -> str:
    """Code of CodeSystem discharge-reason, "" while the stay is open or when no reason was given."""
    return _extension(stay, EXT("discharge-reason")).get("valueCoding", {}).get("code", "")
