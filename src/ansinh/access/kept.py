"""What somebody typed when their session was over: carried by the log-in page and sent again after it.

    POST without a session ─► log-in page with the fields hidden in it ─► log in ─► «Tiếp tục lưu» posts them again

Nothing of it is stored on the server: it may be about a person, and nobody is logged in yet.
"""

from django.http import HttpRequest, QueryDict

PREFIX = "giu."
_NEVER = ("csrfmiddlewaretoken", "next", "password")


def typed(post: QueryDict) -> list[tuple[str, str]]:
    """The fields of a form that arrived without a session, as the log-in page hides them. No password is carried."""
    return [(PREFIX + name, value) for name, values in post.lists() if _kept(name) for value in values]


def carried(post: QueryDict) -> list[tuple[str, str]]:
    """The fields that the log-in page carried, by the names they go on with."""
    return [(name, value) for name, values in post.lists() if name.startswith(PREFIX) for value in values]


def original(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields under the names that their own form knows."""
    return [(name.removeprefix(PREFIX), value) for name, value in fields]


def worth_keeping(request: HttpRequest) -> bool:
    """True for a form with something in it; files cannot be carried."""
    return request.method == "POST" and not request.FILES and bool(typed(request.POST))


def _kept(name: str) -> bool:
    return not any(word in name for word in _NEVER) and not name.startswith(PREFIX)
