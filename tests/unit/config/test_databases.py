"""DATABASE_URL: which database is meant, and what is refused before anything is opened or made."""

import os
import subprocess
import sys

import pytest

from ansinh.config.databases import database_from_url
from ansinh.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////srv/an-sinh/node.sqlite3", "/srv/an-sinh/node.sqlite3"),
        ("sqlite:///node.sqlite3", "node.sqlite3"),
        ("sqlite:////srv/n%C3%BAt%20m%E1%BB%99t.sqlite3", "/srv/nút một.sqlite3"),
        ("sqlite:///", ":memory:"),
    ],
)
def test_sqlite_file_is_what_follows_three_slashes(url, name):
    found = database_from_url(url)

    assert found["ENGINE"].endswith("sqlite3")
    assert found["NAME"] == name


def test_sqlite_takes_its_write_lock_first_and_waits_for_the_disk():
    """Acknowledged data is never lost, and a transaction never fails half-way through for a lock."""
    options = database_from_url("sqlite:///x")["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]
    assert "journal_mode=WAL" in options["init_command"]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://an:sinh@db:5433/node", ("an", "sinh", "db", "5433", "node")),
        ("postgres://db/node", ("", "", "db", "", "node")),
        ("postgresql:///node", ("", "", "", "", "node")),
        ("postgresql://a%40b:m%3Ak%2F%C4%91@[::1]:5432/n%C3%BAt", ("a@b", "m:k/đ", "::1", "5432", "nút")),
    ],
)
def test_postgresql_address_is_read_with_its_escapes(url, parts):
    found = database_from_url(url)

    assert found["ENGINE"].endswith("postgresql")
    assert tuple(found[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == parts


@pytest.mark.parametrize(
    "url",
    [
        "",
        "node.sqlite3",
        "/srv/node.sqlite3",
        "sqlite://node.sqlite3",  # two slashes: would have made a file of that whole name
        "sqlite:node.sqlite3",
        "mysql://an:bi-mat@db/node",
        "postgresql://an:bi-mat@db",  # no database named
        "postgresql://an:bi-mat@db/",
        "postgresql://an:bi-mat@db:cong/node",
        "postgresql://an:bi-mat@db:99999/node",
        "postgresql://an:bi-mat@[::1/node",
    ],
)
def test_other_address_is_refused_in_words_without_its_password(url):
    with pytest.raises(Invalid, match="DATABASE_URL") as caught:
        database_from_url(url)

    assert "bi-mat" not in caught.value.message


def test_encryption_that_the_address_asks_for_is_asked_of_the_connection():
    found = database_from_url("postgresql://db/node?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem")

    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    assert found["NAME"] == "node"


def test_option_that_is_not_known_is_refused_and_not_dropped():
    with pytest.raises(Invalid, match="«sslmod»"):
        database_from_url("postgresql://db/node?sslmod=require")


@pytest.mark.parametrize("given", ["", "unset"])
def test_node_without_an_address_keeps_its_data_in_its_state_folder(tmp_path, given):
    environment = {**os.environ, "ANSINH_STATE": str(tmp_path), "DATABASE_URL": given}
    if given == "unset":
        del environment["DATABASE_URL"]

    said = subprocess.run(
        [sys.executable, "-c", "from ansinh.config import settings; print(settings.DATABASES['default']['NAME'])"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == str(tmp_path / "ansinh.sqlite3")
