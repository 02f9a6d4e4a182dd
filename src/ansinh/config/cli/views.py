"""Live views: rebuild one or all, prove that they equal what a rebuild would give, or write them as Parquet."""

import argparse
from pathlib import Path

HELP = "dựng lại, kiểm tra hoặc xuất các bảng sống"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`rebuild [NAME]`, `check [NAME]` or `export DIR [NAME …]`."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="VIỆC")
    for what, words in (("rebuild", "dựng lại"), ("check", "so với dựng lại")):
        command = commands.add_parser(what, help=words)
        command.add_argument("name", nargs="?", help="tên một bảng; bỏ trống là tất cả")
    command = commands.add_parser("export", help="xuất ra Parquet, theo đơn vị và năm")
    command.add_argument("folder", type=Path, help="thư mục mới, hoặc thư mục của lần xuất trước (được thay cả)")
    command.add_argument("name", nargs="*", help="tên các bảng; bỏ trống là tất cả")


def run(options: argparse.Namespace) -> int:
    """Prints one line a view; exit code 1 when a check finds a difference."""
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    return _export(options.folder, options.name) if options.what == "export" else _each(options.what, options.name)


def _each(what: str, name: str | None) -> int:
    from ansinh.fhir.views import live

    wrong = 0
    for each in [name] if name else live.names():
        if what == "rebuild":
            print(f"{each}: {live.rebuild(each)} dòng")
        else:
            same = live.check(each)
            wrong += not same
            print(f"{each}: {'khớp' if same else 'KHÁC với dựng lại'}")
    return 1 if wrong else 0


def _export(folder: Path, names: list[str]) -> int:
    from ansinh.fhir.views import exporting

    manifest = exporting.export(folder, names, lambda name, rows: print(f"{name}: {rows} dòng", flush=True))
    print(f"Đến vị trí {manifest.position} của nhật ký: {folder}")
    return 0
