"""Bearer tokens for machines: shown once, kept as SHA-256, valid for a stated time."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from ansinh.access.contexts import context_for
from ansinh.access.models import AccessToken, Assignment
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import LoginRequired


def issue(assignment: Assignment, *, label: str, valid_for: timedelta = timedelta(days=30)) -> str:
    """A new token (43 characters, 256 bits) that acts as `assignment` until it expires."""
    token = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        digest=_digest(token), assignment=assignment, label=label, expires=clock.now() + valid_for
    )
    return token


_also: list[Callable[[str], Context | None]] = []


def also_by(find: Callable[[str], Context | None]) -> None:
    """Ask there too whose a token is: for rooms that issue tokens of another kind."""
    if find not in _also:
        _also.append(find)


def context_from_bearer(token: str) -> Context:
    """The Context of a bearer token. Raises LoginRequired for an unknown or expired one, without saying which."""
    found = (
        AccessToken.objects.select_related("assignment__user")
        .filter(digest=_digest(token), expires__gt=clock.now(), assignment__user__is_active=True)
        .first()
    )
    if found is None:
        for find in _also:
            if (context := find(token)) is not None:
                return context
    if found is None or not _in_force(found.assignment):
        raise LoginRequired("Mã truy cập không đúng hoặc đã hết hạn.")
    return context_for(found.assignment, found.assignment.user)


def _in_force(assignment: Assignment) -> bool:
    today = clock.today()
    return assignment.from_date <= today and (assignment.to_date is None or assignment.to_date >= today)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
