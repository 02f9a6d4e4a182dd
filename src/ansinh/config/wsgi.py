"""One WSGI application: `/fhir` goes straight to the FHIR door, everything else to Django."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")

from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from ansinh.api.door import fhir_application  # noqa: E402  (needs Django's app registry)
from ansinh.config import limits  # noqa: E402
from ansinh.config.threads import close_at_end  # noqa: E402
from ansinh.fhir.store import watching  # noqa: E402
from ansinh.fhir.store.audit import trail  # noqa: E402


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Route by the first path segment; both sides share Django's connection of this thread."""
    path = environ.get("PATH_INFO", "")
    if _limits is None:
        return _answered(path, environ, start_response)
    if not _limits.enter():
        return limits.crowded(path, start_response)
    try:
        return _answered(path, environ, start_response)
    finally:
        _limits.leave()


def _answered(path: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    close_at_end()
    if settings.PROXIES and environ.get("HTTP_X_FORWARDED_PROTO") == "https":
        environ["wsgi.url_scheme"] = "https"  # the proxy's word: links and the audience of apps are of https
    if path == "/fhir" or path.startswith("/fhir/"):
        return fhir_application(environ, start_response)
    return django_application(environ, start_response)


_limits = limits.of_environment()
if _limits is not None:
    _limits.watch()
if os.environ.get("ANSINH_WORKER") in ("on", "off"):  # served, not imported by a test
    watching.start()
    trail.start()
if os.environ.get("ANSINH_WORKER") == "on":
    from ansinh.fhir.jobs import worker

    worker.start()
