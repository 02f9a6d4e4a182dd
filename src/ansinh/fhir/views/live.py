"""Live views: typed tables that are true after every write, because they are part of it.

`view_<name>_row` keeps every version of every row between two journal positions; `view_<name>` shows what holds now.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, database, journal, projections, work
from ansinh.fhir.store.records import Change, Resource, Stored
from ansinh.fhir.views import shapes, writing
from ansinh.fhir.views.shapes import Shape
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, NotFound, UserError

_BATCH = 1000
_DELETED = journal.METHODS.index("delete")


Rows = dict[str, list[tuple[Any, ...]]]
Foretold = tuple[int, Rows]
Texts = dict[str, str]


class LiveViews:
    """The projection that keeps all registered views."""

    name = "live-views"

    def apply(self, changes: Sequence[Change]) -> None:
        """Write the rows of these changes, those foretold and those that only now can be made."""
        registry = _current()
        by_type: dict[str, list[tuple[Change, Rows]]] = {}
        for change in changes:
            epoch, rows = change.foretold[self.name] if change.foretold else (0, {})
            by_type.setdefault(change.type, []).append((change, rows if epoch == registry.epoch else {}))
        for shape in registry.shapes.values():
            if own := by_type.get(shape.resource):
                made = ((change, _rows(shape, change, rows.get(shape.name))) for change, rows in own)
                writing.write(shape, made, shape.table)

    def look(self) -> tuple[int, Texts]:
        """The epoch and the definitions. One that changes right then is no harm: what was foretold under another epoch
        is made again by who writes."""
        registry = _at(journal.epoch())
        return registry.epoch, registry.texts

    def learn(self, known: tuple[int, Texts]) -> None:
        """Go by these definitions."""
        global _registry
        if _registry.epoch != known[0]:
            _registry = _Registry(*known)

    def foretell(self, resource: Resource) -> Foretold:
        """The rows of the views that say nothing of what the store itself writes (`meta`), with the epoch of the
        registry that they follow. Nothing is asked of the database; what this process does not know is made later."""
        registry = _registry
        found = ((one.name, one.foretold(resource)) for one in registry.of_type.get(resource["resourceType"], ()))
        return registry.epoch, {name: rows for name, rows in found if rows is not None}

    def move(self, patient_key: int, org: int | None) -> None:
        """Rows of the records that follow a patient get the new owner: that of the record, which its labels change."""
        for shape in _current().shapes.values():
            database.run(
                f'UPDATE "{shape.table}" SET org = (SELECT r.org FROM resource r WHERE r.rid = "{shape.table}".rid) '
                "WHERE rid IN (SELECT rid FROM resource WHERE patient_key = %s AND (follows & 1) = 1 AND type = %s)",
                [patient_key, type_number(shape.resource)],
            )


class _Registry:
    """The views of one epoch of the database; replaced as a whole, so that threads see the old or the new."""

    __slots__ = ("epoch", "of_type", "shapes", "texts")

    def __init__(self, epoch: int, texts: Texts) -> None:
        self.epoch, self.texts, self.shapes = epoch, texts, _shapes(texts)
        self.of_type: dict[str, list[Shape]] = {}
        for shape in self.shapes.values():
            self.of_type.setdefault(shape.resource, []).append(shape)


def _rows(shape: Shape, change: Change, foretold: list[tuple[Any, ...]] | None) -> list[tuple[Any, ...]]:
    return shape.rows(change.after) if foretold is None else foretold


def _current() -> _Registry:
    """The registered views, read again only when the registry of this database has changed."""
    return _at(journal.locked_epoch())


def _at(epoch: int) -> _Registry:
    global _registry
    if _registry.epoch != epoch or not epoch:
        _registry = _Registry(epoch, _texts())
    return _registry


def register() -> None:
    """Keep views from the next write on. Called when Django is ready."""
    projections.register(LiveViews())


def registered() -> dict[str, Shape]:
    """The views that this database keeps, by name."""
    return _shapes(_texts())


def _texts() -> Texts:
    return dict(database.fetch("SELECT name, definition FROM live_view ORDER BY name"))


def _shapes(texts: Texts) -> dict[str, Shape]:
    return {name: shapes.shape_of_json(text.encode()) for name, text in texts.items()}


_registry = _Registry(0, {})
_known: dict[str, Shape] = {}


def known(names: Collection[str]) -> dict[str, Shape]:
    """`registered`, remembered by this process. Asked again when one of `names` is not among them; `sync` forgets."""
    global _known
    found = _known
    if not found or any(name not in found for name in names):
        found = _known = registered()  # one assignment: other threads see the old or the new, never half
    return found


def load(folder: Path) -> dict[str, dict[str, Any]]:
    """The definitions of a folder (`definitions/` or `definitions/views/`) by name. Raises Invalid naming the file."""
    folder = folder / "views" if (folder / "views").is_dir() else folder
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            definition = yaml.document(path)
            name = shapes.shape(definition).name
        except UserError as error:
            raise Invalid(f"{path.name}: {error.message}", field=error.field) from error
        if name in found:
            raise Invalid(f"{path.name}: khung nhìn «{name}» đã có trong tệp khác.", field="name")
        found[name] = definition
    return found


def sync(folder: Path) -> list[str]:
    """Make the tables what the definitions say; the names that were built anew. What is unchanged is not touched."""
    return keep(load(Path(folder)))


def keep(wanted: dict[str, dict[str, Any]]) -> list[str]:
    """`sync` for definitions that were read already."""
    with transaction.atomic():
        work.settle()
        journal.lock()
        present = dict(database.fetch("SELECT name, hash FROM live_view"))
        built = [name for name, definition in wanted.items() if present.get(name) != shapes.digest(definition)]
        for name in [*built, *(name for name in present if name not in wanted)]:
            _run([*shapes.drop(name)])
            database.run("DELETE FROM live_view WHERE name = %s", [name])
        for name in built:
            _build(wanted[name])
        if built or set(present) - set(wanted):
            journal.begin_epoch()
    forget()
    return built


def forget() -> None:
    """What this process remembers of the registry: asked again."""
    global _known
    _known = {}


def _build(definition: dict[str, Any]) -> None:
    shape = shapes.shape(definition)
    _run(shape.create(connection.vendor, shape.table))
    _fill(shape, shape.table)
    _run(shape.finish())
    enter(definition)


def enter(definition: dict[str, Any]) -> None:
    """Put a view whose table is there into the registry. The caller begins a new epoch."""
    shape, text = shapes.shape(definition), json.dumps(definition).decode()
    database.run(
        "INSERT INTO live_view (name, resource, hash, definition) VALUES (%s, %s, %s, %s)",
        [shape.name, shape.resource, shapes.digest(definition), text],
    )


def rebuild(name: str) -> int:
    """Make a view's rows again from the journal; how many there are. Raises NotFound."""
    shape = _shape(name)
    with transaction.atomic():
        work.settle()
        journal.lock()
        database.run(f'DELETE FROM "{shape.table}"')
        _fill(shape, shape.table)
        return database.fetch(f'SELECT count(*) FROM "{shape.table}"')[0][0]


def names() -> list[str]:
    """The kept views, in order."""
    return [name for (name,) in database.fetch("SELECT name FROM live_view ORDER BY name")]


def check(name: str) -> bool:
    """True when the table is what the journal gives, history included. Raises NotFound."""
    return not differences(name, limit=1)


def differences(name: str, limit: int = 20) -> list[dict[str, Any]]:
    """Compare the table with what the journal gives, history included: [] when they agree, else rows that differ.

    Each row says in `_side` where it stands alone (`live` or `journal`) and in `_count` how often.
    """
    shape, other = _shape(name), f"check_{name}_row"
    names = ", ".join(f'"{column}"' for column in shape.columns)
    with transaction.atomic():
        work.settle()
        journal.lock()
        _run(shape.create(connection.vendor, other))
        _fill(shape, other)
        found = [
            {"_side": side, "_count": values[-1], **dict(zip(shape.columns, values, strict=False))}
            for side, one, two in (("live", shape.table, other), ("journal", other, shape.table))
            for values in database.fetch(
                f'SELECT {names}, count(*) FROM "{one}" GROUP BY {names} '
                f'EXCEPT SELECT {names}, count(*) FROM "{two}" GROUP BY {names} LIMIT {limit}'
            )
        ]
        _run([f'DROP TABLE "{other}"'])
    return found


def _shape(name: str) -> Shape:
    found = registered().get(name)
    if found is None:
        raise NotFound(f"Không có khung nhìn «{name}».")
    return found


def _fill(shape: Shape, table: str) -> None:
    last, count = 0, _BATCH
    while count == _BATCH:
        last, count = fill(shape, table, last, _BATCH)


def fill(shape: Shape, table: str, after: int, most: int) -> tuple[int, int]:
    """Write the rows of the next entries of the journal after a position: (position of the last one, how many)."""
    batch = _replay(shape.resource, after, most)
    writing.write(shape, ((change, shape.rows(change.after)) for change in batch), table)
    return (batch[-1].position if batch else after), len(batch)


def _replay(resource_type: str, after: int, most: int) -> list[Change]:
    """Journal entries of a type as changes, with today's owner."""
    found = database.fetch(
        "SELECT j.position, j.method, j.body, r.rid, r.org, r.fhir_id FROM journal j JOIN resource r ON r.key = j.key "
        "WHERE j.type = %s AND j.position > %s ORDER BY j.position LIMIT %s",
        [type_number(resource_type), after, most],
    )
    return [_change(resource_type, *row) for row in found]


def _change(
    resource_type: str, position: int, method: int, body: Any, rid: int, org: int | None, fhir_id: str
) -> Change:
    now = None if method == _DELETED else Stored(bodies.unpack(database.blob(body)))
    return Change(resource_type, fhir_id, rid, org, position, None, now)


def _run(statements: Sequence[str]) -> None:
    for statement in statements:
        database.run_once(statement)
