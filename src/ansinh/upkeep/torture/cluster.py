"""A PostgreSQL of the drill's own that keeps its promises (fsync on), killed and started again."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from ansinh.kernel.errors import NotFound

_PATIENCE = 60.0
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "jit": "off",
    "max_wal_size": "64MB",
}


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """data: folder of the cluster, made by `make`. As root the server runs as the user postgres."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self._bin = _binaries()
        self._who = _owner()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """DATABASE_URL of its database."""
        return f"postgresql://ansinh@127.0.0.1:{self.port}/postgres"

    @property
    def alive(self) -> bool:
        """True while the process that was started runs."""
        return self._process is not None and self._process.poll() is None

    def make(self) -> None:
        """An empty cluster."""
        if self._who:
            os.chown(self.data.parent, self._who.pw_uid, self._who.pw_gid)
        command = [self._bin / "initdb", "-D", self.data, "-U", "ansinh", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([str(one) for one in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **self._as())

    def start(self) -> None:
        """Serve, and wait until it answers; what a kill left is recovered by itself."""
        given = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *given]
        with (self.data.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", start_new_session=True, **self._as()
            )
        self._wait()

    def kill(self) -> None:
        """`kill -9` of the server and every process of it."""
        if self._process is not None:
            children = _children(self._process.pid)
            for pid in (self._process.pid, *children):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self._process.wait(_PATIENCE)
            self._process = None

    def _wait(self) -> None:
        import psycopg

        until = time.monotonic() + _PATIENCE
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                if self._process is not None and self._process.poll() is not None:
                    self.start()  # orphans of the killed one were still there
                    return
                time.sleep(0.1)

    def _as(self) -> dict:
        if self._who is None:
            return {}
        return {"user": self._who.pw_uid, "group": self._who.pw_gid, "extra_groups": []}


def _binaries() -> Path:
    installed = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    found = installed[-1] if installed else shutil.which("postgres")
    if not found:
        raise NotFound("Không tìm thấy PostgreSQL trên máy này; cài gói postgresql.", code="no-postgres")
    return Path(found).resolve().parent


def _owner() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _children(pid: int) -> list[int]:
    """Processes that a process began (Linux)."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
