"""Asks the live views: whose figures (the tree of a day), by which definition, as of which position."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository, database
from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import NotFound
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities import rules as tree
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures import files, resources, statements
from ansinh.programme.measures.definition import Definition, Stratifier
from ansinh.programme.measures.rules import Period


@dataclass(frozen=True, slots=True)
class Counting:
    """What a page needs to count with, read once: the dated tree, the care kinds, the position."""

    register: Register
    care: frozenset[str]
    position: int
    as_of: int | None
    head: bytes

    @classmethod
    def at(cls, as_of: int | None = None) -> "Counting":
        """For figures as of a position; as of now without one."""
        position, head = _head()
        register = _once((head, "register"), lambda: facilities.register(system_context()))
        return cls(register, facilities.care_kinds(), position if as_of is None else as_of, as_of, head)

    def units(self, unit_id: str, day: date) -> list[Unit]:
        """All units that a report about `unit_id` counts, as the tree was on `day`. Raises NotFound."""
        return tree.counted(self.register.unit(unit_id), self.register.units, self.register.relations, day)

    def part(self, measure: Definition, unit_id: str, day: date) -> list[Unit]:
        """Those of the units that the measure counts."""
        units = self.units(unit_id, day)
        kinds = [(unit.id, unit.kind) for unit in units]
        wanted = {identifier for identifier, _kind in statements.taking_part(measure, kinds, self.care)}
        return [unit for unit in units if unit.id in wanted]

    def definition(self, measure_id: str) -> Definition:
        """The measure as it was defined at the position. Raises NotFound."""
        return definitions([measure_id], self.as_of)[measure_id]

    def ask(
        self,
        measure: Definition,
        units: Sequence[Unit],
        period: Period,
        tail: str,
        stratifier: Stratifier | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Rows of one statement about the measure's subjects at the units; lists of people (`extra`) are not kept."""
        table, params = statements.facility_table([(unit.id, unit.kind) for unit in units])
        values = {**params, **statements.parameters(measure, period, self.position), **(extra or {})}
        prefix = tables.as_of(statements.views_of(measure, stratifier), self.position)
        sql = statements.compose(prefix, table, measure, tail, stratifier)
        if extra:
            return tables.rows(system_context(), sql, values)
        key = (self.head, sql, tuple(sorted(values.items())))
        return _once(key, lambda: tables.rows(system_context(), sql, values))


_KEPT: OrderedDict[Hashable, Any] = OrderedDict()
_LOCK = Lock()
_SIZE = 2000


def _head() -> tuple[int, bytes]:
    """Position and seal of the journal's last entry: what was computed under a seal stays true under it."""
    found = database.fetch("SELECT position, hash FROM journal_head WHERE id = 1")
    return (found[0][0], database.blob(found[0][1])) if found else (0, b"")


def _once[T](key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave for this key; the least used are forgotten. Aggregates only, never rows about one person."""
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    made = make()
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > _SIZE:
            _KEPT.popitem(last=False)
    return made


def definitions(measure_ids: Sequence[str], as_of: int | None = None) -> dict[str, Definition]:
    """The measures now, or as they were defined at a journal position. Raises NotFound naming none of them."""
    repository = Repository(system_context())
    if as_of is None:
        found = repository.read_many("Measure", measure_ids)
    else:
        found = {each: body for each in measure_ids if (body := _version(repository, each, as_of))}
    if set(measure_ids) - set(found):
        raise NotFound(_("Không có chỉ tiêu này."))
    return {each: _parsed(each, found[each]["version"], _source(found[each])) for each in measure_ids}


def all_ids() -> list[str]:
    """Ids of the measures of this node's files."""
    return sorted(path.parent.name for path in files.measure_files(Path(settings.DEFINITIONS) / "measures"))


def _version(repository: Repository, measure_id: str, as_of: int) -> dict[str, Any] | None:
    """The Measure as it was at a position. A measure first loaded after the position is taken as first loaded:
    definitions may be brought to a node later than its records."""
    versions = sorted(repository.history("Measure", measure_id), key=lambda each: each.position)
    before = [each for each in versions if each.position <= as_of]
    chosen = before[-1] if before else versions[0] if versions else None
    return chosen.body if chosen else None


def _source(resource: Mapping[str, Any]) -> str:
    return next(each["valueString"] for each in resource["extension"] if each["url"] == resources.SOURCE)


@lru_cache(maxsize=256)
def _parsed(measure_id: str, version: str, source: str) -> Definition:
    """Parsing takes longer than reading; a source parses to the same definition always."""
    return resources.definition_of({"extension": [{"url": resources.SOURCE, "valueString": source}]})
