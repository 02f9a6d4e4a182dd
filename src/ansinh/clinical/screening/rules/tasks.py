"""What a person may do with a Task, and what becomes of it. FHIR's states, only the ones used here.

requested → in-progress (taken) → completed, and cancelled from either with a reason.
"""

from ansinh.kernel.errors import Conflict
from ansinh.kernel.phrases import phrase

OPEN = ("requested", "received", "accepted", "ready", "in-progress", "on-hold")

_TRANSITIONS = {
    "take": (("requested", "received", "accepted", "ready", "on-hold"), "in-progress"),
    "complete": (OPEN, "completed"),
    "cancel": (OPEN, "cancelled"),
}
_DONE = {
    "completed": phrase("đã hoàn thành"),
    "cancelled": phrase("đã hủy"),
    "in-progress": phrase("đã có người nhận"),
}


def transition(status: str, intent: str) -> str:
    """The state after `intent` ("take", "complete", "cancel"); Conflict when the Task is past that."""
    allowed, after = _TRANSITIONS[intent]
    if status not in allowed:
        state = _DONE.get(status, phrase("không còn mở"))
        sentence = phrase("Việc này %(state)s, không làm được bước vừa chọn.", state=state)
        raise Conflict(sentence, code="task-state", field="status")
    return after


def may(status: str, intent: str) -> bool:
    """True when the step is offered."""
    return status in _TRANSITIONS[intent][0]
