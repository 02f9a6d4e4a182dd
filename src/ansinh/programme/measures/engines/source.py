"""Figures of an exported folder: a `Counting` whose tree, definitions and tallies do not come from this node."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from ansinh.fhir.views import exporting, live, shapes
from ansinh.fhir.views.exporting import Manifest
from ansinh.kernel.errors import Conflict, Invalid, NotFound
from ansinh.network.facilities.queries import Register
from ansinh.network.facilities.resources import relation_from_row, unit_from_row
from ansinh.programme.measures import counting, files, statements
from ansinh.programme.measures import tally as tallying
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.definition import Definition
from ansinh.programme.measures.engines.rewriting import Dialect, Statement, rewritten
from ansinh.programme.measures.keeping import Position, Question
from ansinh.programme.measures.rules import Period
from ansinh.programme.measures.tally import Tally

_UNITS = "SELECT id, code, name, english, kind, valid_from, valid_to, synthetic FROM organization ORDER BY name"
_RELATIONS = (
    "SELECT id, parent_id, child_id, relation, duty, from_date, to_date, source, verified "
    "FROM organization_affiliation ORDER BY from_date"
)
_OWN = "__0"  # `:from` and `:to` are words of SQL to sqlglot; with an ending they are names


class Engine(Protocol):
    """What counts. A view is shown as of a position under its plain name before statements read it."""

    dialect: Dialect

    def show(self, name: str, columns: Mapping[str, str], files: str, position: int) -> None:
        """From now on `name` gives these columns (types as DuckDB names them) of the rows that held at a position.

        files: a pattern for the Parquet files; "" where there are none.
        """

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The answer; `values` holds what the statement asks for, and no more."""


class Exported(Counting):
    """What one run counts with. Everything about a figure but its rows is the node's own code."""

    def __init__(self, folder: Path, engine: Engine, as_of: int | None = None) -> None:
        """Raises NotFound where no export is, Invalid for one of another version, Conflict for a position beyond it."""
        super().__init__(as_of)
        self._folder, self._engine, self._shown = folder, engine, set[str]()
        self.manifest = exporting.read_manifest(folder)
        _check_version(self.manifest)
        if as_of is not None and not 0 < as_of <= self.manifest.position:
            raise Conflict(f"Bản xuất có số liệu từ vị trí 1 đến {self.manifest.position}, không có vị trí {as_of}.")
        self._at = as_of if as_of is not None else self.manifest.position

    @property
    def at(self) -> Position:
        """The position that the figures hold at; the seal is that of the export's end."""
        return Position(self._at, bytes.fromhex(self.manifest.seal))

    @cached_property
    def register(self) -> Register:
        """All units and relations of the export."""
        units = tuple(unit_from_row(row) for row in self._rows(_UNITS, ["organization"]))
        relations = (relation_from_row(row) for row in self._rows(_RELATIONS, ["organization_affiliation"]))
        return Register(units, tuple(relations))

    def definitions(self, measure_ids: Sequence[str]) -> dict[str, Definition]:
        """The measures as the files here define them. Raises NotFound, Invalid."""
        if unknown := sorted(set(measure_ids) - set(counting.all_ids())):
            raise NotFound(f"Không có chỉ tiêu «{unknown[0]}».")
        folder = Path(settings.DEFINITIONS) / "measures"
        return {each: files.read(folder / each / "measure.yaml") for each in measure_ids}

    def tallies(self, wanted: Iterable[tuple[Definition, Period]]) -> dict[tuple[str, Period], Tally]:
        """One statement a measure and period, each asked once. Raises Invalid for a period without rule."""
        found = {}
        for measure, period in wanted:
            question = self._question(measure, period)
            if question not in self._tallies:
                self._tallies[question] = self._tally(question)
            found[measure.id, period] = self._tallies[question]
        return found

    def _tally(self, question: Question) -> Tally:
        facility, places = statements.facility_table(question.facilities)
        asked = [(0, statements.tally(question.measure, question.stratifiers, _OWN))]
        try:
            values = places | statements.suffixed(question.parameters(self._at), _OWN)
        except LookupError as error:
            raise Invalid("Chỉ tiêu chưa có mức quy định cho kỳ này.", field="ky") from error
        return tallying.of_rows(self._rows(statements.together([facility], [("", asked)]), question.views, values))

    def _rows(self, sql: str, views: Sequence[str], values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        for name in views:
            self._show(name)
        statement = rewritten(sql, self._engine.dialect)
        return self._engine.rows(statement, {name: (values or {})[name] for name in statement.names})

    def _show(self, name: str) -> None:
        if name in self._shown:
            return
        view = self.manifest.views.get(name)
        if view is None:
            raise NotFound(f"Bản xuất không có khung nhìn «{name}».")
        files = f"{self._folder / name}/*/*/*.parquet" if view.rows else ""
        self._engine.show(name, view.columns, files, self._at)
        self._shown.add(name)


def _check_version(manifest: Manifest) -> None:
    """The views were exported by the definitions that the measures here are written for."""
    for name, definition in live.load(Path(settings.DEFINITIONS)).items():
        if name in manifest.views and manifest.views[name].digest != shapes.digest(definition):
            raise Invalid(
                f"Bản xuất theo một định nghĩa khác của khung nhìn «{name}»; xin xuất lại bằng phiên bản này."
            )
