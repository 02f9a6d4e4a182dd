"""Serve the node: one process, granian, WSGI threads."""

import argparse
import os
import sys

HELP = "chạy máy chủ tại http://127.0.0.1:8000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and how wide."""
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="cổng (mặc định 8000)")
    parser.add_argument("--workers", type=int, default=1, help="số tiến trình; chỉ PostgreSQL mới nên hơn 1")
    parser.add_argument(
        "--no-worker", action="store_true", help="không chạy việc lâu trong máy chủ; đã có ./ansinh worker"
    )


def run(options: argparse.Namespace) -> int:
    """Bring the database up to date, then hand the process over to granian (no parent stays behind)."""
    from ansinh.config import loading

    if not loading.is_current():
        loading.bring_up_to_date()
    if not options.no_worker:
        os.environ["ANSINH_WORKER"] = "on"
    serve(options.host, options.port, options.workers)
    return 0


def serve(host: str, port: int, workers: int = 1) -> None:
    """Replace this process by granian; a small one, because one PC runs everything."""
    sys.stdout.flush()
    arguments = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "ansinh.config.wsgi:application",
        "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4",
        "--no-ws", "--respawn-failed-workers", "--log-level", "warning",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)
