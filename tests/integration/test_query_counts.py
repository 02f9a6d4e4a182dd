"""The ledger of queries: no page runs more queries when its list is five times as long, nor more than is written down.

Each page is asked after a write, so that nothing is remembered from the request before; what a process reads once in
its life (definitions, terminology) is warm.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel.clock import VIETNAM
from ansinh.kernel.context import system_context
from ansinh.network.capability import actions as capability
from ansinh.network.capability import queries as catalogues
from ansinh.network.facilities import actions as facilities
from ansinh.network.facilities import queries as registry
from ansinh.network.workforce import actions as workforce
from ansinh.programme.plans import queries as plans
from ansinh.programme.reports import actions as reports
from sample_data import people, places, records, rehabilitation, rooms, treatment
from sample_data.care import Event
from sample_data.people import Stay

pytestmark = pytest.mark.django_db

LEDGER = Path(__file__).with_name("query_counts.yaml")
PLAN, MEASURE = "ninh-binh-2021-2030", "people-managed-electronically"
SHORT, LONG = 2, 10

EXPECTED: dict[str, int] = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))["pages"]
EXEMPT: dict[str, str] = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))["no_list"]

_measured: dict[str, tuple[int, int]] = {}


@pytest.fixture
def measured(world, client_of, officer, monkeypatch) -> dict[str, tuple[int, int]]:
    """Page → (queries with short lists, queries with long ones); measured once, kept as numbers."""
    # Terminology asks every few seconds whether code lists changed: here never again after the first time.
    monkeypatch.setattr(concepts, "_FRESH_SECONDS", 3600)
    if not _measured:
        short, long = (
            {page: _queries(client_of(who), path) for page, who, path in _pages(world)}
            for _ in _growing(world, officer)
        )
        _measured.update({page: (short[page], long[page]) for page in short})
    return _measured


@pytest.mark.parametrize("page", EXPECTED)
def test_page_runs_as_many_queries_for_a_long_list_as_for_a_short_one(measured, page):
    short, long = measured[page]

    assert long == short
    assert long <= EXPECTED[page]


def test_ledger_names_every_page_that_is_measured(measured):
    assert set(measured) == set(EXPECTED)


def test_every_named_page_is_in_the_ledger_or_says_why_not():
    named = {pattern.name for pattern in _patterns(get_resolver()) if pattern.name}

    assert named - {page.partition(" ")[0] for page in EXPECTED} == set(EXEMPT)


def _patterns(resolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from _patterns(each)


def _growing(world, officer) -> Iterator[None]:
    """The same lists short, then five times as long."""
    for length in (SHORT, LONG):
        with Repository(system_context(), validate=False).transaction():
            _people(world, length)
        _units(world, length)
        _staff(world, length)
        _declarations(world, length)
        for year in range(2026 - length // 2, 2026):
            if not reports.queries.latest(officer, PLAN, year):
                reports.build_draft(officer, plan_id=PLAN, year=year)
        yield


def _people(world, length: int) -> None:
    """People of facility A; each has the same kinds of events, the first one also many stays and versions."""
    repository, living = Repository(system_context(), validate=False), rooms.Rooms()
    treated = treatment.Treatment(1)
    for number, person in enumerate(_drawn(world, length)):
        for resource in (
            *records.build(person, _events(length)),
            *living.resources(person),
            *treated.resources(person),
        ):
            repository.save(resource)
        if number:  # the first one keeps the tasks of screening as the newest
            in_work, _walking, due = rehabilitation.STORIES
            for resource in (*in_work(person, 0), *due(person, 0)):
                repository.save(resource)
        else:
            for version in range(length):
                patient = repository.read("Patient", person.id)
                repository.save({**patient, "telecom": [{"system": "phone", "value": f"09000000{version:02d}"}]})


def _drawn(world, length: int) -> list[people.Person]:
    place = next(each for each in places.places() if each.id == world.a)
    lived = Stay("inpatient", date(2024, 1, 2))
    past = [
        Stay("inpatient", day, day + timedelta(days=10), "recovered")
        for day in (date(2020, 1, 6) + timedelta(days=30 * number) for number in range(length))
    ]
    return [replace(person, stays=(lived, *past), bhyt="4417000001") for person in people.draw(1, [place], length)]


def _events(length: int) -> Iterator[Event]:
    """Old ones keep their place in the order: ids of events are made from it."""
    for number in range(length):
        at = datetime(2026, 8, 1, 8, tzinfo=VIETNAM) + timedelta(days=number)
        vitals = {"systolic": 130 + number, "diastolic": 80, "pulse": 70, "weight": 60, "height": 160}
        yield Event("visit", at, vitals, ("I10",), complaint="Chóng mặt", note="Ổn định.", advice="Tái khám.")
        yield Event("periodic-check", at + timedelta(hours=1), vitals, ("E11",), note="Ổn định.")
        yield Event("rehab-session", at + timedelta(hours=2), techniques=("17.0037", "17.0039"))
        yield Event("screening", at + timedelta(hours=3), tool="phq-9", answers=(3,) * 9)


def _units(world, length: int) -> None:
    known = {unit.code for unit in registry.register(system_context()).units}
    for code in (f"dem-truy-van-{number}" for number in range(length)):
        if code not in known:
            facilities.add_unit(
                system_context(),
                code=code,
                name=f"Trung tâm {code}",
                kind="nursing-centre",
                authority=world.province,
                start=date(2019, 1, 1),
            )


def _staff(world, length: int) -> None:
    present = len(tables.rows(system_context(), "SELECT r.id FROM view_practitioner_role r WHERE {reach:r}"))
    for number in range(present, present + length):
        workforce.take_up_post(
            system_context(), facility=world.a, full_name=f"Lê Thị {number}", post="nurse", start=date(2024, 1, 1)
        )


def _declarations(world, length: int) -> None:
    for catalogue in catalogues.catalogues(system_context(), "hospital"):
        chosen = [item.code for item in catalogue.items][: 3 * length]
        capability.declare(system_context(), facility=world.a, catalogue=catalogue.id, chosen=chosen)


def _queries(client, path: str) -> int:
    """Queries of one request that follows a write, everything else being warm."""
    for _ in range(2):
        assert client.get(path).status_code == 200, path
        _write_something()
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


_writes = iter(range(1_000_000))


def _write_something() -> None:
    Repository(system_context()).save(
        {"resourceType": "Practitioner", "id": "query-count", "name": [{"text": f"Nhân viên {next(_writes)}"}]}
    )


def _pages(world) -> Iterator[tuple[str, str, str]]:
    """(page, member of the cast, address); the page is its URL name, with what tells two of a kind apart."""
    person = _drawn(world, SHORT)[0].id
    response, task = _newest("questionnaire_response", person), _newest("task", person)
    for role in ("lan", "binh", "mai", "officer", "leader", "admin"):
        yield f"home {role}", role, reverse("home")
    for name in ("person", "person_timeline", "person_papers", "person_versions", "person_edit"):
        yield name, "lan", reverse(name, args=[person])
    for name in ("visit_new", "check_new", "rehab_new", "records"):
        yield name, "binh", reverse(name, args=[person])
    yield "record_form", "binh", reverse("record_form", args=[person, "rehabilitation"])
    yield "signature_check", "binh", reverse("signature_check")
    yield "bed_assign", "lan", reverse("bed_assign", args=[person])
    yield "wards", "lan", reverse("wards")
    yield "vitals_round", "lan", reverse("vitals_round")
    yield "care_log", "lan", reverse("care_log")
    yield "handover", "lan", reverse("handover")
    for name in ("person_results", "person_medicines", "person_background"):
        yield name, "binh", reverse(name, args=[person])
    for name in ("medicine_round", "stock", "results_waiting"):
        yield name, "lan", reverse(name)
    yield "rooms_edit", "mai", reverse("rooms_edit")
    yield "person_new", "lan", reverse("person_new")
    yield "people", "lan", reverse("people")
    yield "screening_choose", "lan", reverse("screening_choose", args=[person])
    yield "screening_new", "lan", reverse("screening_new", args=[person, "phq-9"])
    yield "screening_result", "lan", reverse("screening_result", args=[person, response])
    yield "tasks", "lan", reverse("tasks")
    yield "tasks all", "lan", reverse("tasks") + "?loc=all"
    yield "task", "lan", reverse("task", args=[task])
    yield "facilities", "officer", reverse("facilities")
    for name in ("facility", "capability", "workforce"):
        yield name, "mai", reverse(name, args=[world.a])
    yield from _rehabilitation(_drawn(world, SHORT)[1].id)
    yield from _programme(world)


def _rehabilitation(person: str) -> Iterator[tuple[str, str, str]]:
    for name in ("person_rehab", "rehab_assessments", "rehab_discharge", "rehab_book", "person_devices"):
        yield name, "lan", reverse(name, args=[person])
    yield "device", "lan", reverse("device", args=[person, _newest("device_request", person)])
    for name in ("rehab_week", "workshop", "workshop_stock", "devices_due", "devices_due_csv"):
        yield name, "lan", reverse(name)


def _programme(world) -> Iterator[tuple[str, str, str]]:
    plan = plans.plan(system_context(), PLAN)
    yield "plans", "officer", reverse("plans")
    for name in ("plan", "plan_tasks", "plan_document"):
        yield name, "officer", reverse(name, args=[PLAN])
    yield "goal", "officer", reverse("goal", args=[PLAN, plan.goals[0].id])
    yield "measures", "officer", reverse("measures")
    yield "measure", "officer", reverse("measure", args=[MEASURE])
    yield "measure_csv", "officer", reverse("measure_csv", args=[MEASURE])
    yield "measure_facility", "mai", reverse("measure_facility", args=[MEASURE, world.a])
    yield "measure_people", "mai", reverse("measure_people", args=[MEASURE, world.a])
    # The earliest year is drafted last, when the lists are as long as they get.
    drafted = tables.rows(system_context(), "SELECT r.id FROM view_report r WHERE {reach:r} ORDER BY r.year LIMIT 1")
    report = drafted[0]["id"]
    yield "reports", "officer", reverse("reports")
    for name in ("report", "report_write", "report_changes"):
        yield name, "officer", reverse(name, args=[report])
    yield "plan_task", "officer", reverse("plan_task", args=[PLAN, plan.tasks[0].id])


def _newest(view: str, person: str) -> str:
    sql = f"SELECT v.id FROM view_{view} v WHERE {{reach:v}} AND v.patient_id = :person ORDER BY v.rid DESC LIMIT 1"
    return tables.rows(system_context(), sql, {"person": person})[0]["id"]
