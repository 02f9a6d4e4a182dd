"""An empty database of its own for a test that lets processes of the node loose, of the kind that this run uses."""

import contextlib
import os
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

    at = connection.settings_dict
    who = {"host": at["HOST"], "port": at["PORT"], "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **who) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            login = f"{at['USER']}:{quote(at['PASSWORD'])}" if at["PASSWORD"] else at["USER"]
            yield f"postgresql://{login}@{at['HOST']}:{at['PORT']}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
