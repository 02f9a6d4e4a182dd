"""A launch from a person's page: a word that the app hands back when it asks for leave."""

import hashlib
import secrets
from datetime import timedelta

from ansinh.access.models import User
from ansinh.access.smart.models import Launch, SmartApp
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound

VALID = timedelta(minutes=5)


def begin(user: User, client_id: str, person: str) -> tuple[str, str]:
    """(address of the app, the word) for a person whom the caller has found within the user's reach.

    Raises NotFound for an app that is not there or cannot be launched.
    """
    app = SmartApp.objects.filter(application__client_id=client_id, closed__isnull=True).exclude(launch_url="").first()
    if app is None:
        raise NotFound("Không có ứng dụng này.", code="no-app")
    word = secrets.token_urlsafe(32)
    Launch.objects.create(digest=_digest(word), app=app, user=user, person=person, expires=clock.now() + VALID)
    return app.launch_url, word


def person_of(user: User, client_id: str, word: str) -> str:
    """The person of a launch of this user for this app. Raises NotFound for any other, or one that is over."""
    found = Launch.objects.filter(
        digest=_digest(word), app__application__client_id=client_id, user=user, expires__gt=clock.now()
    ).first()
    if found is None:
        raise NotFound("Lần mở ứng dụng này đã hết hạn. Xin mở lại từ hồ sơ của người đó.", code="launch")
    return found.person


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
