"""From the parameters of `$export` to what a job keeps: checked whole before anything runs.

Bulk Data Access IG 2.0.0, http://hl7.org/fhir/uv/bulkdata/STU2/export.html#query-parameters
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansinh.fhir.bulk.narrowing import filter_query
from ansinh.fhir.index.numbers import TYPES, is_type
from ansinh.fhir.model import dates
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.references import parse as parse_reference
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Malformed, Refused

_FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
_ELSEWHERE = {
    "organizeOutputBy": "nút này chỉ chia tệp theo loại hồ sơ.",
    "allowPartialManifests": "nút này chỉ đưa danh sách tệp khi đã xuất xong.",
}
_ASSOCIATED = {"LatestProvenanceResources": "latest", "RelevantProvenanceResources": "relevant"}
_NO_ASSOCIATED = "chỉ nhận LatestProvenanceResources và RelevantProvenanceResources."
_FILTERS = re.compile(r",(?=[A-Z][A-Za-z]+\?)")
_NO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported.

    level: system, patient or group. group: id of the Group. types: in the order of the files. since: microseconds, None
    for everything. filters: `Type?search`, of one type any may hold. elements: `name` or `Type.name`. patients: ids, ()
    for all. notes: what lenient handling passed over, for the error file. associated: which Provenance comes with what
    is exported, "" (as any type), `latest` or `relevant` of each record; then it is the last of the types.
    """

    level: str = "system"
    group: str = ""
    types: tuple[str, ...] = ()
    since: int | None = None
    filters: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    request: str = ""
    notes: tuple[str, ...] = field(default=())
    associated: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the job keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Wanted":
        """What `to_json` gave."""
        parts: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in value.items()}
        return cls(**parts)


def read(
    context: Context,
    params: Iterable[tuple[str, Any]],
    *,
    level: str = "system",
    group: str = "",
    request: str = "",
    strict: bool = True,
) -> Wanted:
    """Check the parameters (name, text; `patient` may be a Reference). Raises `Malformed` naming the one that is wrong,
    `Refused` for a type that the role may not search. `strict=False` passes over what is not known, with a note.
    """
    given: dict[str, list[Any]] = {}
    for name, value in params:
        given.setdefault(name, []).append(value)
    notes = _unknown(given, level, strict)
    output = _words(given, "_outputFormat")
    if output and output[-1].replace(" ", "+") not in _FORMATS:
        raise _wrong("_outputFormat", "chỉ xuất NDJSON (application/fhir+ndjson).")
    types, skipped = _types(context, _words(given, "_type"), level, strict)
    associated, unknown = _associated(_words(given, "includeAssociatedData"), strict)
    if associated:
        types = _with_provenance(context, types)
    return Wanted(
        level,
        group,
        types,
        _since(given),
        _filters(_texts(given, "_typeFilter"), types),
        _elements(_words(given, "_elements"), types),
        _patients(given.get("patient", [])),
        request,
        (*notes, *skipped, *unknown),
        associated,
    )


def _unknown(given: dict[str, list[Any]], level: str, strict: bool) -> list[str]:
    known = {"_type", "_since", "_typeFilter", "_elements", "_outputFormat", "_format", "_pretty"}
    known.add("includeAssociatedData")
    known |= {"patient"} if level != "system" else set()
    notes = []
    for name in given.keys() - known:
        why = _ELSEWHERE.get(name, "không phải tham số của $export ở đây.")
        if strict:
            raise _wrong(name, why)
        notes.append(f"Đã bỏ qua tham số {name}: {why}")
    return sorted(notes)


def _types(context: Context, named: Sequence[str], level: str, strict: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Types to export and notes about those left out."""
    there = {"Patient", *definitions().compartment("Patient")} if level != "system" else set(TYPES)
    if not named:
        found = [kind for kind in TYPES if kind in there and context.allows("search", kind)]
        if not found:
            raise Refused("Vai trò của anh/chị không được xuất loại hồ sơ nào.", code="export-types")
        return tuple(found), ()
    notes = []
    for kind in dict.fromkeys(named):
        if not is_type(kind):
            raise _wrong("_type", "có loại tài nguyên mà FHIR R4 không có.")
        if kind not in there:
            why = f"{kind} không thuộc hồ sơ của một người nên không xuất được ở cấp này."
        elif not context.allows("search", kind):
            why = f"Vai trò của anh/chị không được xuất loại hồ sơ {kind}."
        else:
            continue
        if strict:
            raise Refused(why, code="export-types")
        notes.append(why)
    wanted = [kind for kind in dict.fromkeys(named) if kind in there and context.allows("search", kind)]
    return tuple(wanted), tuple(notes)


def _associated(named: Sequence[str], strict: bool) -> tuple[str, tuple[str, ...]]:
    """(which Provenance, notes): of several values the one that gives most, as the guide says."""
    if strict and not set(named) <= _ASSOCIATED.keys():
        raise _wrong("includeAssociatedData", _NO_ASSOCIATED)
    known = {_ASSOCIATED[one] for one in named if one in _ASSOCIATED}
    note = f"Đã bỏ qua một giá trị của includeAssociatedData: {_NO_ASSOCIATED}"
    notes = (note,) if len(set(named)) > len(known) else ()
    return ("relevant" if "relevant" in known else "latest" if known else ""), notes


def _with_provenance(context: Context, types: Sequence[str]) -> tuple[str, ...]:
    if not context.allows("search", "Provenance"):
        raise Refused("Vai trò của anh/chị không được xuất loại hồ sơ Provenance.", code="export-types")
    return (*(kind for kind in types if kind != "Provenance"), "Provenance")


def _since(given: dict[str, list[Any]]) -> int | None:
    texts = _texts(given, "_since")
    if not texts:
        return None
    text = texts[-1].replace(" ", "+")
    if not _NO_TIME.fullmatch(text):
        raise _wrong("_since", "là một thời điểm đủ ngày, giờ và múi giờ: 2026-01-31T08:00:00+07:00.")
    try:
        return dates.bounds(text)[0]
    except ValueError as error:
        raise _wrong("_since", "không có thời điểm này.") from error


def _filters(texts: Sequence[str], types: Sequence[str]) -> tuple[str, ...]:
    found = [part for text in texts for part in _FILTERS.split(text) if part]
    for text in found:
        kind = text.partition("?")[0]
        if kind not in types:
            raise _wrong("_typeFilter", f"nêu loại {kind[:40]} không nằm trong các loại được xuất.")
        filter_query(text)
    return tuple(found)


def _elements(names: Sequence[str], types: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        kind, dot, element = name.rpartition(".")
        if dot and kind not in types:
            raise _wrong("_elements", f"nêu loại {kind[:40]} không nằm trong các loại được xuất.")
        if not element.isalnum():
            raise _wrong("_elements", "là tên các phần tử đầu tiên của hồ sơ, ví dụ Patient.birthDate.")
    return tuple(names)


def _patients(values: Sequence[Any]) -> tuple[str, ...]:
    found = []
    for value in values:
        text = value.get("reference") if isinstance(value, dict) else value
        parsed = parse_reference(text) if isinstance(text, str) else None
        if parsed is None or parsed.kind != "relative" or parsed.type != "Patient":
            raise _wrong("patient", "là tham chiếu Patient/[mã].")
        found.append(parsed.id)
    return tuple(dict.fromkeys(found))


def _texts(given: dict[str, list[Any]], name: str) -> list[str]:
    values = given.get(name, [])
    if not all(isinstance(value, str) for value in values):
        raise _wrong(name, "phải là chữ.")
    return [value for value in values if value]


def _words(given: dict[str, list[Any]], name: str) -> list[str]:
    return [part.strip() for text in _texts(given, name) for part in text.split(",") if part.strip()]


def _wrong(name: str, why: str) -> Malformed:
    return Malformed(f"Tham số «{name}» của $export: {why}", field=name, code="export-parameter")
