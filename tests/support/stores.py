"""An empty store inside the transaction of a test, where the session's database holds the shipped definitions."""

from django.db import connection


def empty_store() -> None:
    """Remove every resource, version, index row, audit row and live-view row; the test's rollback brings them back."""
    tables = connection.introspection.table_names()
    engine = {"resource", "journal", "journal_head", "token", "org", "audit_row", "audit_who", "audit_seal"}
    with connection.cursor() as cursor:
        for table in tables:
            if table in engine or table.startswith("ix_") or (table.startswith("view_") and table.endswith("_row")):
                cursor.execute(f"DELETE FROM {table}")
