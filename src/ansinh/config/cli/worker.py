"""The worker as a process of its own: long jobs and steps, beside a server that was started with --no-worker."""

import argparse
import signal
import threading

HELP = "chạy các việc lâu (nhập, xuất, gửi thông báo) trong một tiến trình riêng"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Runs until SIGTERM or Ctrl-C; a job on its way goes on when the next worker starts."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before threads start: only `sigwait` is to hear them
    import django

    django.setup()
    from ansinh.fhir.jobs.worker import Worker
    from ansinh.fhir.store import watching
    from ansinh.fhir.store.audit import trail

    ended = threading.Event()
    watch = watching.start(ended)
    audit = trail.start(ended)
    worker = Worker()
    worker.start()
    print("Đang nhận việc; Ctrl-C để dừng.", flush=True)
    signal.sigwait(ends)
    ended.set()
    worker.stop()
    worker.join()
    watch.join(5)
    audit.join(5)
    return 0
