"""Who leads, what a worker does in one look, and a worker of its own threads."""

import os
import sys
import threading

import pytest

from ansinh.fhir.jobs import leases, queue, worker
from ansinh.kernel.context import system_context
from tests.support.databases import fresh_database, python


@pytest.mark.django_db
def test_one_of_two_leads_until_it_is_silent(time):
    with time.later():
        assert leases.hold("first")
        assert not leases.hold("second")
    with time.later(seconds=25):
        assert leases.hold("first")
    with time.later(seconds=50):
        assert not leases.hold("second")
        assert leases.leader() == "first"
    with time.later(seconds=56):
        assert leases.leader() == ""
        assert leases.hold("second")
        assert not leases.hold("first")


@pytest.mark.django_db
def test_lead_that_is_given_back_is_free_at_once():
    leases.hold("first")
    leases.release("second")
    assert not leases.hold("second")

    leases.release("first")

    assert leases.hold("second")


@pytest.mark.django_db
def test_idle_look_asks_two_small_queries_and_writes_nothing(kind, django_assert_num_queries):
    kind(lambda job, progress: None)
    one = worker.Worker()
    one.look()

    with django_assert_num_queries(2) as asked:
        assert one.look() == worker.POLL

    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


@pytest.mark.django_db
def test_look_of_a_process_that_does_not_lead_rings_for_nobody(kind):
    queue.submit(system_context(), kind(lambda job, progress: None), {})
    leases.hold("another")
    one = worker.Worker()

    assert one.look() > worker.POLL
    assert not one.leads
    assert not one._for_jobs.is_set()


@pytest.mark.django_db
def test_look_rings_for_a_job_that_waits(kind):
    one = worker.Worker()
    one.look()
    assert not one._for_jobs.is_set()

    queue.submit(system_context(), kind(lambda job, progress: None), {})
    one.look()

    assert one._for_jobs.is_set()
    assert one._one_job() is True
    assert one._one_job() is False


RUN = """
import threading, time
from django.core.management import call_command
from ansinh.fhir.jobs import leases, queue, worker
from ansinh.kernel.context import system_context

call_command("migrate", "jobs", verbosity=0)
worker.POLL = 60  # so that only the bell can tell of the job in time
stepped, ran = threading.Event(), threading.Event()
worker.register_step("test", lambda: stepped.set())
queue.register("test", lambda job, progress: ran.set())
one = worker.Worker()
one.start()
assert stepped.wait(20), "no step"
job = queue.submit(system_context(), "test", {})
assert ran.wait(20), "no job"
assert leases.leader() == one.holder
while not queue.state(job.id).is_over:
    time.sleep(0.02)
one.stop()
one.join()
print(queue.state(job.id).state, leases.leader() == "")
"""


@pytest.mark.django_db
def test_worker_in_threads_runs_steps_and_jobs_and_gives_the_lead_back(tmp_path):
    with fresh_database(tmp_path, "own_worker") as url, python(RUN, url, tmp_path) as process:
        out, errors = process.communicate(timeout=120)

    assert out.split() == ["done", "True"], errors


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux alone")
def test_work_of_the_worker_steps_back_behind_requests():
    one, seen = worker.Worker(), {}

    def work() -> bool:
        seen["worker"] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        one.stop()
        return False

    one.leads = True
    ring = threading.Event()
    ring.set()
    thread = threading.Thread(target=one._loop, args=(work, ring))
    thread.start()
    thread.join(10)

    assert seen["worker"] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
