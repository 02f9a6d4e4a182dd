"""The list of what the node is made of, and what is known of it."""

import re
import tomllib
from pathlib import Path

import pytest

from ansinh.config.cli import audit_packages, sbom

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def document() -> dict:
    return sbom.document(ROOT)


def test_every_package_that_runs_is_listed(document):
    listed = {one["name"] for one in document["components"] if one["purl"].startswith("pkg:pypi/")}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]

    assert {re.split(r"[\[<>=]", one)[0].lower() for one in wanted} - listed == set()
    assert any(one["purl"].startswith("pkg:npm/%40medplum/definitions@") for one in document["components"])


def test_every_package_is_pinned_with_a_digest(document):
    """A package that another hand put into the registry under the same version does not get in."""
    lengths = {"SHA-256": 64, "SHA-512": 128, "SHA-1": 40}

    assert len(document["components"]) > 100
    assert [one["name"] for one in document["components"] if not one["hashes"]] == []
    assert {
        len(digest["content"]) == lengths[digest["alg"]] for one in document["components"] for digest in one["hashes"]
    } == {True}


def test_list_is_the_same_each_time_and_has_no_place_of_this_machine(document):
    assert sbom.document(ROOT) == document
    assert str(ROOT) not in str(document)


def test_launcher_installs_what_is_locked_and_nothing_else():
    launcher = (ROOT / "ansinh").read_text(encoding="utf-8")

    assert "sync --project" in launcher
    assert "--frozen" in launcher
    assert "npm --prefix" in launcher
    assert " ci --no-audit" in launcher


@pytest.mark.parametrize(
    ("told", "compared", "faults"),
    [
        ({"dependencies": []}, 0, []),
        ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, 0, []),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, 1, []),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}]},
            1,
            ["a 1: CVE-1, sửa ở 2"],
        ),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": []}]}]},
            1,
            ["a 1: CVE-1, sửa ở chưa có"],
        ),
    ],
)
def test_known_faults_are_told_with_where_they_are_mended(told, compared, faults):
    assert audit_packages.judged(told) == (compared, faults)


def test_known_fault_fails_the_check_and_silence_of_the_registry_is_said(monkeypatch, capsys):
    fault = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]}
    for told, code, words in (
        (fault, 1, "CVE-1"),
        (None, 0, "không đối chiếu được"),
        ({"dependencies": [{"name": "a", "skip_reason": "x"}]}, 0, "chưa đối chiếu gói nào"),
    ):
        monkeypatch.setattr(audit_packages, "_asked", lambda _root, told=told: told)

        assert audit_packages.check(ROOT) == code
        assert words in capsys.readouterr().out
