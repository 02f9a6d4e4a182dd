"""PostgreSQL's own way back to a moment, as docs/backup.md tells it: base backup, archived log, a target time."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from ansinh.upkeep.torture.cluster import Cluster

CONFIGURATION = """
wal_level = replica
archive_mode = on
archive_command = 'test ! -f {wal}/%f && cp %p {wal}/%f.part && mv {wal}/%f.part {wal}/%f'
"""
RECOVERY = """
restore_command = 'cp {wal}/%f %p'
recovery_target_time = '{moment}'
recovery_target_action = 'promote'
archive_mode = off
"""


@pytest.fixture
def places(tmp_path):
    """Folders that the user of PostgreSQL may write."""
    for parent in (tmp_path, *tmp_path.parents):
        with contextlib.suppress(OSError):
            parent.chmod(parent.stat().st_mode | 0o055)
    found = {name: tmp_path / name for name in ("cluster", "wal", "base", "back")}
    for path in found.values():
        path.mkdir()
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
    return found


def as_postgres(cluster: Cluster, program: str, *arguments: object) -> None:
    command = [str(cluster._bin / program), *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=120, **cluster._as())


def written(url: str, text: str) -> None:
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("INSERT INTO seen (word) VALUES (%s)", [text])


def words(url: str) -> list[str]:
    with psycopg.connect(url) as raw:
        return [word for (word,) in raw.execute("SELECT word FROM seen ORDER BY id")]


def moment(url: str) -> str:
    with psycopg.connect(url) as raw:
        return str(raw.execute("SELECT clock_timestamp()").fetchone()[0])


def test_database_comes_back_as_it_was_at_a_moment(db, places):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own")
    cluster = Cluster(places["cluster"] / "data")
    cluster.make()
    configuration = cluster.data / "postgresql.conf"
    text = configuration.read_text() + CONFIGURATION.format(wal=places["wal"])
    configuration.write_text(text)
    cluster.start()
    try:
        with psycopg.connect(cluster.url, autocommit=True) as raw:
            raw.execute("CREATE TABLE seen (id serial PRIMARY KEY, word text)")
        written(cluster.url, "trước bản gốc")
        base = places["base"] / "data"
        as_postgres(cluster, "pg_basebackup", "-d", cluster.url, "-D", base, "-X", "none", "-c", "fast", "--no-sync")
        written(cluster.url, "trước tai nạn")
        then = moment(cluster.url)
        time.sleep(0.05)
        written(cluster.url, "tai nạn")
        with psycopg.connect(cluster.url, autocommit=True) as raw:
            archived = raw.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()[0]
        _wait_for(places["wal"] / archived)
    finally:
        cluster.kill()

    back = Cluster(base)
    (base / "postgresql.conf").write_text(text + RECOVERY.format(wal=places["wal"], moment=then))
    (base / "recovery.signal").touch()
    if os.geteuid() == 0:
        shutil.chown(base / "recovery.signal", "postgres", "postgres")
    back.start()
    try:
        assert words(back.url) == ["trước bản gốc", "trước tai nạn"]
        _until_promoted(back.url)
        written(back.url, "đi tiếp")
        assert words(back.url)[-1] == "đi tiếp"
    finally:
        back.kill()


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} was not archived"
        time.sleep(0.05)


def _until_promoted(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with psycopg.connect(url) as raw:
            if not raw.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("not promoted")
