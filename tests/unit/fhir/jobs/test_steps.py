"""Steps: each in its time, more at once, failures further and further apart and without words."""

import logging

import pytest

from ansinh.fhir.jobs import steps


@pytest.fixture
def at(monkeypatch):
    """Sets the monotonic clock."""
    now = [1000.0]
    monkeypatch.setattr(steps.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(steps, "_steps", {})

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def counting(answers):
    """A step that gives the answers in turn (the last one for ever), and how often it was called."""
    calls = []

    def step() -> bool:
        calls.append(1)
        answer = answers[min(len(calls), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return step, calls


def test_step_is_called_again_only_when_its_time_has_come(at):
    step, calls = counting([False])
    steps.register("one", step, every=10)

    assert steps.run_due() is False
    at(9)
    steps.run_due()
    assert len(calls) == 1
    at(1)
    steps.run_due()
    assert len(calls) == 2


def test_step_with_more_to_do_is_called_at_once(at):
    step, calls = counting([True, True, False])
    steps.register("one", step, every=10)

    assert [steps.run_due(), steps.run_due(), steps.run_due(), steps.run_due()] == [True, True, False, False]
    assert len(calls) == 3


def test_bell_calls_a_step_before_its_time(at):
    step, calls = counting([False])
    steps.register("one", step, every=10)
    steps.run_due()

    steps.run_due(rung=True)

    assert len(calls) == 2


def test_step_that_fails_is_called_later_and_later_and_spoils_no_other(at):
    failing, failed = counting([ValueError("x")])
    healthy, called = counting([False])
    steps.register("bad", failing, every=1)
    steps.register("good", healthy, every=1)

    pauses = []
    for _ in range(12):
        before, waited = len(failed), 0
        steps.run_due()
        while len(failed) == before:
            at(1)
            waited += 1
            steps.run_due()
        pauses.append(waited)

    assert pauses[:5] == [0, 2, 4, 8, 16]
    assert max(pauses) == steps.LONGEST_PAUSE
    assert len(called) > 1000


def test_step_that_recovers_is_called_in_its_time_again(at):
    step, calls = counting([ValueError("x"), False])
    steps.register("one", step, every=1)
    steps.run_due()
    at(2)
    steps.run_due()
    at(1)
    steps.run_due()

    assert len(calls) == 3


def test_bell_does_not_hurry_a_step_that_fails(at):
    step, calls = counting([ValueError("x")])
    steps.register("one", step, every=10)
    steps.run_due()

    steps.run_due(rung=True)

    assert len(calls) == 1


def test_failure_of_a_step_is_logged_without_its_words(at, caplog):
    step, _ = counting([ValueError("Nguyễn Văn Bí Mật")])
    steps.register("one", step)

    with caplog.at_level(logging.ERROR):
        steps.run_due()

    assert "ValueError" in caplog.text
    assert "Bí Mật" not in caplog.text


def test_unregistered_step_is_forgotten(at):
    step, calls = counting([False])
    steps.register("one", step)
    steps.unregister("one")

    steps.run_due()

    assert calls == []
