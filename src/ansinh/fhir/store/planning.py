"""Planning one write: from the resource given to the rows that the transaction will hold."""

from collections.abc import Collection
from functools import lru_cache

from ansinh.fhir import index
from ansinh.fhir.index.numbers import WITHHELD, mask_number, organization, people_of, type_number
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.model import json
from ansinh.fhir.store import bodies, given, journal, labelling, projections, rules
from ansinh.fhir.store.audit import entries as audit
from ansinh.fhir.store.given import Given
from ansinh.fhir.store.narrowing import keeps_person
from ansinh.fhir.store.reach import sees, sees_row
from ansinh.fhir.store.records import Change, Resource, Row, Saved, Stored, microseconds, moment
from ansinh.fhir.store.work import Draft
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused, Stale

Owned = tuple[int | None, int | None, int]  # patient's key, owner, follows
_BODY, _HASH = journal.COLUMNS.index("body"), journal.COLUMNS.index("hash")


class Unfound(Exception):
    """Something that the resource of `plan` mentions is not there (any longer), or not for this writer."""

    def __init__(self, plan: "Plan"):
        super().__init__()
        self.plan = plan


def visible(context: Context, kind: str, fhir_id: str, row: Row | None) -> Row | None:
    """The current row of what is to be written. NotFound when it is another's, whatever else is wrong."""
    if row is None:
        return None
    if not row.names(kind, fhir_id):
        raise Conflict("Mã này trùng số với một hồ sơ khác; hãy dùng mã khác.")
    if not sees_row(context, row):
        raise NotFound("Không tìm thấy hồ sơ.")
    return row


class Plan:
    """One write of one resource by one Context.

    What the resource alone tells (`Given`, which another process may have read) is read when the plan is made; `write`
    reads and decides within the transaction. mentions: (type, id) of what must be there when it is written. judged:
    rules of the house look at other records. guarded: what is there may be sealed against change.
    """

    def __init__(
        self,
        context: Context,
        verb: str,
        resource: Resource | Given,
        *,
        if_match: int | None = None,
        mentions: Collection[tuple[str, str]] = (),
        judged: bool = False,
        guarded: bool = False,
    ) -> None:
        self.context, self.verb, self.if_match = context, verb, if_match
        self.mentions, self.judged, self.guarded = mentions, judged, guarded
        self.given = resource if isinstance(resource, Given) else given.read(resource, context.unit)
        self.kind, self.id, self.key, self.owner = self.given.kind, self.given.id, self.given.key, self.given.owner
        # Before anything is locked. What `save` may find unchanged is indexed only when it is not.
        if verb in ("create", "update"):
            self.given.complete()

    @property
    def resource(self) -> Resource:
        """What is to be written."""
        return self.given.resource

    def reads(self) -> list[int]:
        """Numbers of the resources whose current rows the write looks at."""
        patient = [key_of("Patient", self.owner.patient)] if self.owner.follows else []
        return [self.key, *patient, *(key_of(*mention) for mention in self.mentions)]

    def write(self, draft: Draft) -> Saved:
        """Add what the verb asks for. What is refused has added nothing."""
        if self.verb == "delete":
            return self._delete(draft)
        before = visible(self.context, self.kind, self.id, draft.current(self.key))
        if self.judged:
            rules.check_others(self.resource)
        alive = before is not None and not before.deleted
        if self.verb == "create" and before is not None:
            raise Conflict("Mã này đã được dùng cho một hồ sơ khác.")
        self._match(before)
        if before is not None and alive and self.verb == "save" and (same := self._unchanged(before)):
            return same
        if before is not None and alive:
            self._ask_guards(draft, before, self.resource)
        if not alive and self.verb != "create" and not self.context.allows("create", self.kind):
            raise Refused(f"Vai trò của anh/chị không được tạo loại hồ sơ {self.kind}.")
        self._find_mentions(draft)
        owner = self._owner(draft, before)
        return self._store(draft, before, "update" if alive else "create", owner)

    def _delete(self, draft: Draft) -> Saved:
        before = visible(self.context, self.kind, self.id, draft.current(self.key))
        self._match(before)
        if before is None:
            raise NotFound("Không tìm thấy hồ sơ.")
        if before.deleted:
            return self._left(before, self.given.stored(before.version, _instant(before.updated_us)))
        self._ask_guards(draft, before, None)
        return self._store(draft, before, "delete", (before.patient_key, before.org, before.follows))

    def _ask_guards(self, draft: Draft, before: Row, after: Resource | None) -> None:
        """Refuse a change of what a record of its own seals: at most one row more is read."""

        def find(kind: str, fhir_id: str) -> Resource | None:
            row = draft.current(key_of(kind, fhir_id))
            alive = row is not None and not row.deleted and row.names(kind, fhir_id)
            return Stored(bodies.unpack(row.body)).resource if row is not None and alive else None

        if self.guarded:
            rules.check_change(Stored(bodies.unpack(before.body)).resource, after, self.context, find)

    def _find_mentions(self, draft: Draft) -> None:
        for kind, fhir_id in self.mentions:
            row = draft.current(key_of(kind, fhir_id))
            if row is None or row.deleted or not row.names(kind, fhir_id) or not sees_row(self.context, row):
                raise Unfound(self)

    def _match(self, before: Row | None) -> None:
        if self.if_match is not None and (before is None or before.version != self.if_match):
            raise Stale("Hồ sơ đã được người khác sửa sau khi anh/chị mở. Hãy xem bản mới rồi sửa lại.")

    def _unchanged(self, before: Row) -> Saved | None:
        stored = Stored(bodies.unpack(before.body))
        same = self.given.stored(before.version, _instant(before.updated_us)).data == stored.data
        if not same and json.dumps(_bare(stored.resource)) != json.dumps(_bare(self.resource)):
            return None
        return self._left(before, stored)

    def _left(self, before: Row, stored: Stored) -> Saved:
        """Nothing was written."""
        at, version, position = moment(before.updated_us), before.version, before.position
        return Saved(self.kind, self.id, stored, at, version, position, created=False, changed=False)

    def _owner(self, draft: Draft, before: Row | None) -> Owned:
        """(patient key, owner, follows) of what is about to be stored; refuses what the writer cannot reach."""
        owner = self.owner
        org, follows = owner.org, int(owner.follows)
        mask = labelling.mask(self.kind, self.given.meta)
        if mask and (lacking := labelling.missing(self.context, mask)):
            names = ", ".join(label.display for label in lacking)
            raise Refused(f"Nội dung này thuộc diện bảo mật riêng ({names}); vai trò của anh/chị không được ghi.")
        if self.kind == "Patient" and org is None:
            org = self._first_owner(before)
        elif owner.follows:
            org = self._patients_owner(draft, owner.patient)
        base = org
        if mask and org is not None and org % 2 == 0:
            org, follows = org ^ mask_number(mask), follows | mask << 1
        if not sees(self.context, org) or not self._is_let(owner.patient, org):
            raise self._unreachable(owner.patient if owner.follows else "")
        for unit in (self.given.named, self.context.unit):
            if unit and org is not None and base in (organization(unit), people_of(unit)):
                draft.planned.orgs[org] = unit
        return key_of("Patient", owner.patient) if owner.patient else None, org, follows

    def _is_let(self, patient: str, org: int | None) -> bool:
        """False for an app that was let see another person only."""
        only, about = self.context.only, key_of("Patient", patient) if patient else None
        return only is None or keeps_person(only, about, org)

    def _first_owner(self, before: Row | None) -> int | None:
        if before is not None and before.org is not None:
            return before.org ^ mask_number(before.follows >> 1)
        return people_of(self.context.unit) if self.context.unit else WITHHELD

    def _patients_owner(self, draft: Draft, patient: str) -> int | None:
        row = draft.current(key_of("Patient", patient))
        if row is not None:
            return row.org
        if EVERYWHERE not in self.context.reach:
            raise self._unreachable(patient)
        return WITHHELD

    def _unreachable(self, patient: str) -> Exception:
        if patient and self.kind != "Patient":
            message = "Không tìm thấy người mà hồ sơ này nói đến."
            return Invalid(message, problems=[Problem("not-found", message, self.kind, key="patient-not-found")])
        return Refused("Hồ sơ này thuộc một đơn vị ngoài phạm vi của anh/chị.")

    def _store(self, draft: Draft, before: Row | None, method: str, owner: Owned) -> Saved:
        """Append to the journal, replace the row, index, and tell the projections.

        Everything that can fail is computed before the draft is touched.
        """
        at_us = microseconds(clock.now()) // 1000 * 1000
        version = before.version + 1 if before else 1
        stored = self.given.stored(version, _instant(at_us))
        gone = method == "delete"
        if not gone:
            self.given.complete()
        rows = index.Rows() if gone else self.given.rows
        assert rows is not None
        self._append(draft, method, version, at_us, stored.data)
        body, planned, position = draft.planned.entries[-1][_BODY], draft.planned, draft.head.position
        rid = before.rid if before else position
        planned.rows[self.key] = Row(
            rid, self.key, type_number(self.kind), self.id, version, position, at_us, int(gone), *owner, body
        )
        planned.index[rid] = rows
        if before is None:
            planned.fresh.add(rid)
        org = owner[1]
        if self.kind == "Patient" and (before is None or before.org != org):
            planned.moved[self.key] = org
        who, kind = audit.who_of(self.context), audit.of_one(type_number(self.kind))
        planned.audits.append(
            audit.Entry(at_us, who, owner[0], self.key, position, method, kind, draft.planned.entries[-1][_HASH])
        )
        if projections.registered():
            earlier = None if before is None or before.deleted else before.body
            now, foretold = (None, None) if gone else (stored, self.given.foretold)
            planned.changes.append(Change(self.kind, self.id, rid, org, position, earlier, now, self.context, foretold))
        new = method == "create"
        return Saved(self.kind, self.id, stored, moment(at_us), version, position, created=new, changed=True)

    def _append(self, draft: Draft, method: str, version: int, at_us: int, data: bytes) -> None:
        """The entry of the journal, sealed over the one before."""
        body, code, head, author = bodies.pack(data), journal.METHODS.index(method), draft.head, self.context.actor
        position, number = head.position + 1, type_number(self.kind)
        seal = journal.seal(
            head.hash, position=position, key=self.key, version=version, method=code, origin=head.node,
            author=author, at_us=at_us, body=data,
        )  # fmt: skip
        head.position, head.hash = position, seal
        draft.planned.entries.append((position, self.key, number, version, code, head.node, author, at_us, body, seal))


@lru_cache(maxsize=256)
def _instant(at_us: int) -> str:
    """What is written in one millisecond says the same of it."""
    return clock.instant(moment(at_us))


def _bare(resource: Resource) -> Resource:
    """Without what the store itself writes, for comparing."""
    meta = {name: value for name, value in resource.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    rest = {name: value for name, value in resource.items() if name not in ("resourceType", "id", "meta")}
    return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta, **rest}
