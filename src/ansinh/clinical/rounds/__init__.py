"""Work done for a whole ward at once: the round of vitals, the care log of a shift, the handover sheet.

grid of a ward ─► each row judged by itself ─► the good rows in one transaction ─► the others stay with their problems

A round has an id: each person's part of it has an id made from both, so a grid sent twice writes nothing twice. Owns
Encounter `vitals-round` and the QuestionnaireResponses of `care-log`. See docs/rounds.md.
"""
