"""The functions of FHIRPath, by the chapters of the specification. Importing this package fills `FUNCTIONS`."""

from ansinh.fhir.path.functions import (
    boundaries,
    collections,
    conversion,
    filtering,
    mathematics,
    resources,
    strings,
    tree,
)
from ansinh.fhir.path.functions.registry import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS", "Function", "boundaries", "collections", "conversion", "filtering", "mathematics", "resources",
    "strings", "tree",
]  # fmt: skip
