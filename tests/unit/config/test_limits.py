"""Too many requests are told so and the node recovers; one that takes too long is stopped."""

import json
import threading
import time

import pytest
from django.db import OperationalError, connection, connections

from ansinh.config import limits
from ansinh.config.limits import Limits, TooLong


class Started:
    def __init__(self) -> None:
        self.status, self.headers = "", {}

    def __call__(self, status, headers) -> None:
        self.status, self.headers = status, dict(headers)


def test_who_finds_no_place_is_told_and_the_next_is_served_again():
    gate, inside, let_go = Limits(1, patience=0.02), threading.Event(), threading.Event()

    def slow() -> None:
        assert gate.enter()
        inside.set()
        let_go.wait(5)
        gate.leave()

    thread = threading.Thread(target=slow)
    thread.start()
    inside.wait(5)
    assert [gate.enter() for _ in range(3)] == [False] * 3
    let_go.set()
    thread.join()

    assert gate.enter()
    gate.leave()


def test_who_waits_gets_the_place_that_comes_free():
    gate, took = Limits(1, patience=5), []
    assert gate.enter()

    thread = threading.Thread(target=lambda: took.append(gate.enter()))
    thread.start()
    gate.leave()
    thread.join(5)

    assert took == [True]


@pytest.mark.parametrize(("path", "kind"), [("/fhir/Patient", "application/fhir+json"), ("/nguoi/", "text/html")])
def test_answer_of_a_crowded_node_says_when_to_come_again(path, kind):
    started = Started()

    body = b"".join(limits.crowded(path, started)).decode()

    assert started.status.startswith("503")
    assert started.headers["Retry-After"] == str(limits.RETRY_AFTER)
    assert started.headers["Content-Type"].startswith(kind)
    assert "thử lại" in body
    if path.startswith("/fhir"):
        assert json.loads(body)["issue"][0]["code"] == "transient"


def test_request_within_its_time_is_let_alone():
    gate = Limits(2, seconds=60)
    gate.enter()

    assert gate.look() == []
    gate.leave()


def test_request_that_never_ends_is_stopped_and_its_thread_lives(monkeypatch):
    monkeypatch.setattr(limits, "_GRACE", 0.0)
    gate, told = Limits(1, seconds=0.01), []

    def endless() -> None:
        gate.enter()
        try:
            while True:
                time.sleep(0.001)
        except TooLong as error:
            told.append(error.status)
        finally:
            gate.leave()

    thread = threading.Thread(target=endless)
    thread.start()
    until = time.monotonic() + 5
    while thread.is_alive() and time.monotonic() < until:
        time.sleep(0.02)
        gate.look()
    thread.join(5)

    assert told == [503]
    assert gate.enter()


@pytest.mark.django_db
def test_query_that_takes_too_long_is_stopped_as_a_busy_database():
    if connection.vendor == "sqlite":
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    else:
        endless = "SELECT pg_sleep(60)"
    connection.ensure_connection()
    timer = threading.Timer(0.1, limits.stop_query, [connections["default"]])
    timer.start()

    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute(endless)

    timer.join()


def test_connection_that_is_not_there_is_no_error():
    class Closed:
        connection = None

    limits.stop_query(Closed())


@pytest.mark.parametrize(("text", "limited"), [("", False), ("0", False), ("x", False), ("3", True)])
def test_limits_are_those_that_serve_set(monkeypatch, text, limited):
    monkeypatch.setenv("ANSINH_REQUESTS_AT_ONCE", text)

    assert (limits.of_environment() is not None) is limited
