"""Asks the live views: whose figures (the tree of a day), by which definition, as of which position."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository, database
from ansinh.fhir.views import changes, kept, tables
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound
from ansinh.network.facilities import queries as facilities
from ansinh.network.facilities import rules as tree
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures import files, keeping, resources, statements
from ansinh.programme.measures.definition import Definition, Stratifier
from ansinh.programme.measures.keeping import Position, Question
from ansinh.programme.measures.rules import Period
from ansinh.programme.measures.tally import Tally

_READ = ("Measure", "Organization", "OrganizationAffiliation")


class Counting:
    """What one page counts with, read once: the dated tree, the care kinds, the position, the tallies asked so far."""

    def __init__(self, as_of: int | None = None) -> None:
        """For figures as of a journal position; as of now without one."""
        self._asked, self.care = as_of, facilities.care_kinds()
        self._marks = changes.marks(_READ)
        self._units: dict[tuple[str, date], list[Unit]] = {}
        self._ended: dict[tuple[str, date], list[Unit]] = {}
        self._tallies: dict[Question, Tally] = {}
        self._definitions: dict[str, Definition] = {}

    @cached_property
    def _head(self) -> Position:
        return keeping.head()

    @property
    def as_of(self) -> int | None:
        """The position when it is not the present one."""
        return None if self._asked is None or self._asked == self._head.number else self._asked

    @cached_property
    def at(self) -> Position:
        """The position that the figures hold at, with its seal."""
        return self._head if self.as_of is None else _position(self.as_of)

    @cached_property
    def register(self) -> Register:
        """All units and relations of the node, as they were known at the position."""
        as_of = self.as_of
        return kept.once(("register", as_of), self._marks, lambda: facilities.register(system_context(), as_of=as_of))

    @property
    def position(self) -> int:
        """The journal position that the figures hold at."""
        return self.at.number

    def units(self, unit_id: str, day: date) -> list[Unit]:
        """All units that a report about `unit_id` counts, as the tree was on `day`. Raises NotFound."""
        if (unit_id, day) not in self._units:
            unit = self.register.unit(unit_id)
            self._units[unit_id, day] = tree.counted(unit, self.register.units, self.register.relations, day)
        return self._units[unit_id, day]

    def part(self, measure: Definition, unit_id: str, day: date) -> list[Unit]:
        """Those of the units that the measure counts. What people received at a unit that has ended by then is
        counted with those that followed it or stood above it; measures of facilities count those that there are."""
        units = self.units(unit_id, day) + (self._former(unit_id, day) if measure.people else [])
        wanted = self._taking_part(measure, units)
        return [unit for unit in units if (unit.id, unit.kind) in wanted]

    def _former(self, unit_id: str, day: date) -> list[Unit]:
        if (unit_id, day) not in self._ended:
            known, units = self.register, self.units(unit_id, day)
            self._ended[unit_id, day] = tree.former(units, known.units, known.relations, day)
        return self._ended[unit_id, day]

    def definitions(self, measure_ids: Sequence[str]) -> dict[str, Definition]:
        """The measures as they were defined at the position. Raises NotFound."""
        if new := [each for each in measure_ids if each not in self._definitions]:
            as_of, key = self.as_of, ("definitions", tuple(new), self.as_of)
            self._definitions |= kept.once(key, self._marks, lambda: definitions(new, as_of))
        return {each: self._definitions[each] for each in measure_ids}

    def definition(self, measure_id: str) -> Definition:
        """One measure as it was defined at the position. Raises NotFound."""
        return self.definitions([measure_id])[measure_id]

    def tally(self, measure: Definition, period: Period) -> Tally:
        """All subjects of the measure over a period, at every facility of the node."""
        return self.tallies([(measure, period)])[measure.id, period]

    def tallies(self, wanted: Iterable[tuple[Definition, Period]]) -> dict[tuple[str, Period], Tally]:
        """Several at once: asked for together, they cost what one costs. Raises Invalid for a period without rule."""
        asked = {(measure.id, period): self._question(measure, period) for measure, period in wanted}
        try:
            self._tallies |= keeping.tallies([each for each in asked.values() if each not in self._tallies], self.at)
        except LookupError as error:
            raise Invalid(_("Chỉ tiêu chưa có mức quy định cho kỳ này."), field="ky") from error
        return {key: self._tallies[question] for key, question in asked.items()}

    def subjects(
        self, measure: Definition, units: Sequence[Unit], period: Period, part: str, skip: int, size: int
    ) -> list[dict[str, Any]]:
        """Rows about single subjects at the units, in order; never kept."""
        table, params = statements.facility_table([(unit.id, unit.kind) for unit in units])
        values = {**params, **statements.parameters(measure, period, self.position), "skip": skip, "size": size}
        prefix = tables.as_of(statements.views_of(measure), self.position)
        sql = statements.compose(prefix, table, measure, statements.subjects(part))
        return tables.rows(system_context(), sql, values)

    def _question(self, measure: Definition, period: Period) -> Question:
        known = stratifiers()
        ways = tuple(known[name] for name in measure.stratifiers)
        return Question(measure, ways, period, tuple(sorted(self._taking_part(measure, self.register.units))))

    def _taking_part(self, measure: Definition, units: Sequence[Unit]) -> set[tuple[str, str]]:
        return set(statements.taking_part(measure, [(unit.id, unit.kind) for unit in units], self.care))


def _position(number: int) -> Position:
    found = database.fetch("SELECT hash FROM journal WHERE position = %s", [number])
    return Position(number, database.blob(found[0][0]) if found else b"")


def stratifiers() -> dict[str, Stratifier]:
    """The shared ways to break figures down."""
    return files.stratifiers(Path(settings.DEFINITIONS) / "measures")


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
