"""FHIR search: parse → plan → SQL, obeying the reader's reach; a plain in-memory runner beside it for tests.

    page = search(repository, "Patient", [("name", "van a"), ("_sort", "-birthdate")])

See docs/engine/search.md.
"""

from ansinh.fhir.search.found import Found, Page
from ansinh.fhir.search.histories import Versions, history, history_bundle
from ansinh.fhir.search.labels import labels
from ansinh.fhir.search.running import Params, find_one, search, search_compartment, search_types
from ansinh.fhir.search.statements import TooSlow

__all__ = [
    "Found", "Page", "Params", "TooSlow", "Versions", "find_one", "history", "history_bundle", "labels", "search",
    "search_compartment", "search_types",
]  # fmt: skip
