"""Search parameters of the project's own: SearchParameter resources of R4 in `definitions/searchparameters/`.

A file that is wrong is refused whole, by name. After a change `store.reindexing` makes the rows that are missing.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ansinh.fhir.index.numbers import TYPES, is_type
from ansinh.fhir.model.compilation import branches_for
from ansinh.fhir.model.definitions import SearchParameter, definitions
from ansinh.fhir.model.elements import Component
from ansinh.fhir.path import PathError, compile_path
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import TEXT, misfits

_TYPES = frozenset({"number", "date", "string", "token", "reference", "composite", "quantity", "uri"})
_NEEDED = ("url", "name", "code", "base", "type", "expression")
_SHAPE = {
    **dict.fromkeys(("url", "name", "code", "type", "expression"), TEXT),
    "base": [TEXT], "target?": [TEXT], "component?": [{"definition": TEXT, "expression": TEXT}],
}  # fmt: skip
_READ = {name.removesuffix("?") for name in _SHAPE}


def folder() -> Path:
    """Where the files are."""
    return Path(settings.DEFINITIONS) / "searchparameters"


def parameters_of(resource_type: str) -> list[SearchParameter]:
    """The project's own parameters of a type. Raises Invalid naming the file that is wrong."""
    return _all(str(folder())).get(resource_type, [])


def forget() -> None:
    """Read the files again when they are next asked for."""
    _all.cache_clear()


@cache
def _all(place: str) -> dict[str, list[SearchParameter]]:
    found: dict[str, list[SearchParameter]] = {}
    for path in sorted(path for path in Path(place).glob("*") if path.suffix in (".yaml", ".json")):
        for base, parameter in _read(path):
            if any(parameter.code == other.code for other in found.setdefault(base, [])):
                raise _wrong(path, f"{base} có hai tham số «{parameter.code}»")
            found[base].append(parameter)
    return found


def _read(path: Path) -> list[tuple[str, SearchParameter]]:
    resource = yaml.document(path)  # JSON is YAML
    _check(path, resource)
    return [(base, _parameter(resource, base)) for base in _bases(resource)]


def _bases(resource: dict[str, Any]) -> list[str]:
    """Concrete types; `Resource` and `DomainResource` stand for all."""
    if {"Resource", "DomainResource"} & set(resource["base"]):
        return list(TYPES)
    return list(resource["base"])


def _check(path: Path, resource: Any) -> None:
    if not isinstance(resource, dict) or resource.get("resourceType") != "SearchParameter":
        raise _wrong(path, "phải là một SearchParameter")
    missing = [name for name in _NEEDED if not resource.get(name)]
    if missing:
        raise _wrong(path, f"thiếu {', '.join(missing)}")
    for place, what in misfits({name: value for name, value in resource.items() if name in _READ}, _SHAPE):
        raise _wrong(path, f"{place}: {what}")
    if resource["type"] not in _TYPES:
        raise _wrong(path, f"không có kiểu «{resource['type']}»")
    for base in resource["base"]:
        if base not in ("Resource", "DomainResource") and not is_type(base):
            raise _wrong(path, f"không có loại hồ sơ «{base}»")
    taken = [base for base in _bases(resource) if resource["code"] in _official(base)]
    if taken:
        raise _wrong(path, f"chuẩn R4 đã có tham số «{resource['code']}» của {taken[0]}")
    _check_paths(path, resource)


def _check_paths(path: Path, resource: dict[str, Any]) -> None:
    parts = resource.get("component", [])
    if resource["type"] == "composite" and not 2 <= len(parts) <= 3:
        raise _wrong(path, "tham số ghép có hai hoặc ba phần (component)")
    try:
        for expression in (resource["expression"], *(part["expression"] for part in parts)):
            compile_path(expression)
    except PathError as error:
        raise _wrong(path, f"biểu thức không đọc được: {error.message}") from error


@cache
def _official(resource_type: str) -> frozenset[str]:
    return frozenset(one.code for one in definitions().search_parameters(resource_type))


def _parameter(resource: dict[str, Any], base: str) -> SearchParameter:
    return SearchParameter(
        code=resource["code"],
        url=resource["url"],
        type=resource["type"],
        expression=branches_for(resource["expression"], base),
        base=(base,),
        target=tuple(resource.get("target", ())),
        component=tuple(Component(one["definition"], one["expression"]) for one in resource.get("component", ())),
        name=resource["name"],
    )


def _wrong(path: Path, why: str) -> Invalid:
    return Invalid(f"Tham số tìm kiếm trong {path.name}: {why}.", code="search-parameter")
