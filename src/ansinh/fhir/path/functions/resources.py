"""What FHIR adds to FHIRPath: extensions, references, terminology, profiles."""

import re
from typing import Any

from ansinh.fhir.model import references
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.functions.registry import Scope, function
from ansinh.fhir.path.nodes import Node, node_of
from ansinh.fhir.path.scope import boolean, single, text_of

Items = list[Any]
_SCRIPT = re.compile(r"<\s*(script|iframe|object|embed|form|input|link|meta|base|body|head)\b|\son\w+\s*=", re.I)


@function("extension", 1)
def _extension(scope: Scope, focus: Items, url: Items) -> Items:
    wanted = text_of(url)
    return [
        found
        for item in focus
        if isinstance(item, Node)
        for found in item.members("extension")
        if isinstance(found.value, dict) and found.value.get("url") == wanted
    ]


@function("hasExtension", 1)
def _has_extension(scope: Scope, focus: Items, url: Items) -> Items:
    return [bool(_extension(scope, focus, url))]


def _is_primitive_value(item: Any) -> bool:
    return not isinstance(item, Node) or (item.value is not None and not isinstance(item.value, dict))


@function("hasValue")
def _has_value(scope: Scope, focus: Items) -> Items:
    return [len(focus) == 1 and _is_primitive_value(focus[0])]


@function("getValue")
def _get_value(scope: Scope, focus: Items) -> Items:
    value = single(focus)
    return [] if value is None or isinstance(value, Node) else [value]


@function("resolve")
def _resolve(scope: Scope, focus: Items) -> Items:
    found = (_target(scope, item) for item in focus)
    return [node for node in found if node is not None]


def _target(scope: Scope, item: Any) -> Node | None:
    """The resource that a Reference or canonical names. A target that is not at hand is known by type and id."""
    value = item.value if isinstance(item, Node) else item
    kind = ""
    if isinstance(value, dict):
        kind, value = value.get("type", ""), value.get("reference")
    if not isinstance(value, str):
        return None
    reference = references.parse(value)
    if reference is None:
        return None
    if reference.kind == "fragment":
        return _contained(scope.env.root, reference.fragment)
    resource = scope.env.resolve(value) if scope.env.resolve else None
    if resource is not None:
        return node_of(resource)
    type_name = reference.type or kind
    if type_name not in definitions().resource_types:
        return None
    stub = {"resourceType": type_name} | ({"id": reference.id} if reference.id else {})
    return Node(stub, type_name)


def _contained(root: Node, fragment: str) -> Node | None:
    if not fragment:
        return root
    for resource in root.value.get("contained") or () if isinstance(root.value, dict) else ():
        if isinstance(resource, dict) and resource.get("id") == fragment:
            return node_of(resource)
    return None


@function("memberOf", 1)
def _member_of(scope: Scope, focus: Items, value_set: Items) -> Items:
    url = text_of(value_set)
    if not focus or url is None:
        return []
    if scope.env.member_of is None:
        raise PathError("memberOf() cần dịch vụ danh mục mã.")
    single(focus)
    answers = [scope.env.member_of(system, code, url) for system, code in _codes(focus[0])]
    if any(answers):
        return [True]
    return [] if None in answers else [False]


def _codes(item: Any) -> list[tuple[str | None, str]]:
    value = item.value if isinstance(item, Node) else item
    if isinstance(value, str):
        return [(None, value)]
    if not isinstance(value, dict):
        return []
    codings = value.get("coding") if "coding" in value else [value]
    return [(coding.get("system"), coding["code"]) for coding in codings or () if coding.get("code")]


@function("conformsTo", 1)
def _conforms_to(scope: Scope, focus: Items, profile: Items) -> Items:
    url = text_of(profile)
    if not focus or url is None:
        return []
    single(focus)
    structure = definitions().structure(url)
    if structure is None:
        raise PathError("không có cấu trúc (profile) với địa chỉ đã nêu.")
    item = focus[0]
    if not isinstance(item, Node) or not definitions().is_a(item.type, structure.type):
        return [False]
    if not structure.is_profile:
        return [True]
    if scope.env.conforms_to is None:
        raise PathError("conformsTo() với profile cần bộ kiểm tra hợp lệ.")
    return boolean(scope.env.conforms_to(item.value, url))


@function("htmlChecks")
def _html_checks(scope: Scope, focus: Items) -> Items:
    """Narrative may hold formatting only: no scripts, frames, forms or event handlers, and some content."""
    text = text_of(focus)
    if text is None:
        return []
    has_content = bool(re.sub(r"<[^>]*>|\s", "", text)) or "<img" in text
    return [has_content and not _SCRIPT.search(text)]


@function("checkModifiers", 0, 99)
def _check_modifiers(scope: Scope, focus: Items, *known: Items) -> Items:
    allowed = {text_of([item]) for items in known for item in items}
    for item in focus:
        for extension in item.members("modifierExtension") if isinstance(item, Node) else ():
            if extension.value.get("url") not in allowed:
                raise PathError("có phần mở rộng làm đổi nghĩa (modifierExtension) chưa được biết đến.")
    return focus


@function("getResourceKey")
def _resource_key(scope: Scope, focus: Items) -> Items:
    """SQL-on-FHIR: what joins tables; the resource's id."""
    value = focus[0].value if len(focus) == 1 and isinstance(focus[0], Node) else None
    return [value["id"]] if isinstance(value, dict) and "id" in value else []


def reference_key(value: Any, type_name: str | None) -> str | None:
    """Id of the resource that a Reference names, None when it is of another type or names no resource."""
    text = value.get("reference") if isinstance(value, dict) else None
    reference = references.parse(text) if isinstance(text, str) else None
    if reference is None or not reference.id or (type_name and reference.type != type_name):
        return None
    return reference.id
