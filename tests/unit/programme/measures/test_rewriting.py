"""A measure's SQL in other engines' words."""

from pathlib import Path

import duckdb
import pytest

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import files, statements
from ansinh.programme.measures.engines.rewriting import rewritten

FOLDER = Path(__file__).parents[4] / "definitions" / "measures"
MEASURES = [files.read(path) for path in files.measure_files(FOLDER)]


def test_values_are_named_as_the_engine_names_them():
    sql = "SELECT :one AS a, ':two' AS b FROM x WHERE x.day <= :three__0"

    duck, spark = rewritten(sql, "duckdb"), rewritten(sql, "spark")

    assert duck.names == spark.names == {"one", "three__0"}
    assert "$three__0" in duck.sql
    assert ":three__0" in spark.sql
    assert "':two'" in duck.sql


def test_marker_of_reach_holds_always():
    found = rewritten("SELECT 1 AS n FROM patient p WHERE {reach:p} AND p.id = 'a'", "duckdb")

    assert "reach" not in found.sql
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE patient AS SELECT 'a' AS id")
        assert engine.execute(found.sql).fetchall() == [(1,)]


def test_spark_is_not_told_to_compute_a_part_once():
    sql = "WITH a AS MATERIALIZED (SELECT 1 AS n), b AS NOT MATERIALIZED (SELECT n FROM a) SELECT n FROM b"

    assert "MATERIALIZED" not in rewritten(sql, "spark").sql


def test_broken_sql_is_refused_with_its_place():
    with pytest.raises(Invalid, match=r"dòng 2, cột \d+"):
        rewritten("SELECT a,\n FROM (SELECT", "duckdb")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.id)
def test_every_measure_reads_in_both_words(measure):
    ways = [files.stratifiers(FOLDER)[name] for name in measure.stratifiers]
    sql = statements.tally(measure, ways, "__0")

    for dialect in ("duckdb", "spark"):
        found = rewritten(sql, dialect)
        assert found.names == {f"{name}__0" for name in _named(measure, ways)}


def _named(measure, ways):
    from ansinh.programme.measures.definition import named_parameters

    return set().union(*(named_parameters(each.sql) for each in (measure, *ways)))
