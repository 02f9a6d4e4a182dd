"""Rows of live views asked straight from the driver and through Django's cursor: the same names, values and kinds."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.utils import Error
from django.test.utils import CaptureQueriesContext

from ansinh.fhir.store import database
from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context

pytestmark = pytest.mark.django_db

QUESTIONS = [
    ("SELECT 1 AS n, 'a' AS t, CAST(:x AS TEXT) AS x", {"x": "Đắk Nông"}),
    ("SELECT CAST(:n AS INTEGER) + 1 AS n", {"n": 41}),
    ("SELECT '100%' AS share, ':x' AS kept, CAST(:x AS TEXT) AS x", {"x": "%s"}),
    ("SELECT o.code, o.name FROM view_organization o WHERE o.kind = :kind ORDER BY o.code", {"kind": "province"}),
    ("SELECT COUNT(*) AS n FROM view_organization o WHERE o.name LIKE :part", {"part": "%Ninh Bình%"}),
    ("SELECT o.valid_to AS day FROM view_organization o ORDER BY o.id LIMIT :most", {"most": 3}),
    ("SELECT CAST(:flag AS INTEGER) AS flag", {"flag": None}),
    ("SELECT o.id FROM view_organization o WHERE 1 = 0", {}),
]


@pytest.mark.parametrize(("sql", "params"), QUESTIONS, ids=range(len(QUESTIONS)))
def test_rows_are_the_same_counted_and_not_counted(world, sql, params):
    with CaptureQueriesContext(connection) as seen:
        counted = tables.rows(system_context(), sql, params)

    assert len(seen) == 1
    assert tables.rows(system_context(), sql, params) == counted


def test_rows_values_that_the_driver_is_not_sent_go_through_the_cursor(world):
    row = tables.rows(system_context(), "SELECT CAST(:x AS NUMERIC) AS x", {"x": Decimal("1.5")})[0]

    assert Decimal(str(row["x"])) == Decimal("1.5")


def test_table_names_the_columns_of_an_empty_answer(world):
    assert database.table("SELECT 1 AS a, 2 AS b WHERE 1 = %s", [0]) == (["a", "b"], [])


def test_rows_a_missing_value_is_a_mistake_of_the_caller(world):
    with pytest.raises(KeyError):
        tables.rows(system_context(), "SELECT :a AS a", {})


def test_rows_wrong_sql_is_an_error_of_django(world):
    with pytest.raises(Error):
        tables.rows(system_context(), "SELECT nothing_of_the_kind")
