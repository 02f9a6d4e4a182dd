"""Keeping what was read under marks of what it was read from."""

import pytest

from ansinh.fhir.views import kept


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(kept, "_kept", type(kept._kept)())


class Reading:
    """Counts how often it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __call__(self):
        self.asked += 1
        return self.answers.pop(0)


def test_once_same_marks_gives_what_was_made_before():
    reading = Reading("cũ", "mới")

    assert [kept.once("a", (1,), reading) for _ in range(3)] == ["cũ"] * 3
    assert reading.asked == 1


def test_once_other_marks_makes_it_anew_and_forgets_the_old():
    reading = Reading("cũ", "mới", "mới nữa")

    assert kept.once("a", (1,), reading) == "cũ"
    assert kept.once("a", (2,), reading) == "mới"
    assert kept.once("a", (1,), reading) == "mới nữa"


def test_once_other_key_is_another_thing():
    assert kept.once(("a", "vi"), 1, lambda: "một") == "một"
    assert kept.once(("a", "en"), 1, lambda: "one") == "one"
    assert kept.once(("a", "vi"), 1, lambda: "hai") == "một"


def test_once_keeps_nothing_of_what_failed():
    with pytest.raises(ValueError, match="hỏng"):
        kept.once("a", 1, lambda: (_ for _ in ()).throw(ValueError("hỏng")))

    assert kept.once("a", 1, lambda: "được") == "được"


def test_once_too_many_forgets_the_least_used(monkeypatch):
    monkeypatch.setattr(kept, "_MOST", 2)
    for key in ("a", "b"):
        kept.once(key, 1, lambda key=key: key)
    kept.once("a", 1, lambda: "không hỏi")
    kept.once("c", 1, lambda: "c")

    assert kept.once("a", 1, lambda: "hỏi lại") == "a"
    assert kept.once("b", 1, lambda: "hỏi lại") == "hỏi lại"
