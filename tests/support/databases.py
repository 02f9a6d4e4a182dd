"""An empty database of its own for a test that lets processes of the node loose, of the kind that this run uses."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

from django.db import connection


@contextlib.contextmanager
def fresh_database(folder: os.PathLike, name: str) -> Iterator[str]:
    """Its DATABASE_URL; gone at the end."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/{name}.sqlite3"
        return
    import psycopg

    name = f"{name}_{os.getpid()}"  # several workers share the server
    at = connection.settings_dict
    who = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **who) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            login = f"{at['USER']}:{quote(at['PASSWORD'])}" if at["PASSWORD"] else at["USER"]
            yield f"postgresql://{login}@{at['HOST']}:{at['PORT']}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(body: str, url: str, folder: os.PathLike, *arguments: str) -> subprocess.Popen:
    """Start Python on that database, with Django set up; what it prints is read from the process."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ANSINH_STATE": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }
    command = [sys.executable, "-c", f"import django; django.setup()\n{body}", *arguments]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
