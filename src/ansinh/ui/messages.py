"""One sentence about what just happened, shown at the top of the next page and read out."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _


def done(request: HttpRequest, text: str, undo: str = "") -> None:
    """It is saved. undo: address where what was just saved can be taken back, "" for none."""
    if undo:
        link = format_html('<a class="nhsuk-link" href="{}">{}</a>', undo, _("Ghi nhầm? Thu hồi"))
        messages.success(request, format_html("{} {}", text, link))
    else:
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
