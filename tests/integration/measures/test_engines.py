"""Figures of exported views are those of the node, whichever engine counts."""

import json
import shutil
from dataclasses import replace

import pytest

from ansinh.fhir.views import exporting, live
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.programme.measures import counting, keeping, rules
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.engines import spark
from ansinh.programme.measures.engines.answers import answers
from ansinh.programme.measures.engines.duck import DuckDB
from ansinh.programme.measures.engines.source import Exported

pytestmark = pytest.mark.django_db

YEAR = rules.year(2025)


@pytest.fixture(autouse=True)
def empty_memory():
    keeping.forget()
    yield
    keeping.forget()


@pytest.fixture
def people(world, person_at):
    """At two facilities, some checked; one who left, one without a sex."""
    person_at(world.a, checked="2025-08-01")
    person_at(world.a, gender="male", birth="2015-06-01", checked="2025-03-01")
    person_at(world.b, gender="unknown", birth="1990")
    return person_at


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "xuat"


def said(count, period=YEAR, measures=()):
    found = []
    for measure_id in measures or counting.all_ids():
        found += answers(count, measure_id, count.register.units, period)
    return found


def test_duckdb_counts_what_the_node_counts(people, folder):
    exporting.export(folder)

    found = said(Exported(folder, DuckDB()))

    assert found == said(Counting())
    assert any(each["numerator"] for each in found)
    assert any(each["strata"].get("sex") for each in found)


def test_an_earlier_position_gives_what_was_known_then(world, people, folder):
    before = Counting().position
    people(world.a, checked="2025-09-01")
    exporting.export(folder)

    then = said(Exported(folder, DuckDB(), as_of=before), measures=["stays-open"])

    assert then == said(Counting(before), measures=["stays-open"])
    assert then != said(Exported(folder, DuckDB()), measures=["stays-open"])


def test_what_is_written_after_the_export_is_not_in_it(world, people, folder):
    manifest = exporting.export(folder)
    expected = said(Counting(), measures=["stays-open"])
    people(world.b)

    count = Exported(folder, DuckDB())

    assert count.position == manifest.position
    assert said(count, measures=["stays-open"]) == expected


def test_spark_counts_what_the_node_counts(people, folder):
    pytest.importorskip("pyspark", reason="Spark is the extra «national»")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    exporting.export(folder)
    measures = ["stays-open", "periodic-checks-done"]
    engine = spark.Spark("local[2]")
    try:
        assert said(Exported(folder, engine), measures=measures) == said(Counting(), measures=measures)
    finally:
        engine.close()


def test_spark_without_java_says_what_is_missing(monkeypatch):
    pytest.importorskip("pyspark", reason="Spark is the extra «national»")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(Refused, match="Java 17"):
        spark.Spark()


def test_spark_that_is_not_installed_says_how_to(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)

    with pytest.raises(Refused, match="--extra national"):
        spark.Spark()


def test_rows_stand_by_owner_and_year(world, people, folder):
    manifest = exporting.export(folder, ["encounter", "patient", "retraction"])

    years = sorted(path.parent.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))

    assert years == [
        f"encounter/org={world.a}/event_year=2025",
        *sorted(f"patient/org={org}/event_year=0000" for org in (world.a, world.b)),
    ]
    assert {name: view.rows for name, view in manifest.views.items()} == {"encounter": 2, "patient": 3, "retraction": 0}


def test_empty_text_and_nothing_stay_apart(world, system, folder):
    text = 'dấu "nháy", phẩy\nvà dòng mới'
    body = {"resourceType": "Organization", "name": text, "active": True}
    written = system.create(body).resource["id"]
    exporting.export(folder, ["organization"])

    with exporting.connect() as engine:
        pattern = str(folder / "organization" / "*" / "*" / "*.parquet")
        found = engine.execute(f"SELECT name, english, seq_to FROM read_parquet('{pattern}') WHERE id = ?", [written])
        assert found.fetchall() == [(text, None, 9223372036854775807)]


def test_a_second_export_takes_the_place_of_the_first(people, folder):
    exporting.export(folder)
    exporting.export(folder, ["patient"])

    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "patient"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_folder_of_others_is_left_alone(folder):
    folder.mkdir()
    (folder / "thu.txt").write_text("của người khác")

    with pytest.raises(Conflict, match="đang có tệp khác"):
        exporting.export(folder)

    assert [path.name for path in folder.iterdir()] == ["thu.txt"]


def test_a_failed_export_leaves_the_one_before(people, folder, monkeypatch):
    exporting.export(folder, ["patient"])
    monkeypatch.setattr(exporting, "_to_parquet", _fail)

    with pytest.raises(OSError, match="đĩa đầy"):
        exporting.export(folder)

    assert list(exporting.read_manifest(folder).views) == ["patient"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def _fail(*args):
    raise OSError("đĩa đầy")


def test_unknown_view_is_named(folder):
    with pytest.raises(NotFound, match="«la»"):
        exporting.export(folder, ["la"])
    assert not folder.exists()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda data: data | {"format": 99}, Invalid, "cách sắp xếp khác"),
        (lambda data: [data], Invalid, "cách sắp xếp khác"),
        (
            lambda data: data | {"views": {"patient": data["views"]["patient"] | {"digest": "khac"}}},
            Invalid,
            "định nghĩa khác của khung nhìn «patient»",
        ),
    ],
)
def test_an_export_of_another_version_is_refused(people, folder, change, error, words):
    exporting.export(folder)
    path = folder / exporting.MANIFEST
    path.write_text(json.dumps(change(json.loads(path.read_text()))))

    with pytest.raises(error, match=words):
        Exported(folder, DuckDB())


def test_folder_without_an_export_is_refused(folder):
    with pytest.raises(NotFound, match=r"manifest\.json"):
        Exported(folder, DuckDB())


@pytest.mark.parametrize("position", [0, 1 << 40])
def test_position_outside_the_export_is_refused(folder, position):
    exporting.export(folder, ["organization"])

    with pytest.raises(Conflict, match="từ vị trí 1 đến"):
        Exported(folder, DuckDB(), as_of=position)


def test_view_that_was_not_exported_is_named(people, folder):
    exporting.export(folder, ["organization", "organization_affiliation"])

    with pytest.raises(NotFound, match="không có khung nhìn «episode»"):
        said(Exported(folder, DuckDB()), measures=["stays-open"])


def test_sql_that_the_engine_does_not_take_is_refused_in_words(people, folder):
    exporting.export(folder)
    count = Exported(folder, DuckDB())
    measure = count.definition("stays-open")
    wrong = replace(measure, sql=measure.sql.replace("e.status", "e.khong_co", 1))

    with pytest.raises(Invalid, match="khong_co"):
        count.tally(wrong, YEAR)


def test_views_in_the_making_are_not_exported(folder, monkeypatch):
    from ansinh.fhir.views import rebuilding

    monkeypatch.setattr(rebuilding, "unready", lambda: {"patient": 12})

    with pytest.raises(rebuilding.UserError):
        exporting.export(folder)


def test_all_kept_views_are_exported(folder):
    assert list(exporting.export(folder).views) == live.names()
