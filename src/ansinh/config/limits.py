"""How many requests are worked on at once, and how long one may take.

    request ─► a place? ─► worked on ─► place given back
                 │ none within some seconds: 503 with Retry-After
    watch ─► a request that takes too long: its query is stopped, then the request itself ─► 503, nothing is by half

Without `ANSINH_REQUESTS_AT_ONCE` (tests, tools) nothing is limited. Memory is limited by the largest body and page, and
for the process by systemd (deploy/).
"""

import ctypes
import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from ansinh.kernel.errors import UserError

SECONDS = 120.0
"""How long a request may take, unless ANSINH_REQUEST_SECONDS says otherwise: a large transaction takes some ten."""
PATIENCE = 8.0
SPARE = 4
"""Threads beside those that work: they wait for a place, and tell who waited in vain."""
RETRY_AFTER = 5
_LOOK_EVERY = 1.0
_GRACE = 5.0

StartResponse = Callable[..., Any]


class TooLong(UserError):
    """The request took longer than any may; nothing of it was kept."""

    issue_type = "timeout"
    status = 503

    def __init__(self) -> None:
        super().__init__("Yêu cầu mất quá nhiều thời gian nên đã dừng; không có gì được lưu.", code="too-long")


class Limits:
    """Places for `most` requests at once; `seconds` for each."""

    def __init__(self, most: int, *, seconds: float = SECONDS, patience: float = PATIENCE) -> None:
        self._places = threading.Semaphore(most)
        self._seconds, self._patience = seconds, patience
        self._running: dict[int, tuple[float, Any]] = {}
        self._told: set[int] = set()

    def enter(self) -> bool:
        """False when no place came free in time."""
        if not self._places.acquire(blocking=False) and not self._places.acquire(timeout=self._patience):
            return False
        from django.db import DEFAULT_DB_ALIAS, connections

        self._running[threading.get_ident()] = (time.monotonic(), connections[DEFAULT_DB_ALIAS])
        return True

    def leave(self) -> None:
        """The request is over, well or not."""
        thread = threading.get_ident()
        self._running.pop(thread, None)
        self._told.discard(thread)
        self._places.release()

    def look(self) -> list[int]:
        """Stop the queries of requests that take too long, and a while later the requests; which threads."""
        now, late = time.monotonic(), []
        for thread, (began, wrapper) in list(self._running.items()):
            if now - began < self._seconds:
                continue
            late.append(thread)
            stop_query(wrapper)
            if now - began > self._seconds + _GRACE and thread not in self._told and thread in self._running:
                self._told.add(thread)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TooLong))
        return late

    def watch(self) -> threading.Thread:
        """Look again and again, in a thread that does not hold the process back when it ends."""

        def run() -> None:
            while True:
                time.sleep(_LOOK_EVERY)
                self.look()

        thread = threading.Thread(target=run, name="ansinh-limits", daemon=True)
        thread.start()
        return thread


def stop_query(wrapper: Any) -> None:
    """Stop what the database does for another thread's connection; it then raises there as a database that is busy."""
    raw = wrapper.connection
    if raw is None:
        return
    try:
        raw.interrupt() if wrapper.vendor == "sqlite" else raw.cancel_safe(timeout=2.0)
    except Exception:  # noqa: BLE001  (the connection may be gone already: then there is nothing to stop)
        return


def crowded(path: str, start_response: StartResponse) -> Iterable[bytes]:
    """The answer to who waited in vain: an OperationOutcome at the door, a plain page elsewhere."""
    text = "Máy chủ đang quá đông. Không có gì bị mất; xin thử lại sau vài giây."
    if path.startswith("/fhir"):
        issue = {"severity": "error", "code": "transient", "diagnostics": text}
        body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}, ensure_ascii=False)
        kind = "application/fhir+json; charset=utf-8"
    else:
        english = "The node is too busy. Nothing is lost; please try again in a few seconds."
        body = f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>503</title><p>{text}<p lang="en">{english}'
        kind = "text/html; charset=utf-8"
    headers = [("Content-Type", kind), ("Retry-After", str(RETRY_AFTER)), ("Cache-Control", "no-store")]
    start_response("503 Service Unavailable", headers)
    return [body.encode()]


def of_environment() -> Limits | None:
    """The limits that `./ansinh serve` set; None where none are."""
    most = os.environ.get("ANSINH_REQUESTS_AT_ONCE", "")
    if not most.isdecimal() or not int(most):
        return None
    return Limits(int(most), seconds=float(os.environ.get("ANSINH_REQUEST_SECONDS") or SECONDS))
