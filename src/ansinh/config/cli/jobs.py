"""Long jobs: what was asked for, how far it is, and stopping one."""

import argparse
from typing import TYPE_CHECKING

from ansinh.config.cli.arguments import whole

if TYPE_CHECKING:
    from ansinh.fhir.jobs.records import Job

HELP = "xem các việc chạy lâu, hoặc dừng một việc"
_STATES = {"queued": "đang chờ", "running": "đang chạy", "done": "xong", "failed": "hỏng", "cancelled": "đã dừng"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Without arguments: the list."""
    parser.add_argument("--cancel", metavar="MÃ", help="dừng việc này; phần đã làm vẫn giữ")
    parser.add_argument("--limit", type=whole(1, 10_000), default=20, help="số việc mới nhất (mặc định 20)")


def run(options: argparse.Namespace) -> int:
    """Prints one line a job, the newest first."""
    import django

    django.setup()
    from ansinh.fhir.jobs import leases, queue

    if options.cancel:
        print(line(queue.cancel(options.cancel)))
        return 0
    for job in queue.listed(options.limit):
        print(line(job))
    print("Có một tiến trình đang nhận việc." if leases.leader() else "Chưa có tiến trình nào nhận việc.")
    return 0


def line(job: "Job") -> str:
    """`<id> export: đang chạy, 12000/50000 Observation`."""
    total = f"/{job.total}" if job.total is not None else ""
    parts = [f"{job.done}{total}", job.words, job.error]
    return f"{job.id} {job.kind}: {_STATES[job.state]}, {' '.join(part for part in parts if part)}"
