"""The database of the tests, with the shipped definitions: made once, then copied for each worker and each later run.

    sources + definitions + FHIR package ── digest ──► SQLite: a file under the node's state
                                                       PostgreSQL: a template in the cluster of the run
    take(connection) copies what is made; the first that comes makes it, others wait for it

To migrate and to load takes seconds, to copy takes a tenth of one; four workers on two databases need it eight times.
"""

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parents[2]
_LOCK = 1942  # of PostgreSQL, for those who make the template
_KEPT = 8


def take(connection: BaseDatabaseWrapper) -> None:
    """Give the connection a database of its own, filled; `drop` takes it away."""
    if connection.vendor == "sqlite":
        _copy_file(connection)
    else:
        _copy_template(connection)


def drop(connection: BaseDatabaseWrapper) -> None:
    """The copy goes; what it was copied from stays for others."""
    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "postgresql":
        with _server(connection) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def digest() -> str:
    """Of everything that decides what the database holds: code, definitions, FHIR package, Python and Django."""
    found = hashlib.sha256(f"{sys.version} {django.VERSION}".encode())
    artefact = Path(os.environ.get("ANSINH_FHIR_ARTEFACT", ROOT / "var/fhir-r4"))
    for path in sorted(artefact.glob("*")):
        found.update(f"{path.name} {path.stat().st_size}".encode())
    for folder, pattern in ((ROOT / "src", "**/*.py"), (Path(settings.DEFINITIONS), "**/*")):
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


# --- SQLite --------------------------------------------------------------------------------------------------------


def _copy_file(connection: BaseDatabaseWrapper) -> None:
    folder = settings.STATE / "test-databases"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{digest()}.sqlite3"
    with open(file.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _make_file(connection, file)
        os.utime(lock.name)
        made = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with contextlib.closing(made):
        _point_at(connection, connection.creation._get_test_db_name())
        connection.ensure_connection()
        made.backup(connection.connection)
    _forget_all_but_the_newest(folder)


def _make_file(connection: BaseDatabaseWrapper, file: Path) -> None:
    _make(connection)
    whole = file.with_suffix(".part")
    whole.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(whole)) as target:
        connection.connection.backup(target)
    connection.close()
    whole.rename(file)


def _forget_all_but_the_newest(folder: Path) -> None:
    """Those of earlier states of the sources; a few stay, for whoever goes back and forth between two."""
    for lock in sorted(folder.glob("*.lock"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        lock.with_suffix(".sqlite3").unlink(missing_ok=True)
        lock.unlink(missing_ok=True)


# --- PostgreSQL ----------------------------------------------------------------------------------------------------


def _copy_template(connection: BaseDatabaseWrapper) -> None:
    name, template = connection.creation._get_test_db_name(), f"ansinh_made_{digest()}"
    with _server(connection) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            _make(connection)
            connection.close()
            server.execute(f'ALTER DATABASE "{name}" RENAME TO "{template}"')
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _point_at(connection, name)


@contextlib.contextmanager
def _server(connection: BaseDatabaseWrapper) -> Iterator:
    """A connection to the server's own database, where others are made and removed."""
    import psycopg

    at = connection.settings_dict
    who = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **who) as server:
        yield server


# --- both ----------------------------------------------------------------------------------------------------------


def _make(connection: BaseDatabaseWrapper) -> None:
    """Migrate an empty test database and load definitions/ into it."""
    from ansinh.config.loading import load_definitions

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    list(load_definitions())


def _point_at(connection: BaseDatabaseWrapper, name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
