"""Random histories: a tally that was kept and mended write by write is the tally counted anew, at every position."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from ansinh.programme.measures import keeping, rules
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.rules import Period

pytestmark = pytest.mark.django_db

MEASURES = (
    "people-managed-electronically",
    "people-served",
    "insurance-coverage",
    "screenings-positive",
    "periodic-checks-done",
)
PERIODS = (rules.year(2024), Period(date(2025, 1, 1), date(2025, 6, 30)))
PEOPLE = ("kept-p1", "kept-p2", "kept-p3")
GROUP = "https://ansinh.vn/fhir/StructureDefinition/beneficiary-group"
GROUPS = "https://ansinh.vn/fhir/CodeSystem/beneficiary-group"
ENCOUNTERS = "https://ansinh.vn/fhir/CodeSystem/encounter-type"
TASKS = "https://ansinh.vn/fhir/CodeSystem/task-type"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"

people, facilities = st.sampled_from(PEOPLE), st.sampled_from("ab")
days = st.sampled_from(["2023-12-31", "2024-03-01", "2024-12-31", "2025-02-01", "2025-06-30"])


def about(person):
    return {"reference": f"Patient/{person}"}


def coded(system, code):
    return [{"coding": [{"system": system, "code": code}]}]


def in_group(code):
    inner = {"url": "code", "valueCoding": {"system": GROUPS, "code": code}}
    return {"url": GROUP, "extension": [inner]}


patients = st.builds(
    lambda person, where, gender, birth, groups: {
        "resourceType": "Patient",
        "id": person,
        "name": [{"text": "Người Thử"}],
        "managingOrganization": where,
        **({"gender": gender} if gender else {}),
        **({"birthDate": birth} if birth else {}),
        **({"extension": [in_group(each) for each in groups]} if groups else {}),
    },
    people, facilities, st.sampled_from(["male", "female", ""]), st.sampled_from(["1940", "2015-07-01", ""]),
    st.lists(st.sampled_from(["merit", "poor", "child", "nd20-1a"]), max_size=2, unique=True),
)  # fmt: skip
stays = st.builds(
    lambda number, person, where, start, end: {
        "resourceType": "EpisodeOfCare",
        "id": f"kept-e{number}",
        "status": "finished" if end else "active",
        "patient": about(person),
        "managingOrganization": where,
        "period": {"start": start, **({"end": end} if end else {})},
    },
    st.integers(1, 3), people, facilities, days, st.sampled_from(["", "", "2024-12-31", "2025-06-30"]),
)  # fmt: skip
encounters = st.builds(
    lambda number, person, where, kind, day: {
        "resourceType": "Encounter",
        "id": f"kept-c{number}",
        "status": "finished",
        "class": {"code": "AMB"},
        "type": coded(ENCOUNTERS, kind),
        "subject": about(person),
        "serviceProvider": where,
        "period": {"start": f"{day}T08:00:00+07:00"},
    },
    st.integers(1, 2), people, facilities, st.sampled_from(["visit", "periodic-check"]), days,
)  # fmt: skip
vitals = st.builds(
    lambda person, day: {
        "resourceType": "Observation",
        "id": "kept-o1",
        "status": "final",
        "category": coded(CATEGORIES, "vital-signs"),
        "subject": about(person),
        "effectiveDateTime": f"{day}T08:00:00+07:00",
    },
    people, days,
)  # fmt: skip
coverages = st.builds(
    lambda person, start: {
        "resourceType": "Coverage", "id": "kept-v1", "status": "active", "beneficiary": about(person),
        "period": {"start": start},
    },
    people, days,
)  # fmt: skip
answers = st.builds(
    lambda number, person, day: {
        "resourceType": "QuestionnaireResponse", "id": f"kept-q{number}", "status": "completed",
        "questionnaire": "https://ansinh.vn/fhir/Questionnaire/phq-9|1.0.0", "subject": about(person),
        "authored": f"{day}T09:00:00+07:00",
    },
    st.integers(1, 2), people, days,
)  # fmt: skip
tasks = st.builds(
    lambda number, person, where: {
        "resourceType": "Task", "id": "kept-t1", "status": "requested", "intent": "order",
        "code": {"coding": [{"system": TASKS, "code": "screening-followup"}]}, "for": about(person), "owner": where,
        "focus": {"reference": f"QuestionnaireResponse/kept-q{number}"},
    },
    st.integers(1, 2), people, facilities,
)  # fmt: skip
ownerless = st.builds(lambda one: {key: one[key] for key in one if key != "subject"}, encounters)

saves = st.tuples(
    st.just("save"), patients | stays | encounters | vitals | coverages | answers | tasks | patients | stays | ownerless
)
deletions = st.tuples(
    st.just("delete"),
    st.sampled_from(
        [("Patient", PEOPLE[0]), ("EpisodeOfCare", "kept-e1"), ("Task", "kept-t1"), ("Encounter", "kept-c1")]
    ),
)
asked = st.tuples(st.just("ask"), st.none())
steps = st.tuples(saves | saves | deletions | asked, st.sampled_from(["kept", "kept", "undone"]))


class Undo(Exception):
    """Rolls a step back."""


def placed(resource, world):
    """The resource with `a` and `b` as references to the two facilities."""
    for key in ("managingOrganization", "serviceProvider", "owner"):
        if resource.get(key) in ("a", "b"):
            resource = {**resource, key: {"reference": f"Organization/{getattr(world, resource[key])}"}}
    return resource


def questions(count):
    measures = count.definitions(MEASURES).values()
    return [count._question(measure, period) for measure in measures for period in PERIODS]


def play(repository, world, step, how):
    verb, what = step
    try:
        with repository.transaction():
            if verb == "save":
                repository.save(placed(what, world))
            elif verb == "delete" and repository.find(*what) is not None:
                repository.delete(*what)
            elif verb == "ask":
                ask()
            if how == "undone":
                ask()
                raise Undo
    except Undo:
        pass


def ask():
    count = Counting()
    return keeping.tallies(questions(count), count.at)


@given(st.lists(steps, min_size=2, max_size=9), st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_kept_and_mended_tallies_equal_those_counted_anew(world, history, data):
    repository = Repository(system_context(), validate=False)
    with transaction.atomic():
        start = keeping.head().number
        for step, how in history:
            play(repository, world, step, how)

        count = Counting()
        asked = questions(count)
        assert keeping.tallies(asked, count.at) == keeping.counted(asked, count.position)
        past = data.draw(st.integers(start, count.position), label="position")
        then = Counting(past)
        assert keeping.tallies(asked, then.at) == keeping.counted(asked, past)
        transaction.set_rollback(True)
