"""What may become of a signed part, as a table: plain values, no database."""

import pytest

from ansinh.clinical.signing import rules
from ansinh.clinical.signing.rules import Amendment
from ansinh.kernel.context import Context

SIGNER, OTHER = "Practitioner/binh", "Practitioner/lan"
NOTE = {
    "resourceType": "ClinicalImpression",
    "id": "n1",
    "meta": {"versionId": "3"},
    "status": "completed",
    "subject": {"reference": "Patient/an"},
    "encounter": {"reference": "Encounter/e1"},
    "summary": "Ổn định",
}
FIGURE = {
    "resourceType": "Observation",
    "id": "o1",
    "meta": {"versionId": "1"},
    "status": "final",
    "subject": {"reference": "Patient/an"},
    "encounter": {"reference": "Encounter/e1"},
    "valueString": "rõ",
}
SEAL = {
    "resourceType": "Provenance",
    "target": [
        {"reference": "Encounter/e1/_history/1"},
        {"reference": "ClinicalImpression/n1/_history/2"},
        {"reference": "Observation/o1/_history/1"},
    ],
    "signature": [{"who": {"reference": SIGNER}}],
}
DOCTOR = frozenset({"entry.amend", "entry.retract"})


def by(actor=SIGNER, permissions=frozenset()):
    return Context(actor=actor, role="x", permissions=permissions)


def amended(part, actor=SIGNER, reason="Ghi thiếu", before=None, **changes):
    why = Amendment(reason, "2026-11-22T08:00:00+07:00", actor, "X", before or part["meta"]["versionId"])
    return rules.amended(part | changes, why)


def found(before, after, context, seal=SEAL):
    return [one.key for one in rules.change_problems(seal, before, after, context)]


def gone(part, **changes):
    return part | {"status": "entered-in-error"} | changes


SPEC = [
    ("plain change by the signer", NOTE, NOTE | {"summary": "x"}, by(), ["entry-locked"]),
    ("plain change by a doctor", NOTE, NOTE | {"summary": "x"}, by(OTHER, DOCTOR), ["entry-locked"]),
    ("no change at all", NOTE, NOTE, by(), ["entry-locked"]),
    ("deleted", NOTE, None, by(OTHER, DOCTOR), ["entry-locked"]),
    ("amended by the signer", NOTE, amended(NOTE, summary="x"), by(), []),
    ("amended by a doctor", NOTE, amended(NOTE, OTHER, summary="x"), by(OTHER, DOCTOR), []),
    ("amended by another nurse", NOTE, amended(NOTE, OTHER, summary="x"), by(OTHER), ["amendment-of-others"]),
    ("amended in another's name", NOTE, amended(NOTE, OTHER, summary="x"), by(), ["amendment-of-others"]),
    ("amended without a reason", NOTE, amended(NOTE, reason="  ", summary="x"), by(), ["amendment-shape"]),
    ("amended from another version", NOTE, amended(NOTE, before="2", summary="x"), by(), ["amendment-shape"]),
    ("amended twice at once", NOTE, amended(amended(NOTE), summary="x"), by(), ["amendment-shape"]),
    ("amended and moved to another contact", NOTE, amended(NOTE, encounter={"reference": "Encounter/e2"}), by(),
     ["amendment-moved"]),
    ("amended and moved to another person", NOTE, amended(NOTE, subject={"reference": "Patient/b"}), by(),
     ["amendment-moved"]),
    ("a figure amended", FIGURE, amended(FIGURE, valueString="mờ"), by(), []),
    ("a figure amended that stays final", FIGURE, amended(FIGURE) | {"status": "final"}, by(), ["amendment-status"]),
    ("earlier amendment left out", amended(NOTE), NOTE | {"summary": "x"}, by(), ["entry-locked"]),
    ("in error, by the signer", NOTE, gone(NOTE), by(), []),
    ("in error, by a doctor", NOTE, gone(NOTE), by(OTHER, DOCTOR), []),
    ("in error, by another nurse", NOTE, gone(NOTE), by(OTHER), ["entry-locked"]),
    ("in error and changed", NOTE, gone(NOTE, summary="x"), by(), ["entry-locked"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "context", "keys"), [row[1:] for row in SPEC], ids=[row[0] for row in SPEC]
)
def test_change_of_a_signed_part(before, after, context, keys):
    assert found(before, after, context) == keys


def test_change_of_what_the_seal_does_not_cover_is_free():
    later = NOTE | {"id": "n2"}

    assert found(later, later | {"summary": "x"}, by(OTHER)) == []
    assert found(later, None, by(OTHER)) == []


def test_provenance_without_a_signature_seals_nothing():
    assert (
        found(NOTE, NOTE | {"summary": "x"}, by(OTHER), {"resourceType": "Provenance", "target": SEAL["target"]}) == []
    )


def test_covers_knows_ids_that_begin_alike():
    seal = {"target": [{"reference": "Observation/o11/_history/1"}, {"reference": "Observation/o1"}]}

    assert rules.covers(seal, FIGURE)
    assert not rules.covers({"target": seal["target"][:1]}, FIGURE)


@pytest.mark.parametrize(
    ("resource", "entry"),
    [
        ({"resourceType": "Encounter", "id": "e1"}, ("Encounter", "e1")),
        (NOTE, ("Encounter", "e1")),
        (NOTE | {"encounter": {"reference": "Encounter/e1/_history/4"}}, ("Encounter", "e1")),
        ({"resourceType": "Condition", "id": "c1"}, ("Condition", "c1")),
        ({"resourceType": "Condition", "id": "c1", "encounter": {"display": "?"}}, ("Condition", "c1")),
    ],
)
def test_entry_of_a_part_is_its_contact(resource, entry):
    assert rules.entry_of(resource) == entry
    assert rules.seal_of(resource) == ("Provenance", rules.seal_id(entry))


def test_own_seal_of_a_contact_is_its_only_one():
    assert rules.own_seal_of({"resourceType": "Encounter", "id": "e1"}) is None
    assert rules.own_seal_of(NOTE) == ("Provenance", rules.seal_id(("ClinicalImpression", "n1")))


def test_amended_keeps_other_extensions_and_marks_the_status():
    part = FIGURE | {"extension": [{"url": "x", "valueString": "y"}]}
    after = amended(part)

    assert after["extension"][0] == part["extension"][0]
    assert after["status"] == "amended"
    assert [one.reason for one in rules.amendments(after)] == ["Ghi thiếu"]
    assert rules.bare(after) == {key: value for key, value in part.items() if key != "status"}
