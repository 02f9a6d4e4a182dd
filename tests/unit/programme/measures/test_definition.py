import re
from pathlib import Path

import pytest
import yaml

from ansinh.kernel.errors import Invalid
from ansinh.programme.measures import definition, files

FOLDER = Path(__file__).parents[4] / "definitions" / "measures"


def a_measure(**changes):
    data = {
        "id": "people-counted",
        "version": "1.0.0",
        "title": {"vi": "Số người", "en": "People"},
        "unit": "percent",
        "direction": "increase",
        "question": "Bao nhiêu người?",
        "population": "Mọi người.",
        "numerator": "Người đạt.",
        "denominator": "Mọi   người\n của cơ sở.",
        "sql": "SELECT facility_id, id AS subject_id, 1 AS numerator, 1 AS denominator FROM patient WHERE x <= :to",
        "views": ["patient"],
        "sources": ["Kế hoạch, mục II"],
        "examples": [{"title": "một", "from": "2025-01-01", "to": "2025-12-31", "expect": []}],
    }
    return {**data, **changes}


def problems_of(**changes):
    with pytest.raises(Invalid) as caught:
        definition.parse(a_measure(**changes), file="people-counted/measure.yaml", stratifiers=["sex"])
    assert "people-counted/measure.yaml" in caught.value.message
    return {problem.expression for problem in caught.value.problems}


def test_parse_complete_file_gives_a_definition_with_texts_on_one_line():
    parsed = definition.parse(a_measure(), stratifiers=[])

    assert parsed.denominator == "Mọi người của cơ sở."
    assert parsed.views == ("patient",)
    assert parsed.examples[0].title == "một"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": "Số người"}, "id"),
        ({"version": None}, "version"),
        ({"unit": "ratio"}, "unit"),
        ({"direction": "up"}, "direction"),
        ({"title": {"vi": "Số người"}}, "title.en"),
        ({"question": " "}, "question"),
        ({"denominator": ""}, "denominator"),
        ({"sources": []}, "sources"),
        ({"examples": []}, "examples"),
        ({"stratifiers": ["height"]}, "stratifiers"),
        ({"sql": "SELECT facility_id, subject_id, numerator, denominator FROM t WHERE a = :threshold"}, "sql"),
        ({"sql": "SELECT facility_id, subject_id, numerator FROM t"}, "sql"),
        ({"sql": "SELECT facility_id, subject_id, numerator, denominator FROM t; DELETE FROM t"}, "sql"),
        ({"views": ["patient; drop"]}, "views[0]"),
        ({"values": {"minimum": [{"from": "2025-01-01"}]}}, "values.minimum[0].value"),
    ],
)
def test_parse_incomplete_file_names_the_path_of_what_is_wrong(changes, path):
    assert problems_of(**changes) == {path}


def test_parse_several_mistakes_are_all_told_at_once():
    assert problems_of(unit="x", sources=None, question=None) == {"unit", "sources", "question"}


def test_parse_something_else_than_a_table_is_refused():
    with pytest.raises(Invalid):
        definition.parse(["không phải bảng"])


def test_parse_count_needs_no_denominator_words():
    assert definition.parse(a_measure(unit="count", denominator=None)).denominator == ""


def test_named_parameters_leave_casts_alone():
    assert definition.named_parameters("SELECT a::text, :to, b FROM t WHERE c=:from_day") == {"to", "from_day"}


def test_words_follow_the_order_of_the_file_and_ignore_unknown_codes():
    parsed = definition.parse(a_measure(missing={"identity": "Thiếu tên", "check": "Chưa khám"}))

    assert parsed.words("check other identity") == ["Thiếu tên", "Chưa khám"]
    assert parsed.words(None) == []


@pytest.mark.parametrize("path", files.measure_files(FOLDER), ids=lambda path: path.parent.name)
def test_shipped_measure_uses_only_views_it_declares(path):
    parsed = files.read(path)

    used = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", parsed.sql))
    assert used - {"facility"} == set(parsed.views)


def test_read_broken_yaml_names_file_and_line(tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "measure.yaml").write_text("id: broken\nsql: [\n", encoding="utf-8")
    (tmp_path / "stratifiers.yaml").write_text("{}", encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        files.read(folder / "measure.yaml")

    assert "broken/measure.yaml" in caught.value.message
    assert "dòng 3" in caught.value.message


def test_read_id_other_than_its_folder_is_refused(tmp_path):
    folder = tmp_path / "another"
    folder.mkdir()
    (folder / "measure.yaml").write_text(yaml.safe_dump(a_measure(), allow_unicode=True), encoding="utf-8")
    (tmp_path / "stratifiers.yaml").write_text("{}", encoding="utf-8")

    with pytest.raises(Invalid, match="people-counted"):
        files.read(folder / "measure.yaml")
