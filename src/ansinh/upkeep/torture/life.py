"""One node as it lives on a machine: its database, its server, its worker; and what may befall each."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from ansinh.upkeep.torture.cluster import Cluster, free_port
from ansinh.upkeep.torture.disk import Disk
from ansinh.upkeep.torture.storm import UNIT

VIEWS = ("patient", "observation", "patient_identifier")
_PATIENCE = 90.0
_THREADS = 8


class Life:
    """A prepared node whose processes come and go. folder: of the drill; disk: where the database lies, None where no
    disk of its own may be mounted; cluster: None on SQLite."""

    def __init__(self, folder: Path, disk: Disk | None, cluster: Cluster | None) -> None:
        self.folder, self.disk, self.cluster = folder, disk, cluster
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.backups = folder / "backups"
        self.backups.mkdir(exist_ok=True)
        self.token = ""
        self.servers: dict[int, subprocess.Popen[bytes]] = {}
        self.worker: subprocess.Popen[bytes] | None = None

    @property
    def ports(self) -> list[int]:
        """Where its servers answer."""
        return list(self.servers)

    def prepare(self) -> None:
        """Tables, views, an account with a token and a backup key; kept as what each life begins with."""
        from datetime import timedelta

        from django.conf import settings
        from django.core.management import call_command

        from ansinh.access.actions import create_account, issue_token
        from ansinh.fhir.store import Repository
        from ansinh.fhir.views import live
        from ansinh.kernel.context import system_context
        from ansinh.upkeep.backup import keys

        call_command("migrate", verbosity=0, interactive=False)
        wanted = live.load(Path(settings.DEFINITIONS))
        live.keep({name: wanted[name] for name in VIEWS})
        Repository(system_context()).save({"resourceType": "Organization", "id": UNIT, "name": "Đơn vị thử"})
        create_account(username=UNIT, password="chỉ để thử 1942", full_name="Tài khoản thử", role="doctor", unit=UNIT)
        self.token = issue_token(username=UNIT, label="torture", valid_for=timedelta(days=2))
        (self.folder / "sheet").write_text(keys.make(settings.STATE))
        connection.close()
        self._keep()

    def begin_anew(self) -> None:
        """The database as it was prepared."""
        self.kill_all()
        connection.close()
        if self.cluster is not None:
            with _maintenance(self.cluster) as raw:
                raw.execute("DROP DATABASE IF EXISTS node WITH (FORCE)")
                raw.execute("CREATE DATABASE node TEMPLATE prepared")
            return
        base = _sqlite_file()
        for end in ("", "-wal", "-shm"):
            base.with_name(base.name + end).unlink(missing_ok=True)
        shutil.copyfile(self.folder / "prepared.sqlite3", base)

    def serve(self, *, ready: bool = True) -> int:
        """Another server of the same database; its port, once it answers."""
        port = free_port()
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "ansinh.config.shifted_clock:application",
            "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", str(_THREADS),
            "--no-ws", "--log-level", "critical",
        ]  # fmt: skip
        self.servers[port] = self._start(command, "server.log", ANSINH_WORKER="off")
        if ready:
            self._until_it_answers(port)
        return port

    def work(self) -> None:
        """A worker as a process of its own."""
        self.worker = self._start([sys.executable, "-m", "ansinh.config.cli", "worker"], "worker.log")

    def kill_server(self) -> None:
        """`kill -9` of every server."""
        for process in self.servers.values():
            _kill(process)
        self.servers.clear()

    def kill_worker(self) -> None:
        """`kill -9` of the worker."""
        if self.worker is not None:
            _kill(self.worker)
            self.worker = None

    def kill_all(self) -> None:
        """Nothing of the node runs but its database."""
        self.kill_server()
        self.kill_worker()

    def end(self) -> None:
        """Everything goes."""
        self.kill_all()
        connection.close()
        if self.cluster is not None:
            self.cluster.kill()
        if self.disk is not None:
            self.disk.remove()

    def _start(self, command: list[str], log: str, **more: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "ANSINH_TORTURE_CLOCK": str(self.clock), **more}
        with (self.folder / log).open("ab") as file:
            return subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)

    def _until_it_answers(self, port: int) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                line.request("GET", "/fhir/metadata")
                if line.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
            finally:
                line.close()
        raise TimeoutError("the node does not answer")

    def _keep(self) -> None:
        """The prepared database, to be copied."""
        if self.cluster is not None:
            with _maintenance(self.cluster) as raw:
                raw.execute("ALTER DATABASE node RENAME TO prepared")
            return
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(_sqlite_file())) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(_sqlite_file(), self.folder / "prepared.sqlite3")


def _sqlite_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _maintenance(cluster: Cluster) -> "psycopg.Connection":  # type: ignore[name-defined]  # noqa: F821
    import psycopg

    return psycopg.connect(cluster.url, autocommit=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_PATIENCE)
