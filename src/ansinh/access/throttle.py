"""Guessing is slowed down, and nobody can shut somebody else out.

    a try ─► counted first, checked after ─► over a limit: refused for the rest of its stretch of time
        known device for this name   its own count only: strangers who guess cannot shut it out
        any other device             counts for name and address, for the name, and for the address

After OWASP's "slow down online guessing attacks with device cookies" (read 11/2026). A name that nobody has is counted
like any other, so that refusals tell nothing. Keys are digests; the table holds no names and no addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from ansinh.access import vault
from ansinh.access.models import Tries
from ansinh.kernel import clock


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within a stretch of time. Names differ in their first letter, which stands in the key.

    forgiven: a success begins the count anew instead of taking only itself back.
    """

    name: str
    most: int
    within: timedelta
    forgiven: bool = False


DEVICE = Limit("device", 10, timedelta(minutes=15), forgiven=True)
HERE = Limit("here", 5, timedelta(minutes=15), forgiven=True)
NAME = Limit("name", 50, timedelta(hours=1))
ADDRESS = Limit("address", 100, timedelta(minutes=15))
PURPOSES = ("password", "factor", "code", "mail")
LONGEST = max(limit.within for limit in (DEVICE, HERE, NAME, ADDRESS))


@dataclass(frozen=True, slots=True)
class Source:
    """Who tries what: one of PURPOSES; the name tried; the address; the known device or ""."""

    purpose: str
    name: str
    address: str
    device: str = ""


class Verdict(NamedTuple):
    """allowed: the try may be checked. shut_now: it is the first that is refused, worth one event."""

    allowed: bool
    shut_now: bool


def count_try(source: Source) -> Verdict:
    """Count one try. When it is one too many, nothing may be checked, and the answer is the usual refusal."""
    counted = [(limit, _count(limit, key)) for limit, key in _keys(source)]
    over = [(limit, count) for limit, count in counted if count > limit.most]
    return Verdict(not over, any(count == limit.most + 1 for limit, count in over if limit is not ADDRESS))


def succeeded(source: Source) -> None:
    """The try was right: it no longer counts."""
    for limit, key in _keys(source):
        row = Tries.objects.filter(key=key)
        if limit.forgiven:
            row.delete()
        else:
            row.update(count=Greatest(F("count") - 1, 0))


def unlock(name: str) -> None:
    """Let unknown devices try this name again, from any address but those that try many names."""
    for purpose in PURPOSES:
        Tries.objects.filter(key__startswith=_of_name(purpose, name)).delete()


def is_shut(name: str) -> bool:
    """True while some device or address may not try this name: one query."""
    over = Q()
    for purpose in PURPOSES:
        for limit in (DEVICE, HERE, NAME):
            since = clock.now() - limit.within
            key = _of_name(purpose, name) + limit.name[0]
            over |= Q(key__startswith=key, count__gt=limit.most, since__gt=since)
    return Tries.objects.filter(over).exists()


def forget_old() -> None:
    """Drop counts whose time is over."""
    Tries.objects.filter(since__lt=clock.now() - LONGEST).delete()


def _keys(source: Source) -> Iterator[tuple[Limit, str]]:
    own = _of_name(source.purpose, source.name)
    if source.device:
        yield DEVICE, own + DEVICE.name[0] + vault.digest("device", source.device)[:23]
        return
    yield HERE, own + HERE.name[0] + vault.digest("here", source.address)[:23]
    yield NAME, own + NAME.name[0]
    yield ADDRESS, vault.digest("address", f"{source.purpose} {source.address}")


def _of_name(purpose: str, name: str) -> str:
    """What all keys of a name begin with."""
    return vault.digest("name", f"{purpose} {name}")[:32]


def _count(limit: Limit, key: str) -> int:
    """How many tries there were with this one, counted in the database: two at the same time are two."""
    now = clock.now()
    with transaction.atomic():
        row, made = Tries.objects.select_for_update().get_or_create(key=key, defaults={"count": 1, "since": now})
        if made:
            return 1
        if row.since <= now - limit.within:
            row.count, row.since = 0, now
        row.count += 1
        row.save(update_fields=["count", "since"])
        return row.count
