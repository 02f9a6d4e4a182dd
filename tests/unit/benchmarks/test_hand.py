"""What a hand is said to cost: keys of Telex, and the sum of the keystroke-level model."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[3] / "benchmarks"))

from measuring.hand import B, H, Hand, K, M, P, keys_of


class Paper:
    """A page that takes everything and does nothing."""

    def __init__(self):
        self.keyboard = self

    def type(self, text):
        """Nothing to do."""

    def press(self, key):
        """Nothing to do."""

    def click(self):
        """Nothing to do."""


@pytest.mark.parametrize(
    ("text", "keys"),
    [("an", 2), ("An", 3), ("Đỗ", 6), ("đi", 3), ("người", 8), ("36,6", 4), ("", 0), ("Nguyễn", 9)],
)
def test_vietnamese_takes_the_keys_of_telex(text, keys):
    assert keys_of(text) == keys


def test_task_is_the_sum_of_keys_thoughts_points_and_changes_of_device():
    hand = Hand(Paper())

    hand.think().type("12").press("Control+Enter").click(hand.page).click(hand.page).press("Tab")

    assert (hand.keys, hand.points, hand.presses, hand.changes, hand.thoughts) == (5, 2, 2, 2, 1)
    assert hand.hand_seconds == pytest.approx(5 * K + 2 * P + 2 * B + 2 * H + M)


def test_waiting_counts_as_it_was(monkeypatch):
    clock = iter((10.0, 10.5))
    monkeypatch.setattr("measuring.hand.perf_counter", lambda: next(clock))
    hand = Hand(Paper())

    hand.wait(lambda: None, lambda: None)

    assert hand.response == 0.5
    assert hand.seconds == 0.5
