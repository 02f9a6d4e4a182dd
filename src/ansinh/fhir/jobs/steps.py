"""Small pieces of work that the leading worker does again and again: deliveries, cleaning."""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

type Step = Callable[[], bool]

LONGEST_PAUSE = 300.0
logger = logging.getLogger("ansinh.jobs")


@dataclass(slots=True)
class _Scheduled:
    step: Step
    every: float
    due: float = 0.0
    failures: int = 0


_steps: dict[str, _Scheduled] = {}


def register(name: str, step: Step, *, every: float = 1.5) -> None:
    """Call `step()` about each `every` seconds while this process leads; it returns True when there is more to do at
    once.

    A step asks one small query when there is nothing to do, ends within ten seconds, and may in rare cases run in two
    processes at once. One that raises is logged and called again later and later, at most five minutes apart.
    """
    _steps[name] = _Scheduled(step, every)


def unregister(name: str) -> None:
    """Forget a step (tests)."""
    _steps.pop(name, None)


def run_due(*, rung: bool = False) -> bool:
    """Run each step whose time has come (after the bell rang: every step that has not failed); True for more."""
    more = False
    for name, one in list(_steps.items()):
        now = time.monotonic()
        if now >= one.due or (rung and not one.failures):
            wants = _call(name, one)
            one.due = now + _pause(one, wants)
            more = more or wants
    return more


def _pause(one: _Scheduled, wants: bool) -> float:
    if one.failures:
        return min(one.every * 2**one.failures, LONGEST_PAUSE)
    return 0.0 if wants else one.every


def _call(name: str, one: _Scheduled) -> bool:
    try:
        wants = bool(one.step())
    except Exception as error:  # noqa: BLE001  (one step must not end the others)
        one.failures += 1
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("step %s failed %d times: %s\n%s", name, one.failures, type(error).__name__, frames)
        return False
    one.failures = 0
    return wants
