"""Translations: collect Vietnamese msgids, compile, and tell what has no English yet."""

import argparse

HELP = "gom câu tiếng Việt và biên dịch bản dịch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Extract with our own reader (no gettext tools needed), keep what is translated, compile .mo."""
    from ansinh.config.translations import compile_catalogue, missing, update_catalogue

    update_catalogue()
    compile_catalogue()
    left = missing()
    for text in left:
        print(f"chưa có bản tiếng Anh: {text}")
    return 1 if left else 0
