"""What one measure file says, checked. Pure: the SQL itself is tried on a database by `loading`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import ANY, COUNT, FLAG, TEXT, WORDS, misfits

Unit = Literal["percent", "count"]

PARAMETERS = frozenset({"from", "to", "to_6m", "to_12m", "as_of"})
ROW = ("facility_id", "subject_id", "numerator", "denominator")
_ID = re.compile(r"[a-z][a-z0-9-]{2,63}")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
NAMED = re.compile(r"(?<![:\w]):([a-z][a-z0-9_]*)")
"""A parameter `:name` of a measure's SQL; a cast `::text` is none."""
_REQUIRED_TEXTS = ("question", "population", "numerator", "denominator", "sql")
_EXAMPLE = {
    "title": TEXT, "from": ANY, "to": ANY, "facilities?": [{"id": TEXT, "kind": TEXT}], "rows?": {...: [{...: ANY}]},
    "expect": [{"facility_id": WORDS, "numerator": COUNT, "denominator": COUNT}],
    "strata?": {...: [{"stratum": WORDS, "numerator": COUNT, "denominator": COUNT}]},
}  # fmt: skip
# What each value is made of; what must be there is asked beside it.
_FILE = {
    **dict.fromkeys(("id?", "version?", "unit?", "direction?"), ANY),
    **dict.fromkeys(("question?", "population?", "numerator?", "denominator?", "sql?", "nothing?", "noun?"), WORDS),
    **{key: [WORDS] for key in ("views?", "kinds?", "stratifiers?", "sources?", "notes?", "unverified?")},
    "title?": {"vi?": WORDS, "en?": WORDS}, "people?": FLAG, "missing?": {...: TEXT}, "examples?": [_EXAMPLE],
    "values?": {...: [{"from?": ANY, "to?": ANY, "value?": ANY}]},
}  # fmt: skip
_STRATIFIERS = {
    ...: {"title": TEXT, "sql": TEXT, "views": [TEXT], "strata": {...: TEXT}, "overlapping?": FLAG}
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A small world and the figures it must give: rows of views in, one figure a facility out."""

    title: str
    start: str
    end: str
    facilities: tuple[Mapping[str, str], ...]
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    expect: tuple[Mapping[str, Any], ...]
    strata: Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator.

    sql: lists the subjects of `facility(id, kind)` (the facilities of the asked unit), one row each:
        facility_id, subject_id, numerator (0/1), denominator (0/1); people measures add person_id, and `missing`
        (codes of `missing_words`, separated by spaces) for those who do not yet count.
    kinds: facility kinds that take part; empty for every care facility, `*` for departments too.
    people: the subjects are people or facts about one person, so small counts are hidden.
    values: dated parameters by name ({from, to, value}), named in the SQL as `:name`.
    views: live views that the SQL reads, by name.
    """

    id: str
    version: str
    title: Mapping[str, str]
    unit: Unit
    direction: str
    question: str
    population: str
    numerator: str
    denominator: str
    sql: str
    views: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    people: bool = False
    stratifiers: tuple[str, ...] = ()
    values: Mapping[str, tuple[Mapping[str, Any], ...]] = ()  # type: ignore[assignment]
    missing_words: Mapping[str, str] = ()  # type: ignore[assignment]
    nothing: str = ""
    noun: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    def words(self, codes: str | None) -> list[str]:
        """The reasons behind a row's `missing` codes, in the order of the file."""
        given = set((codes or "").split())
        return [text for code, text in dict(self.missing_words).items() if code in given]


@dataclass(frozen=True, slots=True)
class Stratifier:
    """A way to break a figure down: SQL giving person_id and stratum, and the words for each stratum."""

    id: str
    title: str
    sql: str
    views: tuple[str, ...]
    strata: Mapping[str, str]
    overlapping: bool = False


def parse(data: Any, *, file: str = "", stratifiers: Iterable[str] = ()) -> Definition:
    """The definition of one YAML document. Raises Invalid with every problem and its path in the file."""
    problems = list(_problems(data, frozenset(stratifiers)))
    if problems:
        first = problems[0]
        raise Invalid(
            f"Tệp chỉ tiêu {file or '(không tên)'} chưa dùng được: {first.expression}: {first.message}",
            problems=problems,
        )
    return _build(data)


def _problems(data: Any, stratifiers: frozenset[str]) -> Iterable[Problem]:
    if not isinstance(data, Mapping):
        yield Problem("structure", "Tệp phải là một bảng các mục có tên.", "$")
        return
    if unfit := [_misfit(place, what) for place, what in misfits(data, _FILE)]:
        yield from unfit
        return
    if not _ID.fullmatch(str(data.get("id", ""))):
        yield Problem("value", "Mã chỉ tiêu gồm chữ thường không dấu, số và gạch nối.", "id")
    if not str(data.get("version") or ""):
        yield Problem("required", "Thiếu phiên bản của định nghĩa.", "version")
    if data.get("unit") not in ("percent", "count"):
        yield Problem("value", "Đơn vị phải là percent hoặc count.", "unit")
    if data.get("direction") not in ("increase", "decrease"):
        yield Problem("value", "Chiều mong muốn phải là increase hoặc decrease.", "direction")
    for language in ("vi", "en"):
        if not (data.get("title") or {}).get(language):
            yield Problem("required", "Thiếu tên chỉ tiêu.", f"title.{language}")
    for name in _REQUIRED_TEXTS:
        if name == "denominator" and data.get("unit") == "count":
            continue
        if not str(data.get(name) or "").strip():
            yield Problem("required", "Thiếu nội dung.", name)
    if not data.get("sources"):
        yield Problem("required", "Thiếu nguồn: mục của kế hoạch hoặc văn bản.", "sources")
    if not data.get("examples"):
        yield Problem("required", "Thiếu ví dụ: không có ví dụ thì định nghĩa không được kiểm.", "examples")
    for name in data.get("stratifiers") or ():
        if name not in stratifiers:
            yield Problem("code-invalid", f"Không có cách phân tổ tên “{name}”.", "stratifiers")
    yield from _sql_problems(data)


def _misfit(place: str, what: str) -> Problem:
    return Problem("structure", f"{what[:1].upper()}{what[1:]}.", place)


def _sql_problems(data: Mapping[str, Any]) -> Iterable[Problem]:
    sql = str(data.get("sql") or "")
    known = PARAMETERS | set(data.get("values") or {})
    for name in sorted(named_parameters(sql) - known):
        yield Problem("value", f"Câu truy vấn dùng tham số :{name} mà chỉ tiêu không khai.", "sql")
    for column in ROW:
        if sql and not re.search(rf"\b{column}\b", sql):
            yield Problem("required", f"Câu truy vấn phải trả cột {column}.", "sql")
    if ";" in sql:
        yield Problem("value", "Câu truy vấn phải là một câu SELECT duy nhất, không có dấu chấm phẩy.", "sql")
    for index, view in enumerate(data.get("views") or ()):
        if not _WORD.fullmatch(str(view)):
            yield Problem("value", f"Tên khung nhìn “{view}” không hợp lệ.", f"views[{index}]")
    for name, entries in (data.get("values") or {}).items():
        for index, entry in enumerate(entries):
            if "value" not in entry:
                yield Problem("required", "Thiếu giá trị.", f"values.{name}[{index}].value")


def named_parameters(sql: str) -> set[str]:
    """Names used as `:name`; a cast `::text` is not one."""
    return set(NAMED.findall(sql))


def _build(data: Mapping[str, Any]) -> Definition:
    return Definition(
        id=data["id"],
        version=str(data["version"]),
        title=dict(data["title"]),
        unit=data["unit"],
        direction=data["direction"],
        question=_text(data["question"]),
        population=_text(data["population"]),
        numerator=_text(data["numerator"]),
        denominator=_text(data.get("denominator")),
        sql=str(data["sql"]).strip(),
        views=tuple(data.get("views") or ()),
        kinds=tuple(data.get("kinds") or ()),
        people=bool(data.get("people", False)),
        stratifiers=tuple(data.get("stratifiers") or ()),
        values={name: tuple(entries) for name, entries in (data.get("values") or {}).items()},
        missing_words=dict(data.get("missing") or {}),
        nothing=_text(data.get("nothing")),
        noun=_text(data.get("noun")),
        sources=tuple(_text(line) for line in data["sources"]),
        notes=tuple(_text(line) for line in data.get("notes") or ()),
        unverified=tuple(_text(line) for line in data.get("unverified") or ()),
        examples=tuple(_example(entry) for entry in data["examples"]),
    )


def _example(entry: Mapping[str, Any]) -> Example:
    return Example(
        title=_text(entry["title"]),
        start=str(entry["from"]),
        end=str(entry["to"]),
        facilities=tuple(entry.get("facilities") or ()),
        rows={view: tuple(rows) for view, rows in (entry.get("rows") or {}).items()},
        expect=tuple(entry["expect"]),
        strata={name: tuple(rows) for name, rows in (entry.get("strata") or {}).items()},
    )


def _text(value: Any) -> str:
    return " ".join(str(value or "").split())


def parse_stratifiers(data: Any, *, file: str = "stratifiers.yaml") -> dict[str, Stratifier]:
    """The ways to break down of `definitions/measures/stratifiers.yaml`. Raises Invalid with every problem."""
    if problems := [_misfit(place, what) for place, what in misfits(data, _STRATIFIERS)]:
        first = problems[0]
        raise Invalid(f"Tệp phân tổ {file}: {first.expression}: {first.message}", problems=problems)
    return {
        name: Stratifier(
            id=name,
            title=_text(entry["title"]),
            sql=str(entry["sql"]).strip(),
            views=tuple(entry["views"]),
            strata={str(code): _text(text) for code, text in entry["strata"].items()},
            overlapping=bool(entry.get("overlapping", False)),
        )
        for name, entry in data.items()
    }
