"""Which records bear a label, who may write one, and what moves with a person."""

import pytest

from ansinh.access import labels
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, labelling
from ansinh.fhir.views import live, tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound, Refused

from .conftest import ICD, finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(people):
    """The node's own loader: codes that are not in this node's ICD-10 are stored all the same."""
    return Repository(system_context(), validate=False)


def marks(resource: dict) -> list[str]:
    return [one["code"] for one in resource.get("meta", {}).get("security", [])]


CODES = {
    "I10": [], "F10.2": ["SUD"], "F19": ["SUD"], "F20.0": ["PSY"], "F32": ["PSY"], "B20": ["HIV"], "Z21": ["HIV"],
    "T74.1": ["SDV"], "Y07": ["SDV"], "F9": [], "B2": [], "M54.5": [],
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_code_puts_its_label_on_the_record(people, system, code):
    saved = system.update(finding("c1", code))

    assert marks(saved.resource) == CODES[code]
    assert marks(system.read("Condition", "c1")) == CODES[code]


def test_code_of_another_system_puts_none(people, system):
    other = {"coding": [{"system": "http://example.org", "code": "B20"}]}

    assert marks(system.update(finding("c1", "I10", code=other)).resource) == []


def test_label_stands_wherever_the_coding_stands(people, system):
    evidence = [{"code": [{"coding": [{"system": ICD, "code": "B24"}]}]}]

    assert marks(system.update(finding("c1", "I10", evidence=evidence)).resource) == ["HIV"]


def test_label_said_by_the_writer_holds_and_is_not_said_twice(people, system, lan):
    said = {"security": [{"system": labels.ACT, "code": "HIV"}]}
    system.update(finding("c1", "I10", meta=said))
    system.update(finding("c2", "B20", meta=said))

    assert marks(system.read("Condition", "c2")) == ["HIV"]
    assert Repository(lan).find("Condition", "c1") is None


def test_two_labels_need_both_rights(people, system, lan, binh):
    both = {"coding": [{"system": ICD, "code": "F11"}, {"system": ICD, "code": "B20"}]}
    system.update(finding("c1", "I10", code=both))

    assert Repository(lan).find("Condition", "c1") is None
    assert marks(Repository(binh).read("Condition", "c1")) == ["SUD", "HIV"]


def test_role_with_a_right_reads_what_bears_its_label(people, system, lan):
    system.update(finding("c1", "F10"))

    assert marks(Repository(lan).read("Condition", "c1")) == ["SUD"]


def test_who_has_no_right_cannot_write_it_and_is_told_why(people, lan):
    with pytest.raises(Refused, match="bảo mật riêng"):
        Repository(lan).create(finding("x", "B20"))


def test_record_that_becomes_sensitive_disappears_with_its_earlier_versions(people, system, lan):
    system.update(finding("c1", "I10"))
    before = _position()
    system.update(finding("c1", "B20"))

    with pytest.raises(NotFound):
        Repository(lan).vread("Condition", "c1", 1)
    sql = f"{tables.as_of(['condition'], before)} SELECT c.id FROM condition c WHERE {{reach:c}}"
    assert "c1" not in {row["id"] for row in tables.rows(lan, sql)}


def test_record_that_is_no_longer_sensitive_comes_back(people, system, lan):
    system.update(finding("c1", "B20"))
    system.update(finding("c1", "I10"))

    assert Repository(lan).read("Condition", "c1")["code"]["coding"][0]["code"] == "I10"


def test_deleted_sensitive_record_stays_hidden(people, system, lan):
    system.delete("Condition", "hidden")

    with pytest.raises(NotFound):
        Repository(lan).read("Condition", "hidden")


def test_label_stays_when_the_person_moves(people, system, world, lan, cuc, son):
    owner = {"reference": f"Organization/{world.b}"}
    system.update({"resourceType": "Patient", "id": "p1", "managingOrganization": owner})

    assert Repository(cuc).find("Condition", "plain") is not None
    assert Repository(cuc).find("Condition", "hidden") is None
    assert Repository(son).find("Condition", "hidden") is not None
    assert {row["id"] for row in _conditions(cuc)} == {"plain"}
    assert {row["id"] for row in _conditions(son)} == {"plain", "hidden"}
    assert _conditions(lan) == []


def test_write_in_the_transaction_of_a_move_lands_at_the_new_facility(people, system, world, cuc, son):
    owner = {"reference": f"Organization/{world.b}"}
    with system.transaction():
        system.update({"resourceType": "Patient", "id": "p1", "managingOrganization": owner})
        system.update(finding("c1", "B20"))
        system.update(finding("c2", "I10"))

    assert Repository(cuc).find("Condition", "c1") is None
    assert {row["id"] for row in _conditions(son)} == {"plain", "hidden", "c1", "c2"}
    assert Repository(son).read("Condition", "c1")


def test_restricted_person_is_hidden_with_everything_and_comes_back(people, system, world, lan, binh):
    restricted = {"security": [{"system": labels.CONFIDENTIALITY, "code": labels.RESTRICTED}]}
    owner = {"reference": f"Organization/{world.a}"}
    person = {"resourceType": "Patient", "id": "p1", "managingOrganization": owner}
    system.update({**person, "meta": restricted})
    system.update(finding("later", "F10"))

    for name in ("plain", "hidden", "later"):
        assert Repository(lan).find("Condition", name) is None, name
        assert Repository(binh).find("Condition", name) is not None, name
    assert Repository(lan).find("Patient", "p1") is None
    assert "p1" not in {one["id"] for one in search(Repository(lan), "Patient", []).resources}
    assert _conditions(lan) == []

    system.update({key: value for key, value in person.items() if key != "meta"})
    assert Repository(lan).find("Patient", "p1") is not None
    assert {row["id"] for row in _conditions(lan)} == {"plain", "later"}


def test_restricted_person_without_an_organisation_keeps_its_unit(world, system, binh, lan):
    restricted = {"security": [{"system": labels.CONFIDENTIALITY, "code": labels.RESTRICTED}]}
    fhir_id = Repository(binh).create({"resourceType": "Patient", "gender": "male"}).resource["id"]
    person = {"resourceType": "Patient", "id": fhir_id, "gender": "male"}

    for _ in range(2):
        system.update({**person, "meta": restricted})
        assert Repository(lan).find("Patient", fhir_id) is None
        assert Repository(binh).find("Patient", fhir_id) is not None
    system.update(person)
    assert Repository(lan).find("Patient", fhir_id) is not None


def test_rebuilt_views_hide_the_same(people, lan):
    live.rebuild("condition")

    assert {row["id"] for row in _conditions(lan)} == {"plain"}
    assert live.check("condition")


@pytest.mark.parametrize(
    "text",
    [
        "id: labels\ntitle: a\nsource: b\nlabels: [{bit: 0, code: X, title: a}, {bit: 0, code: Y, title: b}]",
        "id: labels\ntitle: a\nsource: b\nlabels: [{bit: 9, code: X, title: a}]",
        "id: labels\ntitle: a\nsource: b\nlabels: [{bit: 0, code: X, title: a}, {bit: 1, code: X, title: b}]",
        "id: labels\ntitle: a\nsource: b\nlabels: [{bit: 0, code: X, title: a, colour: red}]",
        "id: labels",
    ],
)
def test_wrong_file_of_labels_is_refused(tmp_path, text):
    file = tmp_path / "labels.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Invalid, match=r"labels\.yaml"):
        labels.read(file)


def test_bits_that_clash_are_a_mistake():
    held = labelling.registered()
    with pytest.raises(ValueError, match="bits"):
        labelling.register([*held, held[0]])

    assert labelling.registered() == held


def _position() -> int:
    from ansinh.fhir.store import journal

    return journal.position()


def _conditions(context) -> list[dict]:
    return tables.rows(context, "SELECT c.id FROM view_condition c WHERE {reach:c}")
