"""What the queue hands out: plain frozen values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

STATES = ("queued", "running", "done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it was when it was read.

    parameters: what was asked, JSON. asker: the rights of who asked (`askers`). done, total: in the kind's own unit;
    total None: not known. words: what is going on, Vietnamese, without personal data. result: JSON of a finished job.
    error: one sentence of a failed one.
    """

    id: str
    kind: str
    parameters: dict[str, Any]
    asker: dict[str, Any]
    state: str
    done: int
    total: int | None
    words: str
    cursor: dict[str, Any]
    result: dict[str, Any]
    error: str
    attempts: int
    submitted: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def is_over(self) -> bool:
        """True when nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")
