"""The register of people: who they are, their papers and groups, where they stay, and the page about them.

Owns Patient, Coverage (health-insurance card) and EpisodeOfCare (stay). Pure modules: `rules` (what a number, a
date, a name may be), `likeness` (is this the same person), `cards` (QR text of citizen and insurance cards),
`resources` (FHIR in and out) and `readable` (any entry and the difference of two versions in words).
See docs/people.md.
"""
