"""Serve the node: one process, granian, WSGI threads."""

import argparse
import os
import sys

from ansinh.config.cli.arguments import whole
from ansinh.config.cli.listening import try_address

# Writes that wait at the same time share one commit, so that as many as there are threads share the wait for the disk.
# Each thread that reads has a connection; SQLite's have a cache of their own (config.databases).
THREADS = {"postgresql": 16, "sqlite": 8}

# How glibc keeps what was freed (mallopt(3)): in two pools instead of one for each few threads, and nothing of the
# large pieces that a large Bundle needs for a moment; without a fixed threshold it learns to keep those too.
_MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "1048576"}

HELP = "chạy máy chủ tại http://127.0.0.1:8000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and how wide."""
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định 127.0.0.1)")
    parser.add_argument("--port", type=whole(1, 65535), default=8000, help="cổng (mặc định 8000)")
    parser.add_argument("--workers", type=whole(1, 64), default=1, help="số tiến trình; chỉ PostgreSQL mới nên hơn 1")
    parser.add_argument(
        "--no-worker", action="store_true", help="không chạy việc lâu trong máy chủ; đã có ./ansinh worker"
    )


def run(options: argparse.Namespace) -> int:
    """Bring the database up to date, then hand the process over to granian (no parent stays behind)."""
    from ansinh.config import loading

    try_address(options.host, options.port)
    if not loading.is_current():
        for line in loading.bring_up_to_date(serving=True):
            print(f"  {line}", flush=True)
    os.environ["ANSINH_WORKER"] = "off" if options.no_worker else "on"
    serve(options.host, options.port, options.workers)
    return 0


def serve(host: str, port: int, workers: int = 1) -> None:
    """Replace this process by granian; a small one, because one PC runs everything."""
    from django.conf import settings

    # Not `connection.vendor`: Django's database layer takes longer to import than all that is done here.
    vendor = "sqlite" if "sqlite" in settings.DATABASES["default"]["ENGINE"] else "postgresql"
    sys.stdout.flush()
    for name, value in _MALLOC.items():
        os.environ.setdefault(name, value)
    from ansinh.config.limits import SPARE

    os.environ.setdefault("ANSINH_REQUESTS_AT_ONCE", str(THREADS[vendor]))
    threads = int(os.environ["ANSINH_REQUESTS_AT_ONCE"]) + SPARE
    os.execv(sys.executable, command("ansinh.config.wsgi:application", host, port, workers, threads))


def command(application: str, host: str, port: int, workers: int, threads: int) -> list[str]:
    """How a WSGI application is served: by the node, and by what is measured beside it."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", application,
        "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        "--blocking-threads-idle-timeout", "600",  # a thread that ends takes its connection and its plans with it
        "--no-ws", "--respawn-failed-workers", "--log-level", "error",  # its only warning: more threads than cores
    ]  # fmt: skip
