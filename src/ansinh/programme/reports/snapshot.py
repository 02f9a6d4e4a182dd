"""Everything a report's tables show, as of one journal position; kept inside the report, so that what was approved
reads the same for ever. Plain values only: it is stored as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ansinh.programme.measures.figures import StratumFigure, UnitFigure


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with everything that is needed to compute it again."""

    measure_id: str
    version: str
    report_id: str
    title: str
    unit: str
    noun: str
    numerator: int
    denominator: int
    value: Decimal | None
    reason: str
    position: int
    start: date
    end: date
    by_unit: tuple[UnitFigure, ...] = ()
    by_sex: tuple[StratumFigure, ...] = ()
    by_group: tuple[StratumFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal of the plan with its figure. targets: due year → number, None for a goal without number."""

    id: str
    title: str
    comparator: str
    baseline: str
    targets: Mapping[str, Decimal | None]
    figure: FigureRow
    met: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of the plan as it stood."""

    section: str
    section_title: str
    title: str
    lead: str
    due: str
    state: str
    state_words: str
    progress: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A facility's staff in the baseline year by column of the annex, and the posts filled now."""

    facility: str
    baseline: Mapping[str, int | None]
    now: int | None


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """What a figure of the report means."""

    measure_id: str
    version: str
    title: str
    numerator: str
    denominator: str
    sources: tuple[str, ...]
    unverified: tuple[str, ...]
    start: date
    end: date
    position: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of it. unit_id: the province the plan belongs to; figures: service figures beside the goals."""

    plan_id: str
    plan_title: str
    year: int
    unit_id: str
    unit_name: str
    start: date
    end: date
    position: int
    goals: tuple[GoalRow, ...]
    figures: tuple[FigureRow, ...]
    tasks: tuple[TaskRow, ...]
    staff: tuple[StaffRow, ...] = ()
    staff_columns: tuple[str, ...] = ()
    definitions: tuple[DefinitionRow, ...] = ()
    facilities: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def all_figures(self) -> list[FigureRow]:
        """Figures of goals and services, each measure once."""
        found = {goal.figure.measure_id: goal.figure for goal in self.goals}
        found |= {figure.measure_id: figure for figure in self.figures if figure.measure_id not in found}
        return list(found.values())


def to_plain(value: Any) -> Any:
    """JSON-ready form: dataclasses as objects, decimals and dates as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: to_plain(each) for key, each in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): to_plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal | date) else value


def from_plain[T](kind: type[T], data: Any) -> T:
    """The value of `kind` that `to_plain` wrote; fields added since take their defaults."""
    return _read(kind, data)


def _read(kind: Any, data: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if data is None else _read(next(each for each in arguments if each is not type(None)), data)
    if origin is tuple:
        return tuple(_read(arguments[0], each) for each in data)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(arguments[1], each) for key, each in data.items()}
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        make: Any = kind
        return make(
            **{each.name: _read(hints[each.name], data[each.name]) for each in fields(kind) if each.name in data}
        )
    return _scalar(kind, data)


def _scalar(kind: Any, data: Any) -> Any:
    if kind is Decimal:
        return Decimal(data)
    return date.fromisoformat(data) if kind is date else data
