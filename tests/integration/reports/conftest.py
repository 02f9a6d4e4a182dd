"""A yearly report of Ninh Bình as a draft and as approved, by the people who bring it there."""

from dataclasses import replace
from datetime import date

import pytest

from ansinh.programme.reports import actions

PLAN = "ninh-binh-2021-2030"


@pytest.fixture
def draft(world, officer):
    return actions.build_draft(officer, plan_id=PLAN, year=2025)


@pytest.fixture
def approved(draft, officer, leader):
    handed = actions.submit(officer, report_id=draft.id, version=draft.version)
    return actions.approve(leader, report_id=handed.id, version=handed.version, header=issued(handed))


def issued(report, **changes):
    """The head of a report that is approved."""
    return replace(report.header, **{"number": 12, "day": date(2025, 12, 9), **changes})
