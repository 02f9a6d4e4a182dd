"""Measures over live views: the same queries as the examples, on the node's database, followed through writes."""

import pytest
from django.conf import settings

from ansinh.programme.measures import files, loading, queries, rules
from ansinh.programme.measures.rules import Period

pytestmark = pytest.mark.django_db

IDS = sorted(path.parent.name for path in files.measure_files(settings.DEFINITIONS / "measures"))


@pytest.mark.parametrize("measure_id", IDS)
def test_shipped_measure_runs_over_live_views_of_a_province(system, world, officer, measure_id):
    found = queries.result(officer, measure_id, world.province, rules.year(2025))

    assert found.denominator >= found.numerator or found.measure.unit == "count"
    assert found.value is not None or found.reason
