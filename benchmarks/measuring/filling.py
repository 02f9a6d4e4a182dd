"""People and observations for a measurement, written by the engine's own writer: journalled, indexed, in live views."""

import os
from collections.abc import Iterable
from itertools import batched
from typing import Any

from measuring.material import person, pulse

UNIT = "bench"
PEOPLE_PER_OBSERVATION = 50
_TOGETHER = 500
_COMMIT = 20_000


def names(observations: int) -> list[str]:
    """Ids of the people that so many observations are about."""
    return [f"bench-{number}" for number in range(max(observations // PEOPLE_PER_OBSERVATION, 20))]


def fill(people: list[str], observations: int) -> int:
    """A fresh database with an organisation, people and observations; bytes that one observation takes."""
    from ansinh.config.loading import bring_up_to_date
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    bring_up_to_date()
    Repository(system_context()).save({"resourceType": "Organization", "id": UNIT, "name": "Cơ sở đo"})
    write_people(people)
    return write_observations(people, observations)


def write_people(people: list[str], first: int = 0) -> None:
    """Write them; `first` is the number of the first."""
    _write(person(one, first + number, UNIT) for number, one in enumerate(people))


def write_observations(people: list[str], count: int, first: int = 0) -> int:
    """Write so many, each about the next of the people; bytes on the disk that each took."""
    before = stored_bytes()
    numbers = range(first, first + count)
    _write({**pulse(people[number % len(people)], number), "id": f"pulse-{number}"} for number in numbers)
    return round((stored_bytes() - before) / max(count, 1))


def _write(resources: Iterable[dict[str, Any]]) -> None:
    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context

    repository = Repository(system_context(), validate=False)
    for portion in batched(resources, _COMMIT):
        with repository.transaction():
            for together in batched(portion, _TOGETHER):
                repository.carry_out([repository.to_create(one, id=one["id"]) for one in together])


def stored_bytes() -> int:
    """What the database takes on the disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def settle() -> None:
    """What the database's own housekeeping does in time after many writes: statistics, visibility."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")


def token(role: str) -> str:
    """A bearer token of somebody of this role in the unit."""
    from datetime import timedelta

    from ansinh.access import tokens
    from ansinh.access.actions import create_account
    from ansinh.access.models import Assignment

    user = create_account(username=role, password=os.urandom(12).hex(), full_name="Đo", role=role, unit=UNIT)
    return tokens.issue(Assignment.objects.get(user=user), label="bench", valid_for=timedelta(hours=12))
