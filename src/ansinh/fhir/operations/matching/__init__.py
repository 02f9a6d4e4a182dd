"""Patient `$match`: who on record may be the person described, the likeliest first, with score and grade.

    Patient (also incomplete) ─► people.read ─► Person
    Person ─► candidates (few searches by the index: numbers, phone, name, birth) ─► Patients within reach
    Person × Patient ─► scoring.score (Weights: definitions/matching/patient.yaml) ─► Match

R4: https://hl7.org/fhir/R4/patient-operation-match.html. The grade helps a person decide; nothing is merged.
"""

from ansinh.fhir.operations.matching.finding import match
from ansinh.fhir.operations.matching.scoring import Match

__all__ = ["Match", "match"]
