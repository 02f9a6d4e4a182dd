"""FHIRPath, compiled to closures: what a search parameter, an invariant, a view or a measure asks of a resource.

    from ansinh.fhir.path import compile_path
    phones = compile_path("Patient.telecom.where(system='phone').value")
    phones(patient)                    → ["0912…"]
    phones.typed(patient)              → [("string", "0912…")]

Text → `tokens` → `parser` → tree (`syntax`) → `compiler` (closures) → `Path`. Simple paths also get a closure that
works on bare JSON (`fast`). Pure; knows the FHIR types through `fhir.model.definitions`. See docs/engine/path.md.
"""

from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.evaluation import Path, compile_path, evaluate

__all__ = ["Path", "PathError", "compile_path", "evaluate"]
