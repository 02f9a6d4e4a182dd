"""Signing: who wrote an entry of the record answers for it with a signature that anybody can verify later.

    contact (Encounter and what was written in it) ─► canonical bytes ─► CMS signature of the author ─► Provenance
        Provenance with the entry's own id is its seal: from then on every door refuses a change (ADR 0012, guards)
        unless it is an amendment with a reason, or marks the entry as entered in error; what was stays in the journal
    PDF ─► PAdES signature ─► file        file or entry ─► verification in words

Owns Provenance of signatures and the extension `amendment`; certificates of the node's own test authority. Keys may be
held by the node or by a provider outside (`providers`). Callers: `actions.sign_entry`, `actions.amend_part`,
`queries.entry`, `queries.entries_of`, `documents.sign_pdf`, `documents.verify_pdf`. See docs/signing.md, ADR 0030.
"""
