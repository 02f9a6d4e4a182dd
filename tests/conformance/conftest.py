"""Official test data lies beside the repository in `shared/conformance`; how many of its tests pass is printed."""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[3] / "shared" / "conformance"


@pytest.fixture(scope="session")
def official():
    """`official("fhirpath-r4/tests.json")` → the file; skips when it is not there."""

    def find(name: str) -> Path:
        path = _DATA / name
        if not path.exists():
            pytest.skip(f"the official test data is not beside the repository: shared/conformance/{name}")
        return path

    return find


def pytest_terminal_summary(terminalreporter):
    """One line for each suite, as `FHIRPath 931/935`; it also comes through from parallel workers."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in report.user_properties:
                if name == "conformance":
                    terminalreporter.write_line(str(value))
