"""What is no longer kept: whole stretches from the beginning of the chain, up to one of its seals.

The seal stays, so that the rest can still be verified; what is younger than the rules say is never removed.
"""

from datetime import timedelta

from django.db import transaction

from ansinh.fhir.store import database, journal, work
from ansinh.fhir.store.records import microseconds
from ansinh.kernel import clock

_KEPT_AFTER = "audit-kept-after"


def forget_older(days: int) -> int:
    """Remove rows that are more than `days` old; how many. The words behind numbers of nobody left go with them."""
    cut = _cut(microseconds(clock.now() - timedelta(days=days)))
    if cut is None:
        return 0
    with transaction.atomic():
        work.settle()
        journal.lock()
        count = int(database.fetch("SELECT count(*) FROM audit_row WHERE id <= %s", [cut])[0][0])
        database.run("DELETE FROM audit_row WHERE id <= %s", [cut])
        database.run("DELETE FROM audit_seal WHERE id < %s", [cut])
        database.run("DELETE FROM audit_who WHERE NOT EXISTS (SELECT 1 FROM audit_row a WHERE a.who = audit_who.who)")
        database.run(
            "INSERT INTO node_state (name, value) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [_KEPT_AFTER, str(cut)],
        )
        journal.begin_epoch()  # what processes remember as written of `audit_who` may be gone
    return count


def kept_after() -> int:
    """The row before the first that is kept; 0 when all are."""
    found = database.fetch("SELECT value FROM node_state WHERE name = %s", [_KEPT_AFTER])
    return int(found[0][0]) if found else 0


def _cut(before_us: int) -> int | None:
    """The last seal all of whose rows are older; None where nothing is to be removed."""
    found = database.fetch("SELECT max(id) FROM audit_seal WHERE at_us < %s", [before_us])[0][0]
    if found is None or found <= kept_after():
        return None
    younger = database.fetch("SELECT min(id) FROM audit_row WHERE id <= %s AND at_us >= %s", [found, before_us])[0][0]
    if younger is None:
        return int(found)
    lower = database.fetch("SELECT max(id) FROM audit_seal WHERE id < %s", [younger])[0][0]
    return None if lower is None or lower <= kept_after() else int(lower)
