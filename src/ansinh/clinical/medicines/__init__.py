"""Medicines: list of the facility, orders, rounds on which they are given, allergies, stock, prescriptions.

list (Medication) ─► order (MedicationRequest, Timing) ─► checks: allergy · twice · interaction · dose by weight
                                  │                              └─► refused in words, or a reason: DetectedIssue
    hour of the day ─► round: given · refused · held (MedicationAdministration), controlled ones signed by two
    stock by lot and expiry (own tables, FHIR R4 has none) ─► handed out (MedicationDispense)

What is known of substances comes from an installed file with its source; none stands in code. See docs/medicines.md.
"""
