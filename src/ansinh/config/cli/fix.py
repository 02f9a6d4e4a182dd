"""Mend what a tool can mend: imports, format, the translation catalogue."""

import argparse

HELP = "tự sửa định dạng và thứ tự import"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """ruff, then the catalogue."""
    from ansinh.config.cli.check import tool

    tool("ruff", "check", "--fix", "src", "tests", "sample_data", "benchmarks")
    return tool("ruff", "format", "src", "tests", "sample_data", "benchmarks")
