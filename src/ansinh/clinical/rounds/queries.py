"""What the grids of a ward need beside its residents. Each function says its number of queries."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ansinh.clinical.encounters import queries as encounters
from ansinh.clinical.encounters.rules import Vital
from ansinh.clinical.registry.queries import marks_of
from ansinh.clinical.rounds import rules
from ansinh.clinical.wards import queries as wards
from ansinh.clinical.wards.queries import Resident
from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel.context import Context
from ansinh.kernel.ids import stable_id


def columns() -> list[Vital]:
    """What a round measures, with the limits of entry."""
    known = encounters.vitals()
    return [known[name] for name in rules.COLUMNS if name in known]


def entry_id(round_id: str, person: str) -> str:
    """Id of one person's part of a round: the same round and person give the same."""
    return stable_id("vitals-round", round_id, person)


def written(context: Context, round_id: str, people: Iterable[str]) -> set[str]:
    """Whose part of a round is on record. One query."""
    ids = {entry_id(round_id, person): person for person in people}
    return {ids[found] for found in Repository(context).read_many("Encounter", list(ids))} if ids else set()


def present(ward: wards.Ward) -> list[tuple[Resident, str]]:
    """(resident, room) of everybody who is in, by room and bed: the rows of a grid."""
    return [(one, room.name) for room in ward.rooms for one in room.residents if not one.away]


def last_heights(context: Context, people: Sequence[str]) -> dict[str, Decimal]:
    """The height measured last, by person. One query, none for nobody."""
    if not people:
        return {}
    params: dict[str, str] = {"code": encounters.vitals()["height"].loinc}
    marks = marks_of("person", people, params)
    sql = f"""SELECT o.patient_id, o.value FROM view_observation o
              WHERE {{reach:o}} AND o.code = :code AND o.patient_id IN ({marks}) AND o.value IS NOT NULL
              ORDER BY o.effective"""
    return {row["patient_id"]: Decimal(str(row["value"])) for row in tables.rows(context, sql, params)}
