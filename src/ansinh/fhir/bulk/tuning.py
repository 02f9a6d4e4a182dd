"""What an import asks of the process and the database while it runs, given back at its end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from ansinh.fhir.store import database


@contextmanager
def rare_collections() -> Iterator[None]:
    """A block is a hundred thousand small values that all live until its commit: looking for rubbish among them again
    and again took a quarter of the writer's time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def large_cache() -> Iterator[None]:
    """SQLite: keys of resources and codes lie all over their tables; the usual small cache misses most of them."""
    if database.is_postgresql():
        yield
        return
    before = database.run("PRAGMA cache_size").fetchone()[0]
    database.run("PRAGMA cache_size=-128000")
    try:
        yield
    finally:
        database.run(f"PRAGMA cache_size={before}")
