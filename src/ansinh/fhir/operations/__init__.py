"""The clinical operations of FHIR as plain functions: what the door asks, a measure or a page can ask as well.

    Patient/$everything, Encounter/$everything ── everything ──┐
    Patient/$match ── matching (weights: definitions/matching) ┼─► search, Repository.read_many (access obeyed)
    Patient/$summary ── summary ─► narrative ─► document Bundle┘
    Questionnaire/$populate ── populate ─► QuestionnaireResponse
    QuestionnaireResponse/$extract ── extract ─► transaction Bundle ─► transactions (by the caller)
    ConceptMap/$translate ── translating ─► terminology.conceptmaps

Nothing here writes. Parameters come as plain values, answers are resources. See docs/engine/operations.md.
"""
