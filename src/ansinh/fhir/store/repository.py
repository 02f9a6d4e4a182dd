"""The door to resources. A Repository is made from a Context and obeys it; there is no other door."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.index.numbers import type_number
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, changes, checking, committing, database, journal, rules, work
from ansinh.fhir.store.audit import reads
from ansinh.fhir.store.changes import Wanted, version_of
from ansinh.fhir.store.planning import Plan, Unfound, visible
from ansinh.fhir.store.reach import condition, sees, sees_row
from ansinh.fhir.store.records import COLUMNS, Event, Raw, Resource, Row, Saved, Version, moment
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Gone, Invalid, NotFound, Refused, Stale, UserError
from ansinh.kernel.ids import new_id

BATCH = 500
_CHUNK = 400
_CURRENT = f"SELECT {COLUMNS} FROM resource WHERE key = %s"
_ATTEMPTS = 3  # what was missing may arrive between a refusal and the look at it

Exists = Callable[[str, str], bool]
Placed = Callable[[int, UserError], UserError]


class Repository:
    """Resources as one Context sees them.

    `validate=False` is for the node's own trusted loaders: the standard is not checked, and within `transaction()`
    writes are sent to the database in batches.
    """

    def __init__(self, context: Context, *, validate: bool = True) -> None:
        self.context = context
        self.validates = validate

    # Reading

    def read(self, resource_type: str, fhir_id: str) -> Resource:
        """The current resource. Raises `NotFound` (also for another facility's record), `Gone` when deleted."""
        return json.loads(self.raw(resource_type, fhir_id).body)

    def find(self, resource_type: str, fhir_id: str) -> Resource | None:
        """The current resource, or None where `read` would raise NotFound or Gone."""
        row = self._row(resource_type, fhir_id)
        return None if row is None or row.deleted else json.loads(bodies.unpack(row.body))

    def raw(self, resource_type: str, fhir_id: str) -> Raw:
        """The stored JSON, for a door that does not look inside. Raises like `read`."""
        row = self._visible(resource_type, fhir_id)
        if row.deleted:
            raise Gone("Hồ sơ này đã được xóa; các bản trước vẫn còn trong lịch sử.")
        return Raw(bodies.unpack(row.body), row.version, moment(row.updated_us))

    def read_many(self, resource_type: str, ids: Iterable[str]) -> dict[str, Resource]:
        """The current resources that exist and may be seen, by id, in the order asked; one query for 400."""
        self._allow("read", resource_type)
        work.settle()
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Resource] = {}
        seen: dict[int, reads.Owned] = {}
        for start in range(0, len(wanted), _CHUNK):
            keys = [key_of(resource_type, fhir_id) for fhir_id in wanted[start : start + _CHUNK]]
            marks = ", ".join(["%s"] * len(keys))
            for values in database.fetch(f"SELECT {COLUMNS} FROM resource WHERE key IN ({marks})", keys):
                row = Row(*values)
                if not row.deleted and sees_row(self.context, row):
                    found[row.fhir_id] = json.loads(bodies.unpack(database.blob(row.body)))
                    seen[row.key] = row.patient_key, row.org
        reads.note_rows(self.context, "read", type_number(resource_type), list(seen), list(seen.values()))
        return {fhir_id: found[fhir_id] for fhir_id in wanted if fhir_id in found}

    def vread(self, resource_type: str, fhir_id: str, version: int) -> Resource:
        """One version. Raises `NotFound`, or `Gone` when that version is the deletion."""
        row = self._visible(resource_type, fhir_id, verb="history")
        found = database.fetch("SELECT method, body FROM journal WHERE key = %s AND version = %s", [row.key, version])
        if not found:
            raise NotFound("Không tìm thấy bản này của hồ sơ.")
        if journal.METHODS[found[0][0]] == "delete":
            raise Gone("Bản này ghi việc xóa hồ sơ.")
        return json.loads(bodies.unpack(database.blob(found[0][1])))

    def history(self, resource_type: str, fhir_id: str) -> list[Version]:
        """Every version, the newest first."""
        row = self._visible(resource_type, fhir_id, verb="history")
        found = database.fetch(
            "SELECT version, position, at_us, author, method, body FROM journal WHERE key = %s ORDER BY version DESC",
            [row.key],
        )
        return [version_of(values) for values in found]

    def written(self, resource_type: str, ids: Iterable[str]) -> dict[str, list[Version]]:
        """Who wrote each version and when, by id, the oldest first, without bodies; one query for 400."""
        self._allow("history", resource_type)
        work.settle()
        wanted, found = list(dict.fromkeys(ids)), dict[str, list[Version]]()
        for start in range(0, len(wanted), _CHUNK):
            keys = [key_of(resource_type, fhir_id) for fhir_id in wanted[start : start + _CHUNK]]
            sql = f"""SELECT r.fhir_id, j.version, j.position, j.at_us, j.author, j.method
                FROM journal j JOIN resource r ON r.key = j.key WHERE {condition(self.context, "r.org")}
                AND j.key IN ({", ".join(["%s"] * len(keys))}) ORDER BY j.key, j.version"""
            for fhir_id, version, position, at_us, author, method in database.fetch(sql, keys):
                one = Version(version, position, moment(at_us), author, journal.METHODS[method], None)
                found.setdefault(fhir_id, []).append(one)
        return found

    def changes(self, wanted: Wanted, *, limit: int = 100) -> list[Event]:
        """Versions of a type, of one resource or of everything, the newest first. Raises `Refused`, `NotFound`."""
        self._may_see(wanted)
        found = changes.read(self.context, wanted, limit)
        for one in found:
            reads.note(self.context, "history", type_number(one.type), (key_of(one.type, one.id),))
        return found

    def count_changes(self, wanted: Wanted) -> int:
        """How many versions `changes` would give without a limit."""
        self._may_see(wanted)
        return changes.count(self.context, wanted)

    def _may_see(self, wanted: Wanted) -> None:
        if wanted.id:
            self._visible(wanted.type, wanted.id, verb="history")
        elif wanted.type:
            self._allow("history", wanted.type)
        work.settle()

    # Writing

    def create(self, resource: Resource, *, id: str | None = None) -> Saved:
        """Store a new resource under `id`, or a new id; an id within the resource is ignored, as FHIR has it.

        Raises `Malformed`, `Invalid` (every problem named), `Refused`, `Conflict` when `id` is taken.
        """
        return self.carry_out([self.to_create(resource, id=id)])[0]

    def update(self, resource: Resource, *, if_match: int | None = None) -> Saved:
        """Store a new version; creates the resource when there is none. Always makes a version.

        Raises `Stale` when the current version is not `if_match`, else like `create`.
        """
        return self.carry_out([self.to_update(resource, if_match=if_match)])[0]

    def save(self, resource: Resource) -> Saved:
        """`update`, unless the stored resource already says the same: for definitions and sample data."""
        self._identified(resource)
        return self.carry_out([self._plan("save", resource)])[0]

    def delete(self, resource_type: str, fhir_id: str, *, if_match: int | None = None) -> Saved:
        """Mark as deleted; history remains. Deleting again changes nothing. Raises `NotFound`, `Stale`."""
        self._allow("delete", resource_type)
        stub = {"resourceType": resource_type, "id": fhir_id}
        checking.check_shape(stub)
        guarded = self.validates and rules.is_guarded(resource_type)
        return self.carry_out([Plan(self.context, "delete", stub, if_match=if_match, guarded=guarded)])[0]

    def to_create(self, resource: Resource, *, id: str | None = None) -> Plan:
        """The plan of `create`, validated, for `carry_out`. Only `Conflict` may still come."""
        kind, _ = checking.check_shape(resource)
        self._allow("create", kind)
        return self._plan("create", {**resource, "id": id or new_id()})

    def to_update(self, resource: Resource, *, if_match: int | None = None) -> Plan:
        """The plan of `update`, validated, for `carry_out`."""
        self._identified(resource)
        return self._plan("update", resource, if_match=if_match)

    def carry_out(self, plans: Sequence[Plan], *, placed: Placed | None = None) -> list[Saved]:
        """Write what was planned, all or nothing; resources may mention each other in any order, but what is about a
        person comes after that person. `placed(number of the plan, error)` makes the error that is raised.

        Outside of a transaction, writes that arrive together are committed together.
        """
        if len(plans) > 1 and any(plan.judged for plan in plans):
            with self.transaction(batch=0):
                runs = _runs(plans)
                return [saved for first, run in runs for saved in self._carry_out(run, plans, first, placed)]
        return self._carry_out(plans, plans, 0, placed) if plans else []

    @contextmanager
    def transaction(self, *, batch: int | None = None) -> Iterator[None]:
        """Group writes: all or nothing, nestable. `batch` writes are sent to the database together (default: each
        at once; 500 without validation). Within a batch, nest with `transaction()`, not with Django's `atomic`."""
        with work.group(batch if batch is not None else 0 if self.validates else BATCH):
            yield

    # Access

    def sees(self, org: int | None) -> bool:
        """True when a record of this owner is within the reader's reach."""
        return sees(self.context, org)

    def exists(self, resource_type: str, fhir_id: str) -> bool:
        """True when there is such a current resource that this reader may know of."""
        row = self._row(resource_type, fhir_id, allow=False)
        return row is not None and not row.deleted

    def _plan(self, verb: str, resource: Resource, *, if_match: int | None = None) -> Plan:
        if not self.validates:
            return Plan(self.context, verb, resource, if_match=if_match)
        kind, mentions = resource["resourceType"], dict[tuple[str, str], bool]()
        try:
            # Whether what it mentions exists is looked up in the write's transaction, with all else that it reads.
            self._check(resource, lambda kind, fhir_id: mentions.setdefault((kind, fhir_id), True))
        except Invalid:
            visible(self.context, kind, resource["id"], self._stored(kind, resource["id"]))
            self._check(resource, self.exists)
            raise
        judged = rules.looks_at_others(resource)
        guarded = rules.is_guarded(kind)
        return Plan(self.context, verb, resource, if_match=if_match, mentions=mentions, judged=judged, guarded=guarded)

    def _check(self, resource: Resource, exists: Exists) -> None:
        # The node's own loaders write definitions in any order; everybody else must name what exists.
        checking.check_standard(resource, None if self.context.role == "system" else exists)

    def _carry_out(
        self, plans: Sequence[Plan], beside: Sequence[Plan], first: int, placed: Placed | None
    ) -> list[Saved]:
        """Carry out some of the plans that stand `beside` each other; `first` is the number of the first."""
        here = {(plan.kind, plan.id) for plan in beside}
        for plan in plans:
            plan.mentions = [mention for mention in plan.mentions if mention not in here]
        for _ in range(_ATTEMPTS):
            order = committing.commit(plans)
            if not isinstance(order.error, Unfound):
                break
            try:
                self._check(order.error.plan.resource, lambda *name: name in here or self.exists(*name))
            except UserError as error:
                order.error = error
                break
        else:
            order.error = Stale("Hồ sơ được nhắc đến vừa thay đổi nhiều lần liền. Xin gửi lại.")
        if order.error is None:
            return order.saved
        if placed is not None and isinstance(order.error, UserError):
            raise placed(first + order.reached, order.error) from order.error
        raise order.error

    def _identified(self, resource: Resource) -> None:
        kind, fhir_id = checking.check_shape(resource)
        self._allow("update", kind)
        if not fhir_id:
            checking.refuse_without_id()

    def _allow(self, verb: str, resource_type: str) -> None:
        if not self.context.allows(verb, resource_type):
            raise Refused(f"Vai trò của anh/chị không được làm việc này với loại hồ sơ {resource_type}.")

    def _row(self, resource_type: str, fhir_id: str, *, verb: str = "read", allow: bool = True) -> Row | None:
        if allow:
            self._allow(verb, resource_type)
        if not (checking.is_id(fhir_id) and checking.is_type(resource_type)):
            return None
        row = self._stored(resource_type, fhir_id)
        if row is None or not row.names(resource_type, fhir_id) or not sees_row(self.context, row):
            return None
        if allow:
            reads.note(self.context, verb, row.type, (row.key,), row.patient_key)
        return row

    def _stored(self, resource_type: str, fhir_id: str) -> Row | None:
        """The current row as the transaction under way sees it, whoever may see it."""
        key, present = key_of(resource_type, fhir_id), work.present()
        if present is not None:
            if (pending := present.pending(key)) is not None:
                return pending
            if present.planned.moved:
                present.flush()
        found = database.ask(_CURRENT, [key])
        if not found:
            return None
        row = Row(*found[0])
        row.body = database.blob(row.body)
        return row

    def _visible(self, resource_type: str, fhir_id: str, *, verb: str = "read") -> Row:
        row = self._row(resource_type, fhir_id, verb=verb)
        if row is None:
            raise NotFound("Không tìm thấy hồ sơ.")
        return row


def _runs(plans: Sequence[Plan]) -> Iterator[tuple[int, Sequence[Plan]]]:
    """Cut before each plan that is judged, for what it looks at must be in the database: (number of the first, run)."""
    starts = [0, *(number for number, plan in enumerate(plans) if number and plan.judged)]
    for first, end in pairwise([*starts, len(plans)]):
        yield first, plans[first:end]
