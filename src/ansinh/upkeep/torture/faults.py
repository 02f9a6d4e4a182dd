"""What befalls a node in the midst of a storm. Each leaves it running, as an operator would find it afterwards.

A fault returns True when the node took writes again after it by itself (or when it was started again, as systemd does).
"""

import random
import time
from collections.abc import Callable

from ansinh.upkeep.torture.life import Life
from ansinh.upkeep.torture.storm import Storm

Fault = Callable[[Life, Storm], bool]
HOUR = 3600
_MORE = 5
_SOON = 60.0


def _goes_on(storm: Storm) -> bool:
    """New promises are made."""
    return storm.wait_for(storm.promised.count + _MORE, _SOON)


def kill_server(life: Life, storm: Storm) -> bool:
    """`kill -9` of the server; systemd would start it again."""
    life.kill_server()
    storm.end()
    life.serve()
    return True


def kill_worker(life: Life, storm: Storm) -> bool:
    """`kill -9` of the worker while it makes a backup; requests go on."""
    from ansinh.kernel.context import system_context
    from ansinh.upkeep import schedule

    schedule.ask(system_context())
    life.work()
    time.sleep(random.uniform(1.5, 6.0))
    life.kill_worker()
    return _goes_on(storm)


def kill_database(life: Life, storm: Storm) -> bool:
    """`kill -9` of PostgreSQL and all its processes; started again, the server finds it by itself."""
    assert life.cluster is not None
    life.cluster.kill()
    time.sleep(random.uniform(0.0, 0.5))
    life.cluster.start()
    return _goes_on(storm)


def fill_disk(life: Life, storm: Storm) -> bool:
    """No byte left for the database, until somebody makes room."""
    assert life.disk is not None
    life.disk.fill()
    refused = storm.promised.refused
    until = time.monotonic() + 5
    while storm.promised.refused <= refused and time.monotonic() < until:
        time.sleep(0.05)
    life.disk.free()
    if life.cluster is not None and not life.cluster.alive:
        life.cluster.start()
    return _goes_on(storm)


def read_only(life: Life, storm: Storm) -> bool:
    """The disk is mounted read-only at the next start, as after an error of the file system; then mended."""
    assert life.disk is not None
    life.kill_server()
    storm.end()
    if life.cluster is not None:
        life.cluster.kill()
    _close_own()
    life.disk.read_only(True)
    port = life.serve(ready=False)
    refusing = Storm([port], life.token, "read-only", writers=2)
    refusing.begin()
    until = time.monotonic() + 15
    while not refusing.promised.refused and time.monotonic() < until:
        time.sleep(0.1)
    told = refusing.end()
    life.kill_server()
    life.disk.read_only(False)
    if life.cluster is not None:
        life.cluster.start()
    life.serve()
    return told.count == 0


def turn_clock_back(life: Life, storm: Storm) -> bool:
    """The machine's clock is an hour early from one moment to the next."""
    life.clock.write_text(str(-HOUR))
    try:
        return _goes_on(storm)
    finally:
        storm.end()
        life.clock.write_text("0")


def serve_twice(life: Life, storm: Storm) -> bool:
    """A second server of the same database by mistake, and writers at both; then both are killed."""
    port = life.serve()
    other = Storm([port], life.token, f"twice-{port}", writers=3)
    other.begin()
    both = other.wait_for(2 * _MORE) and _goes_on(storm)
    life.kill_server()
    storm.end()
    told = other.end()
    storm.promised.written += told.written
    storm.promised.bundles += told.bundles
    storm.promised.wrong += told.wrong
    life.serve()
    return both


def _close_own() -> None:
    from django.db import connection

    connection.close()


def of(life: Life) -> dict[str, Fault]:
    """The faults that this machine allows on this database, by name."""
    found: dict[str, Fault] = {
        "server killed": kill_server,
        "worker killed": kill_worker,
        "clock turned back": turn_clock_back,
        "two servers": serve_twice,
    }
    if life.cluster is not None:
        found["database killed"] = kill_database
    if life.disk is not None:
        found |= {"disk full": fill_disk, "disk read-only": read_only}
    return found


OFTEN = {"server killed": 6, "database killed": 6, "disk full": 2, "two servers": 2}
"""How often a fault comes beside the others, which count once."""


def drawn(life: Life, rounds: int, seed: int) -> list[str]:
    """Names of faults for so many rounds, each at least once where there are rounds enough; the same for a seed."""
    names, chance = list(of(life)), random.Random(seed)
    weighted = [name for name in names for _ in range(OFTEN.get(name, 1))]
    chosen = names[:rounds] + [chance.choice(weighted) for _ in range(rounds - len(names))]
    chance.shuffle(chosen)
    return chosen
