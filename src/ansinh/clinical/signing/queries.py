"""What an entry of the record is made of, who wrote it, and what its signatures prove. Each takes the reader's Context.

entry(context, "Encounter", id)      the contact, its parts and signatures, verified; constant number of queries
signatures_of(context, person)       every signature of a person's record, unverified: one query, for lists
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansinh.clinical.signing import refusals, resources, rules
from ansinh.clinical.signing.canonical import canonical, digest, versioned
from ansinh.clinical.signing.resources import Signed
from ansinh.clinical.signing.rules import AUTHOR, COUNTER, Amendment
from ansinh.clinical.signing.verdicts import Verdict
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Gone, NotFound

Resource = dict[str, Any]
_PARTS = tuple(kind for kind in rules.LOCKED if kind != "Encounter")
_MOST = "500"


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of an entry. author: reference of who wrote the version that is there; first: when the first was."""

    resource: Resource
    author: str
    at: datetime
    first: datetime
    amendments: tuple[Amendment, ...] = ()

    @property
    def reference(self) -> str:
        return versioned(self.resource)

    @property
    def key(self) -> tuple[str, str]:
        return self.resource["resourceType"], self.resource["id"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature and what it proves today."""

    signed: Signed
    verdict: Verdict

    @property
    def good(self) -> bool:
        return self.verdict.good


@dataclass(frozen=True, slots=True)
class Entry:
    """A contact (or a single part) with everything written in it. The head is the first part."""

    parts: tuple[Part, ...]
    signatures: tuple[Checked, ...] = ()
    patient: Resource | None = None
    names: Mapping[str, str] | None = None

    @property
    def head(self) -> Part:
        return self.parts[0]

    @property
    def seal(self) -> Checked | None:
        """The author's signature."""
        return next((one for one in self.signatures if one.signed.purpose == AUTHOR), None)

    @property
    def countersigned(self) -> Checked | None:
        return next((one for one in self.signatures if one.signed.purpose == COUNTER), None)

    def own(self) -> tuple[Part, ...]:
        """What the author of the head wrote: that is what they sign."""
        return tuple(part for part in self.parts if part.author == self.head.author)

    def name(self, reference: str) -> str:
        """Who a reference is, in words."""
        return (self.names or {}).get(reference, "")

    def signed_version(self, part: Part) -> int:
        """The newest version of a part that somebody answered for; 0 for none."""
        found = (one.signed.version_of(part.resource) for one in self.signatures)
        return max((int(version) for version in found if version), default=0)

    def is_current(self, part: Part) -> bool:
        """True when the version that is there was signed."""
        return self.signed_version(part) == int(part.resource["meta"]["versionId"])


def entry(context: Context, kind: str, fhir_id: str) -> Entry:
    """The entry, read and verified. Raises NotFound for another's and for types that are never signed."""
    if kind not in rules.LOCKED:
        raise NotFound("Không tìm thấy mục này trong hồ sơ.")
    head = Repository(context).read(kind, fhir_id)
    found = [head, *(members(context, fhir_id) if kind == "Encounter" else [])]
    return assembled(context, found)


def members(context: Context, encounter_id: str) -> list[Resource]:
    """Everything that was written within a contact, whether it stands or not; a query for each type."""
    repository = Repository(context)
    asked = [("encounter", f"Encounter/{encounter_id}"), ("_count", _MOST)]
    kinds = (kind for kind in _PARTS if context.allows("search", kind))
    return [one for kind in kinds for one in search(repository, kind, asked).resources]


def assembled(context: Context, found: Sequence[Resource], proofs: Iterable[Resource] | None = None) -> Entry:
    """An entry of resources at hand, the head first: with authors, signatures and what they prove.

    proofs: the Provenances to look at; None for those that name one of the resources.
    """
    parts = tuple(_parts(context, found))
    head = found[0]
    patient = Repository(context).find("Patient", _patient_id(head)) if head["resourceType"] != "Patient" else head
    signatures = tuple(_checked(_proofs(context, found) if proofs is None else proofs))
    signers = (one.signed.signer for one in signatures)
    return Entry(parts, signatures, patient, names(context, (*(part.author for part in parts), *signers)))


def _parts(context: Context, found: Sequence[Resource]) -> Iterable[Part]:
    written = {
        kind: Repository(context).written(kind, [one["id"] for one in found if one["resourceType"] == kind])
        for kind in {one["resourceType"] for one in found}
    }
    for one in found:
        versions = written[one["resourceType"]][one["id"]]
        last = next(each for each in versions if each.version == int(one["meta"]["versionId"]))
        yield Part(one, last.author, last.updated, versions[0].updated, tuple(rules.amendments(one)))


def _patient_id(resource: Mapping[str, Any]) -> str:
    return resource.get("subject", {}).get("reference", "").partition("/")[2].partition("/")[0]


def _proofs(context: Context, found: Sequence[Resource]) -> list[Resource]:
    """Provenances over any of these resources. One search."""
    if not context.allows("search", "Provenance"):
        return []
    named = ",".join(f"{one['resourceType']}/{one['id']}" for one in found)
    return search(Repository(context), "Provenance", [("target", named), ("_count", _MOST)]).resources


def _checked(proofs: Iterable[Resource]) -> Iterable[Checked]:
    """Signatures with what they prove, the oldest first."""
    read = (resources.read(one) for one in proofs)
    signed = sorted((one for one in read if one is not None), key=lambda one: (one.at, one.id))
    roots = refusals.trusted_roots() if signed else []
    for one in signed:
        yield Checked(one, verdict(one, roots))


def verdict(signed: Signed, roots: Sequence[str]) -> Verdict:
    """What a stored signature proves: the versions it names are read again from the journal, whoever may see them."""
    repository = Repository(system_context())
    parts: list[tuple[str, Resource]] = []
    for reference in signed.targets:
        kind, fhir_id, _history, version = reference.split("/")
        try:
            parts.append((reference, repository.vread(kind, fhir_id, int(version))))
        except (NotFound, Gone):
            return Verdict(False, False)
    from ansinh.clinical.signing import cms  # loads pyHanko

    return cms.verify(canonical(parts), signed.data, roots)


def names(context: Context, references: Iterable[str]) -> dict[str, str]:
    """Names of staff by reference. One query."""
    wanted = {one.partition("/")[2] for one in references if one.startswith("Practitioner/")}
    people = Repository(system_context()).read_many("Practitioner", sorted(wanted)) if wanted else {}
    return {f"Practitioner/{key}": one.get("name", [{}])[0].get("text", "") for key, one in people.items()}


def amended_versions(part: Part, one: Amendment) -> tuple[Resource, Resource]:
    """(the version of a part before an amendment, the one that it made)."""
    repository, (kind, fhir_id) = Repository(system_context()), part.key
    before, after = (repository.vread(kind, fhir_id, int(one.before) + step) for step in (0, 1))
    return before, after


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature as a list shows it. entry: (type, id)."""

    entry: tuple[str, str]
    purpose: str
    signer: str
    signer_name: str
    at: str


def signatures_of(context: Context, person_id: str) -> dict[tuple[str, str], list[Mark]]:
    """Signatures of a person's record by entry, the oldest first. One query."""
    sql = """SELECT s.entry, s.purpose, s.signer, s.signer_name, s.signed FROM view_signature s
             WHERE {reach:s} AND s.patient_id = :person ORDER BY s.signed, s.id"""
    found: dict[tuple[str, str], list[Mark]] = {}
    for row in tables.rows(context, sql, {"person": person_id}):
        kind, fhir_id = (row["entry"] or "//").split("/")[:2]
        mark = Mark(
            (kind, fhir_id), row["purpose"] or "", row["signer"] or "", row["signer_name"] or "", row["signed"] or ""
        )
        found.setdefault(mark.entry, []).append(mark)
    return found


def content_digest(parts: Sequence[Part], patient: Resource | None) -> str:
    """SHA-256 of what would be signed: the form carries it, so that what was seen is what is signed."""
    return digest(canonical(to_sign(parts, patient)))


def to_sign(parts: Sequence[Part], patient: Resource | None) -> list[tuple[str, Resource]]:
    """(reference, resource) of what a signature is over: the parts, then whom they are about."""
    about = [(versioned(patient), patient)] if patient else []
    return [*((part.reference, part.resource) for part in parts), *about]
