"""What strict evaluation forbids before it starts: names that no such type has, order that JSON does not promise."""

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.path.errors import PathError
from ansinh.fhir.path.nodes import member_keys
from ansinh.fhir.path.syntax import Call, Indexer, Member, Special, Syntax, TypeTest

_ORDERED = frozenset({"skip", "take", "first", "last", "tail"})
_UNORDERED = frozenset({"children", "descendants"})


def check(tree: Syntax, type_name: str) -> None:
    """Raise PathError when the expression cannot fit a resource of the type. Only paths are followed; what a
    function returns is not, except that filters keep their type."""
    _types(tree, frozenset({type_name}))


def _types(tree: Syntax, root: frozenset[str]) -> frozenset[str] | None:
    """Types that the part can yield; None where that is not known."""
    match tree:
        case Special("this"):
            return root
        case Member(None, name) if name[:1].isupper() and name in definitions().type_names:
            if not any(definitions().is_a(kind, name) for kind in root):
                raise PathError(f"biểu thức dành cho {name}, không dùng được ở đây.", code="semantic")
            return root
        case Member(source, name):
            return _members(root if source is None else _types(source, root), name)
        case TypeTest("as", operand, name):
            _types(operand, root)
            return frozenset({name})
        case Indexer(source, _):
            _check_order(source)
            return _types(source, root)
        case Call(source, name, arguments):
            return _call(root if source is None else _types(source, root), source, name, arguments)
    return None


def _call(
    found: frozenset[str] | None, source: Syntax | None, name: str, arguments: tuple[Syntax, ...]
) -> frozenset[str] | None:
    if name in _ORDERED and source is not None:
        _check_order(source)
    if name in ("as", "ofType") and arguments and isinstance(arguments[0], Member):
        return frozenset({arguments[0].name})
    return found if name in _ORDERED or name in ("where", "single", "distinct", "trace") else None


def _check_order(source: Syntax) -> None:
    if isinstance(source, Call) and source.name in _UNORDERED:
        raise PathError(f"{source.name}() không có thứ tự nên không lấy theo vị trí được.", code="semantic")


def _members(types: frozenset[str] | None, name: str) -> frozenset[str] | None:
    known = [kind for kind in types or () if definitions().children(kind)]
    if types is None or len(known) < len(types):
        return None
    found = {content for kind in known for _, content in member_keys(kind, name)}
    if not found:
        raise PathError(f"{', '.join(sorted(known))} không có phần tử “{name}”.", code="semantic")
    return frozenset(found)
