"""Reads `definitions/measures/`: one folder a measure, and the shared ways to break figures down. No database."""

from functools import cache
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.programme.measures.definition import Definition, Stratifier, parse, parse_stratifiers


def measure_files(folder: Path) -> list[Path]:
    """The measure files of the folder, in order of name."""
    return sorted(folder.glob("*/measure.yaml"))


@cache
def stratifiers(folder: Path) -> dict[str, Stratifier]:
    """The shared ways to break down, by name."""
    return parse_stratifiers(read_yaml(folder / "stratifiers.yaml"))


def read(path: Path) -> Definition:
    """One measure. Raises Invalid naming the file, the path in it and what is wrong."""
    name = f"{path.parent.name}/{path.name}"
    definition = parse(read_yaml(path), file=name, stratifiers=stratifiers(path.parents[1]))
    if definition.id != path.parent.name:
        raise Invalid(f"Tệp chỉ tiêu {name}: mã “{definition.id}” phải trùng tên thư mục.", field="id")
    return definition


def read_yaml(path: Path) -> Any:
    """A YAML document; a syntax error becomes Invalid with its line."""
    return yaml.document(path, f"{path.parent.name}/{path.name}")
