"""References: their form, the type of what they name, and whether it is there."""

from typing import Any

from ansinh.fhir.model.definitions import Definitions
from ansinh.fhir.model.references import Reference, parse
from ansinh.fhir.validation.run import Check, Run


def reference_check(known: Definitions, targets: tuple[str, ...]) -> Check:
    """A check of a Reference whose element allows these target profiles (() or Resource: any type)."""
    allowed = _types(known, targets)
    shown = ", ".join(sorted(allowed))

    def check(value: Any, path: str, run: Run) -> None:
        text = value.get("reference")
        if text is None or text.__class__ is not str:
            return
        found = parse(text)
        if found is None:
            run.error(
                "value", "Tham chiếu không đúng dạng Loại/mã, địa chỉ, urn hoặc #mã", f"{path}.reference", "ref-form"
            )
            return
        kind = _contained_type(found, path, run) if found.kind == "fragment" else found.type
        if kind and known.kind(kind) != "resource":
            run.error("value", f"Không có loại tài nguyên «{kind}»", f"{path}.reference", "ref-type")
        elif kind and allowed and kind not in allowed:
            run.error("value", f"Tham chiếu phải trỏ đến: {shown}", f"{path}.reference", "ref-target")
        elif found.kind == "relative" and run.exists is not None and not run.exists(found.type, found.id):
            run.error("not-found", "Không có hồ sơ mà tham chiếu này trỏ đến", f"{path}.reference", "ref-missing")
        if kind and isinstance(value.get("type"), str) and value["type"] != kind:
            run.error("value", "Loại ghi trong type khác loại trong reference", f"{path}.type", "ref-type-differs")

    return check


def _types(known: Definitions, targets: tuple[str, ...]) -> frozenset[str]:
    names = set()
    for url in targets:
        structure = known.structure(url)
        names.add(structure.type if structure else url.rpartition("/")[2])
    return frozenset() if "Resource" in names else frozenset(names)


def _contained_type(found: Reference, path: str, run: Run) -> str:
    """Type of the contained resource, "" when it is not there (which is a problem); "#" is the container itself."""
    if not found.fragment:
        return str(run.root.get("resourceType", ""))
    target = run.contained.get(found.fragment)
    if target is None:
        run.error("not-found", "Không có phần nằm trong (contained) mang mã này", f"{path}.reference", "ref-contained")
        return ""
    return str(target.get("resourceType", ""))
