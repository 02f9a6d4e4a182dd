"""Signing, confirming and amending an entry. Each is one transaction; raises UserError and then nothing is written."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from ansinh.clinical.signing import keys, providers, queries, resources, rules
from ansinh.clinical.signing.canonical import canonical
from ansinh.clinical.signing.providers import Holder, Pen
from ansinh.clinical.signing.queries import Entry, Part
from ansinh.clinical.signing.resources import Signed
from ansinh.clinical.signing.rules import ADDENDUM, AUTHOR, COUNTER, Amendment
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Conflict, Invalid, Refused, Stale
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import nfc

Resource = dict[str, object]


def sign_entry(context: Context, *, kind: str, id: str, seen: str = "", proof: str = "") -> str:
    """The author signs what they wrote in an entry, which locks it; returns the id of the Provenance.

    seen: digest of what the person had before their eyes; Stale when it is another now. proof: what the provider asks
    (`providers.Holder`). Raises Refused for somebody else's entry, Conflict when it is signed, NotFound.
    """
    entry = queries.entry(context, kind, id)
    if entry.seal is not None:
        raise Conflict(_("Mục này đã ký rồi."), code="already-signed")
    if entry.head.author != context.actor:
        raise Refused(_("Anh/chị không ký thay được: mục này do người khác ghi."), code="signature-of-others")
    return _sign(context, entry, entry.own(), AUTHOR, rules.seal_id(entry.head.key), seen, proof)


def countersign_entry(context: Context, *, kind: str, id: str, seen: str = "", proof: str = "") -> str:
    """Somebody else confirms a signed entry. Raises Refused for its author, Conflict when it is not signed yet."""
    entry = queries.entry(context, kind, id)
    seal = entry.seal
    if seal is None:
        raise Conflict(_("Người ghi chưa ký mục này nên chưa xác nhận được."), code="countersign-early")
    if seal.signed.signer == context.actor:
        raise Refused(_("Người xác nhận phải khác người đã ký."), code="countersign-own")
    if any(one.signed.purpose == COUNTER and one.signed.signer == context.actor for one in entry.signatures):
        raise Conflict(_("Anh/chị đã xác nhận mục này rồi."), code="already-signed")
    return _sign(context, entry, covered(entry), COUNTER, new_id(), seen, proof)


def covered(entry: Entry) -> tuple[Part, ...]:
    """The parts that the author's signature speaks of."""
    assert entry.seal is not None
    return tuple(part for part in entry.parts if entry.seal.signed.version_of(part.resource))


def amend_part(
    context: Context,
    *,
    kind: str,
    id: str,
    version: int,
    reason: str,
    change: Callable[[dict], dict],
    proof: str = "",
) -> str:
    """Changes one part of a signed entry, with the reason, and signs what it now says; returns the Provenance's id.

    What it said before stays in the journal and is shown beside it. Raises Invalid without a reason or a change,
    Stale, Refused for who may not.
    """
    if not nfc(reason):
        raise Invalid(_("Cần ghi lý do đính chính."), code="amendment-reason", field="reason")
    repository = Repository(context)
    with repository.transaction():
        before = repository.read(kind, id)
        if int(before["meta"]["versionId"]) != version:
            raise Stale(_("Hồ sơ đã được người khác sửa sau khi anh/chị mở. Hãy xem bản mới rồi sửa lại."))
        after = change(before)
        if after == before:
            raise Invalid(_("Nội dung chưa thay đổi gì."), code="amendment-same")
        why = Amendment(nfc(reason), clock.instant(), context.actor, context.display, str(version))
        saved = repository.update(rules.amended(after, why), if_match=version).resource
        entry = queries.assembled(context, [saved])
        return _sign(context, entry, entry.parts, ADDENDUM, new_id(), "", proof)


def _sign(context: Context, entry: Entry, parts: Sequence[Part], purpose: str, id: str, seen: str, proof: str) -> str:
    if seen and seen != queries.content_digest(parts, entry.patient):
        raise Stale(_("Nội dung vừa thay đổi so với lúc anh/chị xem. Hãy đọc lại rồi ký."), code="signature-stale")
    content = queries.to_sign(parts, entry.patient)
    moment, (pen, _name, _unit) = clock.now(), pen_of(context, proof)
    from ansinh.clinical.signing import cms  # loads pyHanko

    signature = cms.sign(canonical(content), pen, moment)
    signed = Signed(
        id,
        purpose,
        context.actor,
        context.display,
        clock.instant(moment),
        tuple(one for one, _body in content),
        signature,
    )
    Repository(context).create(resources.provenance(signed, organization=context.unit), id=id)
    return id


def pen_of(context: Context, proof: str = "") -> tuple[Pen, str, str]:
    """(means of signing, name, unit) of who acts. Raises Refused for who is not of the staff register: a signature
    names somebody who is on record."""
    kind, _slash, practitioner = context.actor.partition("/")
    if kind != "Practitioner" or not Repository(context).exists(kind, practitioner):
        raise Refused(_("Tài khoản này chưa gắn với một nhân viên nên chưa ký được."), code="not-on-staff")
    unit, provider = unit_name(context), providers.chosen()
    pen = provider.pen(Holder(context.actor, context.display, unit, proof))
    if provider.name != providers.NODE:
        keys.enrol(context.actor, provider.name, pen.chain[0])
    return pen, context.display, unit


def asks_proof() -> bool:
    """True when the provider of the keys wants a code for each signature; the node's own keys want a fresh log-in."""
    return providers.chosen().name != providers.NODE


def unit_name(context: Context) -> str:
    """What the unit that somebody acts for is called."""
    found = Repository(context).find("Organization", context.unit) if context.unit else None
    return found["name"] if found else ""
