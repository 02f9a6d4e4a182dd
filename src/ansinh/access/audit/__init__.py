"""Looking at who looked: the audit of the store as AuditEvents, in words, proved, anchored, and kept as long as is due.

    fhir.store.audit ─► queries (what this reader may see) ─► page, /fhir/AuditEvent, "who looked at my record"
                     └► anchors (signed ends of both chains) ─► a file elsewhere ─► `./ansinh audit verify --anchor`

Who may call: pages with `audit.open`, the FHIR door, the command line. See docs/audit.md.
"""
