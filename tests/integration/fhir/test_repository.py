"""The repository: what a write leaves behind, and what each reader may see of it."""

# ruff: noqa: PT012  (a transaction is several statements)

from decimal import Decimal

import pytest
from django.db import connection, transaction

from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, journal, projections
from ansinh.fhir.store.audit import trail
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Conflict, Gone, Invalid, Malformed, NotFound, Refused, Stale

pytestmark = pytest.mark.django_db

ALL = {"*": frozenset({"*"})}
NOTE = {"resourceType": "Basic", "code": {"text": "ghi chú"}}


def of(unit: str, *, may=ALL) -> Context:
    return Context(actor=f"Practitioner/{unit}", role="nurse", unit=unit, reach=frozenset({unit}), may=may)


def patient(unit: str = "a", **more) -> dict:
    return {
        "resourceType": "Patient",
        "name": [{"text": "Nguyễn Văn A"}],
        "managingOrganization": {"reference": f"Organization/{unit}"},
        **more,
    }


def weight(person: str, value: str = "55.0") -> dict:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{person}"},
        "valueQuantity": {"value": Decimal(value), "unit": "kg"},
    }


@pytest.fixture
def system() -> Repository:
    return Repository(system_context())


@pytest.fixture
def start(db) -> int:
    """Where the journal stands before the test: definitions may have been loaded."""
    return journal.position()


@pytest.fixture
def at_a(system) -> Repository:
    units(system)
    return Repository(of("a"))


@pytest.fixture
def at_b(system) -> Repository:
    units(system)
    return Repository(of("b"))


def units(system: Repository) -> None:
    for name in "ab":
        system.save({"resourceType": "Organization", "id": name, "name": f"Trung tâm {name}"})


def test_create_and_read_give_the_resource_back_with_id_and_meta(system):
    saved = system.create(patient(birthDate="1948"))

    found = system.read("Patient", saved.resource["id"])

    assert found == saved.resource
    assert found["birthDate"] == "1948"
    assert found["meta"]["versionId"] == "1"
    assert (saved.version, saved.created, saved.changed) == (1, True, True)


def test_create_with_an_id_of_its_own_gets_another_and_with_a_given_id_keeps_it(system):
    own = system.create(patient(id="mine"))
    given = system.create(patient(), id="given")

    assert own.resource["id"] != "mine"
    assert given.resource["id"] == "given"
    with pytest.raises(Conflict):
        system.create(patient(), id="given")


def test_decimals_and_unknown_elements_survive_unchanged():
    system = Repository(system_context(), validate=False)
    saved = system.create({**weight("p", "55.50"), "_x": {"y": ["ế", 1]}})

    raw = system.raw("Observation", saved.resource["id"]).body

    assert b'"value":55.50' in raw
    assert json.loads(raw)["_x"] == {"y": ["ế", 1]}


def test_update_makes_a_version_and_history_keeps_both(system):
    first = system.create(patient(gender="male"))
    fhir_id = first.resource["id"]

    second = system.update({**first.resource, "gender": "female"}, if_match=1)

    assert (second.version, second.created) == (2, False)
    assert [entry.version for entry in system.history("Patient", fhir_id)] == [2, 1]
    assert system.vread("Patient", fhir_id, 1)["gender"] == "male"
    assert system.read("Patient", fhir_id)["gender"] == "female"


def test_update_of_a_stale_version_is_refused_and_changes_nothing(system):
    saved = system.create(patient())
    system.update({**saved.resource, "gender": "female"})
    before = journal.position()

    with pytest.raises(Stale):
        system.update({**saved.resource, "gender": "male"}, if_match=1)

    assert journal.position() == before
    assert system.read("Patient", saved.resource["id"])["gender"] == "female"


def test_update_creates_what_is_not_there_yet_but_not_against_a_version(system):
    assert system.update({**NOTE, "id": "n1"}).created
    with pytest.raises(Stale):
        system.update({**NOTE, "id": "n2"}, if_match=1)


def test_save_of_the_same_content_writes_nothing(system):
    first = system.save({**NOTE, "id": "n1"})
    position = journal.position()

    again = system.save({**NOTE, "id": "n1"})
    changed = system.save({**NOTE, "id": "n1", "code": {"text": "khác"}})

    assert first.changed
    assert not again.changed
    assert (changed.version, changed.position) == (2, position + 1)


def test_delete_hides_the_resource_and_keeps_its_history(system):
    fhir_id = system.create(patient()).resource["id"]

    deleted = system.delete("Patient", fhir_id)

    with pytest.raises(Gone):
        system.read("Patient", fhir_id)
    assert system.find("Patient", fhir_id) is None
    assert [entry.method for entry in system.history("Patient", fhir_id)] == ["delete", "create"]
    assert system.history("Patient", fhir_id)[0].body is None
    with pytest.raises(Gone):
        system.vread("Patient", fhir_id, deleted.version)
    assert not system.delete("Patient", fhir_id).changed


def test_an_update_brings_a_deleted_resource_back_as_the_next_version(system):
    saved = system.create(NOTE)
    system.delete("Basic", saved.resource["id"])

    back = system.update(saved.resource)

    assert (back.version, back.created) == (3, True)
    assert system.read("Basic", saved.resource["id"])["code"] == NOTE["code"]


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"resourceType": "Person2"},
        {"resourceType": "Patient", "id": "có dấu"},
        {"resourceType": "Patient", "id": "a" * 65},
    ],
)
def test_what_is_no_resource_is_refused(system, resource):
    with pytest.raises(Malformed):
        system.update(resource)


def test_missing_ids_are_not_found_whatever_they_look_like(system):
    for fhir_id in ("nobody", "x' OR 1=1", ""):
        with pytest.raises(NotFound):
            system.read("Patient", fhir_id)
    with pytest.raises(NotFound):
        system.delete("Patient", "nobody")


def test_the_journal_is_gap_free_and_whole(system, start):
    for number in range(5):
        system.save({**NOTE, "id": f"n{number}"})
    system.delete("Basic", "n3")

    positions = [entry.position - start for entry in journal.entries(after=start)]

    assert positions == list(range(1, 7))
    assert journal.verify() == journal.position()
    last = journal.entries(after=start + 5)[0]
    assert (last.method, last.type, last.id) == ("delete", "Basic", "n3")


@pytest.mark.parametrize(
    "change", ["author = 'ai khác'", "version = 9", "at_us = at_us + 1", "body = hash", "hash = body"]
)
def test_a_changed_journal_entry_breaks_the_chain_there(system, start, change):
    for number in range(4):
        system.save({**NOTE, "id": f"n{number}"})

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE journal SET {change} WHERE position = {start + 2}")

    with pytest.raises(journal.Broken) as broken:
        journal.verify()
    assert broken.value.position == start + 2


def test_a_removed_last_entry_is_noticed(system, start):
    for number in range(3):
        system.save({**NOTE, "id": f"n{number}"})
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM journal WHERE position = {start + 3}")

    with pytest.raises(journal.Broken) as broken:
        journal.verify()
    assert broken.value.position == start + 3


def test_a_person_of_another_facility_is_not_found(at_a, at_b):
    fhir_id = at_a.create(patient("a")).resource["id"]
    note = at_a.create(weight(fhir_id)).resource

    for kind, found in (("Patient", fhir_id), ("Observation", note["id"])):
        with pytest.raises(NotFound):
            at_b.read(kind, found)
        with pytest.raises(NotFound):
            at_b.history(kind, found)
        with pytest.raises(NotFound):
            at_b.delete(kind, found)
        assert at_b.find(kind, found) is None
        assert at_b.read_many(kind, [found]) == {}
        assert at_a.find(kind, found) is not None
    with pytest.raises(NotFound):
        at_b.update({**note, "status": "amended"})


def test_writing_about_a_person_of_another_facility_looks_like_writing_about_nobody(at_a, at_b):
    fhir_id = at_a.create(patient("a")).resource["id"]

    with pytest.raises(Invalid) as theirs:
        at_b.create(weight(fhir_id))
    with pytest.raises(Invalid) as nobody:
        at_b.create(weight("nobody"))

    assert theirs.value.message.replace(fhir_id, "") == nobody.value.message.replace("nobody", "")


def test_a_person_cannot_be_registered_at_a_facility_out_of_reach(at_a):
    with pytest.raises((Refused, Invalid)):
        at_a.create(patient("b"))


def test_a_person_without_facility_belongs_to_the_unit_that_registered(at_a, at_b):
    person = {"resourceType": "Patient", "name": [{"text": "B"}]}

    fhir_id = at_a.create(person).resource["id"]

    assert at_a.find("Patient", fhir_id)
    assert at_b.find("Patient", fhir_id) is None


def test_records_move_with_the_person(system, at_a, at_b):
    person = at_a.create(patient("a")).resource
    note = at_a.create(weight(person["id"])).resource["id"]

    system.update({**person, "managingOrganization": {"reference": "Organization/b"}})

    assert at_a.find("Observation", note) is None
    assert at_b.find("Observation", note)
    assert at_b.find("Patient", person["id"])


def test_a_record_written_before_its_person_is_withheld_until_the_person_arrives(system, at_a, at_b):
    note = system.create(weight("late")).resource["id"]
    assert at_a.find("Observation", note) is None

    system.update(patient("a", id="late"))

    assert at_a.find("Observation", note)
    assert at_b.find("Observation", note) is None


def test_a_task_belongs_to_the_unit_that_owns_it(system, at_a, at_b):
    person = system.create(patient("a")).resource["id"]
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "for": {"reference": f"Patient/{person}"},
        "owner": {"reference": "Organization/b"},
    }
    fhir_id = system.create(task).resource["id"]

    assert at_b.find("Task", fhir_id)
    assert at_a.find("Task", fhir_id) is None


def test_what_belongs_to_nobody_is_visible_to_all_whose_role_may_read_it(system):
    service = {"resourceType": "HealthcareService", "name": "Tập vận động"}
    fhir_id = system.create(service).resource["id"]

    assert Repository(of("z")).find("HealthcareService", fhir_id)
    with pytest.raises(Refused):
        Repository(of("z", may={"Patient": frozenset({"read"})})).read("HealthcareService", fhir_id)


@pytest.mark.parametrize("verb", ["read", "create", "update", "delete", "history"])
def test_a_role_does_only_what_it_may(system, verb):
    fhir_id = system.create(patient("a")).resource["id"]
    system.save({"resourceType": "Organization", "id": "a", "name": "A"})
    others = frozenset({"read", "create", "update", "delete", "history"} - {verb})
    limited = Repository(of("a", may={"Patient": others}))
    act = {
        "read": lambda: limited.read("Patient", fhir_id),
        "create": lambda: limited.create(patient("a")),
        "update": lambda: limited.update(patient("a", id=fhir_id)),
        "delete": lambda: limited.delete("Patient", fhir_id),
        "history": lambda: limited.history("Patient", fhir_id),
    }

    with pytest.raises(Refused):
        act[verb]()


def test_update_of_something_new_needs_the_right_to_create(system):
    limited = Repository(of("a", may={"HealthcareService": frozenset({"update"})}))

    with pytest.raises(Refused):
        limited.update({"resourceType": "HealthcareService", "id": "new"})


def test_every_write_leaves_an_audit_row_without_content(at_a):
    fhir_id = at_a.create(patient("a")).resource["id"]
    at_a.update(patient("a", id=fhir_id, gender="female"))
    at_a.read("Patient", fhir_id)

    rows = trail.of_resource("Patient", fhir_id)

    assert [row.verb for row in rows] == ["read", "update", "create"]
    assert {row.actor for row in rows} == {"Practitioner/a"}
    assert "Nguyễn" not in str(rows)


def test_a_failed_transaction_leaves_nothing(system):
    position = journal.position()

    with pytest.raises(Malformed), system.transaction():
        system.save({**NOTE, "id": "n1"})
        system.save({"resourceType": "Nonsense"})

    assert system.find("Basic", "n1") is None
    assert journal.position() == position


@pytest.mark.parametrize("batch", [0, 3, 500])
def test_a_failed_inner_transaction_undoes_only_itself(system, start, batch):
    with system.transaction(batch=batch):
        system.save({**NOTE, "id": "outer1"})
        with pytest.raises(Malformed), system.transaction(batch=batch):
            system.save({**NOTE, "id": "inner"})
            system.save({"resourceType": "Nonsense"})
        system.save({**NOTE, "id": "outer2"})

    assert [entry.id for entry in journal.entries(after=start)] == ["outer1", "outer2"]
    assert journal.verify() == journal.position()


@pytest.mark.parametrize("batch", [0, 3, 500])
def test_writes_in_a_transaction_see_each_other(system, batch):
    with system.transaction(batch=batch):
        system.save({**NOTE, "id": "n1"})
        assert system.read("Basic", "n1")["code"] == NOTE["code"]
        second = system.save({**NOTE, "id": "n1", "code": {"text": "hai"}})
        third = system.save({**NOTE, "id": "n1", "code": {"text": "ba"}})
        for number in range(5):
            system.save({**NOTE, "id": f"m{number}"})
        system.delete("Basic", "m2")

    assert (second.version, third.version) == (2, 3)
    assert system.read("Basic", "n1")["code"]["text"] == "ba"
    assert system.find("Basic", "m2") is None
    assert journal.verify() == journal.position()


def test_a_refused_write_inside_atomic_does_not_spoil_the_transaction(system, start):
    with transaction.atomic():
        system.save({**NOTE, "id": "n1"})
        with pytest.raises(Stale):
            system.update({**NOTE, "id": "n1"}, if_match=7)
        system.save({**NOTE, "id": "n2"})

    assert [entry.id for entry in journal.entries(after=start)] == ["n1", "n2"]


def test_atomic_within_a_batched_transaction_is_refused_rather_than_losing_writes(system):
    with pytest.raises(RuntimeError, match="nest with"), system.transaction(batch=10):
        system.save({**NOTE, "id": "n1"})
        with transaction.atomic():
            system.save({**NOTE, "id": "n2"})


class Recorder:
    name = "recorder"

    def __init__(self):
        self.seen = []

    def apply(self, changes):
        self.seen += [
            (c.type, c.id, c.position, c.before and c.before["code"]["text"], c.after and c.after["code"]["text"])
            for c in changes
        ]
        if any(c.id == "forbidden" for c in changes):
            raise RuntimeError("projection failed")


@pytest.fixture
def recorder():
    recorder = Recorder()
    projections.register(recorder)
    yield recorder
    projections.unregister("recorder")


def test_projections_hear_of_every_write_in_order(system, recorder, start):
    system.save({**NOTE, "id": "n1"})
    system.save({**NOTE, "id": "n1", "code": {"text": "hai"}})
    system.save({**NOTE, "id": "n1", "code": {"text": "hai"}})
    system.delete("Basic", "n1")

    assert recorder.seen == [
        ("Basic", "n1", start + 1, None, "ghi chú"),
        ("Basic", "n1", start + 2, "ghi chú", "hai"),
        ("Basic", "n1", start + 3, "hai", None),
    ]


def test_a_failing_projection_fails_the_write(system, recorder, start):
    with pytest.raises(RuntimeError, match="projection failed"), transaction.atomic():
        system.save({**NOTE, "id": "forbidden"})

    assert system.find("Basic", "forbidden") is None
    assert journal.position() == start


def test_read_many_keeps_the_order_asked_and_one_query(system, django_assert_num_queries):
    ids = [f"n{number}" for number in range(50)]
    with system.transaction():
        for fhir_id in ids:
            system.save({**NOTE, "id": fhir_id})

    with django_assert_num_queries(1):
        found = system.read_many("Basic", [*reversed(ids), "missing"])

    assert list(found) == list(reversed(ids))
