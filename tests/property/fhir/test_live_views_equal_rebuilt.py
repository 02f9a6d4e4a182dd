"""Random histories: what was kept write by write is what the journal gives, and what the reference runner gives."""

from decimal import Decimal
from textwrap import dedent

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import live, reference, tables
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

VIEWS = """
    - name: hist_person
      resource: Patient
      select:
        - column:
            - {name: id, path: getResourceKey(), type: string}
            - {name: gender, path: gender, type: string}
            - {name: active, path: active, type: boolean}
    - name: hist_name
      resource: Patient
      select:
        - column:
            - {name: id, path: getResourceKey(), type: string}
        - forEachOrNull: name
          column:
            - {name: text, path: text, type: string}
            - {name: given, path: given, type: string, collection: true}
    - name: hist_version
      resource: Patient
      select:
        - column:
            - {name: id, path: getResourceKey(), type: string}
            - {name: version, path: meta.versionId, type: string}
    - name: hist_value
      resource: Observation
      where:
        - path: status = 'final'
      select:
        - column:
            - {name: id, path: getResourceKey(), type: string}
            - {name: patient_id, path: subject.getReferenceKey(Patient), type: string}
            - {name: value, path: value.ofType(Quantity).value, type: decimal}
"""

people = st.sampled_from(["p1", "p2", "p3"])
names = st.lists(
    st.fixed_dictionaries({"text": st.sampled_from(["An", "Bình"]), "given": st.lists(st.just("x"), max_size=2)}),
    max_size=2,
)
patients = st.builds(
    lambda fhir_id, unit, gender, found, active: {
        "resourceType": "Patient",
        "id": fhir_id,
        "managingOrganization": {"reference": f"Organization/{unit}"},
        **({"gender": gender} if gender else {}),
        **({"name": found} if found else {}),
        **({"active": active} if active is not None else {}),
    },
    people,
    st.sampled_from("ab"),
    st.sampled_from(["male", "female", ""]),
    names,
    st.sampled_from([True, False, None]),
)
observations = st.builds(
    lambda fhir_id, person, status, value: {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": status,
        "subject": {"reference": f"Patient/{person}"},
        "valueQuantity": {"value": value},
    },
    st.sampled_from(["o1", "o2"]),
    people,
    st.sampled_from(["final", "preliminary"]),
    st.sampled_from([0, 1, 1.5, 36.6]),
)
deletions = st.tuples(st.just("delete"), st.sampled_from([("Patient", "p1"), ("Patient", "p2"), ("Observation", "o1")]))
writes = st.tuples(st.just("save"), patients | observations)
histories = st.lists(st.tuples(writes | deletions, st.sampled_from(["alone", "kept", "undone"])), max_size=14)


class Undo(Exception):
    """Rolls a step back."""


def act(repository: Repository, step: tuple) -> None:
    verb, what = step
    if verb == "save":
        repository.save(what)
    elif repository.find(*what) is not None:
        repository.delete(*what)


def play(repository: Repository, history: list, batch: int) -> None:
    for step, how in history:
        try:
            with repository.transaction(batch=batch):
                act(repository, step)
                if how != "alone":
                    act(repository, step)
                if how == "undone":
                    raise Undo
        except Undo:
            pass


@given(histories, st.sampled_from([0, 2, 500]))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_kept_rows_equal_rebuilt_rows_at_every_position(tmp_path_factory, history, batch):
    folder = tmp_path_factory.mktemp("views")
    definitions = yaml.safe_load(dedent(VIEWS))
    for definition in definitions:
        (folder / f"{definition['name']}.yaml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    repository = Repository(system_context(), validate=False)
    with transaction.atomic():
        live.sync(folder)
        start = journal.position()
        with repository.transaction(batch=batch):
            play(repository, history, batch)

        assert journal.verify() == journal.position()
        for definition in definitions:
            assert live.differences(definition["name"]) == []
            for position in range(start, journal.position() + 1):
                assert as_of(definition, position) == expected(definition, start, position)
        transaction.set_rollback(True)


def as_of(definition: dict, position: int) -> list[tuple]:
    name = definition["name"]
    found = tables.rows(system_context(), tables.as_of([name], position) + f"SELECT * FROM {name} v WHERE {{reach:v}}")
    return ordered([tuple(value for key, value in row.items() if key not in ("rid", "org")) for row in found])


def expected(definition: dict, start: int, position: int) -> list[tuple]:
    """The reference runner over the resources that were current at the position."""
    current: dict[tuple[str, str], dict | None] = {}
    for entry in journal.entries(after=start, limit=10_000):
        if entry.position <= position:
            current[entry.type, entry.id] = None if entry.method == "delete" else entry.resource
    rows = reference.run(definition, [one for one in current.values() if one is not None])
    return ordered([tuple(cell(value) for value in row.values()) for row in rows])


def cell(value: object) -> object:
    """As a column has it: lists as JSON, decimals as floats."""
    if isinstance(value, list):
        return json.dumps(value).decode()
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def ordered(rows: list[tuple]) -> list[tuple]:
    return sorted(rows, key=lambda row: [("" if value is None else str(value)) for value in row])
