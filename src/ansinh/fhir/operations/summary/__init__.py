"""Patient `$summary`: an International Patient Summary (IPS 2.0) as a document Bundle.

    Patient ─► gathering (sections ─► searches within reach; what may not be seen is withheld)
            ─► wording (narrative of each section in Vietnamese, and in English when asked)
            ─► document (Composition, entries with fullUrl, references resolved inside or made absolute)

Sections and codes: http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips (2.0.0).
"""

from ansinh.fhir.operations.summary.document import summary

__all__ = ["summary"]
