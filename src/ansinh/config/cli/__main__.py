"""Pick the command, run it, turn a UserError into one line."""

import argparse
import importlib
import os
import sys

from ansinh.config.cli.vietnamese import Parser

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")

# command → module; the launcher's own steps come last and are not shown (STEPS).
COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "load": "load",
    "report": "report",
    "token": "token",
    "account": "account",
    "views": "views",
    "measures": "measures",
    "journal": "journal",
    "audit": "audit",
    "export": "exports",
    "import": "imports",
    "jobs": "jobs",
    "worker": "worker",
    "backup": "backup",
    "restore": "restore",
    "verify": "verify",
    "signature": "signature",
    "torture": "torture",
    "doctor": "doctor",
    "rehearse": "rehearse",
    "sbom": "sbom",
    "icd10": "icd10",
    "test": "test",
    "check": "check",
    "fix": "fix",
    "bench": "bench",
    "messages": "messages",
    "compile-definitions": "setup_definitions",
    "prepare-assets": "setup_assets",
}
STEPS = ("compile-definitions", "prepare-assets")


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code (0 done, 1 refused or failed, 2 wrong arguments)."""
    parser = Parser(prog="./ansinh", description="An Sinh: hồ sơ và chương trình chăm sóc sức khỏe")
    subparsers = parser.add_subparsers(dest="command", metavar="LỆNH")
    chosen = argv[0] if argv and argv[0] in COMMANDS else None
    for command, module in COMMANDS.items():
        # Only the chosen module is imported in full: `serve` must not wait for what `test` needs.
        loaded = importlib.import_module(f"ansinh.config.cli.{module}") if command == chosen or not chosen else None
        said = loaded.HELP if loaded else ""
        sub = subparsers.add_parser(command) if command in STEPS else subparsers.add_parser(command, help=said)
        if loaded:
            loaded.add_arguments(sub)
            sub.set_defaults(run=loaded.run)
    if not argv or argv[0] == "help":
        parser.print_help()
        return 0
    return _run(parser.parse_args(argv))


def _run(options: argparse.Namespace) -> int:
    from ansinh.kernel.errors import UserError

    try:
        code = options.run(options) or 0
        _write_down_reads()
        return code
    except UserError as error:
        print(f"✗ {error.message}", file=sys.stderr)
        for problem in error.problems:
            if problem.message != error.message or problem.expression:
                print(f"  · {problem.expression or '-'}: {problem.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not (said := _of_machine(error)):
            raise
        print(f"✗ {said}", file=sys.stderr)
        return 1


def _write_down_reads() -> None:
    """What this command read of people's records is in the audit before it ends."""
    from django.apps import apps

    if apps.ready:
        from ansinh.fhir.store.audit import trail

        trail.flush_reads()


def _of_machine(error: Exception) -> str:
    """What to say of a file or a database that cannot be used; "" for a mistake of the program, shown whole."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"Không đọc hoặc ghi được «{error.filename}»: {error.strerror}."
    from django.db import OperationalError

    if isinstance(error, OperationalError):
        first = str(error).strip().partition("\n")[0]
        return f"Không dùng được cơ sở dữ liệu ({first}). Xem DATABASE_URL, và máy chủ dữ liệu có đang chạy không."
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
