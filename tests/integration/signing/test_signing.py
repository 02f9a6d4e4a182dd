"""Signing an entry: by its author only, locked from then on, amended with what was kept, confirmed by somebody else."""

import pytest

from ansinh.clinical.encounters.actions import retract
from ansinh.clinical.signing import actions, queries, rules
from ansinh.clinical.signing.rules import ADDENDUM, AUTHOR, COUNTER
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused, Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(binh, visit):
    """Id of the visit, signed by Bình."""
    actions.sign_entry(binh, kind="Encounter", id=visit)
    return visit


def part_of(context, visit, kind):
    return next(one for one in queries.members(context, visit) if one["resourceType"] == kind)


def said(summary):
    return lambda before: before | {"summary": summary}


def keys(refusal):
    return [one.key for one in refusal.value.problems]


def test_sign_entry_covers_the_contact_its_parts_and_the_person(binh, visit, an):
    before = queries.entry(binh, "Encounter", visit)
    actions.sign_entry(binh, kind="Encounter", id=visit)
    entry = queries.entry(binh, "Encounter", visit)

    assert before.seal is None
    assert entry.seal.good
    assert entry.seal.signed.purpose == AUTHOR
    assert entry.seal.signed.signer == binh.actor
    assert entry.seal.verdict.name == "Nhân viên Binh"
    assert set(entry.seal.signed.targets) == {part.reference for part in entry.parts} | {
        f"Patient/{an}/_history/{entry.patient['meta']['versionId']}"
    }
    assert all(entry.is_current(part) for part in entry.parts)


def test_sign_entry_twice_is_refused(binh, signed):
    with pytest.raises(Conflict, match="đã ký rồi"):
        actions.sign_entry(binh, kind="Encounter", id=signed)


@pytest.mark.parametrize("who", ["lan", "mai"])
def test_sign_entry_of_somebody_else_is_refused_in_words(request, visit, who):
    with pytest.raises(Refused, match="do người khác ghi"):
        actions.sign_entry(request.getfixturevalue(who), kind="Encounter", id=visit)


def test_sign_entry_of_another_facility_is_not_found(cuc, visit):
    with pytest.raises(NotFound):
        actions.sign_entry(cuc, kind="Encounter", id=visit)


def test_sign_entry_that_changed_since_it_was_seen_is_refused(binh, visit):
    entry = queries.entry(binh, "Encounter", visit)
    seen = queries.content_digest(entry.own(), entry.patient)
    note = part_of(binh, visit, "ClinicalImpression")
    Repository(binh).update(note | {"summary": "Khác"})

    with pytest.raises(Stale):
        actions.sign_entry(binh, kind="Encounter", id=visit, seen=seen)


def test_sign_entry_as_it_was_seen_is_done(binh, visit):
    entry = queries.entry(binh, "Encounter", visit)

    assert actions.sign_entry(
        binh, kind="Encounter", id=visit, seen=queries.content_digest(entry.own(), entry.patient)
    ) == rules.seal_id(("Encounter", visit))


@pytest.mark.parametrize("kind", ["Encounter", "Observation", "Condition", "ClinicalImpression"])
def test_signed_part_is_locked_against_its_own_author(binh, signed, kind):
    found = Repository(binh).read("Encounter", signed) if kind == "Encounter" else part_of(binh, signed, kind)

    with pytest.raises(Invalid, match="đã ký và khóa") as refusal:
        Repository(binh).update(found | {"language": "vi"})

    assert keys(refusal) == ["entry-locked"]


def test_unsigned_part_is_not_locked(binh, visit):
    note = part_of(binh, visit, "ClinicalImpression")

    assert Repository(binh).update(note | {"summary": "Khác"}).version == 2


def test_signed_part_is_not_deleted(system, binh, signed):
    note = part_of(binh, signed, "ClinicalImpression")

    with pytest.raises(Invalid, match="không xóa được"):
        system.delete("ClinicalImpression", note["id"])


def test_part_moved_out_of_its_contact_is_still_locked(binh, signed):
    note = {key: value for key, value in part_of(binh, signed, "ClinicalImpression").items() if key != "encounter"}

    with pytest.raises(Invalid):
        Repository(binh).update(note)


def test_amend_part_keeps_what_was_and_signs_what_is(binh, signed):
    note = part_of(binh, signed, "ClinicalImpression")
    actions.amend_part(
        binh, kind="ClinicalImpression", id=note["id"], version=1, reason="Ghi thiếu", change=said("Tăng huyết áp độ 1")
    )
    entry = queries.entry(binh, "Encounter", signed)
    part = next(one for one in entry.parts if one.key == ("ClinicalImpression", note["id"]))

    assert Repository(binh).vread("ClinicalImpression", note["id"], 1)["summary"] == "Tăng huyết áp"
    assert part.resource["summary"] == "Tăng huyết áp độ 1"
    assert [(one.reason, one.actor, one.before) for one in part.amendments] == [("Ghi thiếu", binh.actor, "1")]
    assert [one.signed.purpose for one in entry.signatures] == [AUTHOR, ADDENDUM]
    assert all(one.good for one in entry.signatures)
    assert entry.is_current(part)


def test_amend_part_twice_keeps_both(binh, signed):
    note = part_of(binh, signed, "ClinicalImpression")
    for version, words in ((1, "Hai"), (2, "Ba")):
        actions.amend_part(
            binh, kind="ClinicalImpression", id=note["id"], version=version, reason=words, change=said(words)
        )

    latest = Repository(binh).read("ClinicalImpression", note["id"])
    assert [one.before for one in rules.amendments(latest)] == ["1", "2"]


@pytest.mark.parametrize(
    ("reason", "words", "version", "error"),
    [
        ("  ", "Khác", 1, Invalid),
        ("Lý do", "Tăng huyết áp", 1, Invalid),
        ("Lý do", "Khác", 7, Stale),
    ],
)
def test_amend_part_without_reason_change_or_on_a_stale_version_writes_nothing(
    binh, signed, reason, words, version, error
):
    note = part_of(binh, signed, "ClinicalImpression")

    with pytest.raises(error):
        actions.amend_part(
            binh, kind="ClinicalImpression", id=note["id"], version=version, reason=reason, change=said(words)
        )

    assert Repository(binh).read("ClinicalImpression", note["id"])["meta"]["versionId"] == "1"


def test_amend_part_by_a_nurse_who_did_not_sign_is_refused(lan, signed):
    note = part_of(lan, signed, "ClinicalImpression")

    with pytest.raises(Invalid, match="Chỉ người đã ký"):
        actions.amend_part(lan, kind="ClinicalImpression", id=note["id"], version=1, reason="Sửa", change=said("Khác"))

    assert Repository(lan).read("ClinicalImpression", note["id"])["meta"]["versionId"] == "1"


def test_amend_part_by_the_director_is_signed_by_the_director(mai, signed):
    note = part_of(mai, signed, "ClinicalImpression")
    actions.amend_part(mai, kind="ClinicalImpression", id=note["id"], version=1, reason="Sai", change=said("Khác"))

    assert queries.entry(mai, "Encounter", signed).signatures[-1].signed.signer == mai.actor


def test_signed_entry_may_still_be_marked_as_entered_in_error(binh, signed, an):
    retract(binh, person_id=an, contact_id=signed, reason="Nhầm người")
    entry = queries.entry(binh, "Encounter", signed)

    assert entry.head.resource["status"] == "entered-in-error"
    assert entry.seal.good
    assert not entry.is_current(entry.head)


def test_countersign_entry_by_somebody_else_confirms_it(mai, signed):
    actions.countersign_entry(mai, kind="Encounter", id=signed)
    entry = queries.entry(mai, "Encounter", signed)

    assert entry.countersigned.good
    assert entry.countersigned.signed.purpose == COUNTER
    assert entry.countersigned.signed.signer == mai.actor


def test_countersign_entry_by_its_author_is_refused(binh, signed):
    with pytest.raises(Refused, match="phải khác người đã ký"):
        actions.countersign_entry(binh, kind="Encounter", id=signed)


def test_countersign_entry_twice_is_refused(mai, signed):
    actions.countersign_entry(mai, kind="Encounter", id=signed)

    with pytest.raises(Conflict):
        actions.countersign_entry(mai, kind="Encounter", id=signed)


def test_countersign_entry_before_its_author_is_refused(mai, visit):
    with pytest.raises(Conflict, match="chưa ký mục này"):
        actions.countersign_entry(mai, kind="Encounter", id=visit)


def test_signatures_of_lists_them_by_entry(mai, binh, signed, an):
    actions.countersign_entry(mai, kind="Encounter", id=signed)

    marks = queries.signatures_of(binh, an)

    assert [(mark.purpose, mark.signer) for mark in marks["Encounter", signed]] == [
        (AUTHOR, binh.actor),
        (COUNTER, mai.actor),
    ]


def test_signatures_of_another_facilitys_person_are_not_shown(cuc, signed, an):
    assert queries.signatures_of(cuc, an) == {}


def test_signature_after_the_content_was_changed_in_the_database_is_broken(binh, signed):
    """Who changes the journal behind the node's back cannot make the signature fit."""
    from ansinh.fhir.store import bodies
    from ansinh.fhir.store.models import JournalEntry

    note = part_of(binh, signed, "ClinicalImpression")
    row = next(one for one in JournalEntry.objects.all() if b"ClinicalImpression" in bodies.unpack(bytes(one.body)))
    forged = bodies.pack(bodies.unpack(bytes(row.body)).replace("Tăng huyết áp".encode(), "Bình thường".encode()))
    JournalEntry.objects.filter(pk=row.pk).update(body=forged)

    entry = queries.entry(binh, "Encounter", signed)

    assert note["summary"] == "Tăng huyết áp"
    assert not entry.seal.verdict.intact
