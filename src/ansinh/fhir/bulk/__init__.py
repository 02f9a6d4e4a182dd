"""Everything at once: Bulk Data export and import as NDJSON, as jobs of the node.

    $export   asking ─► job ─► snapshot (rows as of one journal position) ─► ndjson files ─► manifest
    $import   files ─► chunks ─► preparing (worker processes: parse, validate, index, compress)
                                  └─► placing (one writer: journal, rows, index, live views) ─► report of errors

Who may call: the FHIR door and the command line. See docs/engine/bulk.md.
"""
