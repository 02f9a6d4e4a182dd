"""Named values of a query as the drivers take them: in their order, whatever stands in quotes."""

import pytest

from ansinh.fhir.store import database
from ansinh.fhir.views import tables

ORDERS = [
    ("SELECT 1", "SELECT 1", []),
    ("SELECT :a, :b", "SELECT %s, %s", ["a", "b"]),
    ("WHERE x = :a AND y = :b AND z = :a", "WHERE x = %s AND y = %s AND z = %s", ["a", "b", "a"]),
    ("SELECT ':a', :a", "SELECT ':a', %s", ["a"]),
    ("SELECT 'it''s :a', :b", "SELECT 'it''s :a', %s", ["b"]),
    ("SELECT x::text, :a", "SELECT x::text, %s", ["a"]),
    ("WHERE x LIKE 'a%' AND y = :a", "WHERE x LIKE 'a%%' AND y = %s", ["a"]),
    ("WHERE x LIKE '%s' AND y = :a", "WHERE x LIKE '%%s' AND y = %s", ["a"]),
    ("SELECT 5 % 2, :a", "SELECT 5 %% 2, %s", ["a"]),
    ("BETWEEN :from AND :to || 'Z'", "BETWEEN %s AND %s || 'Z'", ["from", "to"]),
    ("VALUES (CAST(:id_0 AS TEXT))", "VALUES (CAST(%s AS TEXT))", ["id_0"]),
]


@pytest.mark.parametrize(("sql", "statement", "names"), ORDERS, ids=[row[0] for row in ORDERS])
def test_named_values_become_places_in_their_order(sql, statement, names):
    assert tables._in_order(sql) == (statement, names)


@pytest.mark.parametrize(
    ("statement", "numbered", "questioned"),
    [
        ("SELECT %s, %s", b"SELECT $1, $2", "SELECT ?, ?"),
        ("x LIKE 'a%%' AND y = %s", b"x LIKE 'a%' AND y = $1", "x LIKE 'a%' AND y = ?"),
        ("x LIKE '%%s' AND y = %s", b"x LIKE '%s' AND y = $1", "x LIKE '%s' AND y = ?"),
        ("SELECT 5 %% 2", b"SELECT 5 % 2", "SELECT 5 % 2"),
    ],
)
def test_places_become_those_of_each_database_and_a_percent_sign_stays_one(statement, numbered, questioned):
    assert database._numbered(statement) == numbered
    assert database._questioned(statement) == questioned
