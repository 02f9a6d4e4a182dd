"""Write the yearly report of a plan as DOCX and XLSX."""

import argparse
from pathlib import Path

from ansinh.config.cli.arguments import whole

HELP = "xuất báo cáo năm của một kế hoạch (DOCX, XLSX)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which plan, which year, where to."""
    parser.add_argument("--plan", required=True, help="kế hoạch, ví dụ ninh-binh")
    parser.add_argument("--year", required=True, type=whole(2000, 2100), help="năm báo cáo, ví dụ 2025")
    parser.add_argument("--out", required=True, type=Path, help="thư mục ghi tệp")


def run(options: argparse.Namespace) -> int:
    """Compute from the live views and write both files; prints their paths."""
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    from ansinh.kernel.context import system_context
    from ansinh.programme.reports import actions

    for path in actions.write_report(system_context(), plan=options.plan, year=options.year, folder=options.out):
        print(path)
    return 0
