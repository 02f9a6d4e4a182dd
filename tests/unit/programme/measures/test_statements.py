import sqlite3
from contextlib import closing
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.programme.measures import definition, rules, statements, tally

UNITS = [("so", "department"), ("bv", "hospital"), ("tt", "nursing-centre")]


def a_definition(**changes):
    data = {
        "id": "some-measure",
        "version": "1",
        "title": {"vi": "Một", "en": "One"},
        "unit": "percent",
        "direction": "increase",
        "question": "?",
        "population": "p",
        "numerator": "n",
        "denominator": "d",
        "sql": "SELECT f.id AS facility_id, x.id AS subject_id, x.id AS person_id, x.good AS numerator,"
        " 1 AS denominator FROM facility f JOIN thing x ON x.facility_id = f.id",
        "views": ["thing"],
        "sources": ["s"],
        "examples": [{"title": "t", "from": "2025-01-01", "to": "2025-01-02", "expect": []}],
        **changes,
    }
    return definition.parse(data)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["hospital"], ["bv"]),
        (["*"], ["so", "bv", "tt"]),
        ([], ["bv", "tt"]),
    ],
)
def test_taking_part_follows_the_kinds_of_the_file(kinds, expected):
    care = frozenset({"hospital", "nursing-centre"})

    assert [unit for unit, _ in statements.taking_part(a_definition(kinds=kinds), UNITS, care)] == expected


def test_facility_table_of_nothing_is_an_empty_table():
    table, params = statements.facility_table([])

    with closing(sqlite3.connect(":memory:")) as database:
        rows = database.execute(f"WITH {table} SELECT * FROM facility", params).fetchall()

    assert rows == []


@given(st.lists(st.tuples(st.text("ab'\";%-", max_size=6), st.sampled_from(["hospital", "x"])), max_size=5))
def test_facility_table_carries_any_id_as_a_parameter(facilities):
    table, params = statements.facility_table(facilities)

    with closing(sqlite3.connect(":memory:")) as database:
        rows = database.execute(f"WITH {table} SELECT id, kind FROM facility", params).fetchall()

    assert sorted(rows) == sorted(facilities)


def test_parameters_take_the_dated_value_of_the_period_end():
    values = {
        "minimum": [
            {"from": date(2021, 1, 1), "to": date(2025, 12, 31), "value": 70},
            {"from": "2026-01-01", "value": 80},
        ]
    }
    measure = a_definition(values=values)

    assert statements.parameters(measure, rules.year(2025), 5)["minimum"] == 70
    assert statements.parameters(measure, rules.year(2026), 5)["minimum"] == 80
    with pytest.raises(LookupError):
        statements.parameters(measure, rules.year(2020), 5)


def test_compose_puts_the_subjects_after_the_views_of_the_position():
    table, _ = statements.facility_table([("bv", "hospital")])

    sql = statements.compose("/*as of*/ WITH thing AS (SELECT 1) /*end*/", table, a_definition(), "SELECT 1")

    assert sql.startswith("/*as of*/ WITH thing AS (SELECT 1) /*end*/ WITH facility(id, kind) AS (")
    assert sql.endswith("SELECT 1")


@pytest.fixture
def database():
    with closing(sqlite3.connect(":memory:")) as connection:
        yield connection


SEX = definition.Stratifier("sex", "Giới", "SELECT w.id AS person_id, w.sex AS stratum FROM who w", ("who",), {})


def tally_of(database, measure, stratifiers=(), **params):
    table, values = statements.facility_table(UNITS[1:])
    sql = statements.together([table], [("", [(0, statements.tally(measure, stratifiers, "__0"))])])
    cursor = database.execute(sql, {**values, **statements.suffixed(params, "__0")})
    names = [column[0] for column in cursor.description]
    return tally.of_rows([dict(zip(names, row, strict=True)) for row in cursor])


def things(database, *rows):
    database.execute("CREATE TABLE thing (id, facility_id, good)")
    database.executemany("INSERT INTO thing VALUES (?, ?, ?)", rows)


def test_tally_counts_a_person_of_two_facilities_once_for_the_unit(database):
    things(database, ("p", "bv", 1), ("p", "tt", 1), ("q", "tt", 0))

    found = tally_of(database, a_definition())

    assert found.by_facility() == {"bv": (1, 1), "tt": (1, 2)}
    assert found.figure({"bv", "tt"}) == (1, 2)
    assert found.figure({"tt"}) == (1, 2)


def test_tally_counts_a_subject_once_however_many_rows_say_so(database):
    things(database, ("p", "bv", 1), ("p", "bv", 0), ("p", "bv", 1))

    assert tally_of(database, a_definition()).figure({"bv"}) == (1, 1)


def test_tally_breaks_down_by_strata_that_overlap_or_are_not_known(database):
    things(database, ("p", "bv", 1), ("p", "tt", 1), ("q", "tt", 0), ("r", "tt", 1))
    database.execute("CREATE TABLE who (id, sex)")
    database.executemany("INSERT INTO who VALUES (?, ?)", [("p", "f"), ("p", "m"), ("p", "f"), ("q", None)])

    found = tally_of(database, a_definition(), [SEX])

    assert found.strata("sex", {"bv", "tt"}) == {"f": (1, 1), "m": (1, 1), "": (1, 2)}
    assert found.strata("sex", {"bv"}) == {"f": (1, 1), "m": (1, 1)}


def test_tallies_of_several_periods_in_one_statement_keep_to_their_own_parameters(database):
    things(database, ("p", "bv", 1), ("q", "bv", 5), ("r", "bv", 9))
    sql = (
        "SELECT f.id AS facility_id, x.id AS subject_id, 1 AS numerator, 0 AS denominator "
        "FROM facility f JOIN thing x ON x.facility_id = f.id WHERE x.good <= :from AND ':from' <> x.id"
    )
    measure = a_definition(sql=sql, unit="count")
    table, values = statements.facility_table(UNITS)
    parts = [("", [(number, statements.tally(measure, (), f"__{number}"))]) for number in range(3)]

    cursor = database.execute(statements.together([table], parts), values | {"from__0": 0, "from__1": 5, "from__2": 9})

    assert [tuple(row)[0::7] for row in cursor] == [(1, 2), (2, 3)]


def test_id_table_holds_the_ids():
    table, params = statements.id_table("changed", ["a", "b'; --"])

    with closing(sqlite3.connect(":memory:")) as connection:
        rows = connection.execute(f"WITH {table} SELECT id FROM changed", params).fetchall()

    assert rows == [("a",), ("b'; --",)]


@pytest.mark.parametrize(("part", "ids"), [("dat", ["p"]), ("chua-dat", ["q"]), ("tat-ca", ["p", "q"])])
def test_subjects_lists_one_part_in_pages(database, part, ids):
    database.execute("CREATE TABLE thing (id, facility_id, good)")
    database.executemany("INSERT INTO thing VALUES (?, ?, ?)", [("p", "bv", 1), ("q", "bv", 0)])
    table, params = statements.facility_table(UNITS)
    sql = statements.compose("", table, a_definition(), statements.subjects(part))

    rows = database.execute(sql, {**params, "size": 10, "skip": 0}).fetchall()

    assert [row[1] for row in rows] == ids
    assert database.execute(sql, {**params, "size": 10, "skip": len(ids)}).fetchall() == []
