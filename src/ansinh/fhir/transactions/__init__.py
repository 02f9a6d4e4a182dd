"""Bundles of type transaction (all or nothing) and batch (each entry for itself).

    answer = process(repository, {"resourceType": "Bundle", "type": "transaction", "entry": [...]})

See docs/engine/transactions.md.
"""

from ansinh.fhir.transactions import conditional
from ansinh.fhir.transactions.processing import Door, process

__all__ = ["Door", "conditional", "process"]
