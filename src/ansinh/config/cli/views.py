"""Live views: rebuild one or all, or prove that they equal what a rebuild would give."""

import argparse

HELP = "dựng lại hoặc kiểm tra các bảng sống"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`rebuild [NAME]` or `check [NAME]`."""
    parser.add_argument("what", choices=("rebuild", "check"), help="rebuild: dựng lại; check: so với dựng lại")
    parser.add_argument("name", nargs="?", help="tên một bảng; bỏ trống là tất cả")


def run(options: argparse.Namespace) -> int:
    """Prints one line a view; exit code 1 when a check finds a difference."""
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    from ansinh.fhir.views import live

    wrong = 0
    for name in [options.name] if options.name else live.names():
        if options.what == "rebuild":
            print(f"{name}: {live.rebuild(name)} dòng")
        else:
            same = live.check(name)
            wrong += not same
            print(f"{name}: {'khớp' if same else 'KHÁC với dựng lại'}")
    return 1 if wrong else 0
