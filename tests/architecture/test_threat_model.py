"""A threat is defended when its test exists: every one that THREAT_MODEL.md names."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8"))


def test_every_test_that_a_threat_names_exists():
    missing = [f"{path}::{name}" for path, name in NAMED if name not in defined_in(path)]

    assert missing == []
    assert len(NAMED) > 30


def test_every_threat_names_a_test():
    text = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8").split("## Logging in")[1]
    rows = [line for line in text.splitlines() if line.startswith("|") and not line.startswith(("| ---", "| threat"))]

    assert [row for row in rows if "::" not in row] == []


def defined_in(path: str) -> set[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.parse("")
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
