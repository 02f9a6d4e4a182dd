"""Kinds of jobs for these tests, and a clock that tests move."""

from datetime import UTC, datetime, timedelta

import pytest

from ansinh.fhir.jobs import queue
from ansinh.kernel import clock


@pytest.fixture
def kind(monkeypatch, tmp_path, settings):
    """`kind(run)` registers what runs jobs of the kind "test", for one test; files go to a folder of the test."""
    monkeypatch.setattr(queue, "_kinds", {})
    settings.STATE = tmp_path

    def register(run) -> str:
        queue.register("test", run)
        return "test"

    return register


class Time:
    """`with time.later(minutes=1):` the clock stands so much later than the start of the test."""

    def __init__(self) -> None:
        self.start = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def later(self, **delta: int):
        return clock.frozen(self.start + timedelta(**delta))


@pytest.fixture
def time() -> Time:
    return Time()
