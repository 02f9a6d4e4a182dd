"""Who read or wrote what of whom, when, as whom, why and from where: ids and codes, never content.

    write ─► planned with it ─────────────► the write's own transaction ─┐
    read ──► note in memory ─► every second ─► one row a reader and person ├─► seal ─► audit_row, journal_head
    export ► row ─────────────► before a file is handed out ──────────────┘

`entries`: the form of a row and its seal. `trail`: append and find. `reads`: notes of reads. `verifying`: prove the
chain. `keeping`: what is no longer kept. See docs/audit.md and docs/adr/0019-audit-in-one-chain.md.
"""
