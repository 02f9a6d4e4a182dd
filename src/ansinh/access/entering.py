"""From proofs to a session.

    name + password ─┐                 ┌─ has no second factor ─────────────────────► session
    outside identity ┼─► who it is ────┤
                     │                 └─ waits in the session (10 minutes) ─► code or key ─► session, strong
    passkey ─────────┴──────────────────────────────────────────────────────────► session, strong

A session remembers whether it is strong and when its owner last proved who they are; what guards the account itself
asks for a fresh proof. A role that needs a second factor gets no Context without a strong session (`needs_factor`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from ansinh.access import devices, events, factors, sessions, throttle
from ansinh.access.addresses import address_of
from ansinh.access.models import User
from ansinh.access.throttle import Source
from ansinh.kernel import clock
from ansinh.kernel.text import nfc

WAITS = timedelta(minutes=10)
FRESH = timedelta(minutes=15)
WAITING, STRONG, PROVED = "entering", "strong", "proved"  # keys of the session


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose first proof was right. next: where they wanted to go."""

    user: User
    by: str
    next: str


def account_name(typed: str) -> str:
    """The name of an account as it is kept."""
    return nfc(typed).lower()


def source_of(request: HttpRequest, purpose: str, name: str) -> Source:
    """Who tries, for `throttle`."""
    return Source(purpose, name, address_of(request), devices.device_of(request, name))


def may_try(source: Source) -> bool:
    """Count one try; the first refused one is an event of the account, if there is one."""
    verdict = throttle.count_try(source)
    if verdict.shut_now and (user := User.objects.filter(username=source.name).first()):
        events.record("shut", user, detail=source.purpose)
    return verdict.allowed


def with_password(request: HttpRequest, name: str, password: str) -> User | None:
    """Whose name and password these are. Nobody, a wrong password and too many tries look and last alike."""
    source = source_of(request, "password", name)
    if not may_try(source):
        return None
    user = authenticate(request, username=name, password=password)
    if user is None:
        return None
    throttle.succeeded(source)
    assert isinstance(user, User)
    return user


def begin(request: HttpRequest, user: User, by: str, next: str = "", strong: bool = False) -> bool:
    """The first proof was right. True: the session began. False: the second proof is awaited."""
    if not strong and factors.has_factor(user):
        request.session.cycle_key()
        request.session[WAITING] = {
            "user": user.pk, "by": by, "next": next, "at": clock.now().isoformat(),
            "hash": user.get_session_auth_hash(),
        }  # fmt: skip
        return False
    enter(request, user, by, strong)
    return True


def waiting(request: HttpRequest) -> Waiting | None:
    """Whose second proof this session awaits; nobody's when it took too long or the password changed meanwhile."""
    held = request.session.get(WAITING)
    if not held or clock.now() - datetime.fromisoformat(held["at"]) > WAITS:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != held["hash"]:
        return None
    return Waiting(user, held["by"], held["next"])


def with_code(request: HttpRequest, awaited: Waiting, typed: str) -> bool:
    """True when a code of the telephone or a recovery code is right; the session began then."""
    source = source_of(request, "factor", awaited.user.username)
    if not may_try(source) or not (kind := factors.check_code(awaited.user, typed)):
        return False
    throttle.succeeded(source)
    enter(request, awaited.user, f"{awaited.by}+{kind}", strong=True)
    return True


def enter(request: HttpRequest, user: User, by: str, strong: bool) -> None:
    """Begin the session. by: what was proved, in words of the event (`password+totp`)."""
    request.session.pop(WAITING, None)
    login(request, user)
    request.session[STRONG] = strong
    proved(request)
    sessions.note(request, user)
    events.record("entered", user, detail=by)


def proved(request: HttpRequest) -> None:
    """Its owner just proved again who they are."""
    request.session[PROVED] = clock.now().isoformat()


def is_fresh(request: HttpRequest) -> bool:
    """True while the last proof is recent enough to change what guards the account."""
    at = request.session.get(PROVED)
    return at is not None and clock.now() - datetime.fromisoformat(at) <= FRESH


def is_strong(request: HttpRequest) -> bool:
    """True when the session began with a second factor, or one was set up in it."""
    return bool(request.session.get(STRONG))


def strengthen(request: HttpRequest) -> None:
    """A second factor was just set up and proved in this session."""
    request.session[STRONG] = True
