"""What is refused of signatures at every door: a signature that proves nothing, somebody else's, a change of what is
signed.

A Provenance with a signature of ours is only taken when the signature is over the very versions that it names, those
are the current ones, and the certificate was the signer's: so it is the signer's whichever door it came through.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ansinh.clinical.signing import keys, resources, rules
from ansinh.clinical.signing.canonical import canonical, versioned
from ansinh.clinical.signing.resources import Signed
from ansinh.clinical.signing.rules import ADDENDUM, AUTHOR, COUNTER
from ansinh.fhir.model import references
from ansinh.fhir.store import Repository
from ansinh.fhir.store.rules import guard, register
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Problem, UserError
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]
_CLOCKS_DIFFER = timedelta(minutes=5)


def register_all() -> None:
    """Tell the store; called when the node starts."""
    register("Provenance", signature_problems, locked=True, concerns=_is_signature)
    guard("Provenance", lambda before: ("Provenance", before["id"]), signature_changes)
    for kind in rules.LOCKED:
        guard(kind, rules.seal_of, rules.change_problems)
        guard(kind, rules.own_seal_of, rules.change_problems)


def _is_signature(resource: Resource) -> bool:
    return bool(resource.get("signature"))


def signature_changes(seal: Resource, before: Resource, after: Resource | None, context: Context) -> Iterator[Problem]:
    """A signature is neither changed nor deleted."""
    if _is_signature(before):
        yield _problem(phrase("Chữ ký đã lưu thì không sửa, không xóa được."), "signature-kept")


def signature_problems(provenance: Resource) -> Iterator[Problem]:
    """Everything wrong with a signature; asked under the journal's lock."""
    signed = resources.read(provenance)
    if signed is None:
        return  # another system's signature, of a form that is not judged here
    if not signed.purpose:
        yield _problem(phrase("Chữ ký phải nêu mục đích: tác giả, xác nhận hoặc đính chính."), "signature-purpose")
        return
    try:
        parts = [_target(one) for one in signed.targets]
    except UserError as error:
        yield _problem(error.message, "signature-target", "Provenance.target")
        return
    yield from _over_what_is(signed, parts)
    yield from _proof(signed, parts)
    yield from _right_signer(signed, parts)


def _target(reference: str) -> tuple[str, Resource, str]:
    """(reference, the version it names, who wrote that version). Raises UserError when it is not there."""
    named = references.parse(reference)
    repository = Repository(system_context())
    if named is None or named.kind != "relative" or not named.version.isdigit():
        raise UserError(phrase("Chữ ký phải chỉ đúng từng bản của hồ sơ, dạng Loại/mã/_history/số."))
    versions = repository.history(named.type, named.id)
    found = next((one for one in versions if one.version == int(named.version) and one.body), None)
    if found is None:
        raise UserError(phrase("Không có bản hồ sơ mà chữ ký chỉ đến."))
    return reference, found.body or {}, found.author


def _over_what_is(signed: Signed, parts: list[tuple[str, Resource, str]]) -> Iterator[Problem]:
    """The targets are current, belong to one entry, and an author signs all of it under the entry's own id."""
    repository = Repository(system_context())
    entry = resources.entry_target(signed)
    for reference, body, _author in parts:
        current = repository.find(body["resourceType"], body["id"])
        if current is None or versioned(current) != reference:
            yield _problem(phrase("Hồ sơ vừa có bản mới; hãy xem lại rồi ký bản đó."), "signature-stale")
            return
        if body["resourceType"] != "Patient" and entry not in (
            rules.entry_of(body),
            (body["resourceType"], body["id"]),
        ):
            yield _problem(phrase("Một chữ ký chỉ ký các phần của cùng một lần ghi."), "signature-mixed")
            return
    if signed.purpose == AUTHOR and signed.id != rules.seal_id(entry):
        yield _problem(phrase("Chữ ký của tác giả phải mang mã riêng của lần ghi."), "signature-seal", "Provenance.id")


def _proof(signed: Signed, parts: list[tuple[str, Resource, str]]) -> Iterator[Problem]:
    content = canonical((reference, body) for reference, body, _author in parts)
    from ansinh.clinical.signing import cms  # loads pyHanko

    verdict = cms.verify(content, signed.data, trusted_roots())
    now, said = clock.now(), datetime.fromisoformat(signed.at)
    if not verdict.intact:
        yield _problem(phrase("Chữ ký không khớp với nội dung."), "signature-broken")
    elif not verdict.trusted or keys.holder_of(verdict.fingerprint, now) != signed.signer:
        yield _problem(phrase("Chứng thư không phải của người đứng tên ký."), "signature-certificate")
    elif (
        not now - _CLOCKS_DIFFER <= said <= now + _CLOCKS_DIFFER
        or verdict.at is None
        or abs(verdict.at - said) > (_CLOCKS_DIFFER)
    ):
        yield _problem(phrase("Giờ ký không khớp với giờ của nút."), "signature-time")


def _right_signer(signed: Signed, parts: list[tuple[str, Resource, str]]) -> Iterator[Problem]:
    """An author signs what they wrote; who confirms it is somebody else, after the author."""
    authors = {author for _reference, body, author in parts if body["resourceType"] != "Patient"}
    if signed.purpose in (AUTHOR, ADDENDUM) and authors != {signed.signer}:
        yield _problem(phrase("Anh/chị không ký thay được: mục này do người khác ghi."), "signature-of-others")
    if signed.purpose == COUNTER:
        seal = Repository(system_context()).find("Provenance", rules.seal_id(resources.entry_target(signed)))
        if seal is None:
            yield _problem(phrase("Người ghi chưa ký mục này nên chưa xác nhận được."), "countersign-early")
        elif rules.signer_of(seal) == signed.signer:
            yield _problem(phrase("Người xác nhận phải khác người đã ký."), "countersign-own")


def trusted_roots() -> list[str]:
    """Roots that this node trusts: its own authority and those that its operator put there."""
    from django.conf import settings

    folder = settings.SIGNING_ROOTS
    given = [path.read_text(encoding="ascii") for path in sorted(folder.glob("*.pem"))] if folder.is_dir() else []
    return [*keys.roots(), *given]


def _problem(message: str, key: str, place: str = "Provenance.signature") -> Problem:
    return Problem("business-rule", message, place, key=key)
