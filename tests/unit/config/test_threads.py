"""The server's threads leave no database connection behind."""

import gc
import threading

import pytest

from ansinh.config import threads


class Connection:
    """Django's connection, as far as closing it goes; in a circle of references, like Django's."""

    def __init__(self, closed):
        self.closed, self.circle = closed, self

    def close(self):
        self.closed.append(threading.get_ident())


class Connections:
    """One connection for each thread that asks."""

    def __init__(self):
        self.made, self.closed = [], []

    def __getitem__(self, alias):
        self.made.append(threading.get_ident())
        return Connection(self.closed)


@pytest.fixture
def connections(monkeypatch):
    made = Connections()
    monkeypatch.setattr(threads, "connections", made)
    gc.disable()
    yield made
    gc.enable()


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize("requests", [1, 5])
def test_connection_is_closed_once_and_in_its_thread_when_that_ends(connections, requests):
    still = []

    def work():
        for _ in range(requests):
            threads.close_at_end()
        still.append(list(connections.closed))

    in_thread(work)

    assert still == [[]], "nothing is closed while the thread works"
    assert len(connections.made) == 1
    assert connections.closed == connections.made


def test_each_thread_closes_its_own(connections):
    for _ in range(3):
        in_thread(threads.close_at_end)

    assert len(connections.closed) == 3
    assert connections.closed == connections.made


def test_thread_that_never_asked_closes_nothing(connections):
    in_thread(lambda: None)

    assert connections.made == connections.closed == []
