"""Export the records of this node as NDJSON files."""

import argparse
import shutil
import sys
from pathlib import Path

HELP = "xuất hồ sơ ra các tệp NDJSON (mỗi dòng một tài nguyên FHIR)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, whose rights, and what."""
    parser.add_argument("folder", type=Path, help="thư mục nhận các tệp; tạo mới nếu chưa có")
    parser.add_argument("--user", default="", help="xuất những gì tài khoản này được xem; bỏ trống: tất cả")
    parser.add_argument("--type", default="", help="các loại, ví dụ Patient,Observation; bỏ trống: mọi loại")
    parser.add_argument(
        "--since", default="", help="chỉ những gì thay đổi từ thời điểm này (2026-01-31T08:00:00+07:00)"
    )
    parser.add_argument("--group", default="", help="chỉ hồ sơ của những người trong Group này")


def run(options: argparse.Namespace) -> int:
    """Prints the files; the last line is what to give as --since the next time."""
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    from ansinh.config.cli.imports import context_of
    from ansinh.fhir.bulk import asking, exporting
    from ansinh.fhir.jobs import queue, running
    from ansinh.kernel.ids import new_id

    context, holder = context_of(options.user), new_id()
    params = [(name, value) for name, value in (("_type", options.type), ("_since", options.since)) if value]
    level = "group" if options.group else "system"
    wanted = asking.read(context, params, level=level, group=options.group)
    job = running.run_held(exporting.ask(context, wanted, holder=holder), holder, _watch)
    print(file=sys.stderr)
    if job.state != "done":
        print(f"✗ {job.error}", file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for entry in job.result["files"]:
        shutil.move(queue.folder(job.id) / entry["name"], options.folder / entry["name"])
        print(f"{options.folder / entry['name']}: {entry['count']}")
    queue.remove(job.id)
    print(f"Lần sau: --since {job.result['time']}")
    return 0


def _watch(done: int | None, total: int | None, words: str | None) -> None:
    if done is not None and words:
        print(f"\r{done} hồ sơ, {words}   ", end="", file=sys.stderr, flush=True)
