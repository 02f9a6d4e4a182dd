"""Jobs from asking to the end: progress, resuming after a crash, cancelling, rights, expiry."""

import logging

import pytest
from django.db import OperationalError, transaction

from ansinh.access.models import Assignment
from ansinh.fhir.jobs import queue, running
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """What ends a process: nothing catches it."""


def test_job_runs_with_the_rights_of_who_asked(lan, kind):
    seen = []

    def run(job, progress):
        seen.append((progress.context.login, progress.context.unit, job.parameters))
        return {"rows": 3}

    job = queue.submit(lan, kind(run), {"a": [1]})

    assert queue.is_waiting()
    ended = running.run_now(job)
    assert (ended.state, ended.result) == ("done", {"rows": 3})
    assert ended.finished is not None
    assert seen == [(lan.login, lan.unit, {"a": [1]})]
    assert not queue.is_waiting()


def test_job_of_an_account_that_lost_its_role_fails(lan, kind):
    job = queue.submit(lan, kind(lambda job, progress: {"role": progress.context.role}), {})
    Assignment.objects.all().delete()

    ended = running.run_now(job)

    assert ended.state == "failed"
    assert "không còn giữ vai trò" in ended.error


def test_submit_of_a_kind_nobody_runs_is_a_mistake(lan, kind):
    with pytest.raises(ValueError, match="unknown kind"):
        queue.submit(lan, "no-such-kind", {})


def test_progress_is_seen_while_the_job_runs(kind):
    seen = []

    def run(job, progress):
        progress.save({"at": 5}, done=5, total=10, words="nửa chừng")
        now = queue.state(job.id)
        seen.append((now.state, now.done, now.total, now.words, now.cursor))

    ended = running.run_now(queue.submit(system_context(), kind(run), {}))

    assert seen == [("running", 5, 10, "nửa chừng", {"at": 5})]
    assert (ended.done, ended.words) == (5, "")


def test_job_that_was_cut_off_goes_on_from_its_cursor(kind, time):
    begun = []

    def run(job, progress):
        begun.append(progress.cursor)
        progress.save({"at": len(begun)})
        if len(begun) == 1:
            raise Crash

    with time.later():
        job = queue.submit(system_context(), kind(run), {})
        with pytest.raises(Crash):
            running.run_next("first", job.id)
        assert not running.run_next("second")
    with time.later(seconds=31):
        assert running.run_next("second")

    assert begun == [{}, {"at": 1}]
    assert queue.state(job.id).state == "done"


def test_worker_that_lives_keeps_its_job(kind, time):
    def run(job, progress):
        with time.later(seconds=25):
            queue.renew(progress.holder)
        with time.later(seconds=40):
            assert not queue.is_waiting()
        with time.later(seconds=60):
            assert queue.is_waiting()

    with time.later():
        ended = running.run_now(queue.submit(system_context(), kind(run), {}))

    assert ended.state == "done"


def test_worker_whose_job_was_taken_over_writes_nothing_more(kind, time):
    wrote = []

    def run(job, progress):
        with time.later(seconds=31):
            assert queue.claim("another", job.id) is not None
        with transaction.atomic():
            progress.save({"at": 1})
        wrote.append(1)

    with time.later():
        job = queue.submit(system_context(), kind(run), {})
        running.run_next("slow", job.id)

    assert wrote == []
    now = queue.state(job.id)
    assert (now.state, now.cursor) == ("running", {})


def test_job_that_never_moves_is_given_up(kind, time):
    def run(job, progress):
        raise Crash

    with time.later():
        job = queue.submit(system_context(), kind(run), {})
    for attempt in range(queue.MOST_ATTEMPTS):
        with time.later(minutes=attempt + 1), pytest.raises(Crash):
            running.run_next("worker", job.id)
    with time.later(hours=1):
        assert running.run_next("worker", job.id)

    assert queue.state(job.id).state == "failed"


def test_cancelled_job_stops_at_its_next_save(kind):
    after = []

    def run(job, progress):
        queue.cancel(job.id)
        progress.save({"at": 1})
        after.append(1)

    ended = running.run_now(queue.submit(system_context(), kind(run), {}))

    assert ended.state == "cancelled"
    assert after == []


def test_cancel_before_the_start_leaves_nothing_to_run(kind):
    job = queue.submit(system_context(), kind(lambda job, progress: None), {})

    assert queue.cancel(job.id).state == "cancelled"
    assert not running.run_next("worker")
    with pytest.raises(Conflict):
        queue.cancel(job.id)


ERRORS = (
    (Invalid("Tệp không đọc được."), "failed", "Tệp không đọc được."),
    (ValueError("Nguyễn Văn Bí Mật"), "failed", "Lỗi ngoài dự kiến"),
)


@pytest.mark.parametrize(("error", "state", "words"), ERRORS, ids=["refused", "mistake"])
def test_error_of_a_job_becomes_its_end_without_personal_words(kind, caplog, error, state, words):
    def run(job, progress):
        raise error

    with caplog.at_level(logging.WARNING):
        ended = running.run_now(queue.submit(system_context(), kind(run), {}))

    assert ended.state == state
    assert words in ended.error
    assert "Bí Mật" not in ended.error + caplog.text


def test_job_that_met_a_busy_database_is_tried_again_after_a_while(kind, time, caplog):
    tries = []

    def run(job, progress):
        tries.append(progress.cursor)
        if len(tries) == 1:
            progress.save({"at": 1})
            raise OperationalError("locked, of Nguyễn Văn Bí Mật")

    with time.later(), caplog.at_level(logging.WARNING):
        job = running.run_now(queue.submit(system_context(), kind(run), {}))
        assert not running.run_next("at once")
    with time.later(seconds=31):
        assert running.run_next("later")

    assert (job.state, tries) == ("running", [{}, {"at": 1}])
    assert queue.state(job.id).state == "done"
    assert "OperationalError" in caplog.text
    assert "Bí Mật" not in caplog.text


def test_job_is_known_only_to_who_asked(lan, binh, kind):
    job = queue.submit(lan, kind(lambda job, progress: None), {})

    assert queue.owned(lan, job.id).id == job.id
    with pytest.raises(NotFound):
        queue.owned(binh, job.id)
    with pytest.raises(NotFound):
        queue.owned(lan, job.id, "another-kind")
    with pytest.raises(NotFound):
        queue.owned(lan, "no-such-job")


def test_nobody_without_account_asks_for_jobs(kind):
    from ansinh.kernel.context import Context

    with pytest.raises(Refused):
        queue.submit(Context(actor="anonymous", role=""), kind(lambda job, progress: None), {})


def test_old_jobs_go_with_their_files(kind, time, settings):
    settings.JOBS_KEPT_HOURS = 24

    def run(job, progress):
        (progress.folder / "out.ndjson").write_text("{}")

    with time.later():
        job = running.run_now(queue.submit(system_context(), kind(run), {}))
        waiting = queue.submit(system_context(), "test", {})
    with time.later(hours=23):
        queue.remove_old()
        assert (queue.folder(job.id) / "out.ndjson").exists()
    with time.later(hours=25):
        queue.remove_old()

    assert not queue.folder(job.id).exists()
    assert [one.id for one in queue.listed()] == [waiting.id]


def test_files_of_a_job_are_for_the_node_alone(kind):
    modes = []

    def run(job, progress):
        modes.append(progress.folder.stat().st_mode & 0o777)

    running.run_now(queue.submit(system_context(), kind(run), {}))

    assert modes == [0o700]


def test_jobs_of_kinds_unknown_here_wait_for_another_process(kind):
    job = queue.submit(system_context(), kind(lambda job, progress: None), {})
    queue._kinds.clear()

    assert not queue.is_waiting()
    assert queue.state(job.id).state == "queued"
