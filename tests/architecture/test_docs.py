"""Documents that would mislead: links that lead nowhere, commands that do not exist, logins that are not made."""

import re
from pathlib import Path

import pytest

from ansinh.config.cli.__main__ import COMMANDS
from sample_data.accounts import LOGINS, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_COMMAND = re.compile(r"\./ansinh ([a-z0-9-]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    links = [link for link in _LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(document):
    commands = set(_COMMAND.findall(document.read_text(encoding="utf-8")))

    assert commands - set(COMMANDS) - {"help"} == set()


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_readme_names_every_demo_login(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert PASSWORD in text
    assert [username for username, *_ in LOGINS.values() if f"`{username}`" not in text] == []


def test_launcher_is_plain_sh_and_short():
    text = (ROOT / "ansinh").read_text(encoding="utf-8")

    assert text.startswith("#!/bin/sh\n")
    assert len(text.splitlines()) < 160
    assert not re.search(r"\[\[|\bfunction \w+|<<<|^\s*local ", text, re.M)


def test_adrs_say_what_was_rejected_and_what_follows():
    for path in (ROOT / "docs/adr").glob("[0-9]*.md"):
        text = path.read_text(encoding="utf-8")
        assert all(part in text for part in ("## Context", "## Options", "## Decision", "## Consequences")), path.name
        assert "rejected" in text.lower(), path.name
