"""Try an upgrade on a copy of the database, and say how long it takes."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HELP = "thử nâng cấp trên một bản sao của cơ sở dữ liệu, nói mất bao lâu"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the copy goes."""
    parser.add_argument("--folder", help="thư mục đủ chỗ cho bản sao (mặc định: thư mục tạm)")


def run(options: argparse.Namespace) -> int:
    """The database of the settings is only read; the copy is gone at the end."""
    from django.conf import settings

    with tempfile.TemporaryDirectory(prefix="ansinh-rehearsal-", dir=options.folder) as name:
        start = time.monotonic()
        if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
            return _tell(Path(name), _copied(Path(name), settings.DATABASES["default"]["NAME"]), start)
        with _copy_of_server() as url:
            return _tell(Path(name), url, start)


def _tell(folder: Path, url: str, start: float) -> int:
    copied = time.monotonic()
    print(f"Bản sao: {copied - start:.0f} giây.", flush=True)
    environment = {**os.environ, "DATABASE_URL": url, "ANSINH_STATE": str(folder)}
    done = subprocess.run([sys.executable, "-m", "ansinh.config.cli", "load"], env=environment, check=False)
    words = "Nâng cấp thử xong" if done.returncode == 0 else "Nâng cấp thử KHÔNG được; cơ sở dữ liệu thật còn nguyên"
    print(f"{words}: {time.monotonic() - copied:.0f} giây.")
    return done.returncode


def _copied(folder: Path, name: str) -> str:
    """SQLite's own backup: one state of the database, while others write."""
    import sqlite3
    from contextlib import closing

    copy = folder / "copy.sqlite3"
    with closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return f"sqlite:///{copy}"


@contextmanager
def _copy_of_server() -> Iterator[str]:
    """A copy beside the database on the same server, made by PostgreSQL; nobody else may be connected meanwhile."""
    import psycopg
    from django.conf import settings

    from ansinh.kernel.errors import Refused

    at = settings.DATABASES["default"]
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    who = {name: at[key] for name, key in known.items() if at.get(key)}
    copy = f"{at['NAME']}_rehearsal"
    with psycopg.connect(dbname="template1", autocommit=True, **who) as server:
        try:
            server.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{at["NAME"]}"')
        except psycopg.errors.ObjectInUse as error:
            message = "Nút đang chạy nên PostgreSQL chưa sao được: dừng nút, hoặc khôi phục bản sao lưu vào một cơ sở "
            raise Refused(f"{message}dữ liệu khác rồi chạy lệnh này ở đó.", code="rehearse-in-use") from error
        try:
            yield os.environ["DATABASE_URL"].replace(f"/{at['NAME']}", f"/{copy}", 1)
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
