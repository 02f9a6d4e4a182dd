"""Consent (FHIR Consent): what a person agreed to, purpose by purpose; withdrawn, it holds no longer at that moment.

    definitions/consents/purposes.yaml ─► purposes ─► given | withdrawn ─► Consent, one a person and purpose
                                                                             └─► permits(person, purpose), each time

Owns Consent. Whoever uses data for a purpose that takes consent asks `queries.permits` when it uses them, and keeps
no answer. Who may call: pages with `rights.open`, rooms that pass data on.
"""
