"""One person's whole record as a FHIR document: Composition first, signed as a whole, each signature in it verifiable.

person_document(context, person_id) ─► Whole (entries with authors and verdicts, groups, Bundle)
verify(bundle, roots)               ─► what the signatures of such a file prove, without the node's database
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansinh.clinical.records import queries, resources, rules
from ansinh.clinical.records.rules import Grouped
from ansinh.clinical.registry.queries import PersonCard
from ansinh.clinical.signing import actions as signing
from ansinh.clinical.signing import queries as signed_entries
from ansinh.clinical.signing import refusals
from ansinh.clinical.signing import resources as signatures
from ansinh.clinical.signing.canonical import canonical, digest, versioned
from ansinh.clinical.signing.queries import Checked, Entry
from ansinh.clinical.signing.verdicts import Verdict
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Malformed
from ansinh.kernel.ids import new_id
from ansinh.kernel.phrases import phrase

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole record. parts: everything with its author; entries: by (type, id) of their head; bundle: the document."""

    card: PersonCard
    patient: Resource
    groups: Sequence[Grouped]
    parts: Entry
    bundle: Resource
    by: str
    at: str

    @property
    def text(self) -> str:
        """The document as it is given out."""
        return json.dumps(self.bundle).decode()

    @property
    def digest(self) -> str:
        """SHA-256 of that text."""
        return digest(self.text.encode())


def person_document(context: Context, card: PersonCard, *, proof: str = "") -> Whole:
    """The whole record as this reader may see it, signed by who takes it out. A query for each type of entry."""
    found, proofs = queries.everything(context, card.id), queries.provenances(context, card.id)
    parts = signed_entries.assembled(context, found, proofs)
    groups = rules.grouped(queries.groups(), queries.group_order(), found)
    at, document_id = clock.instant(), new_id()
    who = {"reference": context.actor, "display": context.display}
    table = resources.whole_composition(
        id=document_id, person=card.id, at=at, author=who, custodian=card.draft.facility, groups=groups
    )
    content = [table, *found, *earlier(proofs, found), *proofs, *_people(context, card, parts)]
    bundle = _signed(context, resources.bundle(document_id, at, _once(content)), who, at, proof)
    return Whole(card, found[0], groups, parts, bundle, context.display, at)


def earlier(proofs: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> Iterator[Resource]:
    """Versions that were signed and have been amended since: a document shows what was beside what is."""
    repository = Repository(system_context())
    current = {f"{one['resourceType']}/{one['id']}/_history/{one['meta']['versionId']}" for one in found}
    named = {target for one in proofs if (read := signatures.read(one)) for target in read.targets}
    for reference in sorted(named - current):
        kind, fhir_id, _history, version = reference.split("/")
        yield repository.vread(kind, fhir_id, int(version))


def _people(context: Context, card: PersonCard, parts: Entry) -> Iterator[Resource]:
    """Who wrote and signed, and the facility: a document names nobody whom it does not hold."""
    repository = Repository(system_context())
    references = {part.author for part in parts.parts} | {one.signed.signer for one in parts.signatures}
    references |= {context.actor}
    ids = sorted(one.partition("/")[2] for one in references if one.startswith("Practitioner/"))
    yield from repository.read_many("Practitioner", ids).values()
    yield from repository.read_many("Organization", [card.draft.facility]).values()


def _once(content: Iterable[Resource]) -> list[Resource]:
    kept: dict[tuple[str, str, str], Resource] = {}
    for one in content:
        kept.setdefault((one["resourceType"], one["id"], one.get("meta", {}).get("versionId", "")), one)
    return list(kept.values())


def _signed(context: Context, bundle: Resource, who: Resource, at: str, proof: str) -> Resource:
    pen, _name, _unit = signing.pen_of(context, proof)
    from ansinh.clinical.signing import cms  # loads pyHanko

    data = cms.sign(_content(bundle), pen, clock.now())
    return bundle | {"signature": resources.bundle_signature(who=who, at=at, data=base64.b64encode(data).decode())}


def _content(bundle: Resource) -> bytes:
    bare = {key: value for key, value in bundle.items() if key != "signature"}
    return canonical([(f"Bundle/{bundle['id']}", bare)])


@dataclass(frozen=True, slots=True)
class Proved:
    """What a file proves: its own signature, and those of the entries in it."""

    whole: Verdict | None
    entries: tuple[Checked, ...]
    title: str = ""

    @property
    def good(self) -> bool:
        return self.whole is not None and self.whole.good and all(one.good for one in self.entries)


def verify(text: bytes, roots: Sequence[str]) -> Proved:
    """What the signatures of a document prove, from the document alone. Raises Malformed for what is none."""
    bundle = json.loads(text)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle" or bundle.get("type") != "document":
        raise _no_document()
    try:
        return _proved(bundle, roots)
    except (AttributeError, IndexError, KeyError, TypeError):  # elements that are not of the shape of FHIR
        raise _no_document() from None


def _no_document() -> Malformed:
    return Malformed(phrase("Tệp này không phải tài liệu FHIR (Bundle loại document)."), code="not-a-document")


def _proved(bundle: Resource, roots: Sequence[str]) -> Proved:
    held = [one.get("resource", {}) for one in bundle.get("entry", ())]
    versions = {versioned(one): one for one in held if "versionId" in one.get("meta", {})}
    checked = []
    for one in held:
        read = signatures.read(one) if one.get("resourceType") == "Provenance" else None
        if read is not None:
            checked.append(Checked(read, _verdict(read, versions, roots)))
    return Proved(_own_verdict(bundle, roots), tuple(checked), str((held or [{}])[0].get("title", "")))


def _own_verdict(bundle: Resource, roots: Sequence[str]) -> Verdict | None:
    data = bundle.get("signature", {}).get("data", "")
    if not data:
        return None
    from ansinh.clinical.signing import cms  # loads pyHanko

    try:
        return cms.verify(_content(bundle), base64.b64decode(data, validate=True), roots)
    except ValueError:
        return Verdict(False, False)


def _verdict(read: signatures.Signed, versions: Mapping[str, Resource], roots: Sequence[str]) -> Verdict:
    parts = [(one, versions[one]) for one in read.targets if one in versions]
    if len(parts) < len(read.targets):
        return Verdict(False, False)
    from ansinh.clinical.signing import cms  # loads pyHanko

    return cms.verify(canonical(parts), read.data, roots)


def trusted() -> list[str]:
    """Roots that this node trusts."""
    return refusals.trusted_roots()
