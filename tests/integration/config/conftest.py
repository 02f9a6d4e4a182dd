"""The command line run inside the test's process: what it prints, says on the side, and ends with."""

from typing import NamedTuple

import pytest

from ansinh.config import loading
from ansinh.config.cli.__main__ import main


class Ended(NamedTuple):
    """code: 0 done, 1 refused or failed, 2 wrong arguments."""

    code: int
    out: str
    err: str


@pytest.fixture
def ansinh(monkeypatch, capsys):
    """`ansinh("report", "--plan", "x")` → Ended. The database of the tests is up to date already."""
    monkeypatch.setattr(loading, "bring_up_to_date", lambda **options: [])

    def run(*words: object) -> Ended:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse
            code = ended.code
        return Ended(code, *capsys.readouterr())

    return run
