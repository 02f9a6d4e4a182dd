"""Whole resources: type, contained resources, ids, then the profiles that they claim."""

from collections.abc import Iterable
from typing import Any

from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.validation.profiles import profile_check
from ansinh.fhir.validation.run import Exists, Run
from ansinh.fhir.validation.types import TypeChecks, type_checks
from ansinh.kernel.errors import Problem

DEEPEST = 60


def validate(
    resource: dict[str, Any],
    *,
    profiles: Iterable[str] = (),
    exists: Exists | None = None,
    invariants: bool = True,
    lenient: bool = False,
) -> list[Problem]:
    """Everything that is wrong with a resource, [] when nothing is.

    profiles: canonical URLs to check beside those of `meta.profile`; an unknown one is an error here, a warning
    there. exists: asked for each relative reference (type, id); without it references are checked by form only.
    invariants: False leaves out the rules in FHIRPath. lenient: warns of misplaced extensions and of what a claimed
    profile asks. Problems with severity `warning` refuse nothing.
    """
    checks = type_checks(invariants=invariants)
    run = Run(resource if isinstance(resource, dict) else {}, exists, lenient=lenient)
    if _is_resource(resource, "", run) and not _too_deep(resource, run):
        kind = resource["resourceType"]
        _contained(resource, run)
        checks.resource = _within(checks)
        checks[kind](resource, kind, run)
        if not run.failures:
            _profiles(resource, kind, profiles, run)
    return run.problems


def _is_resource(resource: Any, path: str, run: Run) -> bool:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if isinstance(kind, str) and kind in definitions().resource_types:
        return True
    place = f"{path}.resourceType" if path else "resourceType"
    run.error("structure", "Không phải một tài nguyên FHIR R4: thiếu hoặc sai resourceType", place, "resource-type")
    return False


def _too_deep(resource: dict[str, Any], run: Run) -> bool:
    """True (and a problem) beyond 60 levels: no real resource goes there, and each level costs the stack."""
    if not json.is_deeper(resource, DEEPEST):
        return False
    run.error("too-long", f"Nội dung lồng nhau quá {DEEPEST} tầng", str(resource["resourceType"]), "too-deep")
    return True


def _contained(resource: dict[str, Any], run: Run) -> None:
    """Note what is contained, and check the rules dom-2 to dom-5 and that ids are not shared."""
    items = resource.get("contained")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        path = f"{resource['resourceType']}.contained[{index}]"
        identity = item.get("id")
        if not isinstance(identity, str):
            run.error("required", "Phần nằm trong (contained) phải có id", f"{path}.id", "contained-id")
        elif identity in run.contained:
            run.error("duplicate", "Hai phần nằm trong (contained) trùng id", f"{path}.id", "contained-twice")
        else:
            run.contained[identity] = item
        _contained_rules(item, path, run)
    if run.contained:
        _contained_used(resource, run)


def _contained_rules(item: dict[str, Any], path: str, run: Run) -> None:
    found = item.get("meta")
    meta: dict[str, Any] = found if isinstance(found, dict) else {}
    if "contained" in item:
        run.error("invariant", "Phần nằm trong không được chứa tiếp tài nguyên khác", path, "dom-2")
    if "versionId" in meta or "lastUpdated" in meta:
        run.error("invariant", "Phần nằm trong không có phiên bản hay thời điểm cập nhật riêng", path, "dom-4")
    if "security" in meta:
        run.error("invariant", "Phần nằm trong không có nhãn bảo mật riêng", path, "dom-5")


def _contained_used(resource: dict[str, Any], run: Run) -> None:
    used = {text[1:] for text in _strings(resource) if text.startswith("#")}
    for identity, item in run.contained.items():
        if identity not in used and "#" not in set(_strings(item)):
            message = "Phần nằm trong (contained) không được nơi nào nhắc tới"
            run.error("invariant", message, f"{resource['resourceType']}.contained", "dom-3")


def _strings(value: Any) -> Iterable[str]:
    """All texts of a JSON value that could be references."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _within(checks: TypeChecks) -> Any:
    def check(value: Any, path: str, run: Run) -> None:
        """A resource within a resource: contained, or an entry of a Bundle (which is a world of its own)."""
        if not _is_resource(value, path, run):
            return
        if ".contained[" in path:
            checks[value["resourceType"]](value, path, run)
            return
        inner = Run(value, None, lenient=run.lenient)
        _contained(value, inner)
        checks[value["resourceType"]](value, path, inner)
        if not inner.failures:
            _profiles(value, path, (), inner)
        run.take(inner)

    return check


def _profiles(resource: dict[str, Any], path: str, given: Iterable[str], run: Run) -> None:
    """What is claimed in `meta.profile` and what is `given`. path: where the resource stands, its type for the root."""
    kind, meta_place = resource["resourceType"], f"{path}.meta.profile"
    meta = resource.get("meta")
    claimed = meta.get("profile") if isinstance(meta, dict) else None
    given = tuple(given)
    for url in dict.fromkeys((*given, *(claimed if isinstance(claimed, list) else ()))):
        if not isinstance(url, str):
            continue
        structure = definitions().structure(url)
        if structure is None:
            report = run.error if url in given else run.warning
            report("not-found", "Chưa biết hồ sơ mẫu (profile) này nên không kiểm được", meta_place, "profile")
        elif structure.type != kind:
            message = f"Hồ sơ mẫu (profile) này dành cho {structure.type}"
            run.claiming = url not in given
            run.error("value", message, meta_place, "profile-type")
            run.claiming = False
        elif structure.is_profile:
            run.claiming = url not in given
            profile_check(structure)(resource, path, run)
            run.claiming = False
