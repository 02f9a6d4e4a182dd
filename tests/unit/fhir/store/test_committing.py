"""The queue of orders: who leads, who waits, and that nobody is left behind. No database: `carry_out` is replaced."""

import threading

import pytest

from ansinh.fhir.store import committing
from ansinh.fhir.store.committing import MOST, Order, Queue

PATIENCE = 20


class Carrier:
    """Stands for `carry_out`: keeps the batches it was given; each waits until `gate` is open."""

    def __init__(self, fails: type[BaseException] | None = None):
        self.batches: list[list[Order]] = []
        self.running = 0
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.fails = fails

    def __call__(self, orders: list[Order]) -> None:
        self.running += 1
        assert self.running == 1, "two threads lead at once"
        self.batches.append(list(orders))
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        self.running -= 1
        for order in orders:
            order.saved = [threading.current_thread().name]
        if self.fails:
            raise self.fails


@pytest.fixture
def carrier(monkeypatch) -> Carrier:
    made = Carrier()
    monkeypatch.setattr(committing, "carry_out", made)
    return made


def submitting(queue: Queue, orders: list[Order]) -> list[threading.Thread]:
    threads = [threading.Thread(target=queue.submit, args=[order], daemon=True) for order in orders]
    for thread in threads:
        thread.start()
    return threads


def end(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def until_waiting(queue: Queue, count: int) -> None:
    while len(queue._waiting) < count:
        threading.Event().wait(0.001)


def test_order_that_comes_alone_is_carried_out_at_once(carrier):
    queue, order = Queue(), Order([])
    carrier.gate.set()

    queue.submit(order)

    assert carrier.batches == [[order]]
    assert order.done
    assert not queue._led


def test_orders_that_come_meanwhile_are_carried_out_together(carrier):
    queue, orders = Queue(), [Order([]) for _ in range(6)]
    first = submitting(queue, orders[:1])
    carrier.begun.wait(PATIENCE)
    others = submitting(queue, orders[1:])
    until_waiting(queue, 5)

    carrier.gate.set()
    end(first + others)

    assert [len(batch) for batch in carrier.batches] == [1, 5]
    assert set(carrier.batches[1]) == set(orders[1:])
    assert all(order.done and order.saved for order in orders)


def test_one_transaction_takes_no_more_than_its_share(carrier):
    queue, orders = Queue(), [Order([]) for _ in range(MOST + 11)]
    first = submitting(queue, orders[:1])
    carrier.begun.wait(PATIENCE)
    others = submitting(queue, orders[1:])
    until_waiting(queue, MOST + 10)

    carrier.gate.set()
    end(first + others)

    assert [len(batch) for batch in carrier.batches] == [1, MOST, 10]
    assert not queue._led


def test_each_leads_once_so_that_no_thread_works_for_the_others_for_ever(carrier):
    queue, orders = Queue(), [Order([]) for _ in range(40)]
    carrier.gate.set()

    end(submitting(queue, orders))

    leaders = [batch[0].saved[0] for batch in carrier.batches]
    assert len(set(leaders)) == len(leaders)
    assert sum(len(batch) for batch in carrier.batches) == 40


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_orders_of_a_leader_that_was_stopped_are_told_so_and_the_next_goes_on(carrier):
    queue, orders = Queue(), [Order([]) for _ in range(3)]
    carrier.fails = KeyboardInterrupt
    first = submitting(queue, orders[:1])
    carrier.begun.wait(PATIENCE)
    others = submitting(queue, orders[1:])
    until_waiting(queue, 2)

    carrier.gate.set()
    end(first + others)

    assert all(isinstance(order.error, RuntimeError) for order in orders)
    assert not any(order.saved for order in orders)
    assert not queue._led


class Database:
    """Stands for the one transaction: refuses batches that hold `bad`, fails the commit of those that hold `lost`."""

    def __init__(self) -> None:
        self.batches: list[list[Order]] = []
        self.bad: Order | None = None
        self.lost: Order | None = None

    def __call__(self, orders: list[Order]) -> None:
        self.batches.append(list(orders))
        if self.bad in orders:
            raise ValueError("cannot be flushed")
        for order in orders:
            order.saved = ["saved"]
        if self.lost in orders:
            raise committing.Uncertain from ConnectionError("lost")


@pytest.fixture
def database(monkeypatch) -> Database:
    made = Database()
    monkeypatch.setattr(committing, "_together", made)
    monkeypatch.setattr(committing.connection, "close_if_unusable_or_obsolete", lambda: None)
    return made


def test_flush_that_fails_lets_each_order_go_alone(database):
    orders = [Order([]) for _ in range(4)]
    database.bad = orders[2]

    committing.carry_out(orders)

    assert database.batches == [orders, *([order] for order in orders)]
    assert [type(order.error) for order in orders] == [type(None), type(None), ValueError, type(None)]
    assert [bool(order.saved) for order in orders] == [True, True, False, True]


def test_order_that_fails_alone_is_not_tried_again(database):
    database.bad = order = Order([])

    committing.carry_out([order])

    assert database.batches == [[order]]
    assert isinstance(order.error, ValueError)


def test_commit_that_fails_is_not_tried_again_and_nobody_is_told_of_success(database):
    orders = [Order([]) for _ in range(3)]
    database.lost = orders[1]

    committing.carry_out(orders)

    assert database.batches == [orders]
    assert [type(order.error) for order in orders] == [ConnectionError] * 3
    assert not any(order.saved for order in orders)
