"""Import NDJSON files of FHIR resources into this node."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ansinh.config.cli.arguments import whole

if TYPE_CHECKING:
    from ansinh.fhir.jobs.records import Job
    from ansinh.kernel.context import Context

HELP = "nhập các tệp NDJSON (mỗi dòng một tài nguyên FHIR)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files or folders, and how."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="TỆP", help="tệp *.ndjson, hoặc thư mục có các tệp đó")
    parser.add_argument(
        "--processes", type=whole(0, 64), default=2, help="số tiến trình kiểm tra và lập chỉ mục (mặc định 2)"
    )
    parser.add_argument("--user", default="", help="nhập thay mặt tài khoản này; bỏ trống: chính nút này")
    parser.add_argument("--trusted", action="store_true", help="dữ liệu do chính nút này xuất: không kiểm tra lại")
    parser.add_argument(
        "--references",
        choices=("warn", "refuse"),
        default="warn",
        help="dòng nhắc đến hồ sơ chưa có: warn: ghi và báo lại; refuse: từ chối (mặc định warn)",
    )
    parser.add_argument("--resume", metavar="MÃ", default="", help="làm tiếp một việc nhập đã bị ngắt")


def run(options: argparse.Namespace) -> int:
    """Prints progress and the counts; exit code 1 when lines were refused. An import that was cut off goes on with
    --resume, or by itself when a worker runs."""
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    job = _resumed(options.resume) if options.resume else _begun(options)
    print(file=sys.stderr)
    return _told(job)


def _begun(options: argparse.Namespace) -> "Job":
    from ansinh.fhir.bulk import importing, sources
    from ansinh.fhir.jobs import running
    from ansinh.kernel.ids import new_id

    context, holder = context_of(options.user), new_id()
    job = importing.ask(
        context,
        sources.sources(options.paths),
        validated=not options.trusted,
        references=options.references,
        processes=options.processes,
        holder=holder,
    )
    print(f"Việc nhập {job.id}", flush=True)
    return running.run_held(job, holder, _watch)


def _resumed(job_id: str) -> "Job":
    from ansinh.fhir.jobs import queue, running
    from ansinh.kernel.errors import Conflict

    job = running.run_now(queue.state(job_id), _watch)
    if job.state == "running":
        raise Conflict("Việc này đang chạy, hoặc vừa bị ngắt: thử lại sau nửa phút.")
    return job


def context_of(username: str) -> "Context":
    """The rights of an account, or of the node itself for "". Raises `NotFound`."""
    from ansinh.access.contexts import context_named
    from ansinh.kernel.context import system_context

    return context_named(username) if username else system_context()


def _watch(done: int | None, total: int | None, words: str | None) -> None:
    if done is not None and words:
        print(f"\r{done / 1_000_000:.0f} MB, {words}   ", end="", file=sys.stderr, flush=True)


def _told(job: "Job") -> int:
    from ansinh.fhir.jobs import queue

    if job.state == "running":
        print("Một tiến trình khác đã nhận việc này; xem ./ansinh jobs.", file=sys.stderr)
        return 1
    if job.state != "done":
        print(f"✗ {job.error or 'Việc nhập đã bị dừng.'}", file=sys.stderr)
        return 1
    result = job.result
    print(
        f"{result['lines']} dòng: {result['written']} đã ghi, {result['unchanged']} không đổi, "
        f"{result['refused']} bị từ chối, {result['unresolved']} tham chiếu chưa có đích."
    )
    for entry in result["files"]:
        print(f"Chi tiết từng dòng: {queue.folder(job.id) / entry['name']}")
    return 1 if result["refused"] else 0
