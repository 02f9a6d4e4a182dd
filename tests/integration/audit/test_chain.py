"""The chain of the audit: whole after every kind of row; changed, removed, moved, added: found."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import entries, reads, trail, verifying
from ansinh.fhir.store.audit.verifying import Broken
from ansinh.kernel import clock

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def rows(world, system, lan):
    """The ids of six rows: two writes, a read, an export, two writes."""
    reads.forget()
    owner = {"reference": f"Organization/{world.a}"}
    with clock.frozen(AT):
        system.update({"resourceType": "Patient", "id": "p1", "managingOrganization": owner})
        system.update({"resourceType": "Patient", "id": "p2", "managingOrganization": owner})
        Repository(lan).read("Patient", "p1")
        trail.flush_reads()
        trail.append([trail.entry(lan, "export", "Patient", "p2")])
        with system.transaction():
            system.update({"resourceType": "Patient", "id": "p1", "managingOrganization": owner, "gender": "male"})
            system.delete("Patient", "p2")
    last = verifying.heads()[3]
    return list(range(last - 5, last + 1))


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def swap(one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        sql("UPDATE audit_row SET id = %s WHERE id = %s", new, old)


def test_untouched_chain_is_whole_and_counts_every_row(rows):
    found = verifying.verify(batch=4)

    assert found.last == rows[-1]
    assert [row.verb for row in trail.find("a.id >= %s", [rows[0]], 9)] == [
        "delete", "update", "export", "read", "create", "create",
    ]  # fmt: skip


SPOILT = {
    "the time of a read": lambda rows: sql("UPDATE audit_row SET at_us = at_us + 1 WHERE id = %s", rows[2]),
    "who read": lambda rows: sql("UPDATE audit_row SET who = (SELECT who FROM audit_row WHERE id = %s) WHERE id = %s",
                                 rows[0], rows[2]),
    "whom a read is about": lambda rows: sql("UPDATE audit_row SET patient = 5 WHERE id = %s", rows[2]),
    "what was read": lambda rows: sql("UPDATE audit_row SET what = %s WHERE id = %s", entries.of_one(3), rows[2]),
    "which resource": lambda rows: sql("UPDATE audit_row SET key = NULL WHERE id = %s", rows[2]),
    "a read into a search": lambda rows: sql("UPDATE audit_row SET verb = 4 WHERE id = %s", rows[2]),
    "a read is gone": lambda rows: sql("DELETE FROM audit_row WHERE id = %s", rows[2]),
    "a write is gone": lambda rows: sql("DELETE FROM audit_row WHERE id = %s", rows[1]),
    "the end is gone": lambda rows: sql("DELETE FROM audit_row WHERE id >= %s", rows[4]),
    "two rows changed places": lambda rows: swap(rows[2], rows[3]),
    "a row was added": lambda rows: sql(
        "INSERT INTO audit_row (id, at_us, who, verb, what) SELECT %s, at_us, who, verb, what FROM audit_row "
        "WHERE id = %s", rows[-1] + 1, rows[2]),
    "the words of a number": lambda rows: sql("UPDATE audit_who SET role = 'doctor' WHERE role = 'nurse'"),
    "a number without words": lambda rows: sql("DELETE FROM audit_who WHERE role = 'nurse'"),
    "the end of the chain": lambda rows: sql("UPDATE journal_head SET audit_hash = %s", b"x" * 32),
    "what a write wrote": lambda rows: sql(
        "UPDATE journal SET hash = %s WHERE position = (SELECT position FROM audit_row WHERE id = %s)",
        b"x" * 32, rows[0]),
    "the journal of a write is gone": lambda rows: sql(
        "DELETE FROM journal WHERE position = (SELECT position FROM audit_row WHERE id = %s)", rows[0]),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_what_was_spoilt_is_found(rows, what):
    SPOILT[what](rows)

    with pytest.raises(Broken) as told:
        verifying.verify(batch=3)

    assert told.value.after < told.value.until


def test_seals_on_the_way_tell_where_it_is_broken(rows, lan):
    trail.append(trail.entry(lan, "export", "Patient", f"x{number}") for number in range(2 * entries.BLOCK))
    sql("UPDATE audit_row SET at_us = 1 WHERE id = %s", rows[-1] + entries.BLOCK + 3)
    last = verifying.heads()[3]
    trail.append([trail.entry(lan, "export", "Patient", "y")])

    with pytest.raises(Broken) as told:
        verifying.verify()

    assert told.value.until <= last


def test_refused_write_leaves_neither_row_nor_gap(rows, system):
    from ansinh.kernel.errors import Malformed

    def half() -> None:
        with system.transaction():
            system.update({"resourceType": "Patient", "id": "p3"})
            system.create({"resourceType": "Nothing"})

    with pytest.raises(Malformed):
        half()

    assert verifying.verify().last == rows[-1]
    assert trail.of_person("p3") == []


def test_row_beside_a_batch_that_is_held_back_comes_behind_it(rows, lan):
    from ansinh.kernel.context import system_context

    loader = Repository(system_context(), validate=False)
    with loader.transaction():
        loader.update({"resourceType": "Patient", "id": "held"})
        trail.append([trail.entry(lan, "export", "Patient", "held")])
        loader.update({"resourceType": "Patient", "id": "held", "gender": "female"})

    assert verifying.verify().last == rows[-1] + 3
    assert [row.verb for row in trail.of_person("held")] == ["update", "export", "create"]
