"""The demo: definitions, synthetic people, one login per role, both reports, then the server."""

import argparse
import json
import os
import sys
import time

from ansinh.config.cli.arguments import whole
from ansinh.config.cli.listening import try_address

HELP = "nạp dữ liệu mẫu rồi chạy máy chủ"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many people, from which seed; where to serve."""
    parser.add_argument("--people", type=whole(1, 1_000_000), default=2000, help="số người mẫu (mặc định 2000)")
    parser.add_argument(
        "--seed", type=whole(0, 2**31), default=1, help="hạt giống: cùng số thì cùng dữ liệu (mặc định 1)"
    )
    parser.add_argument("--port", type=whole(1, 65535), default=8000, help="cổng (mặc định 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định 127.0.0.1)")
    parser.add_argument("--load-only", action="store_true", help="chỉ nạp dữ liệu, không chạy máy chủ")


def run(options: argparse.Namespace) -> int:
    """Repeatable: what is there already is left as it is. Ends by printing addresses, logins and report paths."""
    from ansinh.config import loading, settings
    from ansinh.config.login import DEMO_MARK

    if not options.load_only:
        try_address(options.host, options.port)
    sys.path.insert(0, str(settings.ROOT))
    done = settings.STATE / DEMO_MARK
    wanted = f"{options.seed} {options.people}\n{loading.state()}"
    before = json.loads(done.read_text(encoding="utf-8")) if done.exists() else {}
    if not (loading.is_current() and before.get("state") == wanted):
        before = {"state": wanted, "told": _load(options)}
        done.write_text(json.dumps(before, ensure_ascii=False), encoding="utf-8")
    say("\n".join([*before["told"], f"\nĐịa chỉ: http://{options.host}:{options.port}/"]))
    if options.load_only:
        return 0
    from ansinh.config.cli.serve import serve

    say("Đang chạy; Ctrl-C để dừng.")
    os.environ["ANSINH_WORKER"] = "on"  # long jobs that a reader of the demo starts are done too
    serve(options.host, options.port)
    return 0


def _load(options: argparse.Namespace) -> list[str]:
    """Load everything; returns what to tell at the end: paths of the reports and the logins."""
    from ansinh.config import settings
    from ansinh.config.loading import bring_up_to_date

    say("▸ Nạp định nghĩa: bộ mã, đơn vị, phiếu, chỉ tiêu, kế hoạch")
    for line in bring_up_to_date():
        say(f"  {line}")

    from sample_data import accounts, loading

    start = time.monotonic()
    say(f"▸ Nạp {options.people} người mẫu (hạt giống {options.seed})")
    counts = loading.load(seed=options.seed, people=options.people, progress=say)
    say(f"  {counts} – {time.monotonic() - start:.0f} giây")
    say("▸ Viết báo cáo năm 2025")
    reports = loading.write_reports(settings.STATE / "reports", year=2025)
    say(f"▸ Tính sẵn {loading.count_figures()} số liệu chỉ tiêu")
    return [
        "\nBáo cáo năm 2025:",
        *(f"  {path}" for path in reports),
        "\nTài khoản dùng thử (chỉ có trong bản demo):",
        *(f"  {title:<28} {username:<12} {password}" for title, username, password in accounts.create()),
    ]


def say(line: str) -> None:
    """Progress goes out at once, so that a long step is seen to move."""
    print(line, flush=True)
