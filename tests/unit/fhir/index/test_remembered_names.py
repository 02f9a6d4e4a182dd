"""What is remembered of names that callers send stays small, and forgetting changes no number."""

import pytest

from ansinh.fhir.index import numbers
from ansinh.fhir.model import references

MOST = 8192
CACHES = [
    (numbers.key, lambda number: ("Patient", f"p-{number}")),
    (numbers.token, lambda number: ("http://loinc.org", f"{number}-1")),
    (references.parse, lambda number: (f"Patient/p-{number}",)),
]


@pytest.mark.parametrize(("cache", "names"), CACHES)
def test_more_names_than_are_remembered_leave_the_cache_at_its_limit(cache, names):
    first = cache(*names(0))
    for number in range(1, MOST + 100):
        cache(*names(number))

    assert cache.cache_info().currsize <= cache.cache_info().maxsize <= MOST
    assert cache(*names(0)) == first
