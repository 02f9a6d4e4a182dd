"""Set-up step: gather static files, hashed and compressed, into the state folder."""

import argparse

HELP = "gom tệp tĩnh (trình khởi động tự gọi)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Django's collectstatic, quietly."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    return 0
