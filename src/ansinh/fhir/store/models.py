"""The store's tables as Django sees them, so that migrations and test clean-up know of them.

The store itself reads and writes them with SQL (`writing.py`, `repository.py`); nobody else touches them.
"""

from django.db import models


class _Row(models.Model):
    class Meta:
        abstract = True
        app_label = "store"

    def __str__(self) -> str:
        return f"{self._meta.db_table} {self.pk}"


class ResourceRow(_Row):
    """The current version of one resource; `org` is the owner that access is decided by."""

    rid = models.BigIntegerField(primary_key=True)
    key = models.BigIntegerField(unique=True)
    type = models.SmallIntegerField()
    fhir_id = models.TextField()
    version = models.IntegerField()
    position = models.BigIntegerField()
    updated_us = models.BigIntegerField()
    deleted = models.SmallIntegerField()
    patient_key = models.BigIntegerField(null=True)
    org = models.BigIntegerField(null=True)
    follows = models.SmallIntegerField()
    body = models.BinaryField()

    class Meta(_Row.Meta):
        db_table = "resource"


class JournalEntry(_Row):
    """One version of one resource, for ever. `hash` covers the entry and the hash of the entry before."""

    position = models.BigIntegerField(primary_key=True)
    key = models.BigIntegerField()
    type = models.SmallIntegerField()
    version = models.IntegerField()
    method = models.SmallIntegerField()
    origin = models.TextField()
    author = models.TextField()
    at_us = models.BigIntegerField()
    body = models.BinaryField()
    hash = models.BinaryField()

    class Meta(_Row.Meta):
        db_table = "journal"


class JournalHead(_Row):
    """The one row that every writer locks: the last position and its hash, this node's name, the cache epoch, and where
    the audit ends."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()
    hash = models.BinaryField()
    node = models.TextField()
    epoch = models.BigIntegerField()
    audit = models.BigIntegerField(default=0)
    audit_hash = models.BinaryField(default=b"")

    class Meta(_Row.Meta):
        db_table = "journal_head"


class TokenName(_Row):
    """The system and code behind a token's number."""

    tok = models.BigIntegerField(primary_key=True)
    system = models.TextField()
    code = models.TextField()

    class Meta(_Row.Meta):
        db_table = "token"


class OrgName(_Row):
    """The Organization id behind an owner's number."""

    num = models.BigIntegerField(primary_key=True)
    id = models.TextField()

    class Meta(_Row.Meta):
        db_table = "org"


class TokenIndex(_Row):
    """Codes, identifiers, booleans."""

    pk = models.CompositePrimaryKey("param", "tok", "rid")
    param = models.IntegerField()
    tok = models.BigIntegerField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_token"


class ReferenceIndex(_Row):
    """References, by the number of the resource they point at."""

    pk = models.CompositePrimaryKey("param", "target", "rid")
    param = models.IntegerField()
    target = models.BigIntegerField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_ref"


class DateIndex(_Row):
    """Dates as intervals in microseconds, both ends inclusive."""

    pk = models.CompositePrimaryKey("param", "lo", "hi", "rid")
    param = models.IntegerField()
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_date"


class StringIndex(_Row):
    """Folded texts; `exact` is the number of the text as written, 0 for a row that begins at an inner word."""

    pk = models.CompositePrimaryKey("param", "value", "exact", "rid")
    param = models.IntegerField()
    value = models.TextField()
    exact = models.BigIntegerField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_string"


class NumberIndex(_Row):
    """Plain numbers."""

    pk = models.CompositePrimaryKey("param", "value", "rid")
    param = models.IntegerField()
    value = models.FloatField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_number"


class UriIndex(_Row):
    """URIs as written."""

    pk = models.CompositePrimaryKey("param", "value", "rid")
    param = models.IntegerField()
    value = models.TextField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_uri"


class QuantityIndex(_Row):
    """Quantities and composites, one row each: `tok` the code of a composite (else 0), `unit` the unit or the
    second code, `value` the number or the start of a date."""

    pk = models.CompositePrimaryKey("param", "tok", "value", "unit", "rid")
    param = models.IntegerField()
    tok = models.BigIntegerField()
    unit = models.BigIntegerField()
    value = models.FloatField()
    rid = models.BigIntegerField()

    class Meta(_Row.Meta):
        db_table = "ix_quantity"


class IndexState(_Row):
    """By which rules the index of a type was made; `rid` is how far a rebuilding has come, NULL when it is complete."""

    type = models.SmallIntegerField(primary_key=True)
    mark = models.TextField()
    rid = models.BigIntegerField(null=True)

    class Meta(_Row.Meta):
        db_table = "index_state"


class NodeState(_Row):
    """What a process of the node asks of the database before it does anything, by name."""

    name = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta(_Row.Meta):
        db_table = "node_state"


class AuditRow(_Row):
    """What releases before the chain wrote of who did what. Read by nobody, kept for a release that goes back."""

    id = models.BigAutoField(primary_key=True)
    at_us = models.BigIntegerField()
    actor = models.TextField()
    login = models.TextField()
    role = models.TextField()
    unit = models.TextField()
    purpose = models.TextField()
    verb = models.TextField()
    type = models.TextField()
    fhir_id = models.TextField()
    version = models.IntegerField(null=True)
    position = models.BigIntegerField(null=True)

    class Meta(_Row.Meta):
        db_table = "audit"


class AuditChainRow(_Row):
    """Who did what to whose record, when and why: one row of the chain (`store.audit`). Ids and codes only."""

    id = models.BigIntegerField(primary_key=True)
    at_us = models.BigIntegerField()
    who = models.BigIntegerField()
    patient = models.BigIntegerField(null=True)
    key = models.BigIntegerField(null=True)
    position = models.BigIntegerField(null=True)
    verb = models.SmallIntegerField()
    what = models.BinaryField()

    class Meta(_Row.Meta):
        db_table = "audit_row"


class AuditWho(_Row):
    """The words behind the number by which an audit row names who acted, as whom, why and from where."""

    who = models.BigIntegerField(primary_key=True)
    actor = models.TextField()
    login = models.TextField()
    role = models.TextField()
    unit = models.TextField()
    purpose = models.TextField()
    source = models.TextField()

    class Meta(_Row.Meta):
        db_table = "audit_who"


class AuditSeal(_Row):
    """The audit's seal after a row, kept now and then; with what is no longer kept gone, the chain begins at one."""

    id = models.BigIntegerField(primary_key=True)
    at_us = models.BigIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta(_Row.Meta):
        db_table = "audit_seal"
