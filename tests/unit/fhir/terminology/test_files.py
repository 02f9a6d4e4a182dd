"""YAML files of code systems and value sets: what is taken, and what each mistake is called."""

from datetime import date
from pathlib import Path

import pytest

from ansinh.fhir.terminology.files import read_code_system, read_value_set
from ansinh.kernel.errors import Invalid

DEFINITIONS = Path(__file__).resolve().parents[4] / "definitions"
GOOD = """
name: kind
title: Loại
source: Thông tư 1/2020
valid_from: 2020-01-01
concepts:
  - {code: a, display: Anh, english: A}
  - {code: b, display: Bình, parent: a, valid_from: 2021-01-01, valid_to: 2022-12-31}
"""


def write(folder: Path, text: str, name: str = "kind") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def keys_of(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {problem.key for problem in error.value.problems}


def test_good_file_fills_days_from_its_head(tmp_path):
    system = read_code_system(write(tmp_path, GOOD))

    first, second = system.entries
    assert system.url == "https://ansinh.vn/fhir/CodeSystem/kind"
    assert (first.valid_from, first.valid_to) == (date(2020, 1, 1), None)
    assert (second.valid_from, second.valid_to, second.parent) == (date(2021, 1, 1), date(2022, 12, 31), "a")


def test_displays_are_stored_composed(tmp_path):
    import unicodedata

    system = read_code_system(write(tmp_path, unicodedata.normalize("NFD", GOOD)))

    assert system.entries[1].display == "Bình"
    assert unicodedata.is_normalized("NFC", system.entries[1].display)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("source: Thông tư 1/2020", "source: ''", "missing"),
        ("name: kind", "name: other", "name-mismatch"),
        ("code: a,", "code: ' a',", "code-space"),
        ("code: a,", "code: 1,", "missing"),
        ("code: b", "code: a", "duplicate"),
        ("parent: a", "parent: z", "parent"),
        ("valid_to: 2022-12-31", "valid_to: 2020-12-31", "period"),
        ("valid_to: 2022-12-31", "valid_to: hôm nay", "not-date"),
        ("english: A", "englsh: A", "unknown-key"),
        ("title: Loại", "title: Loại\nlaw: x", "unknown-key"),
    ],
)
def test_each_mistake_is_refused_with_its_name_and_place(tmp_path, old, new, key):
    text = GOOD.replace(old, new)
    if key == "duplicate":
        text = text.replace("valid_from: 2021-01-01, ", "")

    with pytest.raises(Invalid) as error:
        read_code_system(write(tmp_path, text))

    assert key in keys_of(error)
    assert all("kind.yaml" in problem.message for problem in error.value.problems)


def test_broken_yaml_names_the_line(tmp_path):
    with pytest.raises(Invalid) as error:
        read_code_system(write(tmp_path, "name: kind\nconcepts: [\n"))

    assert "kind.yaml" in error.value.message
    assert "dòng" in error.value.message


def test_file_that_is_a_list_is_refused(tmp_path):
    with pytest.raises(Invalid):
        read_code_system(write(tmp_path, "- a\n- b\n"))


def test_value_set_part_without_system_is_refused(tmp_path):
    text = "name: kind\ntitle: T\nsource: S\nvalid_from: 2020-01-01\ninclude:\n  - {below: a}\n"

    with pytest.raises(Invalid) as error:
        read_value_set(write(tmp_path, text))

    assert keys_of(error) == {"set-system"}


@pytest.mark.parametrize("path", sorted((DEFINITIONS / "codesystems").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_code_system_is_sound_and_sourced(path):
    system = read_code_system(path)

    assert system.entries
    assert system.source


@pytest.mark.parametrize("path", sorted((DEFINITIONS / "valuesets").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_value_set_is_sound(path):
    assert read_value_set(path).include


def test_chapter_17_keeps_every_priced_row_once():
    system = read_code_system(DEFINITIONS / "codesystems" / "technique.yaml")

    rows = [service for entry in system.entries for service in entry.properties["services"]]

    assert len(rows) == 118
    assert len(system.entries) == 113
    assert all(service.startswith(entry.code) for entry in system.entries for service in entry.properties["services"])


def test_groups_ended_by_decree_176_end_on_the_last_day_of_june_2025():
    system = read_code_system(DEFINITIONS / "codesystems" / "beneficiary-group.yaml")

    ended = {entry.code: entry.valid_to for entry in system.entries if entry.valid_to}

    assert ended == {"nd20-5b": date(2025, 6, 30), "nd20-5c": date(2025, 6, 30)}
