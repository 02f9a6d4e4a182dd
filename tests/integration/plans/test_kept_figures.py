"""Figures are kept for a state of the journal and a reader, never longer and never for another."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from ansinh.network.facilities import actions as facilities
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures.rules import year
from ansinh.programme.plans import figures

pytestmark = pytest.mark.django_db

MEASURE = "facilities-primary-care-ready"
PERIOD = year(2025)


def ask(context, state: str = ""):
    unit = organization_id("ubnd-ninh-binh")
    return figures.results(context, state or figures.head(), [MEASURE], unit, PERIOD)[MEASURE]


def test_figures_of_one_state_are_asked_once(officer, django_assert_num_queries):
    state = figures.head()
    first = ask(officer, state=state)

    with django_assert_num_queries(0):
        assert ask(officer, state=state) is first


def test_a_write_makes_a_new_state_and_new_figures(officer, admin):
    state = figures.head()
    before = ask(officer)

    facilities.close_unit(admin, unit=organization_id("cs-cai-nghien-ninh-binh"), last_day=date(2025, 6, 30))

    assert figures.head() != state
    after = ask(officer)
    assert after is not before
    assert len(after.by_unit) == len(before.by_unit) - 1


def test_figures_are_kept_apart_for_readers_periods_and_languages(officer):
    state = figures.head()
    first = ask(officer, state=state)
    other = replace(officer, permissions=officer.permissions | {"programme.people"})

    assert ask(other, state=state) is not first
    assert ask(replace(officer, reach=frozenset({"elsewhere"})), state=state) is not first
    with translation.override("en"):
        assert ask(officer, state=state) is not first


def test_the_oldest_figures_are_forgotten(officer, monkeypatch):
    monkeypatch.setattr(figures, "KEPT", 2)
    first = ask(officer, state="a")

    ask(officer, state="b")
    ask(officer, state="c")

    assert ask(officer, state="a") is not first
