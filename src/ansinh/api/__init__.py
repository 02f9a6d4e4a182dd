"""The FHIR REST door: `/fhir` of FHIR R4 over HTTP, for machines with a bearer token.

    request ─► door (host, token, errors) ─► interactions ─► Repository(context), search, transactions
                                          ◄─ answers (headers, bundles), outcomes (OperationOutcome)

A Falcon WSGI application beside Django: it shares the database connection of its thread and nothing of sessions or
cookies, so no web page can act through it. Stored bytes are passed on as they are. Every refusal is an
OperationOutcome in Vietnamese (English when asked); an unexpected error shows only an id. Owns no resources and no
tables. See docs/engine/door.md.
"""
