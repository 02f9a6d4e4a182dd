"""From a resource to its index rows."""

from typing import Any

from ansinh.fhir.index.rows import Rows


def extract(resource: dict[str, Any]) -> Rows:
    """The rows of every search parameter of the resource's type."""
    return Rows()
