"""What was searched for stays out of addresses: a name in a URL would be kept by histories, proxies and logs.

POST words ─► session, under a short key ─► redirect to ?tim=<key> ─► GET reads the words back

The key means something only in the session that made it; the list's other filters are in the address as usual.
"""

import secrets
from urllib.parse import urlencode

from django.http import HttpRequest

KEPT = 20
_SESSION_KEY = "people_searches"
PARAMETER = "tim"


def remember(request: HttpRequest, words: str) -> str:
    """Keep the words of a search in the session; returns their key. Only the latest searches are kept."""
    kept: dict[str, str] = request.session.get(_SESSION_KEY, {})
    key = secrets.token_urlsafe(6)
    request.session[_SESSION_KEY] = {**dict(list(kept.items())[-KEPT + 1 :]), key: words}
    return key


def recall(request: HttpRequest) -> str:
    """The words that the address's key stands for; "" without one, or for a key of another session."""
    kept: dict[str, str] = request.session.get(_SESSION_KEY, {})
    return kept.get(request.GET.get(PARAMETER, ""), "")


def address(request: HttpRequest, words: str, filters: dict[str, str]) -> str:
    """Query string of the list for these words and filters, without the words."""
    query = {name: value for name, value in filters.items() if value}
    if words:
        query[PARAMETER] = remember(request, words)
    return f"?{urlencode(query)}" if query else ""
