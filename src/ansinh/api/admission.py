"""How many bytes of large bodies are worked on at the same time; others wait their turn.

    body of 3 MB ──► enter(bytes) ──► read, checked, written ──► leave(weight) ──► the next in line

A body takes some ten times its size while it is worked on. Bodies that share the processor are not done sooner, so
waiting costs nothing but the memory that is not needed.
"""

import threading
from collections import deque

from ansinh.kernel.errors import UserError

SMALL = 256 * 1024
"""Bytes up to which a body is never kept waiting."""
MOST = 2 * 1024 * 1024
PATIENCE = 60.0


class Crowded(UserError):
    """Large bodies were worked on all the while: worth trying again."""

    issue_type = "transient"
    status = 503


class Bodies:
    """At most so many bytes at once, first come first served; a body that is larger than all of it goes alone."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE) -> None:
        self.most, self._patience = most, patience
        self.held = 0
        self._line: deque[object] = deque()
        self._changed = threading.Condition()

    def enter(self, size: int) -> int:
        """The weight to give back with `leave`. Raises Crowded when the turn does not come in `patience` seconds."""
        if size <= SMALL:
            return 0
        weight, ticket = min(size, self.most), object()
        with self._changed:
            self._line.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._may(ticket, weight), self._patience):
                    raise Crowded("Máy chủ đang xử lý các tệp lớn khác, xin gửi lại sau ít phút.")
                self.held += weight
            finally:
                self._line.remove(ticket)
                self._changed.notify_all()
        return weight

    def leave(self, weight: int) -> None:
        """The work on a body has ended, well or not."""
        if weight:
            with self._changed:
                self.held -= weight
                self._changed.notify_all()

    def _may(self, ticket: object, weight: int) -> bool:
        return self._line[0] is ticket and self.held + weight <= self.most


bodies = Bodies()
