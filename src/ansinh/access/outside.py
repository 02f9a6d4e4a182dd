"""From an outside identity to an account: one that was bound before, or the one with this citizen number.

claims ─► (issuer, sub) bound? ─► account
      └─► the citizen claim is configured and an account has its digest? ─► bound from now on ─► account
      └─► nobody: no account is ever made here
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from ansinh.access import events, vault
from ansinh.access.models import OutsideIdentity, User


def account_of(claims: Mapping[str, Any]) -> User | None:
    """The open account of who came from the provider; None for a stranger."""
    bound = OutsideIdentity.objects.select_related("user").filter(issuer=claims["iss"], subject=claims["sub"]).first()
    if bound is not None:
        return bound.user if bound.user.is_active else None
    return _by_citizen_number(claims)


def is_strong(claims: Mapping[str, Any]) -> bool:
    """True when the provider says that it asked for two proofs, by an `acr` that the configuration trusts."""
    return claims.get("acr") in settings.OUTSIDE["strong"]


def _by_citizen_number(claims: Mapping[str, Any]) -> User | None:
    """The account whose kept digest is that of the claim. One that is bound to another subject stays with it."""
    name = settings.OUTSIDE["citizen_claim"]
    number = claims.get(name) if name else None
    if not isinstance(number, str) or len(number) != 12 or not number.isdecimal():
        return None
    user = User.objects.filter(citizen_digest=vault.digest("citizen", number), is_active=True).first()
    if user is None:
        return None
    try:
        with transaction.atomic():
            OutsideIdentity.objects.create(user=user, issuer=claims["iss"], subject=claims["sub"])
    except IntegrityError:
        return None
    events.record("outside-linked", user, detail="citizen")
    return user
