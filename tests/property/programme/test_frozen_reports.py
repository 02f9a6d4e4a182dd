"""A report computed again at its own journal position is the report, whatever was written after it.

Figures of frozen MeasureReports and the whole snapshot of a yearly report, under random histories of records, tasks,
declarations, units and definitions.
"""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.store import Repository
from ansinh.fhir.views import kept, tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import UserError
from ansinh.network.facilities import actions as facilities
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures import queries as measures
from ansinh.programme.measures import resources as measure_resources
from ansinh.programme.reports import collecting
from ansinh.programme.reports.queries import plan_named, yearly_template
from ansinh.programme.reports.snapshot import Snapshot

pytestmark = pytest.mark.django_db
NODE = system_context()
CENTRES = [
    organization_id(code)
    for code in ("tt-dieu-duong-nho-quan", "tt-dieu-duong-ncc-ninh-binh", "tt-bao-tro-ctxh-ninh-binh")
]
PROVINCE = organization_id("ubnd-ninh-binh")
DEPARTMENTS = [organization_id(code) for code in ("so-y-te-ninh-binh", "so-noi-vu-ninh-binh")]
VISIT = "https://ansinh.vn/fhir/CodeSystem/encounter-type"
days = st.dates(date(2024, 6, 1), date(2026, 6, 1))
centres = st.sampled_from(CENTRES)
people = st.integers(0, 5)


class Node:
    """A node that steps are taken on; a step that the house refuses changes nothing."""

    def __init__(self, repository):
        self.repository = repository
        self.added = 0

    def take(self, step) -> None:
        what, *rest = step
        try:
            with transaction.atomic():
                getattr(self, what)(*rest)
        except UserError:
            pass

    def stay(self, person: int, centre: str, day: date) -> None:
        subject, unit = self._person(person, centre)
        stay = {"status": "active", "patient": subject, "managingOrganization": unit, "period": {"start": str(day)}}
        self.repository.save({"resourceType": "EpisodeOfCare", "id": f"s{person}", **stay})

    def visit(self, person: int, centre: str, day: date) -> None:
        subject, unit = self._person(person, centre)
        self.added += 1
        self.repository.save(
            {
                "resourceType": "Encounter",
                "id": f"v{self.added}",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "type": [{"coding": [{"system": VISIT, "code": "visit"}]}],
                "subject": subject,
                "serviceProvider": unit,
                "period": {"start": f"{day}T08:00:00+07:00"},
            }
        )

    def forget(self, person: int) -> None:
        """An entry made by mistake is taken out."""
        self.repository.delete("EpisodeOfCare", f"s{person}")

    def task(self, number: int, status: str) -> None:
        tasks = self.repository.read_many("Task", sorted(_task_ids()))
        task = list(tasks.values())[number]
        self.repository.save({**task, "status": status})

    def rename(self, centre: str, day: date) -> None:
        self.added += 1
        facilities.rename_unit(NODE, unit=centre, code=f"moi-{self.added}", name=f"Cơ sở {self.added}", start=day)

    def transfer(self, centre: str, department: str, day: date) -> None:
        facilities.transfer_unit(NODE, unit=centre, authority=department, start=day)

    def correct_name(self, centre: str) -> None:
        self.added += 1
        self.repository.save({**self.repository.read("Organization", centre), "name": f"Tên sửa lại {self.added}"})

    def redefine(self, measure: str) -> None:
        """A newer definition of a measure, under which nobody counts."""
        definition = measures.definition(NODE, measure)
        changed = replace(
            definition, version=f"9.{self.added}.0", sql=definition.sql.replace("1 AS numerator", "0 AS numerator")
        )
        self.repository.save(measure_resources.measure(changed, _source(changed)))

    def _person(self, person: int, centre: str) -> tuple[dict, dict]:
        unit = {"reference": f"Organization/{centre}"}
        sex = "female" if person % 2 else "male"
        self.repository.save(
            {
                "resourceType": "Patient",
                "id": f"p{person}",
                "name": [{"text": f"Người {person}"}],
                "gender": sex,
                "birthDate": str(1940 + person),
                "managingOrganization": unit,
            }
        )
        return {"reference": f"Patient/p{person}"}, unit


def _task_ids() -> set[str]:
    return {
        row["id"]
        for row in tables.rows(NODE, "SELECT t.id FROM view_plan_task t WHERE {reach:t} ORDER BY t.id LIMIT 4")
    }


def _source(definition) -> dict:
    return {
        "id": definition.id, "version": definition.version, "title": dict(definition.title), "unit": definition.unit,
        "direction": definition.direction, "question": definition.question, "population": definition.population,
        "numerator": definition.numerator, "denominator": definition.denominator, "sql": definition.sql,
        "views": list(definition.views), "people": definition.people, "noun": definition.noun,
        "stratifiers": list(definition.stratifiers), "sources": list(definition.sources),
        "examples": [{"title": "x", "from": date(2025, 1, 1), "to": date(2025, 12, 31), "expect": []}],
    }  # fmt: skip


steps = st.one_of(
    st.tuples(st.just("stay"), people, centres, days),
    st.tuples(st.just("visit"), people, centres, days),
    st.tuples(st.just("forget"), people),
    st.tuples(st.just("task"), st.integers(0, 3), st.sampled_from(["completed", "in-progress", "requested"])),
    st.tuples(st.just("rename"), centres, days),
    st.tuples(st.just("transfer"), centres, st.sampled_from(DEPARTMENTS), days),
    st.tuples(st.just("correct_name"), centres),
    st.tuples(st.just("redefine"), st.sampled_from(["visits", "stays-open"])),
)


def report_now() -> Snapshot:
    plan = plan_named(NODE, "ninh-binh")
    return collecting.collect(plan, yearly_template(), 2025, written_on=date(2026, 1, 5)).snapshot


def again(snapshot: Snapshot) -> Snapshot:
    plan = plan_named(NODE, "ninh-binh")
    return collecting.collect(
        plan, yearly_template(), 2025, as_of=snapshot.position, written_on=date(2026, 1, 5)
    ).snapshot


@given(before=st.lists(steps, max_size=6), after=st.lists(steps, min_size=1, max_size=6))
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_report_computed_again_at_its_position_is_the_same(before, after, world):
    with transaction.atomic():
        node = Node(Repository(NODE, validate=False))
        for step in before:
            node.take(step)
        first = report_now()

        for step in after:
            node.take(step)

        assert again(first) == first
        transaction.set_rollback(True)
    kept._kept.clear()
