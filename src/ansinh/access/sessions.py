"""Sessions of an account: where somebody is logged in, since when, and the end of it.

The only module that touches `allauth.usersessions`: its table, filled at log-in. `User.sessions_over` ends all of
them at once, also ones that are in no list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ansinh.access.addresses import address_of
from ansinh.access.models import User
from ansinh.kernel import clock

SEEN_EVERY = timedelta(minutes=10)
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc", "Cốc Cốc"), ("SamsungBrowser", "Samsung Internet"),
             ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One place where the account is logged in. here: the one that asks."""

    id: int
    device: str
    address: str
    since: datetime
    seen: datetime
    here: bool


def note(request: HttpRequest, user: User) -> None:
    """List the session that just began."""
    request.session.save()
    now = clock.now()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": address_of(request),
            "user_agent": request.headers.get("User-Agent", "")[:200],
            "created_at": now,
            "last_seen_at": now,
        },
    )


def seen(request: HttpRequest) -> None:
    """Note that the session is in use, at most once in ten minutes."""
    key = request.session.session_key
    if key and cache.add(f"session-seen-{key}", True, SEEN_EVERY.total_seconds()):
        UserSession.objects.filter(session_key=key).update(last_seen_at=clock.now())


def sessions_of(user: User, here: str | None) -> list[OpenSession]:
    """Sessions that are still good, this one first, then the latest used. Two queries."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    keys = [row.session_key for row in rows]
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).values_list("session_key", flat=True)
    )
    found = [
        OpenSession(
            row.pk, device_words(row.user_agent), row.ip, row.created_at, row.last_seen_at, row.session_key == here
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda one: not one.here)


@transaction.atomic
def end(user: User, session_id: int) -> bool:
    """End one session of this account; False when it is not one of theirs."""
    row = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        return False
    row.end()
    return True


@transaction.atomic
def end_all(user: User) -> None:
    """End every session of the account, at once. `user` holds the new count, so that one of them can be begun anew."""
    User.objects.filter(pk=user.pk).update(sessions_over=F("sessions_over") + 1)
    user.refresh_from_db(fields=["sessions_over"])
    keys = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=list(keys.values_list("session_key", flat=True))).delete()
    keys.delete()


def forget_old() -> None:
    """Drop sessions that are over, and their place in the list."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def device_words(user_agent: str) -> str:
    """A browser in words: `Chrome, Windows`."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("Thiết bị không rõ")
