"""What docs/asvs.md calls met is shown by a test that exists, or says why none is needed."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/asvs.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| V")
]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+|\*)`", (ROOT / "docs/asvs.md").read_text(encoding="utf-8"))


def defined_in(path: str) -> set[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.parse("")
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names | {"*"} if any(name.startswith("test_") for name in names) else names


def test_every_test_that_a_section_names_exists():
    assert [f"{path}::{name}" for path, name in NAMED if name not in defined_in(path)] == []
    assert len(NAMED) > 40


def test_every_chapter_is_spoken_of_and_every_state_is_known():
    chapters = {int(re.match(r"V(\d+)", row[0])[1]) for row in ROWS}

    assert chapters == set(range(1, 18))
    assert {row[1] for row in ROWS} <= {"met", "partly", "not met", "not there", "not ours"}


def test_what_is_not_met_says_why():
    assert [row[0] for row in ROWS if len(row[2]) < 10] == []
    assert [row[0] for row in ROWS if row[1] == "met" and "`" not in row[2] and len(row[2]) < 30] == []
