"""The dated tree as plain values: what stands under what on a day, and who followed whom.

Days are inclusive on both ends; no end means until further notice. A unit has at most one authority on a day.
Two readings of the past (blueprint, "Nodes"): rights follow the tree as it is today, reports the tree as it was in
their period. A report about a unit that has ended reads the tree of that unit's last day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from ansinh.kernel.errors import Problem, UserError

AUTHORITY = "authority"
SUCCESSION = ("merged-into", "renamed-to", "split-into", "duties-to")
_ENDING = ("merged-into", "renamed-to", "split-into")
FAR = date.max


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. kind: code of CS("facility-kind"); code: the identifier people use; area: province number."""

    id: str
    code: str
    name: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    english: str = ""
    synthetic: bool = False

    def exists_on(self, day: date) -> bool:
        """True between founding and closing, both included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Relation:
    """`authority`: parent stands over child from start to end. Else: child was followed by parent from start on."""

    id: str
    parent: str
    child: str
    kind: str
    start: date
    end: date | None = None
    duty: str = ""
    source: str = ""
    verified: bool = True

    def holds_on(self, day: date) -> bool:
        """True between start and end, both included."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Node:
    """A unit at its place in the tree of one day."""

    unit: Unit
    depth: int
    parent: str = ""
    children: tuple["Node", ...] = field(default=())


class Cycle(UserError):
    """Units follow or govern each other in a circle: nothing can be worked out from such a tree."""

    issue_type = "business-rule"
    status = 422


def authority_on(unit: str, relations: Iterable[Relation], day: date) -> Relation | None:
    """The authority over a unit on a day."""
    return next(
        (item for item in relations if item.kind == AUTHORITY and item.child == unit and item.holds_on(day)), None
    )


def tree_at(units: Sequence[Unit], relations: Iterable[Relation], day: date) -> list[Node]:
    """The forest of one day, roots first, names in the order given. Units that do not exist that day are left out.

    A unit whose authority does not exist that day stands as a root. Raises Cycle.
    """
    present = {unit.id: unit for unit in units if unit.exists_on(day)}
    over = {
        item.child: item.parent
        for item in relations
        if item.kind == AUTHORITY and item.holds_on(day) and item.child in present and item.parent in present
    }
    _refuse_circles(over, present)
    below: dict[str, list[str]] = {}
    for child in present:
        below.setdefault(over.get(child, ""), []).append(child)

    def node(unit: str, depth: int) -> Node:
        children = tuple(node(child, depth + 1) for child in below.get(unit, ()))
        return Node(present[unit], depth, over.get(unit, ""), children)

    return [node(unit, 0) for unit in below.get("", ())]


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every node, parents before children."""
    for item in nodes:
        yield item
        yield from walk(item.children)


def ancestors(unit: str, relations: Sequence[Relation], day: date) -> list[str]:
    """The authorities above a unit on a day, nearest first. Raises Cycle."""
    above: list[str] = []
    while over := authority_on(above[-1] if above else unit, relations, day):
        if over.parent == unit or over.parent in above:
            raise Cycle("Cây tổ chức bị vòng: đơn vị nằm dưới chính nó.", code="tree-cycle")
        above.append(over.parent)
    return above


def below(unit: Unit, units: Sequence[Unit], relations: Sequence[Relation], day: date) -> list[Unit]:
    """The unit and all that stood under it on a day. For a unit that has ended: on its last day."""
    last = min(day, unit.valid_to or FAR)
    for root in walk(tree_at(units, relations, last)):
        if root.unit.id == unit.id:
            return [item.unit for item in walk([root])]
    return []


def counted(unit: Unit, units: Sequence[Unit], relations: Sequence[Relation], day: date) -> list[Unit]:
    """What a report about `unit` on `day` counts: everything below it, ended units replaced by those that followed.

    Đắk Nông's plan asked in 2026 counts the facilities that stood under Đắk Nông on 30/06/2025 and still exist.
    """
    known = {item.id: item for item in units}
    found: dict[str, Unit] = {}
    for item in below(unit, units, relations, day):
        if item.exists_on(day) or item.id == unit.id:
            found[item.id] = item
        else:
            for heir in successors(item.id, relations, day, whole=True):
                if heir in known and known[heir].exists_on(day):
                    found[heir] = known[heir]
    return list(found.values())


def former(counted: Iterable[Unit], units: Iterable[Unit], relations: Sequence[Relation], day: date) -> list[Unit]:
    """Units that ended before a day and whose past belongs to the counted ones: all that followed them are counted,
    or nobody followed and they stood under one that is. What was written down at a centre before it was renamed,
    merged or closed in the middle of a year is part of that year's figure."""
    here = {item.id for item in counted}
    ended = {item.id: item for item in units if item.valid_to and item.valid_to < day and item.id not in here}
    return [item for item in ended.values() if _past_belongs(item, here, ended, relations, day)]


def _past_belongs(
    unit: Unit, here: set[str], ended: Mapping[str, Unit], relations: Sequence[Relation], day: date
) -> bool:
    heirs = successors(unit.id, relations, day, whole=True)
    if heirs != (unit.id,):
        return all(
            heir in here or (heir in ended and _past_belongs(ended[heir], here, ended, relations, day))
            for heir in heirs
        )
    above = ancestors(unit.id, relations, unit.valid_to or day)
    return any(heir in here for parent in above for heir in successors(parent, relations, day, whole=True))


def successors(
    unit: str, relations: Iterable[Relation], day: date, duty: str = "", *, whole: bool = False
) -> tuple[str, ...]:
    """Who carries on for a unit on a day, followed to the end of the chain; itself when nobody followed.

    duty: only the branch that took over this duty, where relations name one. whole: follow only what ended the
    unit (merger, renaming, division), not a mere handing on of duties. Raises Cycle.
    """
    following: dict[str, list[Relation]] = {}
    kinds = _ENDING if whole else SUCCESSION
    for item in relations:
        if item.kind in kinds and item.start <= day:
            following.setdefault(item.child, []).append(item)
    found: dict[str, None] = {}
    _follow(unit, following, duty, (), found)
    return tuple(found)


def _follow(
    unit: str, following: Mapping[str, list[Relation]], duty: str, way: tuple[str, ...], found: dict[str, None]
) -> None:
    if unit in way:
        raise Cycle("Chuỗi kế thừa bị vòng: đơn vị kế thừa chính nó.", code="succession-cycle")
    steps = following.get(unit, [])
    fitting = [item for item in steps if not duty or not item.duty or item.duty == duty]
    if not fitting:
        found[unit] = None
    for item in fitting:
        _follow(item.parent, following, duty, (*way, unit), found)


def predecessors(unit: str, relations: Iterable[Relation], day: date) -> tuple[Relation, ...]:
    """The relations by which other units flowed into this one up to a day."""
    return tuple(item for item in relations if item.kind in SUCCESSION and item.parent == unit and item.start <= day)


def problems(units: Sequence[Unit], relations: Sequence[Relation]) -> list[Problem]:
    """Everything that is wrong with a tree; empty when it may be used."""
    known = {unit.id: unit for unit in units}
    found = [*_unit_problems(units)]
    for item in relations:
        found += _relation_problems(item, known)
    if not found:
        found = _overlap_problems(relations, known) + _circle_problems(relations)
    return found


def _unit_problems(units: Sequence[Unit]) -> Iterator[Problem]:
    seen: set[str] = set()
    for unit in units:
        if unit.code in seen:
            yield Problem("duplicate", f"Mã đơn vị «{unit.code}» bị trùng.", unit.code, key="unit-duplicate")
        seen.add(unit.code)
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            yield Problem("value", f"«{unit.name}» kết thúc trước khi bắt đầu.", unit.code, key="unit-dates")


def _relation_problems(item: Relation, known: Mapping[str, Unit]) -> list[Problem]:
    missing = [end for end in (item.parent, item.child) if end not in known]
    if missing:
        return [Problem("not-found", f"Quan hệ {item.kind} trỏ tới đơn vị chưa có.", item.id, key="relation-unknown")]
    parent, child = known[item.parent], known[item.child]
    where = f"{child.code} → {parent.code}"
    if item.parent == item.child:
        return [Problem("business-rule", f"«{child.name}» không thể quan hệ với chính nó.", where, key="relation-self")]
    if item.end and item.end < item.start:
        return [Problem("value", f"{where}: ngày kết thúc trước ngày bắt đầu.", where, key="relation-dates")]
    return _lifetime_problems(item, parent, child, where)


def _lifetime_problems(item: Relation, parent: Unit, child: Unit, where: str) -> list[Problem]:
    if item.kind == AUTHORITY:
        for unit in (parent, child):
            if not (unit.exists_on(item.start) and unit.exists_on(item.end or unit.valid_to or item.start)) or (
                item.end is None and unit.valid_to is not None
            ):
                message = f"{where}: quan hệ quản lý nằm ngoài thời gian tồn tại của «{unit.name}»."
                return [Problem("business-rule", message, where, key="relation-lifetime")]
    elif item.kind in _ENDING and child.valid_to != item.start - timedelta(days=1):
        message = f"{where}: «{child.name}» phải kết thúc vào ngày trước ngày kế thừa."
        return [Problem("business-rule", message, where, key="succession-end")]
    elif not parent.exists_on(item.start):
        message = f"{where}: «{parent.name}» không tồn tại vào ngày kế thừa."
        return [Problem("business-rule", message, where, key="succession-heir")]
    return []


def _overlap_problems(relations: Sequence[Relation], known: Mapping[str, Unit]) -> list[Problem]:
    by_child: dict[str, list[Relation]] = {}
    for item in relations:
        if item.kind == AUTHORITY:
            by_child.setdefault(item.child, []).append(item)
    found = []
    for child, items in by_child.items():
        items.sort(key=lambda item: item.start)
        for before, after in pairwise(items):
            if before.end is None or before.end >= after.start:
                message = f"«{known[child].name}» có hai cơ quan quản lý cùng lúc từ {after.start:%d/%m/%Y}."
                found.append(Problem("business-rule", message, known[child].code, key="authority-overlap"))
    return found


def _circle_problems(relations: Sequence[Relation]) -> list[Problem]:
    """A circle can only begin on a day when an authority begins."""
    days = sorted({item.start for item in relations if item.kind == AUTHORITY})
    try:
        for day in days:
            over = {item.child: item.parent for item in relations if item.kind == AUTHORITY and item.holds_on(day)}
            _refuse_circles(over, over)
        for child in {item.child for item in relations if item.kind in SUCCESSION}:
            successors(child, relations, FAR)
    except Cycle as error:
        return [Problem("business-rule", error.message, key=error.code)]
    return []


def _refuse_circles(over: Mapping[str, str], units: Iterable[str]) -> None:
    cleared: set[str] = set()
    for unit in units:
        way: set[str] = set()
        while unit in over and unit not in cleared:
            if unit in way:
                raise Cycle("Cây tổ chức bị vòng: đơn vị nằm dưới chính nó.", code="tree-cycle")
            way.add(unit)
            unit = over[unit]
        cleared |= way
