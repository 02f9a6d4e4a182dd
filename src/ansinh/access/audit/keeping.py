"""How long the audit is kept: `definitions/retention/audit.yaml`, asked once a day by the worker."""

from functools import cache
from pathlib import Path

from django.conf import settings

from ansinh.fhir.store.audit import keeping
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import COUNT, DAY, TEXT, misfits

_FILE = {"id": TEXT, "title": TEXT, "years": COUNT, "source": TEXT, "valid_from?": DAY}
LEAST = 10
"""Years: a file that says less is a slip (an ordinary record is kept as long, TT 33/2025/TT-BYT)."""


@cache
def years() -> int:
    """The years that the rule says."""
    return read_rule(Path(settings.DEFINITIONS) / "retention" / "audit.yaml")


def read_rule(path: Path) -> int:
    """Raises Invalid naming the file for anything that is no such rule."""
    data = yaml.document(path)
    for place, what in misfits(data, _FILE):
        raise Invalid(f"Tệp {path.name}: {place or 'tệp'}: {what}.", code="retention-file", field=place)
    if data["years"] < LEAST:
        raise Invalid(f"Tệp {path.name}: years phải là số nguyên từ {LEAST}.", code="retention-file", field="years")
    return data["years"]


def tidy() -> bool:
    """A step of the worker: remove what is older. Nothing more to do at once."""
    keeping.forget_older(days=years() * 366)
    return False
