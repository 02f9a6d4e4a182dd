"""One turn of the worker: events are found, what is due goes out, answers are written down.

    due ─► claim (a lease) ─► letter ─► thread: POST ─► answer ─► acknowledged up to n, or failed: later
                                                         └ handshake taken: active   └ too often: error

One sender holds a subscription at a time and sends the next numbers only when the last were acknowledged: order is
kept, and what was on its way when a process died is sent again when the lease ends.
"""

from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread

from django.conf import settings
from django.db import transaction

from ansinh.fhir.jobs.waking import wake
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.store.audit import trail
from ansinh.fhir.subscriptions import delivery, events, notifications, owners, requests, retrying, shapes, state
from ansinh.fhir.subscriptions.delivery import Outcome
from ansinh.fhir.subscriptions.events import Event
from ansinh.fhir.subscriptions.requests import Request
from ansinh.fhir.subscriptions.shapes import Around
from ansinh.fhir.subscriptions.state import State
from ansinh.kernel.context import Context, system_context

AT_ONCE = 8
PATIENCE = 3.0
KEPT = 30 * 24 * 3600 * retrying.SECOND
"""How long `$events` can go back to what was acknowledged."""

_MARGIN = 30 * retrying.SECOND

_GONE = "Người đặt kênh không còn giữ vai trò đó."
_ENDED = "Đã đến thời điểm kết thúc của kênh."
_TOO_LONG = "Kênh ở trạng thái lỗi quá lâu nên đã được tắt."


@dataclass(frozen=True, slots=True)
class Letter:
    """What one delivery carries. last: the number that its acknowledgement acknowledges."""

    state: State
    lease_us: int
    request: Request
    kind: str
    last: int
    body: bytes


class Sender:
    """Deliveries of one process; threads do the waiting, this object the writing."""

    def __init__(self) -> None:
        self._away: dict[Future[Outcome], Letter] = {}

    @property
    def away(self) -> list[Future[Outcome]]:
        """What is on its way."""
        return list(self._away)

    def turn(self, patience: float = PATIENCE) -> bool:
        """Write answers down, send what is due, wait a little for quick receivers; True when there may be more."""
        answered = self._collect()
        sent = 0
        for one in state.due(state.now_us(), AT_ONCE - len(self._away)):
            sent += self._dispatch(one)
        if sent:
            wait(self.away, timeout=patience)
        return bool(self._collect() + answered)

    def _dispatch(self, one: State) -> int:
        letter = letter_for(one)
        if letter is None:
            return 0
        future: Future[Outcome] = Future()
        future.add_done_callback(lambda _: wake())
        self._away[future] = letter
        Thread(target=_post, args=(future, letter), name="subscription", daemon=True).start()
        return 1

    def _collect(self) -> int:
        done = [future for future in self.away if future.done()]
        for future in done:
            settle(self._away.pop(future), future.result())
        return len(done)


def _post(future: "Future[Outcome]", letter: Letter) -> None:
    """In a thread that does not hold the process back: what it was sending is sent again after the next start."""
    asked = letter.request
    future.set_result(delivery.post(asked.target, asked.headers, letter.body, asked.timeout))


def letter_for(one: State) -> Letter | None:
    """Claim a subscription and write what is to be sent next; None when there is nothing to send after all, or
    nothing can be sent any more (then it is switched off or set to error)."""
    resource = Repository(system_context()).find("Subscription", one.id)
    if resource is None or _ends(one):
        return None
    request, problems = requests.read(resource)
    context = owners.context_of(one.owner)
    if context is None:
        _stop(one, "off", _GONE)
        return None
    if request is None:
        _stop(one, "error", problems[0].message)
        return None
    now = state.now_us()
    lease = now + request.timeout * retrying.SECOND + _MARGIN
    if not state.claim(one, lease, now):
        return None
    return _letter(one, lease, resource, request, context)


def _letter(one: State, lease: int, resource: dict, request: Request, context: Context) -> Letter:
    kind = _kind(one)
    found: list[Event] = []
    if kind == "event-notification":
        found = events.between(context, one.key, one.delivered + 1, one.events, request.max_count)
    last = found[-1].number if found else one.delivered
    around = {} if request.content == "empty" else shapes.around(context, request.topic, found)
    told = notifications.status(
        settings.FHIR_BASE, resource, state=one.status, kind=kind, count=last if found else one.events,
        content=request.content, events=found, around=around,
    )  # fmt: skip
    sent = notifications.bundle(settings.FHIR_BASE, told, one.id, request.content, found, around)
    _note(context, request, found, around)
    return Letter(one, lease, request, kind, last, json.dumps(sent))


def _kind(one: State) -> str:
    if one.status == "requested":
        return "handshake"
    return "event-notification" if one.delivered < one.events else "heartbeat"


def _note(context: Context, request: Request, found: Sequence[Event], around: Around) -> None:
    """Whole records that leave the node are in the audit, as an export by the owner."""
    if request.content != "full-resource":
        return
    told = {(one.type, one.id): one.position for one in found if one.resource}
    related = {(one["resourceType"], one["id"]): found[-1].position for listed in around.values() for one in listed}
    trail.append(trail.of_records(context, "export", related | told))


def settle(letter: Letter, outcome: Outcome) -> None:
    """Write down what became of a delivery."""
    one = letter.state
    if outcome.taken and letter.kind == "handshake":
        _activate(letter)
    elif outcome.taken:
        state.delivered(one, letter.lease_us, letter.last)
    elif outcome.lasting or retrying.gives_up(one.failures + 1):
        state.failed(one, letter.lease_us, 0, outcome.error)
        _stop(one, "error", outcome.error)
    else:
        pause = retrying.pause(one.failures + 1)
        state.failed(one, letter.lease_us, state.now_us() + pause, outcome.error)


def _activate(letter: Letter) -> None:
    with transaction.atomic():
        journal.lock()  # before the row, as every writer of a Subscription takes them
        if state.activate(letter.state, letter.lease_us):
            _tell(letter.state, "active", "")


def _ends(one: State) -> bool:
    """True when its time is over: it is switched off now."""
    if one.end_us is None or one.end_us > state.now_us():
        return False
    _stop(one, "off", _ENDED)
    return True


def _stop(one: State, status: str, error: str) -> None:
    with transaction.atomic():
        journal.lock()
        if state.stop(one, status, error):
            _tell(one, status, error)


def _tell(one: State, status: str, error: str) -> None:
    """Write the status into the Subscription, as this node and for its unit. The caller holds the journal, so nobody
    else has written it since it was read."""
    repository = Repository(system_context(unit=one.unit), validate=False)
    resource = repository.find("Subscription", one.id)
    if resource is None:
        return
    changed = {name: value for name, value in resource.items() if name != "error"} | {"status": status}
    if error:
        changed["error"] = error
    repository.save(changed)


def rest() -> bool:
    """Switch off what has been in error for too long, and forget old events that were acknowledged."""
    now = state.now_us()
    for one in state.failing_since(now - retrying.OFF_AFTER):
        _stop(one, "off", _TOO_LONG)
    with transaction.atomic():
        return events.forget(now - KEPT) == events.FORGOTTEN_AT_ONCE
