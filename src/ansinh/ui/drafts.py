"""The node's part in drafts on the device (frontend/src/drafts): a key for each account, and word of what was saved.

page ─► key ─► what is typed is kept sealed ─► POST with the draft's id ─► saved ─► cookie with that id ─► forgotten

The key is made from the node's secret and the account, so that a new session of the same account opens what an ended
one left, and nobody else does. The cookie holds a random id and nothing of what was typed.
"""

import base64
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from ansinh.kernel.context import Context

FIELD = "ban-nhap"
COOKIE = "ansinh-da-luu"
_ID = re.compile(r"[0-9a-f-]{36}")
_MINUTES = 10 * 60


def key_of(context: Context) -> str:
    """32 bytes in base64 for the drafts of this account; "" when nobody is logged in."""
    if not context.login:
        return ""
    return base64.b64encode(salted_hmac("ansinh.ui.drafts", context.login, algorithm="sha256").digest()).decode()


class SavedDraftMiddleware:
    """Tells the page that the draft it sent was saved: a form that was accepted is answered with a redirect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        draft = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if _ID.fullmatch(draft) and _was_accepted(response):
            response.set_cookie(COOKIE, draft, max_age=_MINUTES, samesite="Lax", secure=request.is_secure())
        return response


def _was_accepted(response: HttpResponse) -> bool:
    """A redirect, other than the one to the log-in."""
    target = response.headers.get("HX-Redirect") or response.headers.get("Location") or ""
    return response.status_code in (204, 302, 303) and bool(target) and not target.startswith(reverse("login"))
