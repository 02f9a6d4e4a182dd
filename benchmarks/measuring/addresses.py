"""Which pages are asked, by whom, for which people and units: drawn from what the state folder holds."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.urls import reverse

from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context


@dataclass(frozen=True, slots=True)
class Page:
    """A type of page: its name, the role that asks, and the addresses to go round. typed: what follows `?` is sent
    as a form, and the answer's redirect is followed. written: a visit with vital signs is recorded before each."""

    name: str
    role: str
    paths: tuple[str, ...]
    typed: bool = False
    written: bool = False


def pages(facility: str, seed: int = 1) -> list[Page]:
    """Every page type with addresses that this role may open. facility: where the nurse and the doctor work."""
    rng = random.Random(seed)
    return [
        page for page in (*_clinic(facility, rng), *_network(rng), *_programme(facility), *_reports()) if page.paths
    ]


_PERSON = {
    "nurse": ("person", "person_timeline", "person_papers", "person_versions", "person_edit"),
    "doctor": ("visit_new", "check_new", "rehab_new"),
}
_PEOPLE_OF = "SELECT id FROM view_patient p WHERE p.facility_id = :facility AND {reach:p}"
_TASKS_OF = "SELECT id FROM view_task t WHERE t.patient_id IS NOT NULL AND t.owner_id = :facility AND {reach:t}"


def _clinic(facility: str, rng: random.Random) -> Iterator[Page]:
    ids, list_of = _sample(rng, _PEOPLE_OF, facility), reverse("people")
    names = ("nguyen", "tran van", "le thi", "pham", "hoang minh", "bui thi h", "dinh", "vu")
    numbers, diagnoses = ("0001", "417", "99", "52"), ("tang", "I10", "tam than", "gay")
    yield Page("home", "nurse", (reverse("home"),))
    yield Page("people", "nurse", tuple(f"{list_of}?page={number}" for number in range(1, 9)))
    yield Page("people by name", "nurse", tuple(f"{list_of}?q={name.replace(' ', '+')}" for name in names), typed=True)
    yield Page("people by number", "nurse", tuple(f"{list_of}?q={number}" for number in numbers), typed=True)
    for role, names_of_pages in _PERSON.items():
        for name in names_of_pages:
            yield Page(name, role, tuple(reverse(name, args=[one]) for one in ids))
    yield Page("screening_new", "nurse", tuple(reverse("screening_new", args=[one, "phq-9"]) for one in ids))
    yield Page("person_new", "nurse", (reverse("person_new"),))
    yield Page("tasks", "nurse", (reverse("tasks"), f"{reverse('tasks')}?loc=all"))
    yield Page("task", "nurse", tuple(reverse("task", args=[one]) for one in _sample(rng, _TASKS_OF, facility)))
    yield Page("diagnoses", "doctor", tuple(f"{reverse('diagnoses')}?q={quote(text)}" for text in diagnoses))


def _network(rng: random.Random) -> Iterator[Page]:
    units = _sample(
        rng,
        "SELECT o.id FROM view_organization o WHERE o.kind IN ('hospital', 'nursing-centre', "
        "'social-protection-centre', 'mental-rehab-centre', 'drug-rehab-centre') AND :facility <> ''",
        "-",
    )
    yield Page("facilities", "officer", (reverse("facilities"),))
    for name in ("facility", "capability", "workforce"):
        yield Page(name, "officer", tuple(reverse(name, args=[unit]) for unit in units))


def _programme(facility: str) -> Iterator[Page]:
    from ansinh.programme.measures import counting
    from ansinh.programme.plans import queries as plans

    ids = counting.all_ids()
    plan = next(one for one in plans.plans(system_context()) if "ninh" in one.id)
    yield Page("home", "manager", (reverse("home"),))
    yield Page("home", "officer", (reverse("home"),))
    yield Page("home", "leader", (reverse("home"),))
    yield Page("home", "admin", (reverse("home"),))
    yield Page("plans", "officer", (reverse("plans"),))
    yield Page("plan", "officer", (reverse("plan", args=[plan.id]),))
    yield Page("plan_tasks", "officer", (reverse("plan_tasks", args=[plan.id]),))
    yield Page("goal", "officer", tuple(reverse("goal", args=[plan.id, goal.id]) for goal in plan.goals))
    yield Page("measures", "officer", (reverse("measures"),))
    yield Page("measure", "officer", tuple(reverse("measure", args=[one]) for one in ids))
    people = ("people-managed-electronically", "people-served", "visits", "screenings-positive")
    paths = tuple(reverse("measure", args=[one]) for one in people)
    yield Page("measure after a write", "officer", paths, written=True)
    yield Page("plan after a write", "officer", (reverse("plan", args=[plan.id]),), written=True)
    yield Page("home after a write", "officer", (reverse("home"),), written=True)
    periods = [f"?ky={year}" for year in (2023, 2024, 2025, date.today().year)]
    yield Page(
        "measure_facility",
        "manager",
        tuple(reverse("measure_facility", args=[one, facility]) + period for one in ids[:6] for period in periods),
    )
    behind = ("people-managed-electronically", "stays-open")
    paths = [reverse("measure_people", args=[one, facility]) for one in behind if one in ids]
    yield Page("measure_people", "manager", tuple(path + period for path, period in itertools.product(paths, periods)))


def _reports() -> Iterator[Page]:
    found = tables.rows(system_context(), "SELECT r.id FROM view_report r WHERE {reach:r} AND r.plan LIKE 'ninh%'")
    yield Page("reports", "officer", (reverse("reports"),))
    for name in ("report", "report_changes"):
        yield Page(name, "officer", tuple(reverse(name, args=[row["id"]]) for row in found))


def _sample(rng: random.Random, sql: str, facility: str, most: int = 60) -> list[str]:
    found = [row["id"] for row in tables.rows(system_context(), sql + " ORDER BY id", {"facility": facility})]
    return rng.sample(found, min(most, len(found)))
