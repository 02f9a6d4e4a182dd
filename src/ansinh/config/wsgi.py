"""One WSGI application: `/fhir` goes straight to the FHIR door, everything else to Django."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")

from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from ansinh.api.door import fhir_application  # noqa: E402  (needs Django's app registry)
from ansinh.config.threads import close_at_end  # noqa: E402
from ansinh.fhir.store import watching  # noqa: E402
from ansinh.fhir.store.audit import trail  # noqa: E402


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Route by the first path segment; both sides share Django's connection of this thread."""
    close_at_end()
    path = environ.get("PATH_INFO", "")
    if path == "/fhir" or path.startswith("/fhir/"):
        return fhir_application(environ, start_response)
    return django_application(environ, start_response)


if os.environ.get("ANSINH_WORKER") in ("on", "off"):  # served, not imported by a test
    watching.start()
    trail.start()
if os.environ.get("ANSINH_WORKER") == "on":
    from ansinh.fhir.jobs import worker

    worker.start()
