"""Load definitions/ into the node: code systems, organisations, questionnaires, measures, plans."""

import argparse

HELP = "nạp lại toàn bộ definitions/ (chạy lại nhiều lần vẫn an toàn)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Migrate and load; prints one line a kind."""
    from ansinh.config.loading import bring_up_to_date

    for line in bring_up_to_date(force=True):
        print(line)
    return 0
