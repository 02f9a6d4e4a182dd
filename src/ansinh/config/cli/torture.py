"""Break a throw-away node again and again, and prove that it keeps what it promised."""

import argparse
import os
import tempfile
from pathlib import Path

from ansinh.config.cli.arguments import whole

HELP = "thử độ bền: giết tiến trình, đầy đĩa, lùi giờ; tìm lại mọi thứ đã ghi nhận (chỉ trên nút thử)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many rounds on which database; the node of the settings is never touched."""
    parser.add_argument("--rounds", type=whole(1, 100_000), default=20, help="số vòng (mặc định 20)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="loại cơ sở dữ liệu")
    parser.add_argument("--seed", type=whole(0, 10**9), default=1, help="hạt giống: cùng số thì cùng thứ tự sự cố")
    parser.add_argument("--keep", metavar="TỆP", help="ghi số liệu vào tệp này (benchmarks/torture.json)")
    parser.add_argument("--no-disk", action="store_true", help="không gắn ổ đĩa thử (không thử đầy đĩa, chỉ đọc)")


def run(options: argparse.Namespace) -> int:
    """A folder of its own, gone at the end; exit code 1 when anything was lost or did not come back."""
    with tempfile.TemporaryDirectory(prefix="ansinh-torture-") as name:
        return _drill(Path(name), options)


def _drill(folder: Path, options: argparse.Namespace) -> int:
    from ansinh.upkeep.torture.cluster import Cluster
    from ansinh.upkeep.torture.disk import Disk, may_mount

    folder.chmod(0o755)
    place = folder / "disk"
    disk = Disk(place, 600) if not options.no_disk and may_mount(place) else None
    place.mkdir(exist_ok=True)
    cluster = None
    try:
        if options.database == "postgresql":
            cluster = Cluster(place / "data")
            cluster.make()
            cluster.start()
        return _rounds(folder, disk, cluster, options)
    finally:
        if cluster is not None:
            cluster.kill()
        if disk is not None:
            disk.remove()


def _rounds(folder: Path, disk: object, cluster: object, options: argparse.Namespace) -> int:
    state = folder / "state"
    state.mkdir()
    url = f"{cluster.url.removesuffix('postgres')}node" if cluster else f"sqlite:///{folder}/disk/node.sqlite3"  # type: ignore[attr-defined]
    os.environ.update(
        DATABASE_URL=url, ANSINH_STATE=str(state), ANSINH_WORKER="", ANSINH_BACKUP_TO=str(folder / "backups"),
        ANSINH_TORTURE_CLOCK=str(folder / "clock"),
    )  # fmt: skip
    if cluster:
        import psycopg

        with psycopg.connect(cluster.url, autocommit=True) as raw:  # type: ignore[attr-defined]
            raw.execute("CREATE DATABASE node")
    import django

    django.setup()
    from ansinh.upkeep.torture import rounds
    from ansinh.upkeep.torture.life import Life

    life = Life(folder, disk, cluster)  # type: ignore[arg-type]
    print(f"▸ Chuẩn bị nút thử trên {options.database}", flush=True)
    life.prepare()

    def kept(figures: rounds.Figures) -> None:
        if options.keep:
            rounds.keep(Path(options.keep), options.database, figures)

    try:
        figures = rounds.figures_of(life, options.rounds, options.seed, _say, kept)
    finally:
        life.kill_all()
    told = figures.told()
    print(f"{'✓' if figures.good else '✗'} {told}")
    return 0 if figures.good else 1


def _say(line: str) -> None:
    print(line, flush=True)
