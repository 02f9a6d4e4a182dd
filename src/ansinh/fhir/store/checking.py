"""What must be right before anything is written: type, id, the standard (fhir.validation) and the house (rules)."""

import re
from collections.abc import Callable, Iterable

from django.conf import settings

from ansinh.fhir.index.numbers import is_type
from ansinh.fhir.store import rules
from ansinh.fhir.store.records import Resource
from ansinh.fhir.validation import validate
from ansinh.kernel.errors import Malformed, Problem

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def check_shape(resource: object) -> tuple[str, str]:
    """(type, id or "") of what claims to be a resource; raises `Malformed` when it is none."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not is_type(kind):
        raise Malformed(
            "Nội dung không phải là một tài nguyên FHIR R4: thiếu hoặc sai resourceType.", field="resourceType"
        )
    assert isinstance(resource, dict)
    found = resource.get("id", "")
    if found and not is_id(found):
        raise Malformed(
            "Mã tài nguyên chỉ gồm chữ không dấu, số, dấu gạch ngang và dấu chấm, tối đa 64 ký tự.", field="id"
        )
    return str(kind), found


def is_id(text: object) -> bool:
    """A FHIR id."""
    return isinstance(text, str) and bool(_ID.fullmatch(text))


def problems_of(
    resource: Resource, exists: Callable[[str, str], bool] | None, *, profiles: Iterable[str] = ()
) -> list[Problem]:
    """What the standard, the profiles and the rules of the house find, as strictly as this node is set.

    The house is asked only about what the standard has found right, so its rules may trust the structure.
    """
    problems = validate(resource, profiles=profiles, exists=exists, lenient=settings.FHIR_LENIENT)
    if not any(problem.severity in ("error", "fatal") for problem in problems):
        problems += rules.problems(resource)
    return problems


def check_standard(resource: Resource, exists: Callable[[str, str], bool] | None) -> None:
    """Raises `Invalid` with every problem when one is an error."""
    rules.refuse(problems_of(resource, exists))


def refuse_without_id() -> None:
    """An update names what it updates."""
    raise Malformed("Bản cập nhật phải có mã (id) của hồ sơ.", field="id")
