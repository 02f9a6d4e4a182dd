"""New labels reach what is stored: a step of the worker writes a new version of each record that lacks one it bears.

    labels' digest ≠ node_state ─► records in order, some at a time ─► those to be marked: a new version ─► done

What is written meanwhile bears its labels already. A cut-off run goes on where it stopped.
"""

import hashlib

from django.db import transaction

from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, labelling, work
from ansinh.fhir.store.records import Resource
from ansinh.fhir.store.repository import Repository
from ansinh.kernel.context import system_context

_STATE = "labels"
_BATCH = 200


def step() -> bool:
    """Look at the next records; True when there are more."""
    mark = _digest()
    done, _, place = _state().partition(" ")
    if done == mark and place == "done":
        return False
    after = int(place) if done == mark and place else 0
    with transaction.atomic():
        work.settle()
        found = database.fetch(
            f"SELECT rid, body FROM resource WHERE rid > %s AND deleted = 0 ORDER BY rid LIMIT {_BATCH}", [after]
        )
        late = [one for one in map(_unmarked, found) if one is not None]
        repository = Repository(system_context(), validate=False)
        with repository.transaction():
            for resource in late:
                repository.update(resource)
        _remember(f"{mark} {found[-1][0] if found else 'done'}")
    return bool(found)


def _unmarked(row: tuple) -> Resource | None:
    """The resource when it bears a label that it does not say."""
    data = bodies.unpack(database.blob(row[1]))
    if not labelling.may_bear(data):
        return None
    resource: Resource = json.loads(data)
    meta = resource.get("meta", {})
    return resource if labelling.mark(resource, meta, data) is not meta else None


def _digest() -> str:
    told = [(one.bit, one.system, one.code, one.of_person, one.hint) for one in labelling.registered()]
    return hashlib.sha256(json.dumps(told)).hexdigest()[:16]


def _state() -> str:
    found = database.fetch("SELECT value FROM node_state WHERE name = %s", [_STATE])
    return found[0][0] if found else ""


def _remember(value: str) -> None:
    database.run(
        "INSERT INTO node_state (name, value) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [_STATE, value],
    )
