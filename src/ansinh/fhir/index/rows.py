"""The index rows of one resource, before they get the number of their resource."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ansinh.fhir.index.numbers import short

TABLES: dict[str, tuple[str, ...]] = {
    "ix_token": ("param", "tok"),
    "ix_ref": ("param", "target"),
    "ix_date": ("param", "lo", "hi"),
    "ix_string": ("param", "value", "exact"),
    "ix_number": ("param", "value"),
    "ix_uri": ("param", "value"),
    "ix_quantity": ("param", "tok", "unit", "value"),
}
"""Table → columns before `rid`, in the order of the tuples that `Rows` collects."""


@dataclass(slots=True)
class Rows:
    """What to write for one resource: table → tuples without rid; and the names behind the tokens used."""

    tables: dict[str, set[tuple]] = field(default_factory=dict)
    tokens: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        """What makes them again, for another process."""
        return Rows, (self.tables, self.tokens)

    def name(self, number: int, system: str, code: str) -> None:
        """What a token's number stands for."""
        self.tokens[number] = _named(system, code)

    def add(self, table: str, *values: object) -> None:
        """One more row of `table`; the same row twice counts once."""
        self.tables.setdefault(table, set()).add(values)


@lru_cache(maxsize=8192)
def _named(system: str, code: str) -> tuple[str, str]:
    """The same value for the same code, which messages between processes then hold once."""
    return system, short(code)
