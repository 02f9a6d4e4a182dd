"""Combined commits: writes that arrive at the same time share one transaction, and so one wait for the disk.

    thread A ──► order ─┐
    thread B ──► order ─┼─► the thread that leads: lock the head, read, draft each in turn, flush, commit ──► wakes all
    thread C ──► order ─┘

An order is refused alone: what it had drafted is dropped and its neighbours are not touched. Nobody is told that it
succeeded before the commit has. Each process combines its own; between processes the journal's head is the lock.
See docs/adr/0008-combined-commits.md.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from contextvars import copy_context

from django.db import DatabaseError, InterfaceError, connection, transaction

from ansinh.fhir.store.planning import Plan
from ansinh.fhir.store.records import Saved
from ansinh.fhir.store.work import Draft, Work, present

logger = logging.getLogger("ansinh.fhir")

MOST = 64
"""How many orders one transaction takes: the last one does not wait for more than these."""


class Order:
    """Plans that are carried out all or not at all, and what became of them."""

    __slots__ = ("_context", "_woken", "done", "error", "plans", "reached", "saved")

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans = plans
        self.saved: list[Saved] = []
        self.error: BaseException | None = None
        self.done = False
        self.reached = 0  # the plan that was being drafted, so that an error can say which
        self._context = copy_context()  # clock and language of the one who asks
        self._woken = threading.Lock()
        self._woken.acquire()

    def draft(self, work: Work) -> None:
        """Plan everything; an error of the order itself is kept, one of the database is raised."""
        self.saved, self.error = [], None
        try:
            work.take(self._context.run(self._drafted, work))
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001  (raised by the thread that asked)
            self.error = error

    def _drafted(self, work: Work) -> Draft:
        draft = Draft(work)
        for number, plan in enumerate(self.plans):
            self.reached = number
            self.saved.append(plan.write(draft))
        return draft

    @property
    def judged(self) -> bool:
        """Rules of the house look at other records before this is written."""
        return any(plan.judged for plan in self.plans)

    def reads(self) -> list[int]:
        """What the plans look at."""
        return [key for plan in self.plans for key in plan.reads()]

    def wait(self) -> None:
        """Until the order is done or its thread is to lead."""
        self._woken.acquire()

    def wake(self) -> None:
        """Let the waiting thread go on."""
        self._woken.release()


class Queue:
    """The orders of this process. One thread at a time leads: it carries out what waits, its own order first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[Order] = deque()
        self._led = False

    def submit(self, order: Order) -> None:
        """Returns when the order is done: committed, or refused with its error."""
        with self._guard:
            self._waiting.append(order)
            leads, self._led = not self._led, True
        if not leads:
            order.wait()
            if order.done:
                return
        self._lead()

    def _lead(self) -> None:
        with self._guard:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
        try:
            carry_out(batch)
        except BaseException:  # this thread is being stopped, perhaps before the commit: nobody is told of success
            _fail(batch, RuntimeError("the transaction of this write was abandoned"))
            raise
        finally:
            self._hand_over(batch)

    def _hand_over(self, batch: list[Order]) -> None:
        """Wake those who are done, and the next to lead."""
        with self._guard:
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
        if following is not None:
            following.wake()
        for order in batch:
            order.done = True
        for order in batch[1:]:
            order.wake()


_queue = Queue()


def commit(plans: Sequence[Plan]) -> Order:
    """Carry out at least one plan, all or none; the order says what became of them.

    Within a transaction of the caller they become part of it; else the answer comes after a commit. A plan that is
    `judged` is an order of its own: what it looks at must be in the database.
    """
    order, work = Order(plans), present()
    if work is not None:
        _within(work, order)
    elif order.judged or connection.in_atomic_block:
        carry_out([order])
    else:
        _queue.submit(order)
    return order


class Uncertain(Exception):
    """The commit itself failed: what was flushed may be in the database or not."""


def carry_out(orders: Sequence[Order]) -> None:
    """One transaction for all. When it fails before its commit, each order gets a transaction of its own.

    A commit that fails is never tried again: nobody knows whether it came through.
    """
    try:
        _together(orders)
    except Uncertain as error:
        _fail(orders, error.__cause__ or error)
    except Exception as error:  # noqa: BLE001  (raised by the threads that asked)
        if len(orders) == 1:
            _fail(orders, error)
            return
        logger.warning("%d writes are carried out one by one after %s", len(orders), type(error).__name__)
        for order in orders:
            connection.close_if_unusable_or_obsolete()
            carry_out([order])


def _together(orders: Sequence[Order]) -> None:
    flushed = False
    try:
        with transaction.atomic(savepoint=False):
            work = Work(0)
            work.lock([key for order in orders for key in order.reads()])
            for order in orders:
                order.draft(work)
            work.flush()
            flushed = True
    except Exception as error:
        if flushed:
            raise Uncertain from error
        raise


def _fail(orders: Sequence[Order], error: BaseException) -> None:
    for order in orders:
        order.error = order.error or error
        order.saved = []


def _within(work: Work, order: Order) -> None:
    """Carry out an order in a transaction that is under way."""
    if order.judged:
        work.flush()
    work.lock(order.reads())
    order.draft(work)
    if len(work.planned.entries) > work.batch:
        work.flush()
    elif not work.planned.entries:
        work.forget()  # what was read may be undone by a savepoint that this Work does not know of
