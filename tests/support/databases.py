"""A database of its own for tests that need several processes or connections."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote
from uuid import uuid4

from django.db import connection


@contextlib.contextmanager
def fresh_database(folder: os.PathLike) -> Iterator[str]:
    """DATABASE_URL of an empty database of the kind that this test run uses; gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/own.sqlite3"
        return
    import psycopg

    at, name = connection.settings_dict, f"own_{uuid4().hex}"
    who = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **who) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            login = f"{at['USER']}:{quote(at['PASSWORD'])}" if at["PASSWORD"] else at["USER"]
            yield f"postgresql://{login}@{at['HOST']}:{at['PORT']}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(body: str, url: str, folder: os.PathLike, *arguments: str) -> subprocess.Popen:
    """Start Python on that database, with Django set up; its output is read from the returned process."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ANSINH_STATE": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    command = [sys.executable, "-c", f"import django; django.setup()\n{body}", *arguments]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
