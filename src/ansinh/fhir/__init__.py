"""The FHIR R4 (4.0.1) engine. Knows nothing of Vietnam, facilities or programmes.

One straight stair, each step uses only those below it:

    bulk | operations | subscriptions > transactions > search | views > jobs > store
      > index > validation > terminology > path > model

A write: `store.Repository(context).create(resource)` → validation refuses or passes → in one transaction the
journal entry, the current body, the search index, the live-view rows (registered projections) and the audit row.
A read: `search` plans SQL over the index, `store` hands out bodies, `views` are plain SQL tables.
"""
