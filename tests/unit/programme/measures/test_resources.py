from decimal import Decimal
from pathlib import Path

import pytest

from ansinh.programme.measures import files, resources, rules
from ansinh.programme.measures.figures import UnitFigure

FOLDER = Path(__file__).parents[4] / "definitions" / "measures"
PATHS = files.measure_files(FOLDER)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.name)
def test_measure_carries_its_whole_definition(path):
    parsed = files.read(path)

    stored = resources.measure(parsed, files.read_yaml(path))

    read = resources.definition_of(stored)
    assert (read.sql, read.missing_words, read.kinds) == (parsed.sql, parsed.missing_words, parsed.kinds)
    codes = [each["code"]["coding"][0]["code"] for each in stored["group"][0]["population"]]
    assert ("denominator" in codes) == (parsed.unit == "percent")


@pytest.mark.parametrize("unit", ["percent", "count"])
def test_report_reads_back_what_was_frozen(unit):
    name = "people-managed-electronically" if unit == "percent" else "visits"
    parsed = files.read(FOLDER / name / "measure.yaml")
    whole = 8 if unit == "percent" else 0
    total = UnitFigure("nb", "Ninh Bình", 6, whole, rules.value(unit, 6, whole))
    parts = (
        UnitFigure("a", "A", 6, whole, Decimal("75.0") if whole else Decimal(6)),
        UnitFigure("b", "B", 0, 0, None, True),
    )

    frozen = resources.frozen(resources.report(parsed, total, parts, rules.year(2025), 77, "2025-12-09"))

    assert (frozen.measure_id, frozen.version, frozen.position) == (parsed.id, parsed.version, 77)
    assert frozen.period == rules.year(2025)
    assert frozen.total == total
    assert frozen.by_unit == parts


def test_report_id_changes_with_everything_that_makes_the_figure():
    parsed = files.read(FOLDER / "visits" / "measure.yaml")
    other = files.read(FOLDER / "stays-open" / "measure.yaml")

    ids = {
        resources.report_id(parsed, "nb", rules.year(2025), 1),
        resources.report_id(other, "nb", rules.year(2025), 1),
        resources.report_id(parsed, "dn", rules.year(2025), 1),
        resources.report_id(parsed, "nb", rules.year(2024), 1),
        resources.report_id(parsed, "nb", rules.year(2025), 2),
    }

    assert len(ids) == 5
