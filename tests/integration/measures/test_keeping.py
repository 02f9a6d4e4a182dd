"""Kept tallies: what is asked of the database, how long they hold, and what makes them worthless."""

from dataclasses import replace

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ansinh.fhir.store import journal
from ansinh.fhir.views import changes
from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import actions, counting, keeping, queries, rules, storing
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.models import KeptTally

pytestmark = pytest.mark.django_db

STAYS, PLACES = "stays-open", "facilities-primary-care-ready"
YEAR = rules.year(2025)


@pytest.fixture(autouse=True)
def empty_memory():
    keeping.forget()
    yield
    keeping.forget()


def tally(measure_id=STAYS, period=YEAR, as_of=None):
    count = Counting(as_of)
    return count.tally(count.definition(measure_id), period)


@pytest.fixture
def counting_subjects(monkeypatch):
    """How often subjects were asked for, and of how many people: 0 for everybody."""
    seen = []
    ask = keeping._ask

    def counted(asked, patients=()):
        seen.append(len(patients))
        return ask(asked, patients)

    monkeypatch.setattr(keeping, "_ask", counted)
    return seen


def test_second_asking_counts_nobody(world, person_at, counting_subjects):
    person_at(world.a)

    assert tally() == tally()

    assert counting_subjects == [0]


def test_another_process_takes_it_from_the_database(world, person_at, counting_subjects):
    person_at(world.a)
    first = tally()
    keeping.forget()

    assert tally() == first

    assert counting_subjects == [0]


def test_write_about_one_person_is_counted_for_that_person_alone(world, person_at, counting_subjects):
    person_at(world.a)
    before = tally().figure({world.a})
    person_at(world.a)

    after = tally().figure({world.a})

    assert (before, after) == ((1, 0), (2, 0))
    assert counting_subjects == [0, 1]


def test_write_that_the_measure_does_not_read_costs_no_counting(world, system, person_at, counting_subjects):
    person_at(world.a)
    tally()
    tally(PLACES)
    system.create({"resourceType": "Practitioner", "name": [{"text": "Người Mới"}]})

    tally()
    tally(PLACES)

    assert counting_subjects == [0, 0]


def test_write_without_a_patient_counts_everybody_again(world, system, counting_subjects):
    tally("visits")
    unit = {"reference": f"Organization/{world.a}"}
    kinds = "https://ansinh.vn/fhir/CodeSystem/encounter-type"
    actions = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    system.create(
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": actions, "code": "AMB"},
            "type": [{"coding": [{"system": kinds, "code": "visit"}]}],
            "serviceProvider": unit,
            "period": {"start": "2025-03-01T08:00:00+07:00"},
        }
    )

    assert tally("visits").figure({world.a}) == (1, 0)
    assert counting_subjects == [0, 0]


def test_more_people_than_worth_mending_are_counted_anew(world, person_at, counting_subjects, monkeypatch):
    tally()
    monkeypatch.setattr(changes, "MOST_PATIENTS", 1)
    for _ in range(2):
        person_at(world.a)

    assert tally().figure({world.a}) == (2, 0)
    assert counting_subjects == [0, 0]


def test_journal_that_went_far_ahead_is_counted_anew(world, person_at, counting_subjects, monkeypatch):
    tally()
    monkeypatch.setattr(changes, "MOST_ENTRIES", 1)
    person_at(world.a)

    assert tally().figure({world.a}) == (1, 0)
    assert counting_subjects == [0, 0]


def test_position_that_was_rolled_back_and_given_again_is_not_believed(world, person_at):
    try:
        with transaction.atomic():
            for _ in range(2):
                person_at(world.a)
            assert tally().figure({world.a}) == (2, 0)
            undone = journal.position()
            raise OperationalError
    except OperationalError:
        pass
    while journal.position() < undone:
        person_at(world.b)

    assert tally().figure({world.a}) == (0, 0)


def test_past_position_is_answered_and_the_newest_stays_kept(world, person_at, counting_subjects):
    person_at(world.a)
    at = journal.position()
    person_at(world.a)
    tally()

    assert tally(as_of=at).figure({world.a}) == (1, 0)
    assert tally().figure({world.a}) == (2, 0)
    assert counting_subjects == [0, 1]


def test_definition_that_changed_is_another_question(world, person_at, counting_subjects):
    person_at(world.a)
    count = Counting()
    measure = count.definition(STAYS)
    other = replace(measure, sql=measure.sql.replace("1 AS numerator", "0 AS numerator"))

    assert count.tally(measure, YEAR).figure({world.a}) == (1, 0)
    assert count.tally(other, YEAR).figure({world.a}) == (0, 0)
    assert counting_subjects == [0, 0]


def test_measure_that_asks_for_the_position_is_kept_for_that_position_only(world, person_at, counting_subjects):
    person_at(world.a)
    count = Counting()
    measure = count.definition(STAYS)
    moving = replace(measure, sql=f"{measure.sql} AND :as_of > 0")
    count.tally(moving, YEAR)
    person_at(world.a)

    assert Counting().tally(moving, YEAR).figure({world.a}) == (2, 0)
    assert counting_subjects == [0, 0]


def test_years_of_a_measure_are_asked_in_one_statement(world, officer, person_at):
    person_at(world.a)
    years = [rules.year(number) for number in (2023, 2024, 2025)]
    asked = [queries.Asked(each, world.province, year) for each in (STAYS, "visits") for year in years]
    queries.figures(officer, asked)
    person_at(world.a)

    with CaptureQueriesContext(connection) as seen:
        found = queries.figures(officer, asked)

    assert len(found) == 6
    assert len([one for one in seen.captured_queries if "stand AS MATERIALIZED" in one["sql"]]) == 2


def test_database_that_is_not_free_is_not_waited_for(world, person_at, counting_subjects, monkeypatch):
    def busy(*_args, **_values):
        raise OperationalError("database is locked")

    person_at(world.a)
    with monkeypatch.context() as patched:
        patched.setattr(KeptTally.objects, "bulk_create", busy)
        assert tally().figure({world.a}) == (1, 0)

    assert not KeptTally.objects.filter(measure=STAYS).exists()
    person_at(world.a)
    assert tally().figure({world.a}) == (2, 0)
    assert KeptTally.objects.filter(measure=STAYS).exists()
    assert counting_subjects == [0, 1]


def test_database_hears_of_a_mended_tally_now_and_then(world, person_at, monkeypatch):
    tally()
    first = KeptTally.objects.get(measure=STAYS).position
    person_at(world.a)
    tally()
    assert KeptTally.objects.get(measure=STAYS).position == first

    monkeypatch.setattr(keeping, "WRITE_AFTER", 1)
    person_at(world.a)
    tally()

    assert KeptTally.objects.get(measure=STAYS).position == journal.position()


def test_days_of_the_running_period_that_have_passed_make_room(world):
    for day in ("2025-03-30", "2025-03-31", "2025-04-01"):
        tally(period=rules.Period(rules.date(2025, 1, 1), rules.date.fromisoformat(day)))

    kept = KeptTally.objects.filter(measure=STAYS).order_by("end").values_list("end", flat=True)
    assert [f"{day:%d/%m}" for day in kept] == ["31/03", "01/04"]


def test_kept_row_of_another_journal_is_not_believed(world, person_at, counting_subjects):
    person_at(world.a)
    tally()
    keeping.forget()
    KeptTally.objects.update(seal="00" * 32, body='{"places": [], "cells": []}')

    assert tally().figure({world.a}) == (1, 0)
    assert counting_subjects == [0, 0]


def test_period_without_rule_is_refused(world):
    with pytest.raises(Invalid):
        tally("facilities-commune-level-80", rules.year(2019))


def test_sealed_asks_nothing_for_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert storing.sealed([]) == set()


def test_figures_counted_ahead_leave_nothing_to_count(world, person_at, officer, counting_subjects):
    person_at(world.a)
    number = actions.keep_figures()
    counting_subjects.clear()
    keeping.forget()

    queries.trend(officer, STAYS, world.province, range(2020, 2030))
    queries.trend(officer, PLACES, world.province, [2024, 2025])

    assert number == 5 * len(counting.all_ids())
    assert len([asked for asked in counting_subjects if asked == 0]) == 1  # 2021, which is not one of the five years


def test_worker_keeps_one_measure_a_call_and_all_in_a_round(world, person_at, counting_subjects):
    person_at(world.a)
    ahead = actions.KeepingAhead()

    wanted_more = [ahead() for _ in counting.all_ids()]
    counting_subjects.clear()
    keeping.forget()
    again = actions.keep_figures()

    assert not any(wanted_more)
    assert again == 5 * len(wanted_more)
    assert counting_subjects == []


@pytest.mark.parametrize(("number", "length"), [(1, 1), (2, 4), (4, 4), (5, 16), (65, 400), (400, 400), (401, 401)])
def test_lists_of_patients_have_few_lengths_so_that_statements_are_prepared_once(number, length):
    patients = [f"p{each}" for each in range(number)]

    padded = keeping._padded(patients)

    assert len(padded) == length
    assert (padded[:number], set(padded)) == (patients, set(patients))
