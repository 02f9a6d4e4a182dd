"""Which steps a Task allows."""

import pytest

from ansinh.clinical.screening.rules.tasks import OPEN, may, transition
from ansinh.kernel.errors import Conflict


@pytest.mark.parametrize(
    ("status", "intent", "after"),
    [
        ("requested", "take", "in-progress"),
        ("requested", "complete", "completed"),
        ("requested", "cancel", "cancelled"),
        ("in-progress", "complete", "completed"),
        ("in-progress", "cancel", "cancelled"),
        ("on-hold", "take", "in-progress"),
    ],
)
def test_open_task_goes_on(status, intent, after):
    assert may(status, intent)
    assert transition(status, intent) == after


@pytest.mark.parametrize(
    ("status", "intent", "words"),
    [
        ("in-progress", "take", "đã có người nhận"),
        ("completed", "take", "đã hoàn thành"),
        ("completed", "complete", "đã hoàn thành"),
        ("cancelled", "complete", "đã hủy"),
        ("cancelled", "cancel", "đã hủy"),
        ("entered-in-error", "take", "không còn mở"),
    ],
)
def test_task_past_a_step_refuses_it_in_words(status, intent, words):
    assert not may(status, intent)
    with pytest.raises(Conflict) as refused:
        transition(status, intent)
    assert words in refused.value.message


def test_every_open_state_can_be_ended():
    assert all(may(status, "complete") and may(status, "cancel") for status in OPEN)
