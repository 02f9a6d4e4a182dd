"""Where each subscription stands. Read and written with SQL by `state`; the resource itself is in the store."""

from django.db import models


class SubscriptionState(models.Model):
    """One Subscription. `key` and `fhir_id` are the resource's; *_us are microseconds since 1970.

    login, role, unit, actor, rights: who set it up, and what that login was allowed then; its events are judged by
    what of it the person may still do. since: position of the
    journal behind which events count (empty: never active, or off). events: last number given. delivered: last number
    acknowledged. lease_us: until when one sender holds it. Open: everything; there is nothing personal.
    """

    key = models.BigIntegerField(primary_key=True)
    fhir_id = models.CharField(max_length=64)
    status = models.CharField(max_length=12)
    login = models.CharField(max_length=64)
    role = models.CharField(max_length=40)
    unit = models.CharField(max_length=64)
    actor = models.CharField(max_length=128)
    rights = models.TextField(default="")
    heartbeat = models.IntegerField(default=0)
    end_us = models.BigIntegerField(null=True)
    since = models.BigIntegerField(null=True)
    events = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    failing_us = models.BigIntegerField(null=True)
    next_us = models.BigIntegerField(default=0)
    sent_us = models.BigIntegerField(default=0)
    lease_us = models.BigIntegerField(default=0)
    error = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "subscription_state"

    def __str__(self) -> str:
        return self.fhir_id


class SubscriptionEvent(models.Model):
    """Event `number` of a subscription is the journal entry at `position`."""

    pk = models.CompositePrimaryKey("key", "number")
    key = models.BigIntegerField()
    number = models.BigIntegerField()
    position = models.BigIntegerField()

    class Meta:
        db_table = "subscription_event"

    def __str__(self) -> str:
        return f"{self.key}/{self.number}"


class SubscriptionCursor(models.Model):
    """The one row that says how far the journal has been judged."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()

    class Meta:
        db_table = "subscription_cursor"

    def __str__(self) -> str:
        return str(self.position)
