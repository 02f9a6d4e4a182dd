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


@pytest.mark.parametrize(("found", "advice"), [("", "cài Python 3.12 trở lên"), ("/opt/python3.13", "Kiểm tra mạng")])
def test_failed_set_up_says_what_to_do_about_its_likely_cause(tmp_path, found, advice):
    start, _, _ = (ROOT / "ansinh").read_text(encoding="utf-8").partition("\nset_up_python\n")
    asked = "python=$(find_python) || python="
    assert asked in start
    launcher = tmp_path / "ansinh"
    launcher.write_text(f"{start.replace(asked, f'python={found}')}\nset_up_python\n", encoding="utf-8")
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text("#!/bin/sh\necho 'no route to host'\nexit 2\n")
    uv.chmod(0o755)

    own = {"PATH": f"{uv.parent}:{os.environ['PATH']}", "ANSINH_STATE": str(tmp_path / "var")}
    done = subprocess.run(["sh", str(launcher)], env=os.environ | own, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "✗ Không cài được thư viện Python." in done.stderr
    assert advice in done.stderr
    assert "no route to host" in done.stderr
