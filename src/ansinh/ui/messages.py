"""One sentence about what just happened, shown at the top of the next page and read out."""

from django.contrib import messages
from django.http import HttpRequest


def done(request: HttpRequest, text: str) -> None:
    """It is saved."""
    messages.success(request, text)


def noted(request: HttpRequest, text: str) -> None:
    """Something to know; nothing went wrong."""
    messages.info(request, text)


def beware(request: HttpRequest, text: str) -> None:
    """It is saved, and there is something to look at."""
    messages.warning(request, text)


def failed(request: HttpRequest, text: str) -> None:
    """It is not saved; the sentence says why."""
    messages.error(request, text)
