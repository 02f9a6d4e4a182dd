"""Reading the project's YAML files: one loader for all, libyaml's where it is there (eight times faster)."""

from pathlib import Path
from typing import Any

import yaml

YAMLError = yaml.YAMLError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str | bytes) -> Any:
    """The content of a YAML text: plain values only. Raises `YAMLError` with line and column."""
    return yaml.load(text, Loader=_LOADER)


def read(path: Path) -> Any:
    """The content of a YAML file in UTF-8. Raises `YAMLError`, `OSError`."""
    return parse(path.read_text(encoding="utf-8"))
