"""Each URL declares who may call it, and keeps its word for every member of the cast."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ansinh.access.contexts import context_of
from ansinh.access.permissions import OWN

pytestmark = pytest.mark.django_db
NOBODY_KNOWS = "00000000-0000-7000-8000-000000000000"
# Public, and nothing to show without what comes before: they lead to the log-in page.
LEADS_ON = {reverse(name) for name in ("login_second", "outside_go", "outside_back")}
CAST = ("lan", "binh", "mai", "cuc", "officer", "leader", "admin")


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def every_pattern() -> list[URLPattern]:
    return list(patterns(get_resolver()))


def plain_paths() -> list[tuple[str, tuple[str, ...]]]:
    """(path, permissions) of every named URL that takes no argument."""
    return [
        (reverse(pattern.name), pattern.callback.permissions)
        for pattern in every_pattern()
        if pattern.name and not pattern.pattern.converters
    ]


def test_every_view_declares_its_permission():
    undeclared = [str(p.pattern) for p in every_pattern() if getattr(p.callback, "permissions", None) is None]

    assert undeclared == []


def test_there_are_urls_to_walk():
    assert len(every_pattern()) > 30


def test_nobody_sees_only_public_pages(client):
    for path, permissions in plain_paths():
        answer = client.get(path)
        if "public" in permissions:
            assert answer.status_code in (200, 405) or path in LEADS_ON, path
        else:
            if answer.status_code == 405:
                continue  # asked by GET what only POST answers; nothing is shown
            assert answer.status_code == 302, path
            assert answer["Location"].startswith(reverse("login")), path


@pytest.mark.parametrize("name", CAST)
def test_each_role_opens_what_it_may_and_nothing_else(client_of, account_of, name):
    context, client = context_of(account_of(name)), client_of(name)
    for path, permissions in plain_paths():
        if "public" in permissions:
            continue
        answer = client.get(path)
        if OWN in permissions:  # one's own account, whatever the role
            assert answer.status_code in (200, 302, 405), (path, answer.status_code)
        elif all(context.has(permission) for permission in permissions):
            assert answer.status_code in (200, 302, 400, 404, 405, 422), (path, answer.status_code)
        else:
            assert answer.status_code in (403, 405), (path, answer.status_code)


def with_unknown_ids() -> list[str]:
    """Every URL with arguments, filled with ids that nobody has."""
    filled = []
    for pattern in every_pattern():
        converters = pattern.pattern.converters
        if pattern.name and converters:
            values = {key: NOBODY_KNOWS if "UUID" in type(c).__name__ else "khong-co" for key, c in converters.items()}
            values = {k: 987654 if "Int" in type(converters[k]).__name__ else v for k, v in values.items()}
            filled.append(reverse(pattern.name, kwargs=values))
    return filled


@pytest.mark.parametrize("name", CAST)
def test_unknown_ids_are_not_found_and_never_break(client_of, name):
    client = client_of(name)
    for path in with_unknown_ids():
        answer = client.get(path)
        assert answer.status_code in (302, 400, 403, 404, 405, 422), (path, answer.status_code)
