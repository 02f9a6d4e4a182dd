"""What stays with a person between contacts: list of problems, vaccinations, growth of children, pregnancy.

diagnosis of a visit ─► problem (Condition) ─► resolved, active again     vaccination ─► Immunization
weights and heights ─► curve, z-scores from an imported LMS table (Library)     pregnancy ─► Observations

WHO's tables are not shipped: they are imported as they are published. See docs/medicines.md, "Background".
"""
