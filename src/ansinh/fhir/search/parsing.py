"""From the parameters of a request to a Query. Pure: needs the definitions, not the database."""

import re
from collections.abc import Iterable, Sequence

from ansinh.fhir.index.numbers import TYPES, is_type
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.parameters import Parameter, parameters
from ansinh.fhir.search import current, reading
from ansinh.fhir.search.query import (
    Chained,
    Criterion,
    Has,
    Ids,
    Include,
    Match,
    Missing,
    Query,
    Sort,
    Tree,
    Updated,
    Words,
)
from ansinh.fhir.search.reading import wrong
from ansinh.kernel.errors import Malformed

MOST = 1000
_MODIFIERS = {
    "string": {"exact", "contains"},
    "token": {"not", "of-type", "text", "in", "not-in", "below", "above"},
    "reference": {"identifier", "not", "above", "below"},
    "uri": {"below", "above"},
}
# How the answer is written is the door's business.
_RESULT = frozenset({"_format", "_pretty", "_elements", "_summary", "_containedType", "_score"})
_DEEPEST = 4
_CODE = re.compile(r"[A-Za-z_][A-Za-z_.:-]{0,60}")
_UPWARDS = ("partof", "part-of")
# What would narrow or change the search and is not here: passed over only where the caller says so.
_UNSUPPORTED = {
    "_query": "không có truy vấn đặt tên.",
    "_filter": "không hỗ trợ biểu thức lọc; hãy dùng các tham số thường, nối chuỗi và _has.",
    "_contained": "không tìm trong tài nguyên nằm trong (contained); chỉ nhận false.",
}


def parse(resource_type: str, params: Iterable[tuple[str, str]], *, strict: bool | None = True) -> Query:
    """Read a search. Raises `Malformed` naming the parameter; `strict=False` passes over unknown parameters.

    strict None: passes over unknown names that begin with `_`. No element is called so, and clients and proxies add
    controls of other servers; what would narrow the search is refused.
    """
    known = parameters(resource_type)
    criteria: list[Criterion] = []
    ignored: list[str] = []
    controls: dict[str, list[str]] = {}
    for code, value in params:
        name = code.partition(":")[0]
        if name in _CONTROLS:
            controls.setdefault(name, []).append(value if name == code else f"{value}\x00{code}")
        elif name in _RESULT or (code, value) == ("_contained", "false"):
            if code == "_summary" and value == "count":
                controls["_count"] = ["0"]
        elif _is_known(name, known):
            asked = (
                current.conditions(resource_type, value) if code == "_list" and value[0:1] == "$" else [(code, value)]
            )
            criteria += [_criterion(resource_type, name, text, 0) for name, text in asked if text]
        elif strict or (strict is None and (name[:1] != "_" or name in _UNSUPPORTED)):
            raise wrong(code, _UNSUPPORTED.get(name, f"không có trong danh sách tham số của {resource_type}."))
        else:
            ignored.append(code)
    return _query(resource_type, tuple(criteria), controls, tuple(ignored))


def _is_known(name: str, known: dict[str, Parameter]) -> bool:
    return name in ("_id", "_lastUpdated", "_has", "_list") or name.partition(".")[0] in known


def _criterion(resource_type: str, code: str, value: str, depth: int) -> Criterion:
    if depth > _DEEPEST:
        raise wrong(code, "nối quá nhiều bước.")
    if code.startswith("_has:"):
        return _has(code, value, depth)
    head, dot, rest = code.partition(".")
    name, _, modifier = head.partition(":")
    if code == "_list":
        return Has("List", parameters("List")["item"], Ids(tuple(_list_id(part, code) for part in value.split(","))))
    if name in ("_id", "_lastUpdated"):
        return _of_column(name, modifier, value, code)
    parameter = parameters(resource_type).get(name)
    if parameter is None:
        raise wrong(code, f"không có trong danh sách tham số của {resource_type}.")
    if dot:
        return _chained(parameter, modifier, rest, value, code, depth)
    if modifier == "missing":
        if value not in ("true", "false"):
            raise wrong(code, "với :missing, giá trị là true hoặc false.")
        return Missing(parameter, value == "true")
    _check_modifier(parameter, modifier, code)
    if parameter.kind == "text":
        return Words(parameter, reading.words(value, code))
    if parameter.type == "reference" and modifier in ("above", "below"):
        return _tree(parameter, value, code, above=modifier == "above")
    return Match(parameter, modifier, reading.alternatives(parameter, modifier, value, code))


def _check_modifier(parameter: Parameter, modifier: str, code: str) -> None:
    if not modifier or modifier in _MODIFIERS.get(parameter.kind, ()):
        if (
            modifier in ("of-type", "text")
            and parameter.type == "token"
            and modifier not in (parameter.modifiers or {})
        ):
            raise wrong(code, f"tham số này không dùng được :{modifier}.")
        return
    if parameter.type == "reference" and is_type(modifier):
        return
    raise wrong(code, f"không hỗ trợ «:{modifier}».")


def _of_column(name: str, modifier: str, value: str, code: str) -> Criterion:
    if modifier:
        raise wrong(code, f"không hỗ trợ «:{modifier}».")
    parts = [part for part in reading.split(value, ",") if part]
    if len(parts) > reading.MOST_VALUES:
        raise wrong(code, f"có quá nhiều giá trị; tối đa {reading.MOST_VALUES}.")
    if name == "_id":
        return Ids(tuple(reading.plain(part) for part in parts))
    return Updated(tuple(reading.moment(part, code) for part in parts))


def _tree(parameter: Parameter, value: str, code: str, *, above: bool) -> Tree:
    """R4 knows hierarchies by references between resources of one type (Location.partOf)."""
    branches = []
    for part in reading.split(value, ","):
        for kind in parameter.targets if "/" not in part else (part.rpartition("/")[0].rpartition("/")[2],):
            upwards = next(
                (one for name in _UPWARDS if (one := parameters(kind).get(name)) and kind in one.targets), None
            )
            if upwards is not None:
                branches.append((kind, upwards, key_of(kind, part.rpartition("/")[2])))
    if not branches:
        raise wrong(code, "loại hồ sơ được tham chiếu không có thứ bậc (partOf).")
    if len(branches) > reading.MOST_VALUES:
        raise wrong(code, f"có quá nhiều giá trị; tối đa {reading.MOST_VALUES}.")
    return Tree(parameter, tuple(branches), above)


def _list_id(text: str, code: str) -> str:
    found = text.removeprefix("List/")
    if not found or not found.replace("-", "").replace(".", "").isalnum():
        raise wrong(code, "giá trị là mã của một List, hoặc một danh sách hiện hành ($current-…).")
    return found


def _chained(parameter: Parameter, modifier: str, rest: str, value: str, code: str, depth: int) -> Chained:
    if parameter.type != "reference":
        raise wrong(code, "chỉ nối được qua tham số là tham chiếu.")
    if modifier and not is_type(modifier):
        raise wrong(code, f"không có loại tài nguyên {modifier}.")
    kinds = (modifier,) if modifier else parameter.targets
    name = rest.partition(".")[0].partition(":")[0]
    able = [kind for kind in kinds if _is_known(name, parameters(kind))]
    if not able:
        raise wrong(code, "loại hồ sơ được tham chiếu không có tham số này.")
    return Chained(parameter, tuple((kind, _criterion(kind, rest, value, depth + 1)) for kind in able))


def _has(code: str, value: str, depth: int) -> Has:
    parts = code.split(":", 3)
    if len(parts) != 4 or not is_type(parts[1]):
        raise wrong(code, "có dạng _has:Loại:tham-chiếu:tham-số.")
    _, source, reference, rest = parts
    parameter = parameters(source).get(reference)
    if parameter is None or parameter.type != "reference":
        reference = _shown(reference)
        raise wrong(code, f"{source} không có tham chiếu «{reference}».")
    return Has(source, parameter, _criterion(source, rest, value, depth + 1))


def _query(resource_type: str, criteria: tuple, controls: dict[str, list[str]], ignored: tuple[str, ...]) -> Query:
    count = _count(controls.get("_count", ["50"])[-1])
    total = controls.get("_total", ["none"])[-1]
    if total not in ("none", "estimate", "accurate"):
        raise wrong("_total", "giá trị là none, estimate hoặc accurate.")
    return Query(
        resource_type,
        criteria,
        sort=_sort(resource_type, controls.get("_sort", ())),
        count=count,
        total=total != "none" or count == 0,
        estimate=total == "estimate",
        includes=_includes("_include", resource_type, controls.get("_include", ())),
        revincludes=_includes("_revinclude", resource_type, controls.get("_revinclude", ())),
        cursor=controls.get("_cursor", [""])[-1],
        ignored=ignored,
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise wrong("_count", "giá trị là số nguyên không âm.")
    return min(int(text), MOST)


def _sort(resource_type: str, texts: Sequence[str]) -> tuple[Sort, ...]:
    keys = []
    for text in (part for one in texts for part in one.split(",") if part):
        code = text.removeprefix("-")
        parameter = parameters(resource_type).get(code)
        if parameter is None and code not in ("_id", "_lastUpdated"):
            raise _no_order(code)
        if parameter is not None and parameter.kind in _UNSORTED:
            raise _no_order(code)
        keys.append(Sort(code, parameter, text.startswith("-")))
    return tuple(keys)


def _no_order(code: str) -> Malformed:
    code = _shown(code)
    return wrong("_sort", f"không sắp xếp được theo «{code}».")


def _shown(code: str) -> str:
    """A name as it can be of a parameter; anything else that was sent is not repeated."""
    return code if _CODE.fullmatch(code) else "…"


def _includes(name: str, kind: str, texts: Sequence[str]) -> tuple[Include, ...]:
    found: list[Include] = []
    for text in texts:
        value, _, code = text.partition("\x00")
        modifier = code.partition(":")[2]
        if modifier not in ("", "iterate", "recurse"):
            raise wrong(code, f"không hỗ trợ «:{modifier}».")
        if value == "*" and name == "_revinclude":
            found += _pointing_at(kind, iterate=bool(modifier))
            continue
        # `_include=*`: every reference of the type that is searched.
        found += _include(name, f"{kind}:*" if value == "*" else value, iterate=bool(modifier))
    return tuple(found)


def _include(name: str, value: str, *, iterate: bool) -> list[Include]:
    source, _, rest = value.partition(":")
    code, _, target = rest.partition(":")
    if not is_type(source) or (target and not is_type(target)):
        raise wrong(name, "có dạng Loại:tham-chiếu hoặc Loại:tham-chiếu:Loại.")
    able = [one for one in parameters(source).values() if one.type == "reference" and code in ("*", one.code)]
    if not able:
        code = _shown(code)
        raise wrong(name, f"{source} không có tham chiếu «{code}».")
    return [Include(source, parameter, target, iterate) for parameter in able]


def _pointing_at(kind: str, *, iterate: bool) -> list[Include]:
    """`_revinclude=*`: every reference of any type that may point at the type that is searched."""
    return [
        Include(source, one, kind, iterate)
        for source in TYPES
        for one in parameters(source).values()
        if one.type == "reference" and (not one.targets or not {kind, "Resource"}.isdisjoint(one.targets))
    ]


_UNSORTED = frozenset({"composite", "special", "text"})
_CONTROLS = frozenset({"_sort", "_count", "_total", "_include", "_revinclude", "_cursor"})
