"""What an operator copies: units, proxies and settings that fit each other and the node."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ansinh.config import settings
from ansinh.config.cli.__main__ import COMMANDS
from ansinh.config.upkeep import backups

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"), key=lambda path: path.stem)
HARD = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "UMask": "0077",
    "PrivateDevices": "yes", "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "LockPersonality": "yes",
    "StateDirectoryMode": "0700", "Restart": "always", "User": "ansinh",
}  # fmt: skip


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_unit_is_hard_and_runs_a_command_that_exists(path):
    service = unit(path)["Service"]
    command = service["ExecStart"].split()

    assert {name: service.get(name) for name in HARD} == HARD
    assert command[0] == "/opt/ansinh/ansinh"
    assert command[1] in COMMANDS
    assert "MemoryMax" in service
    assert "0.0.0.0" not in service["ExecStart"]


def test_there_are_units_for_server_and_worker():
    assert [path.stem for path in UNITS] == ["ansinh", "ansinh-worker"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_unit(path, tmp_path):
    """Its own parser; the program itself is not installed here, so another stands for it."""
    copy = tmp_path / path.name
    text = re.sub(r"^ExecStart=/opt/ansinh/ansinh", "ExecStart=/bin/true", path.read_text(encoding="utf-8"), flags=re.M)
    copy.write_text(text, encoding="utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, timeout=60
    )

    told = [line for line in done.stderr.splitlines() if path.name in line and "Unknown" in line]
    assert told == []


def environment() -> dict[str, str]:
    lines = (DEPLOY / "environment").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_settings_are_ones_that_the_node_knows():
    known = (ROOT / "src/ansinh/config/settings.py").read_text(encoding="utf-8")
    given = environment()

    assert [name for name in given if name not in known and name not in ("ANSINH_HTTPS",)] == []
    assert "SECRET" not in " ".join(given)
    assert given["ANSINH_SECOND_FACTOR"] == "enforced"
    assert given["ANSINH_FHIR_BASE"].startswith("https://")
    assert backups(given).to == "/mnt/ansinh-backup"


def test_units_may_write_where_the_settings_say():
    service = unit(UNITS[0])["Service"]

    assert environment()["ANSINH_STATE"] == f"/var/lib/{service['StateDirectory']}"
    assert environment()["ANSINH_BACKUP_TO"] in service["ReadWritePaths"]


def blocks(text: str) -> list[str]:
    """Directives of an nginx or Caddy file with the block that each is in, found by its braces."""
    found, path = [], list[str]()
    for raw in text.splitlines():
        line = raw.split(" #")[0].strip()
        if not line or line.startswith("#"):
            continue
        if line == "}":
            path.pop()
        elif line.endswith("{"):
            path.append(line[:-1].strip())
        else:
            found.append(f"{'/'.join(path)}: {line}")
    assert path == [], "braces do not fit"
    return found


def test_nginx_is_whole_and_holds_what_a_node_needs():
    text = (DEPLOY / "nginx/ansinh.conf").read_text(encoding="utf-8")
    lines = blocks(text)

    assert all(line.endswith(";") for line in lines)
    assert any("ssl_protocols TLSv1.2 TLSv1.3" in line for line in lines)
    assert any("Strict-Transport-Security" in line for line in lines)
    assert any("return 301 https://" in line for line in lines)
    assert any("Retry-After" in line for line in lines)
    assert any("X-Forwarded-Proto" in line for line in lines)
    assert "$request_uri'" not in text
    assert re.search(r"log_format ansinh '[^']*\$uri[^_]", text)


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx on this machine")
def test_nginx_itself_takes_the_file(tmp_path):
    text = (DEPLOY / "nginx/ansinh.conf").read_text(encoding="utf-8")
    for name in re.findall(r"(?:access_log|ssl_certificate|ssl_certificate_key) (\S+?)[; ]", text):
        text = text.replace(name, str(tmp_path / Path(name).name))
    made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout privkey.pem -out fullchain.pem -days 1 -subj /CN=x"
    subprocess.run(made.split(), cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "nginx.conf").write_text(f"events {{}}\npid {tmp_path}/pid;\nhttp {{\n{text}\n}}\n", encoding="utf-8")

    done = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_caddy_is_whole_and_logs_no_words():
    lines = blocks((DEPLOY / "caddy/Caddyfile").read_text(encoding="utf-8"))

    assert any("Strict-Transport-Security" in line for line in lines)
    assert any("Retry-After" in line for line in lines)
    assert {line.rsplit(" ", 1)[1] for line in lines if "query: delete" in line} >= {"q", "name", "identifier"}
    assert any("Authorization delete" in line for line in lines)
    assert any("max_size" in line for line in lines)


def test_proxies_ask_the_port_that_the_unit_serves():
    port = unit(UNITS[0])["Service"]["ExecStart"].rsplit(" ", 1)[1]

    for name in ("nginx/ansinh.conf", "caddy/Caddyfile"):
        assert f"127.0.0.1:{port}" in (DEPLOY / name).read_text(encoding="utf-8")


def test_settings_behind_a_proxy_trust_it_only_when_told():
    assert settings.SECURE_PROXY_SSL_HEADER is None or settings.PROXIES
