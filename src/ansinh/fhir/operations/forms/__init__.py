"""Forms that know where answers come from and go to: Structured Data Capture 3 (SDC), `$populate` and `$extract`.

    Questionnaire + launch contexts ─► populating ─► QuestionnaireResponse (in progress) + what could not be done
    QuestionnaireResponse + Questionnaire ─► extracting ─► observations | mapped | templates ─► transaction Bundle

`expressions` runs FHIRPath and x-fhir-query for both, within the reader's reach; `answers` turns values into answers
and answers into elements. Nothing here writes; who wants the resources posts the Bundle to the door.
Guide: http://hl7.org/fhir/uv/sdc (3.0.0).
"""

from ansinh.fhir.operations.forms.extracting import extract
from ansinh.fhir.operations.forms.populating import populate

__all__ = ["extract", "populate"]
