"""Records: the forms of a medical record, and the whole record of one person on paper and as a FHIR document.

    definitions/questionnaires/record-*.yaml ─► answers ─► Encounter + QuestionnaireResponse + Composition ─► signing
    everything written about a person ─► eleven groups ─► document Bundle (Composition first) ─┬─► JSON, signed
                                                                                               └─► PDF/A, PAdES-signed
Owns Composition of a person's record and definitions/catalogues/{record-groups,retention}.yaml. Signatures are
`clinical.signing`'s, looks are `ansinh.paper`'s. Callers: pages below /nguoi/<id>/benh-an/, `documents.person_document`
for a person's copy. See docs/records.md, ADR 0031.
"""
