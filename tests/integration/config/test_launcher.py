"""What the launcher hands on to Python, seen by a Python that only says what it was given."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def launch(tmp_path):
    """Run the launcher without its set-up steps; what the two variables were: [no bytecode, its folder]."""
    text = (ROOT / "ansinh").read_text(encoding="utf-8")
    start, _, steps = text.partition("\nset_up_python\n")
    command = steps.strip().splitlines()[-1]
    assert command.startswith("exec ")
    launcher = tmp_path / "ansinh"
    launcher.write_text(f"{start}\n{command}\n", encoding="utf-8")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "${PYTHONDONTWRITEBYTECODE-unset} ${PYTHONPYCACHEPREFIX-unset}"\n')
    python.chmod(0o755)

    def run(**variables):
        own = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "ANSINH_STATE")
        clean = {name: value for name, value in os.environ.items() if name not in own}
        done = subprocess.run(
            ["sh", str(launcher), "serve"], env=clean | variables, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    return run


def test_bytecode_that_may_not_stand_beside_sources_is_kept_in_the_state_folder(launch, tmp_path):
    assert launch(PYTHONDONTWRITEBYTECODE="1") == ["unset", f"{tmp_path}/var/bytecode"]
    assert launch(PYTHONDONTWRITEBYTECODE="1", ANSINH_STATE=f"{tmp_path}/s") == ["unset", f"{tmp_path}/s/bytecode"]


def test_bytecode_stays_where_the_environment_says(launch):
    assert launch() == ["unset", "unset"]
    assert launch(PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX="/x") == ["unset", "/x"]
    assert launch(PYTHONPYCACHEPREFIX="/x") == ["unset", "/x"]
