"""Extensions that are defined here: where they may stand, whether they modify, and what they hold.

An extension nobody here defines is taken as it is, as FHIR has it.
"""

from typing import Any

from ansinh.fhir.model.definitions import Definitions
from ansinh.fhir.validation import contexts
from ansinh.fhir.validation.profiles import profile_check
from ansinh.fhir.validation.run import Check, Run


def extension_check(known: Definitions, element_name: str) -> Check:
    """A check of a sound Extension under `extension` or `modifierExtension`."""
    modifies = element_name == "modifierExtension"

    def check(value: Any, path: str, run: Run) -> None:
        url = value.get("url")
        structure = known.structure(url) if isinstance(url, str) and ":" in url else None
        if structure is None:
            return
        if structure.type != "Extension":
            run.error("value", "Địa chỉ này không phải của một phần mở rộng", f"{path}.url", "ext-definition")
            return
        if structure.elements[0].is_modifier != modifies:
            where = "modifierExtension" if not modifies else "extension"
            run.error("structure", f"Phần mở rộng này phải đặt trong {where}", path, "ext-modifier")
        if not contexts.may_stand(structure.context, path, run.root):
            run.error("structure", "Phần mở rộng này không được đặt ở chỗ này", path, "ext-context")
        elif not contexts.rules_hold(structure.context_rules, value, path, run.root):
            run.error("invariant", "Nơi mang phần mở rộng này trái điều kiện mà nó đòi", path, "ext-invariant")
        profile_check(structure)(value, path, run)

    return check
