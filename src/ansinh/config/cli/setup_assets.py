"""Set-up step: gather static files, hashed and compressed, into the state folder; compile the translations."""

import argparse

HELP = "gom tệp tĩnh và biên dịch bản dịch (trình khởi động tự gọi)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Django's collectstatic, quietly; then the English catalogue."""
    import django
    from django.core.management import call_command

    from ansinh.config.translations import compile_catalogue

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    compile_catalogue()
    return 0
