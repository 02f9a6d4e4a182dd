"""Every example of every measure file, run as written: small tables in, figures out.

The views are plain tables here, in SQLite; `tests/integration/measures` runs the same queries over live views on
both databases.
"""

import re
import sqlite3
from pathlib import Path

import pytest

from ansinh.programme.measures import files, statements, tally

FOLDER = Path(__file__).parents[3] / "definitions" / "measures"
DEFINITIONS = {path.parent.name: files.read(path) for path in files.measure_files(FOLDER)}
CASES = [
    pytest.param(definition, example, id=f"{name}: {example.title}")
    for name, definition in DEFINITIONS.items()
    for example in definition.examples
]


def plain_columns(view):
    """Columns that the view's file declares; for a view not in the tree, whatever the example names."""
    path = FOLDER.parent / "views" / f"{view}.yaml"
    if not path.exists():
        return set()
    columns: set[str] = set()

    def collect(node):
        if isinstance(node, dict):
            columns.update(column["name"] for column in node.get("column", ()))
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                collect(child)

    collect(files.read_yaml(path).get("select"))
    return columns


@pytest.fixture
def database():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def named_in_examples(definition, view):
    rows = [row for example in definition.examples for row in example.rows.get(view, ())]
    return {column for row in rows for column in row}


def fill(database, view, rows, definition):
    declared = plain_columns(view) or named_in_examples(definition, view)
    used = {column for row in rows for column in row}
    assert not declared or used <= declared, f"{view} has no column {used - declared}"
    columns = sorted(declared | used) or ["id"]
    database.execute(f"CREATE TABLE {view} ({', '.join(columns)})")
    for row in rows:
        marks = ", ".join("?" for _ in columns)
        database.execute(f"INSERT INTO {view} VALUES ({marks})", [row.get(column) for column in columns])


def ask(database, definition, example, tail):
    table, params = given(definition, example)
    return run(database, statements.compose("", table, definition, tail), params)


def tally_of(database, definition, example):
    table, params = given(definition, example)
    ways = [files.stratifiers(FOLDER)[name] for name in definition.stratifiers]
    sql = statements.together([table], [("", [(0, statements.tally(definition, ways))])])
    return tally.of_rows(run(database, sql, params))


def given(definition, example):
    kinds = [(facility["id"], facility["kind"]) for facility in example.facilities]
    table, params = statements.facility_table(statements.taking_part(definition, kinds))
    period = statements.example_period(example.start, example.end)
    return table, params | statements.parameters(definition, period, 0)


def run(database, sql, params):
    sql = re.sub(r"\{reach:\w+\}", "1 = 1", sql)  # the node counts for everybody; who may see what is tested elsewhere
    return [dict(row) for row in database.execute(sql, params)]


def build(database, definition, rows):
    """Tables of everything that the measure and its breakdowns read, filled with these rows."""
    ways = [files.stratifiers(FOLDER)[name] for name in definition.stratifiers]
    for view in {*statements.views_of(definition, ways), *rows}:
        database.execute(f"DROP TABLE IF EXISTS {view}")
        fill(database, view, rows.get(view, ()), definition)


@pytest.fixture
def world(database, request):
    definition, example = request.param
    build(database, definition, example.rows)
    return database, definition, example


@pytest.mark.parametrize("world", [pytest.param(case.values, id=case.id) for case in CASES], indirect=True)
def test_example_gives_the_expected_figures_and_lists(world):
    database, definition, example = world

    found = tally_of(database, definition, example)

    total = found.figure({facility["id"] for facility in example.facilities})
    expected = {row["facility_id"]: (row["numerator"], row["denominator"]) for row in example.expect}
    assert total == expected.pop("", total)
    assert found.by_facility() == expected
    for part, index in (("dat", 0), ("tat-ca", 1)):
        if definition.unit == "count" and part == "tat-ca":
            continue
        people = list_subjects(database, definition, example, part)
        assert len({row["subject_id"] for row in people}) == total[index]
    left = list_subjects(database, definition, example, "chua-dat")
    assert all(definition.words(row["missing"]) for row in left if definition.missing_words)


def list_subjects(database, definition, example, part):
    tail = statements.subjects(part).replace(":size", "1000").replace(":skip", "0")
    return ask(database, definition, example, tail)


@pytest.mark.parametrize("world", [pytest.param(case.values, id=case.id) for case in CASES], indirect=True)
def test_example_gives_the_expected_breakdowns_in_known_strata(world):
    database, definition, example = world
    everywhere = {facility["id"] for facility in example.facilities}

    found = tally_of(database, definition, example)

    for name in definition.stratifiers:
        strata = found.strata(name, everywhere)
        assert set(strata) <= set(files.stratifiers(FOLDER)[name].strata)
        if name in example.strata:
            assert strata == {row["stratum"]: (row["numerator"], row["denominator"]) for row in example.strata[name]}


@pytest.mark.parametrize(
    "world", [pytest.param(case.values, id=case.id) for case in CASES if case.values[0].people], indirect=True
)
def test_measure_about_people_counts_each_person_by_the_own_records_alone(world):
    """Kept tallies are mended person by person: a measure that looks at two people at once would go wrong."""
    database, definition, example = world
    together = tally_of(database, definition, example)

    apart = tally.Tally()
    for person in people_in(example):
        build(database, definition, {view: rows_of(view, rows, person) for view, rows in example.rows.items()})
        apart = apart.mended(tally.Tally(), tally_of(database, definition, example))

    assert apart == together


def people_in(example):
    return {row.get(person_column(view)) for view, rows in example.rows.items() for row in rows} - {None}


def rows_of(view, rows, person):
    return [row for row in rows if row.get(person_column(view)) == person]


def person_column(view):
    return "id" if files.read_yaml(FOLDER.parent / "views" / f"{view}.yaml")["resource"] == "Patient" else "patient_id"


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS.keys())
def test_percent_measure_counts_only_from_its_population(definition, database):
    """numerator = 1 without denominator = 1 would give more than 100 %."""
    for view in statements.views_of(definition):
        rows = [row for example in definition.examples for row in example.rows.get(view, ())]
        fill(database, view, rows, definition)
    for example in definition.examples:
        rows = ask(database, definition, example, "SELECT * FROM subject")
        assert all(row["numerator"] in (0, 1) and row["denominator"] in (0, 1) for row in rows)
        if definition.unit == "percent":
            assert all(row["numerator"] <= row["denominator"] for row in rows)


@pytest.mark.parametrize("name", [name for name, each in DEFINITIONS.items() if each.unit == "percent"])
def test_example_of_a_share_has_one_who_counts_and_one_who_does_not(name):
    """Otherwise the examples would pass with the numerator ignored."""
    totals = [row for example in DEFINITIONS[name].examples for row in example.expect if row["facility_id"]]

    assert any(row["numerator"] > 0 for row in totals)
    assert any(row["numerator"] < row["denominator"] for row in totals)
