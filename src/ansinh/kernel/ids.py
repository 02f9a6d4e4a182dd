"""Ids of resources: UUIDs. Version 7 for new ones (they sort by time), version 5 where the same input must give
the same id (definitions, sample data)."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

_DEFINITIONS = uuid.uuid5(uuid.NAMESPACE_URL, "https://ansinh.vn/definitions")
_sequence: ContextVar[Iterator[str] | None] = ContextVar("ids_in_order", default=None)


def new_id() -> str:
    """A fresh UUIDv7 in text form (36 characters, a valid FHIR id)."""
    if (given := _sequence.get()) is not None:
        return next(given)
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def stable_id(*parts: str) -> str:
    """The same id for the same parts, on every node: `stable_id("Organization", "ninh-binh")`."""
    return str(uuid.uuid5(_DEFINITIONS, "\x1f".join(parts)))


@contextmanager
def repeatable(*seed: str) -> Iterator[None]:
    """Tests and sample data: `new_id` gives the same ids in the same order, on every node."""
    token = _sequence.set(stable_id("in order", *seed, str(number)) for number in count())
    try:
        yield
    finally:
        _sequence.reset(token)
