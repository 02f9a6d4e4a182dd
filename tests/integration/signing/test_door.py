"""What the FHIR door takes of signatures, and what of signed entries: the same as the pages."""

import base64

import pytest

from ansinh.clinical.signing import actions, cms, keys, queries, resources, rules
from ansinh.clinical.signing.canonical import canonical
from ansinh.clinical.signing.providers import Holder
from ansinh.clinical.signing.resources import Signed
from ansinh.clinical.signing.rules import AUTHOR, COUNTER
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from tests.support.fhir_door import FhirClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def door_of(account_of):
    return lambda name: FhirClient(account_of(name))


def made(context, visit, *, pen_of=None, purpose=AUTHOR, id=None, content=None, at=None, parts=None):
    """A Provenance over a visit as a client could make it, right in everything that is not said otherwise."""
    entry = queries.entry(context, "Encounter", visit)
    signed = queries.to_sign(parts or entry.parts, entry.patient)
    pen = keys.NodeProvider().pen(Holder(pen_of or context.actor, "Nhân viên"))
    moment = at or clock.now()
    data = cms.sign(content or canonical(signed), pen, moment)
    targets = tuple(reference for reference, _body in signed)
    name = id or (rules.seal_id(("Encounter", visit)) if purpose == AUTHOR else "0194b1a0-0000-7000-8000-00000000000a")
    return resources.provenance(Signed(name, purpose, context.actor, "X", clock.instant(moment), targets, data))


def put(client, provenance):
    return client.call("PUT", f"/Provenance/{provenance['id']}", provenance)


def said(answer):
    return " ".join(issue["details"]["text"] for issue in answer.json["issue"])


def test_door_takes_a_right_signature_and_locks_the_entry(door_of, binh, visit):
    client = door_of("binh")
    answer = put(client, made(binh, visit))
    head = Repository(binh).read("Encounter", visit)
    refused = client.call("PUT", f"/Encounter/{visit}", head | {"language": "vi"})

    assert answer.status_code == 201, answer.text
    assert refused.status_code == 422
    assert "đã ký và khóa" in said(refused)
    assert queries.entry(binh, "Encounter", visit).seal.good


def test_door_refuses_the_signature_of_another_for_the_author(door_of, lan, binh, visit):
    answer = put(door_of("lan"), made(lan, visit))

    assert answer.status_code == 422
    assert "do người khác ghi" in said(answer)


WRONG = {
    "content": ({"content": b"[]"}, "không khớp với nội dung"),
    "certificate": ({"pen_of": "Practitioner/other"}, "Chứng thư không phải"),
    "id": ({"id": "0194b1a0-0000-7000-8000-00000000000b"}, "mã riêng của lần ghi"),
    "confirmation before the author": ({"purpose": COUNTER}, "chưa ký mục này"),
}


@pytest.mark.parametrize(("changes", "words"), WRONG.values(), ids=WRONG)
def test_door_refuses_a_signature_that_proves_something_else(door_of, binh, visit, changes, words):
    answer = put(door_of("binh"), made(binh, visit, **changes))

    assert answer.status_code == 422
    assert words in said(answer)
    assert queries.entry(binh, "Encounter", visit).seal is None


def test_door_refuses_a_signature_of_another_time(door_of, binh, visit):
    from datetime import timedelta

    answer = put(door_of("binh"), made(binh, visit, at=clock.now() - timedelta(hours=2)))

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"data": base64.b64encode(b"x").decode()},
        {"type": [{"system": resources.SIGNATURE_TYPE, "code": "1.2.840.10065.1.12.1.8"}]},
    ],
)
def test_door_refuses_what_is_no_signature_of_a_known_purpose(door_of, binh, visit, change):
    provenance = made(binh, visit)
    provenance["signature"][0] |= change

    assert put(door_of("binh"), provenance).status_code == 422


@pytest.mark.parametrize(
    "target", ["Encounter/{visit}", "Encounter/{visit}/_history/9", "https://x.vn/fhir/Encounter/1"]
)
def test_door_refuses_targets_that_name_no_version_of_ours(door_of, binh, visit, target):
    provenance = made(binh, visit)
    provenance["target"][0] = {"reference": target.format(visit=visit)}

    assert put(door_of("binh"), provenance).status_code == 422


def test_door_refuses_a_signature_over_an_older_version(door_of, binh, visit):
    provenance = made(binh, visit)
    note = next(one for one in queries.members(binh, visit) if one["resourceType"] == "ClinicalImpression")
    Repository(binh).update(note | {"summary": "Khác"})
    answer = put(door_of("binh"), provenance)

    assert answer.status_code == 422
    assert "có bản mới" in said(answer)


def test_door_neither_changes_nor_deletes_a_signature(door_of, system, binh, visit):
    actions.sign_entry(binh, kind="Encounter", id=visit)
    client, kept = door_of("binh"), system.read("Provenance", rules.seal_id(("Encounter", visit)))

    assert put(client, kept | {"recorded": clock.instant()}).status_code in (403, 422)
    assert client.call("DELETE", f"/Provenance/{kept['id']}").status_code in (403, 405, 422)
    assert system.read("Provenance", kept["id"]) == kept


def test_door_takes_a_provenance_without_a_signature(door_of, binh, visit):
    provenance = made(binh, visit)
    bare = {key: value for key, value in provenance.items() if key not in ("signature", "id")}

    assert door_of("binh").call("POST", "/Provenance", bare).status_code == 201


def test_door_finds_the_signatures_of_a_person_for_their_facility_only(door_of, binh, visit, an):
    actions.sign_entry(binh, kind="Encounter", id=visit)
    found = door_of("lan").call("GET", f"/Provenance?patient=Patient/{an}")
    elsewhere = door_of("cuc").call("GET", f"/Provenance?patient=Patient/{an}")

    assert [one["resource"]["signature"][0]["who"]["reference"] for one in found.json["entry"]] == [binh.actor]
    assert "entry" not in elsewhere.json


def test_door_takes_an_amendment_in_ones_own_name_only(door_of, binh, lan, visit):
    actions.sign_entry(binh, kind="Encounter", id=visit)
    note = next(one for one in queries.members(binh, visit) if one["resourceType"] == "ClinicalImpression")
    why = rules.Amendment("Ghi thiếu", clock.instant(), binh.actor, "Bình", "1")
    other = rules.Amendment("Ghi thiếu", clock.instant(), lan.actor, "Lan", "1")
    changed = note | {"summary": "Đủ"}

    refused = door_of("lan").call("PUT", f"/ClinicalImpression/{note['id']}", rules.amended(changed, other))
    taken = door_of("binh").call("PUT", f"/ClinicalImpression/{note['id']}", rules.amended(changed, why))

    assert (refused.status_code, taken.status_code) == (422, 200)
