"""Codes against the value sets that elements are bound to."""

from collections.abc import Iterator
from typing import Any

from ansinh.fhir.model.definitions import Binding
from ansinh.fhir.terminology.fhirsets import fhir_set
from ansinh.fhir.validation.run import Check, Run
from ansinh.kernel.naming import BASE

_STRENGTHS = ("required", "extensible")


def binding_check(binding: Binding | None, type_name: str) -> Check | None:
    """A check of codes of this type against the set; None where nothing can be said.

    required: a code outside the set is an error. extensible: a warning. A set that cannot decide says nothing.
    """
    if binding is None or binding.strength not in _STRENGTHS or not binding.value_set:
        return None
    if type_name in ("code", "string", "uri"):
        return _plain(binding) if binding.strength == "required" else None
    if type_name in ("Coding", "Quantity", "Duration", "Age"):
        return _coding(binding)
    if type_name == "CodeableConcept":
        return _concept(binding)
    return None


def verdict(url: str, system: str, code: str) -> bool | None:
    """True, False, or None when undecided, as `terminology.valuesets.contains`."""
    url = url.partition("|")[0]
    if url.startswith(f"{BASE}/"):
        # Only the project's own sets are in the database; FHIR's must be checked where none is set up.
        from ansinh.fhir.terminology import valuesets

        return valuesets.contains(url, system, code)
    compiled = fhir_set(url)
    return compiled.contains(system, code) if compiled else None


def _plain(binding: Binding) -> Check:
    url, name = binding.value_set, _name(binding)
    known = _known_bare_codes(url)

    def check(value: Any, path: str, run: Run) -> None:
        if value.__class__ is not str or (known is not None and value in known):
            return
        if known is not None or verdict(url, "", value) is False:
            run.error("code-invalid", f"Mã này không có trong danh mục bắt buộc «{name}»", path, "binding-required")

    return check


def _known_bare_codes(url: str) -> frozenset[str] | None:
    """All codes of a fully known FHIR set, for the commonest check; None where asking is needed."""
    if url.startswith(f"{BASE}/"):
        return None
    compiled = fhir_set(url.partition("|")[0])
    return compiled.bare if compiled is not None and not compiled.undecided else None


def _coding(binding: Binding) -> Check:
    url, name, strict = binding.value_set, _name(binding), binding.strength == "required"

    def check(value: Any, path: str, run: Run) -> None:
        code = value.get("code")
        if isinstance(code, str) and verdict(url, str(value.get("system", "")), code) is False:
            _report(run, strict, name, f"{path}.code")

    return check


def _concept(binding: Binding) -> Check:
    url, name, strict = binding.value_set, _name(binding), binding.strength == "required"

    def check(value: Any, path: str, run: Run) -> None:
        pairs = list(_codes(value))
        if not pairs:
            if strict:
                message = f"Cần một mã trong danh mục bắt buộc «{name}», chỉ có chữ thì chưa đủ"
                run.error("code-invalid", message, path, "binding-missing")
        elif all(verdict(url, system, code) is False for system, code in pairs):
            _report(run, strict, name, f"{path}.coding")

    return check


def _codes(concept: dict[str, Any]) -> Iterator[tuple[str, str]]:
    codings = concept.get("coding")
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict) and isinstance(coding.get("code"), str):
            yield str(coding.get("system", "")), coding["code"]


def _report(run: Run, strict: bool, name: str, path: str) -> None:
    if strict:
        run.error("code-invalid", f"Mã này không có trong danh mục bắt buộc «{name}»", path, "binding-required")
    else:
        run.warning("code-invalid", f"Mã này nằm ngoài danh mục nên dùng «{name}»", path, "binding-extensible")


def _name(binding: Binding) -> str:
    return binding.value_set.partition("|")[0].rpartition("/")[2]
