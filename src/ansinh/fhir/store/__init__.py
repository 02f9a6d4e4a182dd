"""The record: the only writer of resource tables, and the only way to reach a resource.

    repository = Repository(context)
    saved = repository.create({"resourceType": "Patient", ...})

Each write is one transaction: journal entry, current row, index rows, projections and audit row together or not at
all. What a reader may not see is `NotFound`. Who may call: every room above, always with a Context.
See docs/engine/store.md.
"""

from ansinh.fhir.store.changes import Wanted
from ansinh.fhir.store.planning import Plan
from ansinh.fhir.store.records import Change, Event, Raw, Saved, Version
from ansinh.fhir.store.repository import BATCH, Repository

__all__ = ["BATCH", "Change", "Event", "Plan", "Raw", "Repository", "Saved", "Version", "Wanted"]
