"""Planning one write: from the resource given to the rows that the transaction will hold."""

from ansinh.fhir import index
from ansinh.fhir.index.numbers import WITHHELD, organization, people_of, type_number
from ansinh.fhir.index.numbers import key as key_of
from ansinh.fhir.model import json
from ansinh.fhir.store import audit, bodies, journal, ownership, projections
from ansinh.fhir.store.reach import sees
from ansinh.fhir.store.records import Change, Resource, Row, Saved, microseconds, moment
from ansinh.fhir.store.work import Work
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused, Stale


class Plan:
    """One write of one resource by one Context. Reads and decides within the transaction; `Work` flushes."""

    def __init__(self, context: Context, verb: str, resource: Resource, *, if_match: int | None = None) -> None:
        self.context, self.verb, self.resource, self.if_match = context, verb, resource, if_match
        self.kind, self.id = resource["resourceType"], resource["id"]
        self.key = key_of(self.kind, self.id)

    def write(self, work: Work) -> Saved:
        """Create or update, as the verb says."""
        head = work.lock()
        before = self._before(work)
        alive = before is not None and not before.deleted
        if self.verb == "create" and before is not None:
            raise Conflict("Mã này đã được dùng cho một hồ sơ khác.")
        self._match(before)
        if before is not None and alive and self.verb == "save" and (same := self._unchanged(before)):
            return same
        if not alive and self.verb != "create" and not self.context.allows("create", self.kind):
            raise Refused(f"Vai trò của bạn không được tạo loại hồ sơ {self.kind}.")
        owner = self._owner(work, before)
        return self._store(work, head, before, "update" if alive else "create", owner)

    def delete(self, work: Work) -> Saved:
        """Mark as deleted."""
        head = work.lock()
        before = self._before(work)
        if before is None:
            raise NotFound("Không tìm thấy hồ sơ.")
        self._match(before)
        if before.deleted:
            return Saved(self.resource, before.version, before.position, created=False, changed=False)
        return self._store(work, head, before, "delete", (before.patient_key, before.org, before.follows))

    def refuse_unseen(self) -> None:
        """NotFound when the resource is another's: what is wrong with the input would tell that it exists."""
        self._before(Work(0))

    def _before(self, work: Work) -> Row | None:
        row = work.current(self.key)
        if row is None:
            return None
        if row.fhir_id != self.id or row.type != type_number(self.kind):
            raise Conflict("Mã này trùng số với một hồ sơ khác; hãy dùng mã khác.")
        if not self._reaches(row.org):
            raise NotFound("Không tìm thấy hồ sơ.")
        return row

    def _match(self, before: Row | None) -> None:
        if self.if_match is not None and (before is None or before.version != self.if_match):
            raise Stale("Hồ sơ đã được người khác sửa sau khi bạn mở. Hãy xem bản mới rồi sửa lại.")

    def _unchanged(self, before: Row) -> Saved | None:
        stored = json.loads(bodies.unpack(before.body))
        if json.dumps(_bare(stored)) != json.dumps(_bare(self.resource)):
            return None
        return Saved(stored, before.version, before.position, created=False, changed=False)

    def _owner(self, work: Work, before: Row | None) -> tuple[int | None, int | None, int]:
        """(patient key, owner, follows) of what is about to be stored; refuses what the writer cannot reach."""
        owner = ownership.owner_of(self.resource, self.context.unit)
        org, follows = owner.org, int(owner.follows)
        if self.kind == "Patient" and org is None:
            org = self._first_owner(before)
        elif owner.follows:
            org = self._patients_owner(work, owner.patient)
        if not self._reaches(org):
            raise self._unreachable(owner.patient if owner.follows else "")
        name = ownership.organization_id(self.resource)
        for unit in (name, self.context.unit):
            if unit and org in (organization(unit), people_of(unit)):
                work.orgs[org] = unit
        return key_of("Patient", owner.patient) if owner.patient else None, org, follows

    def _first_owner(self, before: Row | None) -> int | None:
        if before is not None and before.org is not None:
            return before.org
        return people_of(self.context.unit) if self.context.unit else WITHHELD

    def _patients_owner(self, work: Work, patient: str) -> int | None:
        row = work.current(key_of("Patient", patient))
        if row is not None:
            return row.org
        if EVERYWHERE not in self.context.reach:
            raise self._unreachable(patient)
        return WITHHELD

    def _unreachable(self, patient: str) -> Exception:
        if patient and self.kind != "Patient":
            message = "Không tìm thấy người mà hồ sơ này nói đến."
            return Invalid(message, problems=[Problem("not-found", message, self.kind, key="patient-not-found")])
        return Refused("Hồ sơ này thuộc một đơn vị ngoài phạm vi của bạn.")

    def _reaches(self, org: int | None) -> bool:
        return sees(self.context, org)

    def _store(self, work: Work, head: journal.Head, before: Row | None, method: str, owner: tuple) -> Saved:
        """Append to the journal, replace the row, index, and tell the projections."""
        now = clock.now()
        at_us = microseconds(now) // 1000 * 1000
        version = before.version + 1 if before else 1
        stored = _stamped(self.resource, version, clock.instant(moment(at_us)))
        data = json.dumps(stored)
        body = bodies.pack(data)
        code = journal.METHODS.index(method)
        head.position += 1
        number = type_number(self.kind)
        head.hash = journal.seal(
            head.hash, position=head.position, key=self.key, version=version, method=code, origin=head.node,
            author=self.context.actor, at_us=at_us, body=data,
        )  # fmt: skip
        work.entries.append(
            (head.position, self.key, number, version, code, head.node, self.context.actor, at_us, body, head.hash)
        )
        rid = before.rid if before else head.position
        patient_key, org, follows = owner
        gone = method == "delete"
        work.rows[self.key] = Row(
            rid, self.key, number, self.id, version, head.position, at_us, int(gone), patient_key, org, follows, body
        )
        if before is None:
            work.fresh.add(rid)
        work.index[rid] = index.Rows() if gone else index.extract(stored)
        work.audits.append(audit.row(self.context, method, self.kind, self.id, version, head.position))
        if self.kind == "Patient" and (before is None or before.org != org):
            work.moves.append((self.key, org))
        self._tell(work, rid, org, head.position, before, None if gone else stored)
        return Saved(stored, version, head.position, created=method == "create", changed=True)

    def _tell(
        self, work: Work, rid: int, org: int | None, position: int, before: Row | None, after: Resource | None
    ) -> None:
        if not projections.registered():
            return
        old = json.loads(bodies.unpack(before.body)) if before is not None and not before.deleted else None
        work.changes.append(Change(self.kind, self.id, rid, org, position, old, after, self.context))


def _stamped(resource: Resource, version: int, updated: str) -> Resource:
    """The resource as it is stored: id and meta by the store, everything else as given, in FHIR's usual order."""
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": updated}
    head = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    return {**head, **{name: value for name, value in resource.items() if name not in head}}


def _bare(resource: Resource) -> Resource:
    """Without what the store itself writes, for comparing."""
    meta = {name: value for name, value in resource.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    rest = {name: value for name, value in resource.items() if name not in ("resourceType", "id", "meta")}
    return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta, **rest}
