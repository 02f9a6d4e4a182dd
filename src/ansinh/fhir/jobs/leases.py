"""Which process leads: one row in the database, taken for half a minute and renewed while its holder lives."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from ansinh.fhir.jobs.models import LeaseRow
from ansinh.kernel import clock

LENGTH = timedelta(seconds=30)
_RENEW_BELOW = timedelta(seconds=20)
_NAME = "worker"


def hold(holder: str) -> bool:
    """True when `holder` leads from now on or still. Mostly one read; written at most each ten seconds."""
    now = clock.now()
    row = LeaseRow.objects.filter(pk=_NAME).first()
    if row is None:
        return _begin(holder)
    if row.holder == holder and row.until - now > _RENEW_BELOW:
        return True
    if row.holder != holder and row.until > now:
        return False
    free = Q(holder=holder) | Q(until__lte=now)
    return bool(LeaseRow.objects.filter(free, pk=_NAME).update(holder=holder, until=now + LENGTH))


def leader() -> str:
    """Who leads now; "" when nobody does."""
    row = LeaseRow.objects.filter(pk=_NAME, until__gt=clock.now()).first()
    return row.holder if row else ""


def release(holder: str) -> None:
    """Let another lead at once."""
    LeaseRow.objects.filter(pk=_NAME, holder=holder).delete()


def _begin(holder: str) -> bool:
    try:
        with transaction.atomic():
            LeaseRow.objects.create(name=_NAME, holder=holder, until=clock.now() + LENGTH)
    except IntegrityError:
        return False
    return True
