"""The house rules that a reviewer should not have to remember."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "ansinh").rglob("*.py"))
LONGEST_FILE = 500
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "manager.py", "managers.py", "common.py", "misc.py"}


def test_runtime_dependencies_are_few_and_each_has_a_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    block = text.split("\ndependencies = [")[1].split("\n]")[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]

    assert len(dependencies) == len(lines) <= 25
    assert [line for line in lines if not re.search(r'",\s+# \w+', line)] == []


def test_no_file_is_called_utils_or_the_like():
    assert [str(path) for path in SOURCES if path.name in FORBIDDEN_NAMES] == []


def test_no_file_is_too_long_to_read():
    long = {
        str(path.relative_to(ROOT)): count
        for path in SOURCES
        if "/migrations/" not in str(path)
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py" and "migrations" not in p.parts
                                  and "management" not in p.parts], ids=lambda p: str(p.relative_to(ROOT)))  # fmt: skip
def test_every_package_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_import_contracts_hold():
    done = subprocess.run([ROOT / ".venv/bin/lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_import_contracts_catch_a_deliberate_break(tmp_path):
    """A linter that never ran is a known accident: the kernel that imports a page must fail."""
    copy = tmp_path / "src"
    subprocess.run(["cp", "-r", str(ROOT / "src"), str(copy)], check=True)
    (copy / "ansinh/kernel/ids.py").write_text("import ansinh.access.roles\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")

    done = subprocess.run([ROOT / ".venv/bin/lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True,
                          env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"})  # fmt: skip

    assert done.returncode != 0


def test_adr_numbers_are_unique_and_states_are_known():
    names = [path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md")]
    states = {
        name: re.search(
            r"^Trạng thái: (.+)$|^Status: (.+)$", (ROOT / "docs/adr" / name).read_text(encoding="utf-8"), re.M
        )
        for name in names
    }

    assert len({name[:4] for name in names}) == len(names) >= 5
    assert {name: bool(state) for name, state in states.items() if not state} == {}
    assert {(m[1] or m[2]).split()[0] for m in states.values() if m} <= {"Accepted", "Superseded", "Proposed"}
