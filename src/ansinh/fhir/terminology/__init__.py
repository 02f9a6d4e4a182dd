"""Codes with their displays and the days between which they hold: the project's own lists, ICD-10, FHIR's own.

    definitions/codesystems/*.yaml ─┐
    definitions/valuesets/*.yaml  ──┼─ loading ─► ConceptRow, ValueSetRow ─► concepts, valuesets
    ICD-10 workbook of the ministry ┘             fhir.model (FHIR's sets) ─► valuesets
    definitions/catalogues/admin-units.yaml ────────────────────────────────► admin_units

`concepts` answers what a code means (`lookup`, `display`) and finds codes by words (`find`). `valuesets` says
whether a code is in a set (`contains`: True, False, or None where it cannot decide) and lists a set (`expand`).
A code is never removed: it ends (`valid_to`), so that old records keep their meaning.
"""
