"""Writes whose target a search finds, and patches: shared by the REST door and Bundles."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, Saved, work
from ansinh.fhir.transactions import fhirpath_patch, json_patch, merge_patch
from ansinh.kernel.errors import Conflict, Malformed, NotFound, Stale
from ansinh.kernel.ids import new_id

_ATTEMPTS = 5

Resource = dict[str, Any]
Condition = list[tuple[str, str]]

# Result parameters would change which record is "the" match.
_NO_CONDITION = ("_sort", "_count", "_total", "_cursor", "_include", "_revinclude", "_summary", "_elements")


def match(repository: Repository, kind: str, condition: Condition) -> str | None:
    """Id of the only match; None without one. Raises `Stale` (412) when several match, `Malformed` for no condition."""
    asked = [pair for pair in condition if pair[0] not in _NO_CONDITION and pair[1]]
    if not asked:
        raise Malformed("Điều kiện tìm phải có ít nhất một tham số có giá trị.", code="no-condition")
    found = search(repository, kind, [*asked, ("_count", "2")]).resources
    if len(found) > 1:
        raise Stale("Điều kiện tìm thấy nhiều hơn một hồ sơ.", code="multiple-matches")
    return found[0]["id"] if found else None


def target_of_update(repository: Repository, kind: str, condition: Condition, own: str) -> str:
    """Id under which a conditional update writes: the match, or the resource's own, or a new one."""
    found = match(repository, kind, condition)
    if found and own and own != found:
        raise Malformed("Điều kiện tìm thấy một hồ sơ khác với mã trong nội dung.", code="id-differs", field="id")
    if found is None and own and repository.exists(kind, own):
        raise Conflict("Điều kiện không khớp, nhưng mã trong nội dung đã thuộc về một hồ sơ khác.", field="id")
    return found or own or new_id()


@contextmanager
def alone(repository: Repository, *, batch: int = 0) -> Iterator[None]:
    """A transaction in which nobody else writes: what a condition finds stays so until the end."""
    with repository.transaction(batch=batch):
        present = work.present()
        assert present is not None
        present.lock()
        yield


def create(repository: Repository, resource: Resource, condition: Condition) -> Saved | str:
    """Conditional create: the id of the one that is there already, or what was written."""
    with alone(repository):
        return match(repository, resource["resourceType"], condition) or repository.create(resource)


def update(repository: Repository, resource: Resource, condition: Condition, *, if_match: int | None = None) -> Saved:
    """Conditional update: none found creates, one is updated, several are 412."""
    kind = resource["resourceType"]
    with alone(repository):
        fhir_id = target_of_update(repository, kind, condition, resource.get("id", ""))
        return repository.update({**resource, "id": fhir_id}, if_match=if_match)


def delete(repository: Repository, kind: str, condition: Condition, *, if_match: int | None = None) -> Saved | None:
    """Conditional delete of the single match; None when nothing matched."""
    with alone(repository):
        found = match(repository, kind, condition)
        return repository.delete(kind, found, if_match=if_match) if found else None


def patch(repository: Repository, kind: str, fhir_id: str, document: Any, *, if_match: int | None = None) -> Saved:
    """Apply a JSON Patch (a list) or a FHIRPath Patch (Parameters) to the current version.

    Raises like `read` and `update`; `Invalid` when an operation fails; `Stale` when the current version is not
    `if_match`. Without `if_match`, what somebody writes in between is patched instead.
    """
    for _ in range(_ATTEMPTS):
        current = repository.read(kind, fhir_id)
        version = int(current["meta"]["versionId"])
        if if_match is not None and if_match != version:
            break
        changed = patched(current, document)
        for name in ("resourceType", "id"):
            if changed.get(name) != current[name]:
                raise Malformed(f"Không sửa được {name} của hồ sơ.", field=name)
        try:
            return repository.update(changed, if_match=version)
        except Stale:
            if if_match is not None:
                raise
    raise Stale("Hồ sơ đã được người khác sửa sau khi anh/chị mở. Hãy xem bản mới rồi sửa lại.")


def patch_found(
    repository: Repository, kind: str, condition: Condition, document: Any, *, if_match: int | None = None
) -> Saved:
    """Conditional patch: exactly one must match."""
    with alone(repository):
        found = match(repository, kind, condition)
        if found is None:
            raise NotFound("Điều kiện không tìm thấy hồ sơ nào để sửa.")
        return patch(repository, kind, found, document, if_match=if_match)


def patched(resource: Resource, document: Any) -> Resource:
    """The patched copy of a resource."""
    if isinstance(document, list):
        changed = json_patch.apply(resource, document)
    elif isinstance(document, dict) and document.get("resourceType") == "Parameters":
        changed = fhirpath_patch.apply(resource, document)
    elif isinstance(document, merge_patch.MergePatch):
        changed = merge_patch.apply(resource, document.document)
    else:
        raise Malformed("Bản vá phải là JSON Patch (danh sách) hoặc FHIRPath Patch (Parameters).", code="patch")
    if not isinstance(changed, dict):
        raise Malformed("Sau khi vá, nội dung không còn là một tài nguyên.", code="patch")
    return changed
