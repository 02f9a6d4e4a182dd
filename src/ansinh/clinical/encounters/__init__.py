"""Visits and periodic checks: vitals, complaint, diagnoses, note and advice, written together or not at all.

Owns Encounter (types visit and periodic-check), their Observations, Conditions and ClinicalImpression. Limits of what
can be typed are data: definitions/catalogues/vital-ranges.yaml and periodic-check.yaml. See docs/people.md.
"""
