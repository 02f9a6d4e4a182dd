"""Orders and results: laboratory tests, imaging reports with their files, review by a clinician.

order (ServiceRequest) ─► result typed on one page, CSV, or HL7 v2 ORU^R01 ─► whose is it? ─► known: written
                                                                              └► not known: waits to be matched
written: DiagnosticReport + Observations, each beside its range ─► critical: a Task ─► reviewed, on the work list

A file is read whole or refused whole, with segment and field of each problem. Owns ServiceRequest, DiagnosticReport,
the Observations of reports, DocumentReference of files, ObservationDefinition of ranges. See docs/laboratory.md.
"""
