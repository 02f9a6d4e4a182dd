"""The document Bundle: Composition first, then everything that it speaks of, with references that resolve."""

import copy
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.references import iter_references, parse
from ansinh.fhir.operations.referenced import Key, key_of, referenced
from ansinh.fhir.operations.summary import wording
from ansinh.fhir.operations.summary.gathering import Content, gather
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import LOINC

Resource = dict[str, Any]

_IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_PARTS_OF_REPORTS = frozenset({"Observation", "Specimen"})
_REASONS = {"unavailable": "Unavailable", "withheld": "Information Withheld"}
_TITLES = {"vi": "Tóm tắt hồ sơ sức khỏe", "en": "International Patient Summary"}
_MADE_BY = {"vi": "Tạo tự động từ hồ sơ", "en": "Made automatically from the record"}


def summary(repository: Repository, patient_id: str, base: str, *, language: str = "vi") -> Resource:
    """The summary of a person. language: `vi`, or `en` for English beside Vietnamese.

    base: address of the door, for fullUrl. Raises NotFound, Gone, Refused as reading the Patient does. At most one
    search for each kind of content; nothing is stored.
    """
    patient = repository.read("Patient", patient_id)
    contents = gather(repository, patient_id)
    own = [patient, *_once([one for content in contents for one in content.entries])]
    around = referenced(repository, own, _kinds_around())
    author = _author()
    languages = ("vi",) if language == "vi" else ("vi", language)
    composition = _composition(patient, contents, author, languages, _custodian(patient, around))
    resources = [composition, *own, author, *around]
    places = {key_of(one): _place(one, base, {key_of(composition), key_of(author)}) for one in resources}
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{_IPS}/Bundle-uv-ips"]} if _follows(patient) else {"lastUpdated": clock.instant()},
        "language": languages[-1],
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{new_id()}"},
        "type": "document",
        "timestamp": clock.instant(),
        "entry": [{"fullUrl": places[key_of(one)], "resource": _resolved(one, places, base)} for one in resources],
    }


def _once(resources: list[Resource]) -> list[Resource]:
    return list({key_of(one): one for one in resources}.values())


def _kinds_around() -> frozenset[str]:
    """What entries may point at and is shown with them: people and places, and the results that reports consist of."""
    return (definitions().resource_types - {"Patient", *definitions().compartment("Patient")}) | _PARTS_OF_REPORTS


def _follows(patient: Resource) -> bool:
    """Patient-uv-ips wants a name with words in it and a date of birth; without them no profile is claimed."""
    named = any(one.get("text") or one.get("family") or one.get("given") for one in patient.get("name", ()))
    return named and bool(patient.get("birthDate"))


def _author() -> Resource:
    """The software: nobody has read the summary before it is sent, and it must not look as if."""
    name = {"name": "An Sinh", "type": "manufacturer-name"}
    return {"resourceType": "Device", "id": new_id(), "status": "active", "deviceName": [name]}


def _custodian(patient: Resource, around: list[Resource]) -> str:
    text = patient.get("managingOrganization", {}).get("reference", "")
    return text if text in {"/".join(key_of(one)) for one in around} else ""


def _composition(
    patient: Resource, contents: list[Content], author: Resource, languages: tuple[str, ...], custodian: str
) -> Resource:
    language = languages[-1]
    composition: Resource = {
        "resourceType": "Composition",
        "id": new_id(),
        **({"meta": {"profile": [f"{_IPS}/Composition-uv-ips"]}} if _follows(patient) else {}),
        "language": language,
        "text": _whole(languages),
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": f"Patient/{patient['id']}"},
        "date": clock.instant(),
        "author": [{"reference": f"Device/{author['id']}"}],
        "title": _TITLES[language],
        "custodian": {"reference": custodian},
        "section": [_section(content, languages) for content in contents],
    }
    return composition if custodian else {key: value for key, value in composition.items() if key != "custodian"}


def _whole(languages: tuple[str, ...]) -> Resource:
    blocks = "".join(
        f'<div lang="{one}" xml:lang="{one}"><p>{_TITLES[one]}. {_MADE_BY[one]}.</p></div>' for one in languages
    )
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{blocks}</div>'}


def _section(content: Content, languages: tuple[str, ...]) -> Resource:
    section, shown = content.section, (*content.entries, *content.told)
    found: Resource = {
        "title": section.titles[languages[-1]],
        "code": {"coding": [{"system": LOINC, "code": section.loinc, "display": section.display}]},
        "text": wording.narrative(shown, languages, withheld=content.withheld and not shown, cut=content.cut),
    }
    if content.entries:
        return found | {"entry": [{"reference": "/".join(key_of(one))} for one in content.entries]}
    if shown:
        return found
    code = "withheld" if content.withheld else "unavailable"
    return found | {"emptyReason": {"coding": [{"system": _EMPTY, "code": code, "display": _REASONS[code]}]}}


def _place(resource: Resource, base: str, fresh: set[Key]) -> str:
    kind, identity = key_of(resource)
    return f"urn:uuid:{identity}" if (kind, identity) in fresh else f"{base}/{kind}/{identity}"


def _resolved(resource: Resource, places: dict[Key, str], base: str) -> Resource:
    """With references to the fullUrl of what is in the Bundle, and to the door's address of what is not."""
    copied = copy.deepcopy(resource)
    for _, element in iter_references(copied):
        target = parse(element["reference"])
        if target is not None and target.kind == "relative":
            element["reference"] = places.get((target.type, target.id)) or f"{base}/{target.text}"
    return copied
