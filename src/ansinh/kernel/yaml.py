"""Reading the project's YAML files: one loader for all, libyaml's where it is there (eight times faster)."""

from pathlib import Path
from typing import Any

import yaml

from ansinh.kernel.errors import Invalid

YAMLError = yaml.YAMLError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str | bytes) -> Any:
    """The content of a YAML text: plain values only. Raises `YAMLError` with line and column."""
    return yaml.load(text, Loader=_LOADER)


def read(path: Path) -> Any:
    """The content of a YAML file in UTF-8. Raises `YAMLError`, `OSError`."""
    return parse(path.read_text(encoding="utf-8"))


def document(path: Path, name: str = "") -> Any:
    """The content of a definition file. Raises Invalid (`not-yaml`) naming the file, as `name` when that says more,
    and the line where YAML breaks off."""
    try:
        return read(path)
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", dòng {mark.line + 1}" if mark else ""
        what = "không phải YAML đúng" if isinstance(error, YAMLError) else "không phải chữ UTF-8"
        raise Invalid(f"Tệp {name or path.name} không đọc được{line}: {what}.", code="not-yaml") from error
