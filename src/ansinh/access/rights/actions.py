"""Taking down what a person asks for, and answering it."""

from typing import Any

from django.db import transaction

from ansinh.access.labels import CONFIDENTIALITY, RESTRICTED
from ansinh.access.models import PersonRequest, User
from ansinh.access.rights import rules
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid
from ansinh.kernel.text import nfc


@transaction.atomic
def take_down(context: Context, *, user: User, person: str, kind: str, asker: str, words: str = "") -> PersonRequest:
    """What was asked, due in two working days. Raises Invalid, NotFound for a person out of sight."""
    if kind not in rules.KINDS:
        raise Invalid("Không có loại yêu cầu này.", field="kind")
    if not asker.strip():
        raise Invalid("Cần ghi tên người yêu cầu.", field="asker")
    if kind == "correction" and not words.strip():
        raise Invalid("Cần ghi chỗ nào sai và đúng ra là gì.", field="words")
    patient = Repository(context).read("Patient", person)
    unit = patient.get("managingOrganization", {}).get("reference", "").rpartition("/")[2] or context.unit
    return PersonRequest.objects.create(
        kind=kind,
        person=person,
        unit=unit,
        asker=nfc(asker).strip(),
        words=nfc(words).strip(),
        due=rules.due(clock.today()),
        taken_by=user,
    )


@transaction.atomic
def answer(context: Context, *, user: User, request: PersonRequest, granted: bool, words: str) -> None:
    """Granted or not, with words for who asked. A restriction that is granted holds from this moment.

    Raises Conflict for one that was answered, Invalid without words or for what the law does not let grant.
    """
    if PersonRequest.objects.select_for_update().get(pk=request.pk).done is not None:
        raise Conflict("Yêu cầu này đã được trả lời.")
    if not words.strip():
        raise Invalid("Cần ghi câu trả lời cho người yêu cầu.", field="words")
    if granted and request.kind in rules.REFUSABLE_ONLY:
        text = "Hồ sơ đang trong thời hạn lưu giữ theo luật nên không xóa được; hãy trả lời từ chối và nêu thời hạn."
        raise Invalid(text, field="granted")
    if granted and request.kind in rules.RESTRICTING:
        _restrict(context, request.person, rules.RESTRICTING[request.kind])
    request.done, request.done_by, request.granted, request.answer = clock.now(), user, granted, nfc(words).strip()
    request.save(update_fields=["done", "done_by", "granted", "answer"])


def _restrict(context: Context, person: str, wanted: bool) -> None:
    """Put the label of restriction on the Patient, or take it off; every record that follows goes along."""
    repository = Repository(context)
    patient = repository.read("Patient", person)
    kept = [one for one in patient.get("meta", {}).get("security", []) if not _is_restriction(one)]
    label = {"system": CONFIDENTIALITY, "code": RESTRICTED, "display": "restricted"}
    security = [*kept, label] if wanted else kept
    meta = {key: value for key, value in patient.get("meta", {}).items() if key != "security"}
    repository.update({**patient, "meta": {**meta, "security": security} if security else meta})


def _is_restriction(coding: dict[str, Any]) -> bool:
    return (coding.get("system"), coding.get("code")) == (CONFIDENTIALITY, RESTRICTED)
