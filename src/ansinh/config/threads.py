"""The server's threads come and go with the requests; each leaves its database connection closed.

Django keeps one connection for each thread, within a circle of references: when a thread ends, its connection lives on
until the collector comes by. A server that mostly reads hardly ever calls it, and PostgreSQL has only so many.
"""

import threading
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


class _Closing:
    """What a thread holds until it ends; then Python drops it, still in that thread."""

    def __init__(self) -> None:
        self._connection: Any = connections[DEFAULT_DB_ALIAS]

    def __del__(self) -> None:
        self._connection.close()


_own = threading.local()


def close_at_end() -> None:
    """The connection of this thread is closed when the thread ends. Costs nothing the second time."""
    if not hasattr(_own, "closing"):
        _own.closing = _Closing()
