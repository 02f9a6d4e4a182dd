"""Provenance of a signature: what is written is read back, and what is none of ours is left alone."""

import pytest

from ansinh.clinical.signing import resources
from ansinh.clinical.signing.resources import Signed
from ansinh.clinical.signing.rules import ADDENDUM, AUTHOR, COUNTER, PURPOSES

TARGETS = ("Encounter/e1/_history/1", "Observation/o1/_history/3", "Patient/p1/_history/2")


def signed(purpose=AUTHOR, **changes):
    values = {
        "id": "s1",
        "purpose": purpose,
        "signer": "Practitioner/binh",
        "signer_name": "Bình",
        "at": "2026-11-22T08:30:00.000+07:00",
        "targets": TARGETS,
        "data": b"\x30\x82",
    }
    return Signed(**values | changes)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("name", ["Bình", ""])
def test_provenance_reads_back_as_it_was_written(purpose, name):
    one = signed(purpose, signer_name=name)

    assert resources.read(resources.provenance(one, organization="bv")) == one


@pytest.mark.parametrize(
    ("purpose", "role", "state"),
    [(AUTHOR, "author", "AU"), (ADDENDUM, "author", "AU"), (COUNTER, "verifier", "LA")],
)
def test_provenance_says_the_capacity_of_the_signer(purpose, role, state):
    made = resources.provenance(signed(purpose), organization="bv")

    assert made["agent"][0]["type"]["coding"][0]["code"] == role
    assert made["agent"][0]["onBehalfOf"] == {"reference": "Organization/bv"}
    assert made["activity"]["coding"][0]["code"] == state
    assert made["signature"][0]["type"][0]["display"] == PURPOSES[purpose]


def test_provenance_without_a_unit_names_none():
    assert "onBehalfOf" not in resources.provenance(signed())["agent"][0]


PICTURE = {"sigFormat": "image/png", "type": [], "who": {}, "when": ""}


@pytest.mark.parametrize("signatures", [[], [{}, {}], [PICTURE]])
def test_provenance_of_others_is_not_read(signatures):
    assert resources.read(resources.provenance(signed()) | {"signature": signatures}) is None


def test_provenance_with_data_that_is_no_base64_has_none():
    made = resources.provenance(signed())
    made["signature"][0]["data"] = "không phải"

    assert resources.read(made).data == b""


def test_provenance_of_an_unknown_purpose_says_none():
    made = resources.provenance(signed())
    made["signature"][0]["type"] = [{"system": "x", "code": AUTHOR}]

    assert resources.read(made).purpose == ""


def test_version_of_tells_which_version_was_signed():
    one = signed()

    assert one.version_of({"resourceType": "Observation", "id": "o1"}) == "3"
    assert one.version_of({"resourceType": "Observation", "id": "o"}) == ""
    assert one.version_of({"resourceType": "Condition", "id": "o1"}) == ""


def test_entry_target_is_the_first():
    assert resources.entry_target(signed()) == ("Encounter", "e1")
