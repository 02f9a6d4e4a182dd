"""Writing a form of the record, and giving the whole record out. Each write is one transaction."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.records import queries, resources
from ansinh.clinical.registry import contacts
from ansinh.clinical.screening import actions as screening
from ansinh.clinical.screening import queries as tools
from ansinh.clinical.screening import resources as screened
from ansinh.clinical.signing import actions as signing
from ansinh.clinical.signing import rules as locks
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, NotFound, Refused
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import SYNTHETIC

Resource = dict[str, Any]


def write_form(context: Context, *, person_id: str, form: str, response: Mapping[str, Any], key: str = "") -> str:
    """Stores a filled form as a contact of its own with answers and document; returns the document's id.

    key: id of the response to be, so that a form sent twice is stored once. Raises Invalid with every problem,
    Refused for a form that the role may not write, NotFound for another facility's person.
    """
    chosen = queries.form(form)
    if not context.has(chosen.permission):
        raise Refused(_("Vai trò của anh/chị không lập được giấy này."), code="form-permission")
    definition = queries.questionnaire(chosen)
    repository = Repository(context)
    patient = repository.read("Patient", person_id)
    items = screening.checked(definition, response)
    with repository.transaction():
        if key and (before := repository.find("QuestionnaireResponse", key)) is not None:
            return _again(before, person_id)
        session = _session(context, patient, key or new_id())
        written = (
            resources.form_encounter(session, chosen.title),
            screened.response(session, definition, items),
            resources.form_composition(session, form=chosen.id, loinc=chosen.loinc, title=chosen.title),
        )
        for one in written:
            repository.create(one, id=one["id"])
    return written[-1]["id"]


def _again(before: Resource, person_id: str) -> str:
    if before.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy giấy này."))
    return resources.composition_id(before["id"])


def _session(context: Context, patient: Resource, response_id: str) -> screened.Session:
    """Where the form belongs. A paper may be written after a death: the summary, the discharge."""
    organization = patient.get("managingOrganization", {}).get("reference", "").partition("/")[2]
    return screened.Session(
        id=response_id,
        patient=patient["id"],
        facility=organization or context.unit,
        moment=clock.instant(),
        encounter=new_id(),
        stay=tools.open_stay(context, patient["id"]),
        actor=contacts.on_staff(context),
        actor_name=context.display,
        synthetic=SYNTHETIC in patient.get("meta", {}).get("tag", []),
    )


def rewrite_form(
    context: Context, *, document_id: str, version: int, response: Mapping[str, Any], reason: str = "", proof: str = ""
) -> None:
    """New answers in a form. Before it is signed its writer changes it freely; afterwards it is an amendment with a
    reason, signed by who makes it (`signing.actions.amend_part`). Raises Invalid, Refused, Stale, NotFound.
    """
    repository = Repository(context)
    document = repository.read("Composition", document_id)
    answers = repository.read("QuestionnaireResponse", resources.response_of(document))
    definition = tools.questionnaire_of(answers)
    items = screening.checked(definition, response)
    kept = screened.response(_at(answers), definition, items).get("item", [])
    if is_sealed(context, document):
        signing.amend_part(
            context,
            kind="QuestionnaireResponse",
            id=answers["id"],
            version=version,
            reason=reason,
            change=lambda before: before | {"item": kept},
            proof=proof,
        )
        return
    if writer_of(context, document) != context.actor:
        raise Refused(_("Giấy chưa ký thì chỉ người lập được sửa."), code="form-of-others")
    if answers.get("item") == kept:
        raise Invalid(_("Nội dung chưa thay đổi gì."), code="amendment-same")
    repository.update(answers | {"item": kept}, if_match=version)


def _at(answers: Resource) -> screened.Session:
    """Only what the shape of answers needs: who and when stay as they were."""
    return screened.Session(answers["id"], "", "", "", "")


def is_sealed(context: Context, document: Resource) -> bool:
    """True when the contact of a document was signed by its author."""
    kind, found = locks.seal_of(document) or ("", "")
    return Repository(context).find(kind, found) is not None


def writer_of(context: Context, document: Resource) -> str:
    """Reference of who wrote the first version of a document."""
    return Repository(context).written("Composition", [document["id"]])[document["id"]][0].author


def sign_file(context: Context, pdf: bytes, *, reason: str, proof: str = "") -> bytes:
    """A PDF signed (PAdES) by who takes it out. Raises Refused for an account without a person of the staff."""
    pen, name, place = signing.pen_of(context, proof)
    from ansinh.clinical.signing.documents import sign_pdf  # loads pyHanko

    return sign_pdf(pdf, pen, name=name, reason=reason, location=place)
