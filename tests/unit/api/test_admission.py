"""The line of large bodies: never more bytes than agreed, first come first served, nobody waits for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.api.admission import SMALL, Bodies, Crowded

MOST = 4 * SMALL


def test_small_body_while_all_is_taken_does_not_wait():
    bodies = Bodies(MOST, patience=0)
    bodies.enter(MOST)

    assert bodies.enter(SMALL) == 0


@pytest.mark.parametrize(
    ("size", "weight"), [(0, 0), (SMALL, 0), (SMALL + 1, SMALL + 1), (MOST, MOST), (10 * MOST, MOST)]
)
def test_weight_of_a_body_is_its_size_and_at_most_all(size, weight):
    bodies = Bodies(MOST)

    assert bodies.enter(size) == weight
    assert bodies.held == weight


def test_body_whose_turn_does_not_come_is_refused_and_leaves_the_line():
    bodies = Bodies(MOST, patience=0)
    first = bodies.enter(MOST)

    with pytest.raises(Crowded) as refused:
        bodies.enter(2 * SMALL)

    assert refused.value.status == 503
    assert refused.value.problems[0].code == "transient"
    assert bodies.held == MOST
    bodies.leave(first)
    assert bodies.enter(2 * SMALL) == 2 * SMALL


def test_body_that_waits_gets_its_turn_when_another_leaves():
    bodies = Bodies(MOST, patience=10)
    first = bodies.enter(MOST)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(bodies.enter, MOST)
        assert not waiting.done()
        bodies.leave(first)

        assert waiting.result(10) == MOST


def test_large_body_at_the_head_is_not_overtaken_by_one_that_would_fit():
    bodies, order = Bodies(MOST, patience=10), []
    first = bodies.enter(2 * SMALL)

    def work(size):
        weight = bodies.enter(size)
        order.append(size)
        bodies.leave(weight)

    threads = []
    for number, size in enumerate((MOST, 2 * SMALL), start=1):
        threads.append(threading.Thread(target=work, args=[size]))
        threads[-1].start()
        while len(bodies._line) < number:
            pass
    bodies.leave(first)
    for thread in threads:
        thread.join(10)

    assert order == [MOST, 2 * SMALL]


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(0, 2 * MOST), min_size=1, max_size=24))
def test_any_bodies_at_once_never_hold_more_than_agreed_and_give_all_back(sizes):
    bodies, seen = Bodies(MOST, patience=30), []

    def work(size):
        weight = bodies.enter(size)
        seen.append(bodies.held)
        bodies.leave(weight)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, sizes))

    assert len(seen) == len(sizes)
    assert max(seen) <= MOST
    assert bodies.held == 0
