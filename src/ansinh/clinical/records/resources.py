"""Composition of a form and of a whole record, and the document Bundle, as FHIR. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ansinh.clinical.records.rules import Grouped
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import BASE, CS, LOINC

Resource = dict[str, Any]

DOCUMENTS = f"{BASE}/id/ho-so-benh-an"
WHOLE = ("11503-0", "Medical records")
_XHTML = "http://www.w3.org/1999/xhtml"


def form_encounter(session: Any, label: str) -> Resource:
    """The contact in which a form was written, finished. session: screening's (ids of person, facility, stay)."""
    encounter: Resource = {
        "resourceType": "Encounter",
        "id": session.encounter,
        **session.about(),
        "status": "finished",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "IMP" if session.stay else "AMB",
        },
        "type": [{"coding": [{"system": CS("encounter-type"), "code": "record", "display": "Lập bệnh án, giấy tờ"}]}],
        "subject": session.subject,
        "period": {"start": session.moment, "end": session.moment},
        "serviceProvider": {"reference": f"Organization/{session.facility}"},
        "reasonCode": [{"text": label}],
    }
    if session.who:
        encounter["participant"] = [{"individual": session.who}]
    if session.stay:
        encounter["episodeOfCare"] = [{"reference": f"EpisodeOfCare/{session.stay}"}]
    return encounter


def composition_id(response_id: str) -> str:
    """The document of a filled form: one for each response."""
    return stable_id("record-form", response_id)


def form_composition(session: Any, *, form: str, loinc: str, title: str) -> Resource:
    """The document that a filled form is: its answers are the response's."""
    coding = [{"system": CS("record-form"), "code": form, "display": title}]
    if loinc:
        coding.append({"system": LOINC, "code": loinc})
    return {
        "resourceType": "Composition",
        "id": composition_id(session.id),
        **session.about(),
        "status": "final",
        "type": {"coding": coding, "text": title},
        "subject": session.subject,
        "encounter": session.visit,
        "date": session.moment,
        "author": [session.who or {"reference": f"Organization/{session.facility}"}],
        "title": title,
        "section": [{"title": title, "entry": [{"reference": f"QuestionnaireResponse/{session.id}"}]}],
    }


def form_of(composition: Mapping[str, Any]) -> str:
    """Which form a document is, "" for documents of others."""
    codings = composition.get("type", {}).get("coding", ())
    return next((one.get("code", "") for one in codings if one.get("system") == CS("record-form")), "")


def response_of(composition: Mapping[str, Any]) -> str:
    """Id of the response that a form's document shows."""
    entries = [one for section in composition.get("section", ()) for one in section.get("entry", ())]
    references = (one.get("reference", "") for one in entries)
    return next((one.partition("/")[2] for one in references if one.startswith("QuestionnaireResponse/")), "")


def whole_composition(
    *, id: str, person: str, at: str, author: Mapping[str, Any], custodian: str, groups: Sequence[Grouped]
) -> Resource:
    """The table of a whole record: a section for each group, the empty ones too, with what it holds."""
    return {
        "resourceType": "Composition",
        "id": id,
        "identifier": {"system": DOCUMENTS, "value": id},
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": WHOLE[0], "display": WHOLE[1]}], "text": "Hồ sơ bệnh án"},
        "subject": {"reference": f"Patient/{person}"},
        "date": at,
        "author": [dict(author)],
        "title": "Hồ sơ bệnh án",
        "custodian": {"reference": f"Organization/{custodian}"},
        "section": [_section(group) for group in groups],
    }


def _section(group: Grouped) -> Resource:
    section: Resource = {
        "title": group.title,
        "code": {"coding": [{"system": CS("record-group"), "code": group.id, "display": group.title}]},
        "text": {
            "status": "generated",
            "div": f'<div xmlns="{_XHTML}"><p>{escape(group.title)}: {len(group.resources)} mục</p></div>',
        },
    }
    if not group.resources:
        empty = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
        return section | {"emptyReason": {"coding": [{"system": empty, "code": "unavailable"}]}}
    entry = [{"reference": f"{one['resourceType']}/{one['id']}"} for one in group.resources]
    return section | {"entry": entry}


def bundle(id: str, at: str, resources: Iterable[Mapping[str, Any]]) -> Resource:
    """A document: the Composition first, each resource under its own name; earlier versions beside the current one."""
    return {
        "resourceType": "Bundle",
        "id": id,
        "identifier": {"system": DOCUMENTS, "value": id},
        "type": "document",
        "timestamp": at,
        "entry": [{"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": dict(one)} for one in resources],
    }


def bundle_signature(*, who: Mapping[str, Any], at: str, data: str) -> Resource:
    """The signature of a document, data: base64 of detached CMS over the canonical Bundle without this element."""
    author = {
        "system": "urn:iso-astm:E1762-95:2013",
        "code": "1.2.840.10065.1.12.1.5",
        "display": "Verification Signature",
    }
    return {
        "type": [author],
        "when": at,
        "who": dict(who),
        "targetFormat": "application/fhir+json",
        "sigFormat": "application/pkcs7-signature",
        "data": data,
    }
