"""What to find resources by: the search parameters of R4, extracted into narrow typed rows.

`extract(resource)` gives the rows of one resource; the store writes them in the same transaction.
See docs/engine/index.md.
"""

from ansinh.fhir.index.extraction import extract, forget
from ansinh.fhir.index.rows import Rows

__all__ = ["Rows", "extract", "forget"]
