"""Synthetic people and their care, for the demo, tests, screenshots and benchmarks. Never a real person.

    seed ─► people.draw() ─► Person (plain values: who, groups, stays)
                 └─► care.draw() ─► Event (plain values: check, visit, session, screening)
                          └─► records.build() ─► FHIR resources, through the rooms' own `resources`
                                     └─► loading.load() ─► the store (nothing doubled: ids come from the seed)

Same seed, same people, same bytes. Each resource carries the tag `data-kind|synthetic`. Dates end at `LAST_DAY`, so
that the data do not change with the day on which they are loaded.
"""

from datetime import date

LAST_DAY = date(2026, 11, 15)
FIRST_YEAR = 2021
