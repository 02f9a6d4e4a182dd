"""The queue played by several workers, with time passing: a job is never run by two, and never lost.

A plain model says who may write about which job at every moment; the queue has to agree after each step.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh.fhir.jobs import queue
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
WORKERS = ("an", "bình", "cúc")
workers = st.sampled_from(WORKERS)
jobs = st.integers(0, 3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("submit")),
        st.tuples(st.just("claim"), workers),
        st.tuples(st.just("claim"), workers),
        st.tuples(st.just("save"), workers, jobs),
        st.tuples(st.just("finish"), workers, jobs),
        st.tuples(st.just("postpone"), workers, jobs),
        st.tuples(st.just("renew"), workers),
        st.tuples(st.just("cancel"), jobs),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 31, 90])),
    ),
    min_size=3,
    max_size=24,
)


@dataclass
class Plain:
    """What is known of a job: its state, who runs it and until when others keep away, and how often it ended."""

    id: str
    state: str = "queued"
    holder: str = ""
    until: datetime = START
    ends: int = 0
    cursor: dict = field(default_factory=dict)


class Model:
    """The queue as it should be."""

    def __init__(self) -> None:
        self.now, self.jobs = START, []

    def submit(self) -> None:
        self.jobs.append(Plain(queue.submit(system_context(), "test", {}).id))

    def claim(self, worker: str) -> None:
        free = [job for job in self.jobs if job.state == "queued" or (job.state == "running" and job.until < self.now)]

        taken = queue.claim(worker)

        assert (taken.id if taken else None) in ([job.id for job in free] or [None])
        if taken:
            job = self._plain(taken.id)
            assert taken.cursor == job.cursor, "goes on from where the one before it was cut off"
            job.state, job.holder, job.until = "running", worker, self.now + queue.LEASE

    def save(self, worker: str, number: int) -> None:
        if job := self._at(number):
            cursor = {"at": len(self.jobs), "by": worker}
            kept = queue.keep(job.id, worker, cursor=cursor, lease_until=self.now + queue.LEASE)
            assert kept == self._runs(worker, job)
            if kept:
                job.cursor, job.until = cursor, self.now + queue.LEASE

    def finish(self, worker: str, number: int) -> None:
        if job := self._at(number):
            ended = queue.finish(job.id, worker, "done", result={})
            assert ended == self._runs(worker, job)
            if ended:
                job.state, job.holder, job.ends = "done", "", job.ends + 1

    def postpone(self, worker: str, number: int) -> None:
        if job := self._at(number):
            let_go = queue.postpone(job.id, worker)
            assert let_go == self._runs(worker, job)
            if let_go:
                job.holder, job.until = "", self.now + queue.LEASE

    def renew(self, worker: str) -> None:
        queue.renew(worker)
        for job in self.jobs:
            if self._runs(worker, job):
                job.until = self.now + queue.LEASE

    def cancel(self, number: int) -> None:
        if job := self._at(number):
            over = job.state not in ("queued", "running")
            try:
                queue.cancel(job.id)
            except Conflict:
                assert over
            else:
                assert not over
                job.state, job.holder = "cancelled", ""

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def _runs(self, worker: str, job: Plain) -> bool:
        return job.state == "running" and job.holder == worker

    def _at(self, number: int) -> Plain | None:
        return self.jobs[number] if number < len(self.jobs) else None

    def _plain(self, job_id: str) -> Plain:
        return next(job for job in self.jobs if job.id == job_id)


@pytest.mark.django_db
@given(steps)
@settings(max_examples=60)
def test_job_is_run_by_one_worker_at_a_time_ends_once_and_is_not_lost(taken):
    kinds = dict(queue._kinds)
    try:
        queue._kinds.clear()
        queue.register("test", lambda job, progress: None)
        with transaction.atomic():
            play(taken)
            transaction.set_rollback(True)
    finally:
        queue._kinds.clear()
        queue._kinds.update(kinds)


def play(taken) -> None:
    model = Model()
    for what, *rest in taken:
        with clock.frozen(model.now):
            getattr(model, what)(*rest)
            for job in model.jobs:
                assert queue.state(job.id).state == job.state
                assert job.ends <= 1
    # Whatever happened: what was neither stopped nor done is done by one worker that lives on.
    left = [job for job in model.jobs if job.state in ("queued", "running")]
    model.wait(60)
    with clock.frozen(model.now):
        done = []
        while job := queue.claim("dung"):
            assert queue.finish(job.id, "dung", "done")
            done.append(job.id)
    assert sorted(done) == sorted(job.id for job in left)
